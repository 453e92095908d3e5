"""The condition: whether a printer has a fault now."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import (
    async_from_config,
    async_validate_condition_config,
)
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind, SimulatedPrinter

from .automating import (
    OVERHEATING,
    RAN_OUT_ELSEWHERE,
    RAN_OUT_TOO,
    SWITCHED,
    Options,
    automate,
    raise_faults,
)
from .conftest import (
    HEATBED,
    LIDAR_DIRTY,
    MOTOR,
    RAN_OUT,
    AddPrinter,
    Ears,
    ams_of,
    coordinator_of,
    device_of,
    until,
    until_state,
)

CONDITION = "bambu_hms.is_fault_active"


async def is_active(
    hass: HomeAssistant, options: Options | None = None, target: dict[str, Any] | None = None
) -> bool:
    """Return what the condition says, as an automation would have it checked."""
    config: dict[str, Any] = {"condition": CONDITION}
    config |= {"options": options} if options else {}
    config |= {"target": target} if target else {}
    checker = await async_from_config(hass, await async_validate_condition_config(hass, config))
    try:
        result = checker.async_check()
        assert isinstance(result, bool)
        return result
    finally:
        checker.async_unload()


@pytest.fixture
async def printer(switch_on: SwitchOn) -> SimulatedPrinter:
    """An X1C with two AMS."""
    return await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS))


@pytest.fixture
async def entry(printer: SimulatedPrinter, add_printer: AddPrinter) -> MockConfigEntry:
    """Its entry."""
    return await add_printer(printer)


async def test_an_automation_does_only_what_its_condition_lets_it(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    trigger = {"trigger": "event", "event_type": "test_ask"}
    said = await automate(hass, [trigger], [{"condition": CONDITION}])
    hass.bus.async_fire("test_ask")
    await hass.async_block_till_done()
    assert len(said.all) == 0
    await raise_faults(ears, printer, HEATBED)
    hass.bus.async_fire("test_ask")
    await hass.async_block_till_done()
    assert len(said.all) == 1
    printer.clear_all()
    await ears.until("cleared", HEATBED)
    hass.bus.async_fire("test_ask")
    await hass.async_block_till_done()
    assert len(said.all) == 1


# Which faults


@pytest.mark.parametrize(
    ("options", "one", "another"),
    [
        ({}, LIDAR_DIRTY, SWITCHED),
        ({"topics": ["temperature"]}, HEATBED, MOTOR),
        ({"min_severity": "fatal"}, HEATBED, RAN_OUT),
        ({"min_severity": "info"}, SWITCHED, None),
        ({"safety_only": True}, OVERHEATING, HEATBED),
        ({"modules": "motors"}, MOTOR, HEATBED),
        ({"ams": ["ams_b"]}, RAN_OUT_ELSEWHERE, RAN_OUT),
        ({"slots": ["2"]}, RAN_OUT, RAN_OUT_ELSEWHERE),
        ({"codes": ["0300_0100_*_*"]}, HEATBED, MOTOR),
        ({"codes": SWITCHED}, SWITCHED, HEATBED),
        ({"include_notices": True}, SWITCHED, None),
    ],
    ids=str,
)
async def test_a_fault_counts_if_its_options_say_so(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    options: Options,
    one: str,
    another: str | None,
) -> None:
    assert not await is_active(hass, options)
    if another:
        await raise_faults(ears, printer, another)
        assert not await is_active(hass, options)
    await raise_faults(ears, printer, one)
    assert await is_active(hass, options)


async def test_a_muted_fault_does_not_count(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await raise_faults(ears, printer, HEATBED)
    mute = {"device_id": device_of(entry), "modules": "heatbed"}
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    assert not await is_active(hass)
    await hass.services.async_call("bambu_hms", "unmute", mute, blocking=True)
    assert await is_active(hass)


async def test_what_was_there_when_the_printer_was_added_counts_unless_it_is_not_wanted(
    hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter, ears: Ears
) -> None:
    printer.raise_fault(HEATBED)
    await add_printer(printer)
    await ears.until("raised", HEATBED)
    assert await is_active(hass)
    assert not await is_active(hass, {"include_standing": False})


async def test_a_simulated_fault_counts_unless_it_is_not_wanted(
    hass: HomeAssistant, entry: MockConfigEntry, ears: Ears
) -> None:
    await hass.services.async_call(
        "bambu_hms",
        "simulate_fault",
        {"device_id": device_of(entry), "code": RAN_OUT},
        blocking=True,
    )
    assert await is_active(hass)
    assert not await is_active(hass, {"include_simulated": False})


async def test_a_related_fault_counts_where_it_repeats_nothing_that_counts(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    named = {"codes": [RAN_OUT_TOO, "0700_2200_0002_0001"]}
    await raise_faults(ears, printer, RAN_OUT, RAN_OUT_TOO)
    assert await is_active(hass, named)
    assert await is_active(hass, named | {"include_related": True})
    printer.clear_fault(RAN_OUT_TOO)
    await ears.until("cleared", RAN_OUT_TOO)
    assert not await is_active(hass, named)
    assert await is_active(hass)


async def test_a_print_error_that_waits_for_its_partner_does_not_count_yet(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry
) -> None:
    printer.raise_fault(RAN_OUT_TOO)
    await printer.told()
    while not coordinator_of(entry).ledger.reported:
        await hass.async_block_till_done()
    assert not await is_active(hass)


async def test_a_fault_that_settles_still_counts(
    hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter, ears: Ears
) -> None:
    entry = await add_printer(printer, settle_time=30)
    await raise_faults(ears, printer, HEATBED)
    printer.clear_all()
    await until(hass, lambda: coordinator_of(entry).data.faults[0].fault.gone is not None)
    assert await is_active(hass)


# Whose faults


async def test_a_target_is_a_printer_with_its_ams_units_or_one_of_them(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    other = await add_printer(await switch_on("P1S", number=2), "P1S right")
    await raise_faults(ears, printer, RAN_OUT)
    assert await is_active(hass)
    assert await is_active(hass, target={"device_id": device_of(entry)})
    assert await is_active(hass, target={"device_id": ams_of(entry, 0)})
    assert await is_active(hass, target={"entity_id": "event.x1c_left_ams_a_fault"})
    assert not await is_active(hass, target={"device_id": ams_of(entry, 1)})
    assert not await is_active(hass, target={"device_id": device_of(other)})
    assert not await is_active(hass, target={"area_id": "gone"})


# When


async def test_the_faults_of_a_printer_that_is_off_count(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await raise_faults(ears, printer, HEATBED)
    await printer.power_off()
    await until_state(hass, "binary_sensor.x1c_left_connection", "off")
    assert await is_active(hass)
    await hass.config_entries.async_reload(entry.entry_id)
    assert await is_active(hass)


async def test_a_printer_that_is_not_loaded_has_none(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await raise_faults(ears, printer, HEATBED)
    await hass.config_entries.async_unload(entry.entry_id)
    assert not await is_active(hass)


async def test_without_any_printer_there_is_no_fault(hass: HomeAssistant) -> None:
    assert not await is_active(hass)


# What is refused


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"codes": ["nonsense"]}, "'nonsense' is no code"),
        ({"codes": 5}, "write it in quotes"),
        ({"topics": ["weather"]}, "'weather' is not a valid Topic"),
        ({"min_severity": "awful"}, "min_severity"),
        ({"include_standing": "perhaps"}, "include_standing"),
        ({"weather": "fine"}, "weather"),
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused_with_a_reason(
    hass: HomeAssistant, options: Options, problem: str
) -> None:
    with pytest.raises(probatio.Invalid, match=problem):
        await is_active(hass, options)
