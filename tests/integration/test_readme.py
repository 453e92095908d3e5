"""The entities and examples of README.md are real: they are tried with a simulated printer."""

import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.bambu_hms.entity import fault_attributes
from custom_components.bambu_hms.places import _MODULES
from tests.contract.test_readme import CODE, README, chapter, table
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import (
    HEATBED,
    RAN_OUT,
    AddPrinter,
    Ears,
    attributes_of,
    coordinator_of,
    state_of,
    until_state,
)

EXAMPLES = [
    (title, block)
    for title in re.findall(r"^## (.+)$", README, re.MULTILINE)
    for block in re.findall(r"^```yaml\n(.*?)^```", chapter(title), re.MULTILINE | re.DOTALL)
]


def without_number(entity_id: str) -> str:
    """Return the id of an entity, the same for all slots."""
    return re.sub(r"slot_[1-4]", "slot_1", entity_id)


async def test_every_entity_is_listed(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    entity_registry: er.EntityRegistry,
) -> None:
    entry = await add_printer(await switch_on(ams=(AmsKind.AMS,)), "X1C left")
    listed = {CODE.findall(row[0])[0] for row in table("What you get", "entity")}
    of_modules = {
        entity_id.replace("heatbed", row.module)
        for entity_id in listed
        if "heatbed" in entity_id
        for row in _MODULES
    }
    there = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    assert {without_number(entity.entity_id) for entity in there} == listed | of_modules


async def test_every_attribute_of_a_fault_sensor_is_named(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    printer.raise_fault(HEATBED)
    entry = await add_printer(printer, "X1C left")
    await until_state(hass, "binary_sensor.x1c_left_problem", "on")
    (fault,) = coordinator_of(entry).data.faults
    named = set(CODE.findall(chapter("What you get")))
    assert named >= set(fault_attributes(fault))
    usual = {"friendly_name", "icon", "device_class"}
    assert named >= set(attributes_of(hass, "sensor.x1c_left_fault")) - usual


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 5


async def automate(hass: HomeAssistant, example: dict[str, Any]) -> None:
    """Set up an automation as an owner does who copies it; actions alone wait for nothing."""
    waiting = {"triggers": [{"trigger": "event", "event_type": "never"}]}
    automation = {"id": "example", "alias": "Example", **waiting, **example}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()


async def end(hass: HomeAssistant) -> None:
    """Have the automation wait for nothing any longer."""
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.example"}, blocking=True
    )


@pytest.mark.parametrize(
    "block", [block for _, block in EXAMPLES], ids=[title for title, _ in EXAMPLES]
)
async def test_home_assistant_takes_an_example(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, block: str
) -> None:
    await add_printer(await switch_on(), "X1C left")
    example: Any = parse_yaml(block)
    if "actions" not in example:
        # Not an automation, but a setting of another part of Home Assistant.
        (domain,) = example
        assert await async_setup_component(hass, domain, example)
        return
    await automate(hass, example)
    # One that makes no sense to Home Assistant is unavailable.
    assert state_of(hass, "automation.example") == "on"
    await end(hass)


async def test_the_list_of_a_week_names_the_slot(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    await add_printer(printer, "X1C left")
    printer.raise_fault(RAN_OUT)
    raised = await ears.until("raised", RAN_OUT)
    sent = async_mock_service(hass, "notify", "notify")
    (block,) = (block for _, block in EXAMPLES if "get_history" in block)
    example: Any = parse_yaml(block)
    await automate(hass, example)
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": "automation.example"}, blocking=True
    )
    assert [call.data["message"].strip() for call in sent] == [
        f"X1C left, AMS A slot 2: {raised['message']}"
    ]
    await end(hass)
