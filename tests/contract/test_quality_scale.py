"""The quality scale has every rule, and what it says is so."""

import ast
from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

from .test_manifest import MANIFEST, PROJECT, ROOM

# The rules that Home Assistant's own check knows, by tier.
RULES = {
    "Bronze": """
        action-setup appropriate-polling brands common-modules config-flow config-flow-test-coverage
        dependency-transparency docs-actions docs-conditions docs-high-level-description
        docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup
        entity-unique-id has-entity-name runtime-data test-before-configure test-before-setup
        unique-config-entry
    """,
    "Silver": """
        action-exceptions config-entry-unloading docs-configuration-parameters
        docs-installation-parameters entity-unavailable integration-owner log-when-unavailable
        parallel-updates reauthentication-flow test-coverage
    """,
    "Gold": """
        devices diagnostics discovery discovery-update-info docs-data-update docs-examples
        docs-known-limitations docs-supported-devices docs-supported-functions docs-troubleshooting
        docs-use-cases dynamic-devices entity-category entity-device-class
        entity-disabled-by-default entity-translations exception-translations icon-translations
        reconfiguration-flow repair-issues stale-devices
    """,
    "Platinum": "async-dependency inject-websession strict-typing",
}

# Where a rule about documentation is kept: a heading of README.md.
CHAPTERS = {
    "docs-actions": "Actions",
    "docs-conditions": "Triggers",
    "docs-configuration-parameters": "Options",
    "docs-data-update": "How it hears a printer",
    "docs-examples": "Examples",
    "docs-high-level-description": "Bambu Lab HMS for Home Assistant",
    "docs-installation-instructions": "Install",
    "docs-installation-parameters": "Add a printer",
    "docs-known-limitations": "Known limits",
    "docs-removal-instructions": "Remove it",
    "docs-supported-devices": "Printers and firmware",
    "docs-supported-functions": "What you get",
    "docs-triggers": "Triggers",
    "docs-troubleshooting": "When something does not work",
    "docs-use-cases": "What it is good for",
}

# What a rule asks of a file can be seen there.
SEEN_IN = {
    "config-entry-unloading": ("__init__.py", "async def async_unload_entry"),
    "config-flow": ("config_flow.py", "async def async_step_user"),
    "diagnostics": ("diagnostics.py", "async def async_get_config_entry_diagnostics"),
    "discovery": ("config_flow.py", "async def async_step_integration_discovery"),
    "has-entity-name": ("entity.py", "_attr_has_entity_name = True"),
    "inject-websession": ("texts.py", "async_create_clientsession"),
    "reauthentication-flow": ("mending.py", "async def async_step_reauth"),
    "reconfiguration-flow": ("mending.py", "async def async_step_reconfigure"),
    "repair-issues": ("issues.py", "async_create_issue"),
    "runtime-data": ("__init__.py", "entry.runtime_data ="),
    "stale-devices": ("__init__.py", "async def async_remove_config_entry_device"),
    "test-before-setup": ("first_word.py", "ConfigEntryNotReady"),
    "unique-config-entry": ("config_flow.py", "_abort_if_unique_id_configured"),
}

SCALE: dict[str, Any] = load_yaml_dict(str(ROOM / "quality_scale.yaml"))["rules"]


def test_every_rule_is_there_in_its_order() -> None:
    rules = [rule for tier in RULES.values() for rule in tier.split()]
    assert len(rules) == 54
    assert list(SCALE) == rules


@pytest.mark.parametrize(("rule", "said"), SCALE.items())
def test_a_rule_is_done_or_exempt_with_a_reason(rule: str, said: object) -> None:
    match said:
        case "done":
            pass
        case {"status": "done" | "exempt", "comment": str(comment)}:
            assert comment.endswith(".")
        case _:
            pytest.fail(f"{rule}: {said}")


def test_rules_about_documentation_are_those_that_have_a_chapter() -> None:
    assert {rule for rule in SCALE if rule.startswith("docs-")} == set(CHAPTERS)


@pytest.mark.parametrize(("rule", "chapter"), CHAPTERS.items())
def test_a_chapter_is_there_and_says_something(rule: str, chapter: str) -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    found = re.search(
        rf"^#+ {re.escape(chapter)}\n(.+?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL
    )
    assert found, rule
    assert len(found[1].split()) > 30


@pytest.mark.parametrize(("rule", "where"), SEEN_IN.items())
def test_what_a_rule_asks_for_stands_in_the_code(rule: str, where: tuple[str, str]) -> None:
    name, text = where
    assert SCALE[rule] == "done" or SCALE[rule]["status"] == "done"
    assert text in (ROOM / name).read_text(encoding="utf-8")


def test_every_platform_says_how_many_updates_may_run_at_once() -> None:
    tree = ast.parse((ROOM / "__init__.py").read_text(encoding="utf-8"))
    platforms = [
        node.attr.lower()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Platform"
    ]
    assert platforms
    for platform in platforms:
        assert "\nPARALLEL_UPDATES = 0\n" in (ROOM / f"{platform}.py").read_text(encoding="utf-8")


def test_it_has_an_owner() -> None:
    assert MANIFEST["codeowners"]


def test_every_requirement_has_types() -> None:
    for requirement in MANIFEST["requirements"]:
        name = re.split(r"[<>=]", requirement)[0]
        package = __import__(name)
        assert (Path(str(package.__file__)).parent / "py.typed").exists()
