"""The blueprint that cuts the power: what keeps it from that, and what does not."""

import asyncio
import logging

from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.automating import OVERHEATING, raise_faults
from tests.integration.conftest import (
    HEATBED,
    AddPrinter,
    Ears,
    coordinator_of,
    device_of,
    state_of,
    until,
    until_state,
)
from tests.simulator import SimulatedPrinter

from .conftest import Automate, PowerSwitch, let_pass, until_done, until_it_waits
from .phone import Phone

POWER = "switch.printer_power"
CONNECTION = "binary_sensor.x1c_left_connection"
NOT_LOADED = "or it is not loaded"


@pytest.fixture
async def it(
    entry: MockConfigEntry, automate: Automate, iphone: Phone, pixel: Phone, power: PowerSwitch
) -> str:
    """An automation that waits for 30 seconds."""
    return await automate(
        "cut_power",
        printer=device_of(entry),
        switches=[POWER],
        phones=[iphone.device_id, pixel.device_id],
    )


async def test_muting_a_danger_keeps_nothing_from_being_done(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, it: str, ears: Ears
) -> None:
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    mute = {"device_id": device_of(entry), "codes": OVERHEATING}
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    let_pass(hass, seconds=31)
    await until_state(hass, POWER, "off")


async def test_a_danger_of_a_printer_that_falls_silent_cuts_the_power(
    hass: HomeAssistant, printer: SimulatedPrinter, it: str, ears: Ears
) -> None:
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    await printer.power_off()
    await until_state(hass, CONNECTION, "off")
    let_pass(hass, seconds=31)
    await until_state(hass, POWER, "off")


async def test_a_danger_of_a_printer_that_is_loaded_anew_cuts_the_power(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    it: str,
    ears: Ears,
    expected_complaints: list[str],
) -> None:
    expected_complaints.append(NOT_LOADED)
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    let_pass(hass, seconds=31)
    await hass.config_entries.async_setup(entry.entry_id)
    await until_state(hass, POWER, "off")


async def test_a_danger_that_nobody_can_tell_of_any_more_cuts_the_power(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    it: str,
    ears: Ears,
    expected_complaints: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected_complaints.append(NOT_LOADED)
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    let_pass(hass, seconds=31)
    while state_of(hass, POWER) == "on":
        let_pass(hass, seconds=2)
        await asyncio.sleep(0)
    asked = [record for record in caplog.records if NOT_LOADED in record.getMessage()]
    assert len([record for record in asked if record.levelno > logging.WARNING]) == 10


async def test_a_danger_that_comes_and_goes_cuts_the_power(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    add_printer: AddPrinter,
    automate: Automate,
    power: PowerSwitch,
    ears: Ears,
) -> None:
    entry = await add_printer(printer, settle_time=300)
    await automate("cut_power", printer=device_of(entry), switches=[POWER])
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    printer.clear_all()
    await until(hass, lambda: coordinator_of(entry).data.faults[0].fault.gone is not None)
    let_pass(hass, seconds=31)
    await until_it_waits(hass, 0)
    assert state_of(hass, POWER) == "on"
    printer.raise_fault(OVERHEATING)
    await until_state(hass, POWER, "off")


async def test_a_danger_that_cleared_and_came_anew_counts_from_then_on(
    hass: HomeAssistant, printer: SimulatedPrinter, it: str, iphone: Phone, ears: Ears
) -> None:
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    printer.clear_all()
    await ears.until("cleared", OVERHEATING)
    printer.raise_fault(OVERHEATING)
    await until_it_waits(hass, 2)
    let_pass(hass, seconds=31)
    await until_state(hass, POWER, "off")
    await until_done(hass, it)
    # Two warnings; the first run finds that the fault is another one, and leaves all to the second.
    assert [push["message"].splitlines()[-1] for push in iphone.pushes] == [
        "The power will be cut in 30 seconds.",
        "The power will be cut in 30 seconds.",
        "The power has been cut.",
    ]


async def test_a_switch_that_stays_on_is_told_of(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    it: str,
    power: PowerSwitch,
    iphone: Phone,
    ears: Ears,
) -> None:
    power.stuck = True
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    let_pass(hass, seconds=31)
    # It is given ten seconds.
    while len(iphone.pushes) < 2:
        let_pass(hass, seconds=11)
        await asyncio.sleep(0)
    assert "could NOT be cut" in iphone.pushes[-1]["message"]


async def test_a_phone_that_fails_or_is_gone_keeps_nothing_from_being_done(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    power: PowerSwitch,
    iphone: Phone,
    pixel: Phone,
    ears: Ears,
    expected_complaints: list[str],
) -> None:
    expected_complaints.append("no network")
    iphone.broken = True
    await automate(
        "cut_power",
        printer=device_of(entry),
        switches=[POWER],
        phones=["gone", iphone.device_id, pixel.device_id],
    )
    await raise_faults(ears, printer, OVERHEATING)
    await pixel.next()
    await until_it_waits(hass)
    let_pass(hass, seconds=31)
    await until_state(hass, POWER, "off")


# Across a restart


@pytest.fixture
async def restarted(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    power: PowerSwitch,
    ears: Ears,
) -> str:
    """An automation of a Home Assistant that starts while the printer, in danger, is cut off."""
    # The other fault is fatal, but no danger.
    await raise_faults(ears, printer, HEATBED, OVERHEATING)
    await hass.config_entries.async_unload(entry.entry_id)
    await printer.power_off()
    hass.set_state(CoreState.not_running)
    await hass.config_entries.async_setup(entry.entry_id)
    it = await automate("cut_power", printer=device_of(entry), switches=[POWER])
    await hass.async_start()
    return it


async def test_after_a_restart_the_time_begins_anew_once_the_printer_is_heard(
    hass: HomeAssistant, printer: SimulatedPrinter, restarted: str
) -> None:
    await until_it_waits(hass, 0)
    assert state_of(hass, POWER) == "on"
    await printer.power_on()
    await until_it_waits(hass)
    let_pass(hass, seconds=31)
    await until_state(hass, POWER, "off")


async def test_what_has_cleared_by_the_time_the_printer_is_heard_cuts_nothing(
    hass: HomeAssistant, printer: SimulatedPrinter, restarted: str, ears: Ears
) -> None:
    printer.clear_fault(OVERHEATING)
    await printer.power_on()
    await ears.until("cleared", OVERHEATING)
    await until_done(hass, restarted)
    assert state_of(hass, POWER) == "on"


async def test_a_printer_that_is_not_heard_for_ten_minutes_is_not_waited_for(
    hass: HomeAssistant, printer: SimulatedPrinter, restarted: str
) -> None:
    let_pass(hass, minutes=11)
    await until_done(hass, restarted)
    await printer.power_on()
    await until_state(hass, CONNECTION, "on")
    await hass.async_block_till_done()
    assert state_of(hass, POWER) == "on"
