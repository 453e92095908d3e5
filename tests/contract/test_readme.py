"""What README.md lists is what there is."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.bambu_hms import forms, matching, options_flow
from custom_components.bambu_hms.hms.location import Module
from custom_components.bambu_hms.hms.meaning import FAULT_TOPICS
from custom_components.bambu_hms.options import LONGEST_SETTLE, Options
from custom_components.bambu_hms.places import _MODULES
from custom_components.bambu_hms.printer.models import MODELS, Model
from custom_components.bambu_hms.printer.reason import Reason

from .test_manifest import PROJECT, ROOM

README = (PROJECT / "README.md").read_text(encoding="utf-8")
ENGLISH: dict[str, Any] = json.loads((ROOM / "translations" / "en.json").read_text("utf-8"))
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"\*([^*]+)\*")
LINK = re.compile(r"\]\(([^)]+)\)")


def chapter(title: str) -> str:
    """Return what stands in a chapter."""
    found = re.search(
        rf"^## {re.escape(title)}\n(.+?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL
    )
    assert found, title
    return found[1]


def table(title: str, first: str) -> list[list[str]]:
    """Return the rows of the table of a chapter whose first column has this heading."""
    found = re.search(
        rf"^\| {re.escape(first)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", chapter(title), re.MULTILINE
    )
    assert found, first
    return [row.strip("| ").split(" | ") for row in found[1].splitlines()]


def keys(cells: Iterator[str]) -> list[str]:
    """Return all that is written as code."""
    return [key for cell in cells for key in CODE.findall(cell)]


def firsts(title: str, first: str) -> list[str]:
    """Return the keys in the first column of a table."""
    return keys(row[0] for row in table(title, first))


def names(models: list[Model]) -> str:
    """Return the names of some models as the README lists them."""
    return ", ".join(model.name for model in models)


# What owners set


def test_every_field_of_adding_a_printer_is_explained() -> None:
    fields = {
        str(key) for step in ("manual", "found_printer") for key in forms.OF_STEP[step].schema
    }
    labels = ENGLISH["config"]["step"]["manual"]["data"]
    listed = [NAME.findall(row[0])[0] for row in table("Add a printer", "field")]
    assert sorted(listed) == sorted(labels[field] for field in fields)


def test_every_setting_is_listed_as_it_is_at_first() -> None:
    labels = ENGLISH["options"]["step"]["settings"]["data"]
    rows = {NAME.findall(row[0])[0]: row for row in table("Options", "setting")}
    assert list(rows) == [labels[str(key)] for key in options_flow._SETTINGS.schema]
    usual = Options()
    severity = ENGLISH["selector"]["severity"]["options"][usual.problem_severity]
    assert rows[labels["problem_severity"]][1] == severity
    assert rows[labels["settle_time"]][1] == f"{usual.settle.seconds} seconds"
    assert f"0 to {LONGEST_SETTLE.seconds} seconds" in rows[labels["settle_time"]][2]


def test_every_option_of_the_card_and_of_the_badge_is_listed() -> None:
    form = (ROOM / "frontend" / "form.js").read_text(encoding="utf-8")
    # `name: "…"` is a field, `flag("…", …)` a switch with what it is at first.
    fields = re.findall(r'name: "(\w+)"', form)
    switches = dict(re.findall(r'flag\("(\w+)", (\w+)\)', form))
    rows = table("Cards", "option")
    assert sorted(firsts("Cards", "option")) == sorted({*fields, *switches})
    for cell, _, usual in rows:
        if (key := cell.strip("`")) in switches:
            assert usual == {"true": "on", "false": "off"}[switches[key]], key
    layouts = re.search(r"LAYOUTS = \[(.+)\]", form)
    assert layouts
    offered = re.findall(r"\w+", layouts[1])
    assert [key for key in CODE.findall(rows[0][1]) if key in offered] == offered


def test_every_word_that_the_card_has_for_a_state_is_explained() -> None:
    card = ENGLISH["config_panel"]["card"]
    severities = ENGLISH["entity"]["sensor"]["severity"]["state"]
    states = ("ok", "notice", "settling", "offline", "not_loaded", "no_printer", "removed")
    words = [card[state] for state in (*states, "danger", "unknown_code")]
    words += [severities[severity] for severity in ("common", "serious", "fatal")]
    said = [word for row in table("Cards", "the card says") for word in NAME.findall(row[0])]
    assert sorted(said) == sorted(words)


# What automations use


def test_every_action_is_listed_with_all_of_its_fields() -> None:
    actions = load_yaml_dict(str(ROOM / "services.yaml"))
    assert firsts("Actions", "action") == [f"bambu_hms.{name}" for name in actions]
    said = set(keys(iter(chapter("Actions").splitlines())))
    for name, action in actions.items():
        assert set(action["fields"]) <= said, name


def test_every_option_of_triggers_and_conditions_is_listed_with_its_default() -> None:
    rows = table("Triggers", "option")
    listed = {key: row[2] for row in rows for key in CODE.findall(row[0])}
    assert set(listed) == {str(key) for key in matching.option_fields(matching.TRIGGER_INCLUDES)}
    words = {True: "on", False: "off"}
    for key, usual in matching.TRIGGER_INCLUDES.items():
        condition = matching.CONDITION_INCLUDES[key]
        expected = words[usual]
        if condition is not usual:
            expected += f", in the condition {words[condition]}"
        assert listed[key] == expected


def test_every_topic_is_listed_by_its_name() -> None:
    labels = ENGLISH["selector"]["topic"]["options"]
    assert table("Triggers", "topic") == [[f"`{topic}`", labels[topic]] for topic in FAULT_TOPICS]


def test_every_trigger_and_condition_is_named() -> None:
    for kind in ("triggers", "conditions"):
        for texts in ENGLISH[kind].values():
            assert texts["name"] in chapter("Triggers")


def test_every_key_of_an_event_is_listed() -> None:
    # Another test compares these with what a real event says.
    said = set(ENGLISH["entity"]["event"]["fault"]["state_attributes"]) - {"event_type"}
    listed = firsts("Events", "key")
    assert len(set(listed)) == len(listed)
    assert set(listed) == said


def test_every_blueprint_is_listed() -> None:
    files = {path.name for path in (PROJECT / "blueprints").rglob("*.yaml")}
    assert set(re.findall(r"bambu_hms%2F(\w+\.yaml)", chapter("Blueprints"))) == files


# What there is


def test_every_module_is_listed_with_the_printers_that_have_it() -> None:
    rows = table("What you get", "module")
    assert [CODE.findall(row[0])[0] for row in rows] == [row.module for row in _MODULES]
    assert {row.module for row in _MODULES} == set(Module) - {Module.AMS}
    for (key, name, having, text), row in zip(rows, _MODULES, strict=True):
        assert name == ENGLISH["selector"]["module"]["options"][row.module]
        assert text == ("on" if row.text else "off"), key
        have = [model for model in MODELS if row.module in model.modules]
        lack = [model for model in MODELS if row.module not in model.modules]
        expected = f"all but {names(lack)}" if len(lack) < len(have) else names(have)
        if not lack:
            expected = "all"
        if row.per_nozzle:
            expected += f"; with two nozzles `{row.module}_left` and `{row.module}_right`"
        assert having == expected, key


def test_every_model_is_listed_with_what_it_has() -> None:
    rows = table("Printers and firmware", "model")
    listed = {name: row[1] for row in rows for name in row[0].split(", ")}
    assert set(listed) == {model.name for model in MODELS}
    labels = ENGLISH["selector"]["module"]["options"]
    for model in MODELS:
        lack = [labels[row.module] for row in _MODULES if row.module not in model.modules]
        expected = "every module" + (f" but {' and '.join(lack)}" if lack else "")
        if model.nozzles > 1:
            expected += "; two nozzles"
        assert listed[model.name] == expected


def test_every_language_is_named() -> None:
    languages = {
        "de": "German",
        "en": "English",
        "es": "Spanish",
        "fr": "French",
        "it": "Italian",
        "nl": "Dutch",
        "pl": "Polish",
        "pt-BR": "Brazilian Portuguese",
        "zh-Hans": "Simplified Chinese",
    }
    assert set(languages) == {path.stem for path in (ROOM / "translations").iterdir()}
    for language in languages.values():
        assert language in chapter("Texts")


# When something does not work


def test_every_reason_is_explained() -> None:
    listed = firsts("When something does not work", "reason")
    assert len(listed) == len(Reason)
    assert set(listed) == set(Reason)


@pytest.mark.parametrize("issue", ENGLISH["issues"])
def test_every_repair_is_found_by_its_title(issue: str) -> None:
    seen = "".join(row[0] for row in table("When something does not work", "what you see"))
    title = ENGLISH["issues"][issue]["title"].replace("{printer}", "…")
    # What two of them begin with is not said twice.
    assert title in seen or title.replace("What was remembered of …", "…") in seen


# The README itself


def test_every_link_within_the_project_leads_somewhere() -> None:
    anchors = {
        re.sub(r"[^\w\- ]", "", title).replace(" ", "-").lower()
        for title in re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    }
    inside = [link for link in LINK.findall(README) if not link.startswith("http")]
    assert inside
    for link in inside:
        assert link[1:] in anchors if link.startswith("#") else (PROJECT / link).exists(), link


def test_every_file_that_is_named_is_there() -> None:
    both = README + (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code = [*CODE.findall(FENCED.sub("", both)), *FENCED.findall(both)]
    rooms = ("scripts/", "tests/", "custom_components/", "blueprints/", "hms/", "printer/")
    named = {
        word for text in code for word in re.findall(r"[\w./-]+", text) if word.startswith(rooms)
    }
    assert len(named) > 20
    for name in named:
        assert any((root / name).exists() for root in (PROJECT, ROOM)), name


def test_the_pictures_are_there() -> None:
    pictures = re.findall(r'src(?:set)?="([^"]+)"', README)
    assert pictures
    assert all(Path(PROJECT / picture).exists() for picture in pictures)
