"""Whose faults the triggers tell of: printers, AMS units, and where these stand."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.helpers.trigger import TriggerConfig
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_hms.trigger import FaultRaised
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind, SimulatedPrinter

from .automating import RAN_OUT_ELSEWHERE, automate, on, raise_faults
from .conftest import HEATBED, MOTOR, RAN_OUT, AddPrinter, Ears, ams_of, device_of, until_state


@pytest.fixture
async def printer(switch_on: SwitchOn) -> SimulatedPrinter:
    """An X1C with two AMS."""
    return await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS))


@pytest.fixture
async def entry(printer: SimulatedPrinter, add_printer: AddPrinter) -> MockConfigEntry:
    """Its entry."""
    return await add_printer(printer)


async def at(hass: HomeAssistant, *device_ids: str) -> dict[str, Any]:
    """Put devices into a room, on a floor and under a label; return the ids of the three."""
    floor = fr.async_get(hass).async_create("Cellar")
    area = ar.async_get(hass).async_create("Workshop", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Noisy")
    for device_id in device_ids:
        dr.async_get(hass).async_update_device(device_id, area_id=area.id, labels={label.label_id})
    return {"area_id": area.id, "floor_id": floor.floor_id, "label_id": label.label_id}


@pytest.fixture
async def other(switch_on: SwitchOn) -> SimulatedPrinter:
    """Another printer, with one AMS."""
    return await switch_on("P1S", number=2, ams=(AmsKind.AMS,))


async def told(
    hass: HomeAssistant,
    ears: Ears,
    printer: SimulatedPrinter,
    other: SimulatedPrinter,
    target: dict[str, Any],
) -> list[str]:
    """Have faults everywhere; return those that an automation with this target is told of."""
    said = await automate(hass, [on("fault_raised", target=target)])
    await raise_faults(ears, printer, HEATBED, RAN_OUT, RAN_OUT_ELSEWHERE)
    await raise_faults(ears, other, MOTOR)
    await hass.async_block_till_done()
    return said.codes


OF_THE_PRINTER = [HEATBED, RAN_OUT, RAN_OUT_ELSEWHERE]
EVERYWHERE = [*OF_THE_PRINTER, MOTOR]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, EVERYWHERE),
        ({"entity_id": []}, EVERYWHERE),
        ({"entity_id": "event.x1c_left_fault"}, OF_THE_PRINTER),
        ({"entity_id": "event.x1c_left_ams_b_fault"}, [RAN_OUT_ELSEWHERE]),
        ({"entity_id": ["event.p1s_right_fault", "event.x1c_left_ams_a_fault"]}, [RAN_OUT, MOTOR]),
        ({"entity_id": "binary_sensor.x1c_left_problem"}, OF_THE_PRINTER),
        ({"entity_id": ["event.none", "sun.sun"]}, []),
        ({"device_id": "gone"}, []),
        ({"area_id": "gone"}, []),
        ({"label_id": "gone", "entity_id": "event.p1s_right_fault"}, [MOTOR]),
    ],
    ids=str,
)
async def test_a_target_is_a_printer_with_its_ams_units_or_one_of_them(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    other: SimulatedPrinter,
    add_printer: AddPrinter,
    ears: Ears,
    target: dict[str, Any],
    expected: list[str],
) -> None:
    await add_printer(other, "P1S right")
    assert await told(hass, ears, printer, other, target) == expected


@pytest.mark.parametrize(
    ("unit", "expected"), [(None, OF_THE_PRINTER), (0, [RAN_OUT]), (1, [RAN_OUT_ELSEWHERE])]
)
@pytest.mark.parametrize("kind", ["device_id", "area_id", "floor_id", "label_id"])
async def test_a_target_is_a_device_or_where_it_stands(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    other: SimulatedPrinter,
    add_printer: AddPrinter,
    ears: Ears,
    kind: str,
    unit: int | None,
    expected: list[str],
) -> None:
    await add_printer(other, "P1S right")
    device = device_of(entry) if unit is None else ams_of(entry, unit)
    place = await at(hass, device) | {"device_id": device}
    assert await told(hass, ears, printer, other, {kind: place[kind]}) == expected


async def test_a_device_without_its_event_entity_stands_for_itself(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    other: SimulatedPrinter,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    right = await add_printer(other, "P1S right")
    registry = er.async_get(hass)
    registry.async_update_entity("event.x1c_left_fault", hidden_by=er.RegistryEntryHider.USER)
    registry.async_update_entity("event.p1s_right_fault", disabled_by=er.RegistryEntryDisabler.USER)
    await hass.config_entries.async_reload(right.entry_id)
    # It says only what changes, and only to who is connected.
    await until_state(hass, "binary_sensor.p1s_right_connection", "on")
    place = await at(hass, device_of(entry), device_of(right))
    target = {"area_id": place["area_id"]}
    assert await told(hass, ears, printer, other, target) == EVERYWHERE


async def test_a_sensor_that_is_in_another_room_does_not_take_its_printer_there(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    other: SimulatedPrinter,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    await add_printer(other, "P1S right")
    place = await at(hass)
    registry = er.async_get(hass)
    registry.async_update_entity("sensor.p1s_right_fault", area_id=place["area_id"])
    registry.async_update_entity("event.x1c_left_ams_a_fault", area_id=place["area_id"])
    target = {"area_id": place["area_id"]}
    assert await told(hass, ears, printer, other, target) == [RAN_OUT]


async def test_what_moves_into_a_room_counts_from_then_on(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    place = await at(hass)
    said = await automate(hass, [on("fault_raised", target={"area_id": place["area_id"]})])
    await raise_faults(ears, printer, HEATBED)
    dr.async_get(hass).async_update_device(device_of(entry), area_id=place["area_id"])
    await raise_faults(ears, printer, MOTOR)
    await hass.async_block_till_done()
    assert said.codes == [MOTOR]


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [
        ({"entity_id": ["event.x1c_left_ams_a_fault"]}, [HEATBED, RAN_OUT_ELSEWHERE, MOTOR]),
        ({"entity_id": ["event.x1c_left_fault"]}, [MOTOR]),
        ({"device_id": ["gone"]}, EVERYWHERE),
    ],
    ids=str,
)
async def test_what_is_excluded_does_not_count_nor_do_its_ams_units(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    other: SimulatedPrinter,
    add_printer: AddPrinter,
    ears: Ears,
    excluded: dict[str, Any],
    expected: list[str],
) -> None:
    right = await add_printer(other, "P1S right")
    place = await at(hass, device_of(entry), device_of(right), ams_of(entry, 0))
    # Only Home Assistant 2026.11 accepts this from an owner.
    target = {"area_id": [place["area_id"]], "exclude": excluded}
    trigger = FaultRaised(hass, TriggerConfig("bambu_hms.fault_raised", target, {}))
    codes: list[str] = []

    async def say(run_variables: dict[str, Any], context: Context | None = None) -> None:
        codes.append(run_variables["code"].removeprefix("HMS_"))

    remove = await trigger.async_attach_action(say, lambda payload, description: payload)
    await raise_faults(ears, printer, HEATBED, RAN_OUT, RAN_OUT_ELSEWHERE)
    await raise_faults(ears, other, MOTOR)
    await hass.async_block_till_done()
    remove()
    assert codes == expected
