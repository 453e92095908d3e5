"""scripts/bench runs and writes what it measured; how fast anything is, no test says."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-m", "scripts.benchmarks")


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the benchmarks as scripts/bench does."""
    return subprocess.run(
        [*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["reports", "day"])
def test_what_is_measured_in_process_stands_beside_its_yardstick(tmp_path: Path, name: str) -> None:
    file = tmp_path / "figures.json"
    done = run("--quick", "--json", file, name)
    assert done.returncode == 0, done.stderr
    written: dict[str, Any] = json.loads(file.read_text())
    assert written["quick"] is True
    assert written["broken"] == []
    assert written["machine"]["cores"] >= 1
    assert written["figures"]
    for figure in written["figures"]:
        assert figure["what"] in done.stdout
        assert figure["yardstick"] in done.stdout
        assert figure["rounds"]
        assert len(figure["rounds"]) == len(figure["yardstick_rounds"])
        assert figure["value"] >= 0
        assert figure["met"] in ((True, False) if figure["aim"] is not None else (None,))


def test_the_table_can_be_pasted_into_the_readme() -> None:
    done = run("--quick", "--markdown", "reports")
    head, line, *rows = done.stdout.split("\n\n")[0].splitlines()
    assert head.startswith("| What | Measured | Yardstick")
    assert {row.count(" | ") for row in (line, *rows)} == {head.count(" | ")}


def test_it_says_which_benchmarks_there_are() -> None:
    assert [line.split()[0] for line in run("--list").stdout.splitlines()] == [
        "reports",
        "day",
        "imports",
        "one",
        "many",
    ]
    assert "there is no benchmark speed" in run("speed").stderr
