"""A release is what its tag says, and nothing else."""

from pathlib import Path
import shutil
import subprocess
import zipfile

import pytest

from .test_manifest import HACS, MANIFEST, PROJECT

VERSION = MANIFEST["version"]
ROOM = "custom_components/bambu_hms"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a repository of this project as it is."""
    for name in ("scripts/release", "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy2(PROJECT / name, tmp_path / name)
    shutil.copytree(PROJECT / ROOM, tmp_path / ROOM)
    (tmp_path / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    identity = ("-c", "user.name=it", "-c", "user.email=it@example.org")
    for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message=it")):
        git = ("git", *identity, "-c", "commit.gpgsign=false", *command)
        subprocess.run(git, cwd=tmp_path, check=True)
    return tmp_path


def release(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script."""
    return subprocess.run(
        [checkout / "scripts" / "release", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def give_date(checkout: Path) -> None:
    """Say on which day the version came."""
    changelog = checkout / "CHANGELOG.md"
    text = changelog.read_text(encoding="utf-8")
    head = f"## [{VERSION}] - "
    changelog.write_text(text.replace(f"{head}unreleased", f"{head}2026-12-01"), encoding="utf-8")


def test_a_release_has_all_that_home_assistant_needs_and_nothing_else(checkout: Path) -> None:
    give_date(checkout)
    (checkout / ROOM / "left_over.py").touch()
    done = release(checkout, f"v{VERSION}")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(checkout / "dist" / HACS["filename"]) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    room = PROJECT / ROOM
    assert names == {
        str(path.relative_to(room))
        for path in room.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_its_notes_are_what_the_changelog_says_of_it(checkout: Path) -> None:
    give_date(checkout)
    release(checkout, f"v{VERSION}")
    notes = (checkout / "dist" / "notes.md").read_text(encoding="utf-8")
    assert "### Added" in notes
    assert "## [" not in notes
    assert "releases/tag" not in notes


@pytest.mark.parametrize("tag", [VERSION, f"v{VERSION}.1", f"v{VERSION}-beta", "main"])
def test_a_tag_that_is_not_the_version_is_refused(checkout: Path, tag: str) -> None:
    give_date(checkout)
    done = release(checkout, tag)
    assert done.returncode == 1
    assert f"the manifest says {VERSION}" in done.stderr
    assert not (checkout / "dist").exists()


def test_a_version_without_its_day_in_the_changelog_is_refused(checkout: Path) -> None:
    changelog = checkout / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## [0.0.1] - 2026-01-01\n\nIt.\n", encoding="utf-8")
    done = release(checkout, f"v{VERSION}")
    assert done.returncode == 1
    assert "CHANGELOG.md" in done.stderr
    assert not (checkout / "dist" / HACS["filename"]).exists()


def test_the_changelog_knows_the_version_of_the_manifest() -> None:
    assert f"## [{VERSION}] - " in (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
