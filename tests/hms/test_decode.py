"""scripts/decode, run as people run it."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/decode.py"
# -S and -I: no package that is installed beside Python can be of help.
COMMAND = [sys.executable, "-I", "-S", str(SCRIPT)]


def decode(*arguments: str, stdin: bytes = b"") -> tuple[int, list[dict[str, object]]]:
    """Run the script: its exit status and its lines."""
    done = subprocess.run(
        [*COMMAND, *arguments], input=stdin, capture_output=True, check=False, timeout=60
    )
    assert done.stderr == b""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_codes_as_arguments() -> None:
    status, lines = decode("HMS_0702_2300_0002_0001", "0700-8011", "117448704:131073")
    assert status == 0
    assert [line["code"] for line in lines] == [
        "HMS_0702_2300_0002_0001",
        "0700-8011",
        "HMS_0700_2000_0002_0001",
    ]
    assert lines[0]["message"] == "AMS C slot 4 filament has run out."


def test_all_keys_in_order() -> None:
    _, lines = decode("0700-8011")
    assert " ".join(lines[0]) == (
        "kind code topic severity vendor_severity safety internal module ams_type ams slot part"
        " location message known wiki_url"
    )


def test_codes_on_standard_input() -> None:
    status, lines = decode(stdin=b"0300-8044\r\n\n   \n0300_0100_0001_0007")
    assert status == 0
    assert [line["code"] for line in lines] == ["0300-8044", "HMS_0300_0100_0001_0007"]


def test_what_is_no_code_gets_an_error_and_the_rest_goes_on() -> None:
    status, lines = decode(stdin=b"filament\n0300-8044\n\xff\xfe\x00\n")
    assert status == 1
    assert lines[0]["input"] == "filament"
    assert "no code" in str(lines[0]["error"])
    assert lines[1]["code"] == "0300-8044"
    assert set(lines[2]) == {"input", "error"}


def test_a_bad_argument_makes_the_exit_status_1() -> None:
    status, lines = decode("0300-8044", "")
    assert status == 1
    assert lines[1] == {"input": "", "error": "there is no code: the text is empty"}


def test_a_line_without_end_is_survived() -> None:
    status, lines = decode(stdin=b"7" * 5_000_000 + b"\n0300-8044\n" + b"0" * 4096)
    assert status == 1
    assert [set(line) == {"input", "error"} for line in lines] == [True, False, True]
    assert len(str(lines[0])) < 1000


def test_a_reader_that_leaves_is_no_error() -> None:
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.close()
        _, stderr = process.communicate(b"0300-8044\n" * 1000)
    assert stderr == b""
    assert process.returncode == 0


@pytest.mark.parametrize("argument", ["-h", "--help"])
def test_help(argument: str) -> None:
    done = subprocess.run([*COMMAND, argument], capture_output=True, check=True)
    assert b"usage: scripts/decode" in done.stdout


def test_many_codes_in_one_go() -> None:
    sources = (0x03, 0x05, 0x07, 0x08, 0x0C)
    codes = "".join(
        f"{source:02X}00{number % 251:02X}000002{number:04X}\n"
        for source in sources
        for number in range(1000)
    )
    _, lines = decode(stdin=codes.encode())
    assert len(lines) == 5000
