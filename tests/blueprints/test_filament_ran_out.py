"""The blueprint that tells which slot has run out."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.automating import (
    OVERHEATING,
    RAN_OUT_ELSEWHERE,
    RAN_OUT_TOO,
    SWITCHED,
    raise_faults,
)
from tests.integration.conftest import MOTOR, RAN_OUT, Ears, ams_of, device_of
from tests.simulator import SimulatedPrinter

from .conftest import Automate, Clock, Notifier, becomes, let_pass
from .phone import Phone, buttons, is_critical

EXTERNAL_RAN_OUT = "07FF_2000_0002_0001"
NIGHT = {"quiet_start": "22:00:00", "quiet_end": "07:00:00"}


async def test_it_tells_which_slot_has_run_out(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("filament_ran_out", phones=[iphone.device_id])
    await raise_faults(ears, printer, RAN_OUT)
    push = await iphone.next()
    assert push["title"] == "X1C left: AMS A slot 2"
    assert push["message"] == "AMS A slot 2 filament has run out."
    assert push["data"]["tag"] == f"{ams_of(entry)}:HMS_{RAN_OUT}"
    assert buttons(push) == ["How to fix"]
    assert not is_critical(push)


async def test_it_says_that_the_print_is_paused(
    monkeypatch: pytest.MonkeyPatch,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("filament_ran_out", phones=[iphone.device_id])
    await becomes(monkeypatch, printer, entry, "PAUSE")
    await raise_faults(ears, printer, RAN_OUT)
    message = "AMS A slot 2 filament has run out. The print is paused."
    assert (await iphone.next())["message"] == message


async def test_it_tells_that_the_printer_goes_on_with_another_slot(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("filament_ran_out", phones=[iphone.device_id])
    await raise_faults(ears, printer, SWITCHED)
    assert "automatically switched to the slot" in (await iphone.next())["message"]


async def test_it_tells_of_the_external_spool_and_of_nothing_else_and_of_each_trouble_once(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("filament_ran_out", phones=[iphone.device_id])
    await raise_faults(ears, printer, MOTOR, OVERHEATING, RAN_OUT, RAN_OUT_TOO, EXTERNAL_RAN_OUT)
    await iphone.next(2)
    assert iphone.codes == [RAN_OUT, EXTERNAL_RAN_OUT]


async def test_only_the_chosen_ams_units_count(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("filament_ran_out", phones=[iphone.device_id], printers=[ams_of(entry, 1)])
    await raise_faults(ears, printer, RAN_OUT, RAN_OUT_ELSEWHERE)
    await iphone.next()
    assert iphone.codes == [RAN_OUT_ELSEWHERE]


async def test_it_is_taken_back_once_there_is_filament_again(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    pixel: Phone,
    ears: Ears,
) -> None:
    await automate("filament_ran_out", phones=[iphone.device_id, pixel.device_id])
    await raise_faults(ears, printer, RAN_OUT)
    await pixel.next()
    printer.clear_all()
    for phone in (iphone, pixel):
        await phone.next(2)
        assert not phone.shown


async def test_a_notify_entity_is_told_in_words_alone(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    notifier: Notifier,
    ears: Ears,
) -> None:
    inputs = {"phones": [iphone.device_id], "notifiers": ["notify.mail"]}
    await automate("filament_ran_out", **inputs)
    await raise_faults(ears, printer, RAN_OUT)
    printer.clear_all()
    await iphone.next(2)
    assert notifier.sent == [("X1C left: AMS A slot 2", "AMS A slot 2 filament has run out.")]


async def test_quiet_hours_hold_and_what_is_still_missing_then_is_told(
    hass: HomeAssistant,
    clock: Clock,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    chosen = {"phones": [iphone.device_id], "printers": [device_of(entry)]}
    await automate("filament_ran_out", **chosen, **NIGHT)
    clock.set("03:00")
    await raise_faults(ears, printer, RAN_OUT, RAN_OUT_ELSEWHERE, SWITCHED)
    printer.clear_fault(RAN_OUT)
    await ears.until("cleared", RAN_OUT)
    await iphone.next()
    assert not iphone.shown
    clock.set("07:00")
    let_pass(hass, hours=24)
    await iphone.next(3)
    assert iphone.codes == [SWITCHED, RAN_OUT_ELSEWHERE]
