"""The manifest and hacs.json are as hassfest and HACS want them."""

import ast
from importlib.metadata import version
import json
from pathlib import Path
import re
from typing import Any

from awesomeversion import AwesomeVersion
from packaging.requirements import Requirement
import pytest

from custom_components.bambu_hms.const import DOMAIN

PROJECT = Path(__file__).parents[2]
ROOM = PROJECT / "custom_components" / DOMAIN


def load(path: Path) -> dict[str, Any]:
    """Read a JSON file."""
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


MANIFEST = load(ROOM / "manifest.json")
HACS = load(PROJECT / "hacs.json")

# What hassfest allows a custom integration to say of itself; of each, what it may be.
MANIFEST_KEYS: dict[str, type] = {
    "after_dependencies": list,
    "bluetooth": list,
    "codeowners": list,
    "config_flow": bool,
    "dependencies": list,
    "dhcp": list,
    "disabled": str,
    "documentation": str,
    "domain": str,
    "homekit": dict,
    "import_executor": bool,
    "integration_type": str,
    "iot_class": str,
    "issue_tracker": str,
    "loggers": list,
    "mqtt": list,
    "name": str,
    "preview_features": dict,
    "quality_scale": str,
    "requirements": list,
    "single_config_entry": bool,
    "ssdp": list,
    "usb": list,
    "version": str,
    "zeroconf": list,
}
# Those that hassfest or HACS will not do without.
REQUIRED = {"codeowners", "documentation", "domain", "iot_class", "issue_tracker", "name"} | {
    "version"
}
HACS_KEYS: dict[str, type] = {
    "content_in_root": bool,
    "country": list,
    "filename": str,
    "hacs": str,
    "hide_default_branch": bool,
    "homeassistant": str,
    "name": str,
    "persistent_directory": str,
    "render_readme": bool,
    "zip_release": bool,
}

# What hassfest lets anybody import without a word in the manifest, of what could be of use here.
IMPORTED_FREELY = {"frontend", "system_health", "websocket_api"}


def test_the_manifest_says_all_that_is_required_and_nothing_unknown() -> None:
    assert set(MANIFEST) >= REQUIRED
    assert set(MANIFEST) <= set(MANIFEST_KEYS)
    assert {key: type(value) for key, value in MANIFEST.items()} == {
        key: MANIFEST_KEYS[key] for key in MANIFEST
    }


def test_its_keys_are_in_order() -> None:
    first = ["domain", "name"]
    assert list(MANIFEST) == first + sorted(set(MANIFEST) - set(first))


def test_it_is_of_this_integration() -> None:
    assert MANIFEST["domain"] == ROOM.name
    assert MANIFEST["integration_type"] == "device"
    assert MANIFEST["iot_class"] == "local_push"
    assert MANIFEST["config_flow"]


def test_its_version_can_be_compared() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", MANIFEST["version"])
    assert AwesomeVersion(MANIFEST["version"]).valid


def test_its_addresses_are_those_of_this_project() -> None:
    owner = MANIFEST["codeowners"][0].removeprefix("@")
    assert MANIFEST["documentation"].startswith(f"https://github.com/{owner}/")
    assert MANIFEST["issue_tracker"] == f"{MANIFEST['documentation']}/issues"


@pytest.mark.parametrize("requirement", MANIFEST["requirements"])
def test_a_requirement_is_a_range_that_the_tests_run_within(requirement: str) -> None:
    wanted = Requirement(requirement)
    # Home Assistant has its own pins, and a pin of ours would stand against them.
    assert {each.operator for each in wanted.specifier} == {">=", "<"}
    assert version(wanted.name) in wanted.specifier
    for name in ("requirements_test.txt", "requirements_demo.txt"):
        assert requirement in (PROJECT / name).read_text(encoding="utf-8").splitlines()


def components_of(path: Path) -> set[str]:
    """Return the integrations of Home Assistant that a file imports when it is run."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = [
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    ]
    found: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node in for_types or not node.module:
            continue
        if node.module == "homeassistant.components":
            found |= {alias.name for alias in node.names}
        elif node.module.startswith("homeassistant.components."):
            found.add(node.module.split(".")[2])
    return found


def test_what_it_uses_of_other_integrations_is_loaded_before_it() -> None:
    used = {
        component
        for path in ROOM.rglob("*.py")
        for component in components_of(path)
        # A platform for another integration is loaded by that integration.
        if not (ROOM / f"{component}.py").exists()
    }
    declared = {*MANIFEST["dependencies"], *MANIFEST.get("after_dependencies", ())}
    assert used - IMPORTED_FREELY <= declared


def test_hacs_is_told_what_it_knows() -> None:
    assert set(HACS) <= set(HACS_KEYS)
    assert all(isinstance(value, HACS_KEYS[key]) for key, value in HACS.items())
    assert HACS["name"] == MANIFEST["name"]


def test_hacs_and_the_readme_name_the_same_floor() -> None:
    floor = AwesomeVersion(HACS["homeassistant"])
    assert floor.valid
    assert f"Home Assistant {floor.section(0)}.{floor.section(1)}" in (
        PROJECT / "README.md"
    ).read_text(encoding="utf-8")


def test_hacs_downloads_the_file_that_a_release_has() -> None:
    assert HACS["zip_release"] is True
    assert HACS["filename"] == f"{DOMAIN}.zip"
    release = (PROJECT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert HACS["filename"] in release


def test_there_is_one_integration() -> None:
    rooms = [path for path in ROOM.parent.iterdir() if (path / "manifest.json").exists()]
    assert rooms == [ROOM]
