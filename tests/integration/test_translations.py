"""Every text that Home Assistant asks for is there, and nothing is there that nobody asks for."""

import ast
from enum import StrEnum
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.bambu_hms import config_flow, forms
from custom_components.bambu_hms.config_flow import BambuHmsConfigFlow
from custom_components.bambu_hms.hms.code import Kind, Severity
from custom_components.bambu_hms.hms.location import AmsType, Module
from custom_components.bambu_hms.hms.meaning import Topic
from custom_components.bambu_hms.mending import MendingFlow
from custom_components.bambu_hms.printer.link import Reason
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import RAN_OUT, AddPrinter, Ears, attributes_of, until_state

ROOM = Path(config_flow.__file__).parent
LANGUAGES = sorted(path.stem for path in (ROOM / "translations").iterdir())
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def load(name: str) -> dict[str, Any]:
    """Read one of the integration's JSON files."""
    read: dict[str, Any] = json.loads((ROOM / name).read_text(encoding="utf-8"))
    return read


ENGLISH = load("translations/en.json")
ICONS = load("icons.json")
EVENT = ENGLISH["entity"]["event"]["fault"]["state_attributes"]

# What the data of an event says in words of ours; all the rest is told by the printer or counted.
VALUES: dict[str, type[StrEnum]] = {
    "ams_type": AmsType,
    "kind": Kind,
    "module": Module,
    "severity": Severity,
    "topic": Topic,
    "vendor_severity": Severity,
}


def literal_errors() -> set[str]:
    """Return the errors that the flow names itself: the texts in `{field: error}`."""
    trees = [
        ast.parse((ROOM / name).read_text(encoding="utf-8"))
        for name in ("config_flow.py", "mending.py")
    ]
    return {
        value.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for value in node.values
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


@pytest.mark.parametrize(
    ("model", "ams"),
    [
        ("X1C", (AmsKind.AMS, AmsKind.AMS_HT)),
        ("P1S", ()),
        ("A1 mini", (AmsKind.AMS_LITE,)),
        ("H2D", (AmsKind.AMS_2_PRO,)),
    ],
)
async def test_every_entity_has_a_name_in_english(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    entity_registry: er.EntityRegistry,
    model: str,
    ams: tuple[AmsKind, ...],
) -> None:
    entry = await add_printer(await switch_on(model, ams=ams), "It")
    await until_state(hass, "binary_sensor.it_connection", "on")
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert entities
    for entity in entities:
        texts = ENGLISH["entity"][entity.domain][entity.translation_key]
        pattern = re.escape(texts["name"]).replace(r"\{slot\}", "[1-4]")
        assert entity.original_name
        assert re.fullmatch(pattern, entity.original_name)


async def test_every_severity_has_a_name(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    await add_printer(await switch_on(), "It")
    options = attributes_of(hass, "sensor.it_severity")["options"]
    assert set(ENGLISH["entity"]["sensor"]["severity"]["state"]) == set(options)


async def test_all_that_an_event_says_of_a_fault_has_a_name(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    await add_printer(printer, "It")
    printer.raise_fault(RAN_OUT)
    raised = await ears.until("raised", RAN_OUT)
    assert set(EVENT) == {"event_type", *raised, "duration"}
    shown = attributes_of(hass, "event.it_ams_a_fault")
    assert set(shown) - {"event_types", "friendly_name"} == {"event_type", *raised}


@pytest.mark.parametrize(("key", "values"), VALUES.items())
def test_every_word_of_an_event_has_a_text(key: str, values: type[StrEnum]) -> None:
    # A fault's own severity is always known, only the vendor's is not.
    never = {Severity.UNKNOWN} if key == "severity" else set()
    assert set(EVENT[key]["state"]) == set(values) - never


async def test_every_type_of_event_has_a_text(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    await add_printer(await switch_on(), "It")
    types = attributes_of(hass, "event.it_fault")["event_types"]
    assert set(EVENT["event_type"]["state"]) == set(types)


def test_nothing_else_that_an_event_says_has_a_text() -> None:
    assert {key for key, texts in EVENT.items() if "state" in texts} == {"event_type", *VALUES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_has_one_text_of_its_own_at_the_event_and_at_the_sensor(language: str) -> None:
    entity = load(f"translations/{language}.json")["entity"]
    event, sensor = (
        entity[domain]["fault"]["state_attributes"]["topic"]["state"]
        for domain in ("event", "sensor")
    )
    assert sensor == event
    assert set(sensor) == set(Topic)
    # Read without a place before it, "fault" alone would say nothing.
    assert len(set(sensor.values())) == len(sensor)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_the_flow_at_the_entry_and_at_the_sensor(reason: Reason) -> None:
    assert ENGLISH["config"]["error"][reason]
    assert "{name}" in ENGLISH["exceptions"][f"not_ready_{reason}"]["message"]
    reasons = ENGLISH["entity"]["binary_sensor"]["connection"]["state_attributes"]["reason"]
    assert reasons["state"][reason]


def test_every_error_of_the_flow_has_a_text() -> None:
    assert literal_errors() >= {
        "invalid_host",
        "no_access_code",
        "invalid_serial",
        "serial_mismatch",
    }
    assert set(ENGLISH["config"]["error"]) >= literal_errors() | set(Reason)


def test_no_error_of_the_flow_has_a_text_in_vain() -> None:
    assert set(ENGLISH["config"]["error"]) <= literal_errors() | set(Reason)


def test_every_step_of_the_flow_names_and_explains_its_fields() -> None:
    steps = {
        name.removeprefix("async_step_")
        for name in vars(BambuHmsConfigFlow) | vars(MendingFlow)
        if name.startswith("async_step_")
    }
    without_a_page = {"integration_discovery", "reauth", "search", "trust"}
    assert steps - without_a_page == set(ENGLISH["config"]["step"])
    for step, schema in forms.OF_STEP.items():
        fields = {str(key) for key in schema.schema}
        texts = ENGLISH["config"]["step"][step]
        assert set(texts["data"]) == fields
        assert set(texts["data_description"]) == fields
        assert texts["title"]


def test_every_choice_of_a_menu_is_a_step_that_has_a_label() -> None:
    for part in (ENGLISH["config"], ENGLISH["options"]):
        for step, texts in part["step"].items():
            for option, label in texts.get("menu_options", {}).items():
                # What is trusted or searched for needs no page of its own.
                assert option in part["step"] or option in {"trust", "search"}, (step, option)
                assert label


def test_every_way_to_give_up_has_a_text() -> None:
    assert set(ENGLISH["config"]["abort"]) == {
        "already_configured",
        "already_in_progress",
        "reauth_successful",
        "reconfigure_successful",
    }


def test_every_icon_is_of_something_that_has_a_name() -> None:
    for domain, icons in ICONS["entity"].items():
        for key, icon in icons.items():
            texts = ENGLISH["entity"][domain][key]
            assert set(icon.get("state", {})) <= set(texts.get("state", {})), (domain, key)


def test_only_names_of_slots_have_a_placeholder() -> None:
    for texts in ENGLISH["entity"].values():
        for key, text in texts.items():
            expected = {"slot"} if key.startswith("slot_") else set()
            assert set(PLACEHOLDER.findall(text["name"])) == expected, key


def test_no_text_is_empty_or_padded() -> None:
    def texts_in(part: object) -> list[str]:
        if isinstance(part, dict):
            return [text for each in part.values() for text in texts_in(each)]
        assert isinstance(part, str)
        return [part]

    assert all(text and text == text.strip() for text in texts_in(ENGLISH))
