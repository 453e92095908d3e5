"""Texts, icons and descriptions have the form that Home Assistant reads, and belong together."""

import ast
import json
from pathlib import Path
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import probatio
import pytest

from custom_components.bambu_hms import issues

from . import hassfest

ROOM = Path(__file__).parents[2] / "custom_components" / "bambu_hms"
LANGUAGES = sorted((ROOM / "translations").iterdir())
ENGLISH: dict[str, Any] = json.loads((ROOM / "translations" / "en.json").read_text("utf-8"))
ICONS: dict[str, Any] = json.loads((ROOM / "icons.json").read_text("utf-8"))

DESCRIPTIONS = {
    "services": hassfest.SERVICES,
    "triggers": hassfest.PICKED,
    "conditions": hassfest.PICKED,
}


def described(kind: str) -> dict[str, Any]:
    """Return what a YAML file describes, without what only the file itself refers to."""
    read = load_yaml_dict(str(ROOM / f"{kind}.yaml"))
    return {name: what for name, what in read.items() if not name.startswith(".")}


def labels_in(value: object) -> set[str]:
    """Return the keys of the labels that selectors ask for."""
    match value:
        case {"translation_key": str(key)}:
            return {key}
        case dict():
            return {key for inner in value.values() for key in labels_in(inner)}
    return set()


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_home_assistant_can_read_the_texts_of_a_language(path: Path) -> None:
    hassfest.TRANSLATIONS(json.loads(path.read_text(encoding="utf-8")))


def test_home_assistant_can_read_the_icons() -> None:
    hassfest.ICONS(ICONS)


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_home_assistant_can_read_what_is_described(kind: str) -> None:
    assert DESCRIPTIONS[kind](described(kind))


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_what_is_described_has_a_text_and_an_icon_and_nothing_else_has(kind: str) -> None:
    there = described(kind)
    assert set(ENGLISH[kind]) == set(ICONS[kind]) == set(there)
    for name, what in there.items():
        assert set(ENGLISH[kind][name].get("fields", ())) == set(what.get("fields", ())), name


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_every_choice_that_is_described_has_a_label(kind: str) -> None:
    for what in described(kind).values():
        for key, field in what["fields"].items():
            for label in labels_in(field):
                options = field["selector"]["select"]["options"]
                assert set(options) <= set(ENGLISH["selector"][label]["options"]), key


def keys_raised() -> set[str]:
    """Return the keys of the errors that the code raises with a translation."""
    keys: set[str] = set()
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                continue
            call = node.exc
            named = [word.value for word in call.keywords if word.arg == "translation_key"]
            if isinstance(call.func, ast.Name) and call.func.id == "_error":
                named = call.args[:1]
            keys |= {
                key.value
                for key in named
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return keys


def test_every_error_that_is_raised_has_a_text_and_no_text_is_there_in_vain() -> None:
    raised = keys_raised()
    assert raised
    # Those of a printer that is not ready are made of the reason; another test has them.
    texts = {key for key in ENGLISH["exceptions"] if not key.startswith("not_ready_")}
    assert texts == raised


def issue_keys() -> set[str]:
    """Return the kinds of repairs that the code makes."""
    storage = (ROOM / "storage.py").read_text(encoding="utf-8")
    return {*issues._ISSUES} | {
        f"storage_{why}" for why in ("newer", "unreadable") if f'"{why}")' in storage
    }


def test_every_repair_has_a_text_and_no_text_is_there_in_vain() -> None:
    assert set(ENGLISH["issues"]) == issue_keys()


# That the schemas refuse what hassfest refuses.


@pytest.mark.parametrize(
    "wrong",
    [
        {"unknown": {}},
        {"common": {"a": "<b>bold</b>"}},
        {"common": {"a": "see https://example.com"}},
        {"common": {"a": " padded"}},
        {"common": {"a": "in '{quotes}'"}},
        {"common": {"a": "{not a name}"}},
        {"config": {"step": {"user": {"data": {}, "data_description": {"a": "b"}}}}},
        {"config": {"error": {}}},
        {"entity": {"sensor": {"a": {"state": {"b": "{filled}"}}}}},
        {"entity": {"sensor": {"_a": {"name": "b"}}}},
        {"issues": {"a": {"title": "b"}}},
        {"issues": {"a": {"title": "b", "description": "c", "fix_flow": {"step": {}}}}},
        {"triggers": {"a": {"name": "b"}}},
        {"config_panel": {"card": {"Not_a_key": "b"}}},
    ],
    ids=str,
)
def test_texts_of_another_form_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        hassfest.TRANSLATIONS(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"services": {"a": "mdi:history"}},
        {"services": {"a": {"service": "history"}}},
        {"entity": {"sensor": {"a": {"default": "mdi:a", "state": {"b": "mdi:a"}}}}},
    ],
    ids=str,
)
def test_icons_of_another_form_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(probatio.Invalid):
        hassfest.ICONS(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"a": {"fields": {"b": {"default": None}}}},
        {"a": {"fields": {"b": {"selector": {"no_such_selector": {}}}}}},
        {"a": {"description": "belongs into the texts"}},
    ],
    ids=str,
)
def test_descriptions_of_another_form_are_refused(wrong: dict[str, Any]) -> None:
    for schema in DESCRIPTIONS.values():
        with pytest.raises(probatio.Invalid):
            schema(wrong)
