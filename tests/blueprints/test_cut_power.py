"""The blueprint that cuts the power: only for danger, only if it stays, never without a word."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.automating import OVERHEATING, raise_faults
from tests.integration.conftest import (
    HEATBED,
    AddPrinter,
    Ears,
    device_of,
    state_of,
    until_state,
)
from tests.printer.conftest import SwitchOn
from tests.simulator import SimulatedPrinter

from .conftest import Automate, PowerSwitch, let_pass, until_done, until_it_waits
from .phone import Phone, buttons, is_critical

POWER = "switch.printer_power"
DRYING_RUNAWAY = "0700_9600_0001_0001"  # in an AMS


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


async def test_a_danger_that_stays_cuts_the_power_after_a_warning(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    it: str,
    iphone: Phone,
    pixel: Phone,
    ears: Ears,
) -> None:
    await raise_faults(ears, printer, OVERHEATING)
    warning = await iphone.next()
    await pixel.next()
    assert warning["title"] == "⚠ X1C left: Heatbed"
    assert (
        warning["message"] == "Heatbed: overheating (fatal)\nThe power will be cut in 30 seconds."
    )
    assert is_critical(warning)
    assert buttons(warning) == ["Keep the power on", "How to fix"]
    assert warning["data"]["tag"] == f"{device_of(entry)}:HMS_{OVERHEATING}:power"
    await until_it_waits(hass)
    assert state_of(hass, POWER) == "on"
    let_pass(hass, seconds=31)
    await until_state(hass, POWER, "off")
    for phone in (iphone, pixel):
        told = await phone.next(2)
        assert told["message"] == "Heatbed: overheating (fatal)\nThe power has been cut."
        assert is_critical(told)
        assert len(phone.shown) == 1


async def test_the_time_to_react_can_be_chosen(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    power: PowerSwitch,
    ears: Ears,
) -> None:
    await automate(
        "cut_power",
        printer=device_of(entry),
        switches=[POWER],
        seconds=120,
        phones=[iphone.device_id],
    )
    await raise_faults(ears, printer, OVERHEATING)
    assert "in 120 seconds" in (await iphone.next())["message"]
    await until_it_waits(hass)
    let_pass(hass, seconds=119)
    # By the time that this is heard, the automation would have done what it does.
    await raise_faults(ears, printer, HEATBED)
    assert state_of(hass, POWER) == "on"
    await until_it_waits(hass)
    let_pass(hass, seconds=121)
    await until_state(hass, POWER, "off")


async def test_a_danger_that_clears_in_time_cuts_nothing(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    it: str,
    iphone: Phone,
    pixel: Phone,
    ears: Ears,
) -> None:
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    printer.clear_all()
    await ears.until("cleared", OVERHEATING)
    let_pass(hass, seconds=31)
    await until_done(hass, it)
    assert state_of(hass, POWER) == "on"
    assert not iphone.shown
    assert not pixel.shown


async def test_a_danger_that_is_there_when_the_printer_is_added_counts(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    it: str,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    device = device_of(entry)
    await hass.config_entries.async_remove(entry.entry_id)
    printer.raise_fault(OVERHEATING)
    # Adding waits until nothing is done any more, this automation among all.
    adding = asyncio.ensure_future(add_printer(printer))
    raised = await ears.until("raised", OVERHEATING)
    assert (raised["standing"], raised["device_id"]) == (True, device)
    await until_it_waits(hass)
    let_pass(hass, seconds=31)
    await until_state(hass, POWER, "off")
    await adding


async def test_no_other_fault_ever_cuts_the_power(
    hass: HomeAssistant, printer: SimulatedPrinter, it: str, iphone: Phone, ears: Ears
) -> None:
    # A fatal one.
    await raise_faults(ears, printer, HEATBED)
    let_pass(hass, seconds=31)
    await hass.async_block_till_done()
    assert state_of(hass, POWER) == "on"
    assert not iphone.pushes


async def test_a_danger_in_an_ams_cuts_the_power_of_its_printer(
    hass: HomeAssistant, printer: SimulatedPrinter, it: str, ears: Ears
) -> None:
    await raise_faults(ears, printer, DRYING_RUNAWAY)
    await until_it_waits(hass)
    let_pass(hass, seconds=31)
    await until_state(hass, POWER, "off")


async def test_another_printers_danger_cuts_nothing(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    it: str,
    iphone: Phone,
    ears: Ears,
) -> None:
    other = await switch_on("P1S", number=2)
    await add_printer(other, "P1S right")
    await raise_faults(ears, other, OVERHEATING)
    let_pass(hass, seconds=31)
    await hass.async_block_till_done()
    assert state_of(hass, POWER) == "on"
    assert not iphone.pushes


async def test_the_owner_can_keep_the_power_on(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    it: str,
    iphone: Phone,
    pixel: Phone,
    ears: Ears,
) -> None:
    await raise_faults(ears, printer, OVERHEATING)
    await until_it_waits(hass)
    iphone.press("Keep the power on")
    await until_done(hass, it)
    let_pass(hass, seconds=31)
    await hass.async_block_till_done()
    assert state_of(hass, POWER) == "on"
    assert not iphone.shown
    assert not pixel.shown


@pytest.mark.parametrize(
    ("included", "expected"), [({}, "on"), ({"include_simulated": True}, "off")]
)
async def test_a_simulated_danger_cuts_the_power_only_if_wanted(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    automate: Automate,
    power: PowerSwitch,
    ears: Ears,
    included: dict[str, bool],
    expected: str,
) -> None:
    it = await automate("cut_power", printer=device_of(entry), switches=[POWER], **included)
    fault = {"device_id": device_of(entry), "code": OVERHEATING, "duration": 3600}
    await hass.services.async_call("bambu_hms", "simulate_fault", fault)
    await ears.until("raised", OVERHEATING)
    await until_it_waits(hass, 1 if included else 0)
    let_pass(hass, seconds=31)
    await until_done(hass, it)
    assert state_of(hass, POWER) == expected
