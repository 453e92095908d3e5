"""The blueprint that tells which slot has run out."""

import asyncio
from typing import Any

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
from tests.integration.conftest import (
    MOTOR,
    RAN_OUT,
    Ears,
    ams_of,
    attributes_of,
    device_of,
    until,
)
from tests.simulator import SimulatedPrinter

from .conftest import Automate, Clock, Notifier, becomes, let_pass, until_done
from .phone import Phone, buttons, is_critical

FAULT = "sensor.x1c_left_fault"
RAN_OUT_FIRST = "0700_2000_0002_0001"  # slot 1, like SWITCHED
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
    message = "AMS A slot 2 filament has run out.\nThe print is paused."
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


# Which slot is in use now


async def uses(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, printer: SimulatedPrinter, slot: int
) -> None:
    """Have a printer print from a slot of AMS A, and Home Assistant know it."""
    by_itself = SimulatedPrinter.status

    def status() -> dict[str, Any]:
        said = by_itself(printer)
        return said | {"ams": said["ams"] | {"tray_now": str(slot - 1)}}

    monkeypatch.setattr(printer, "status", status)
    place = f"AMS A slot {slot}"
    await until(hass, lambda: attributes_of(hass, FAULT).get("slot_in_use") == place)


async def test_it_tells_the_slot_that_is_already_in_use_instead(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    notifier: Notifier,
    ears: Ears,
) -> None:
    inputs = {"phones": [iphone.device_id], "notifiers": ["notify.mail"]}
    await automate("filament_ran_out", **inputs)
    await uses(hass, monkeypatch, printer, 4)
    await raise_faults(ears, printer, SWITCHED)
    message = (await iphone.next())["message"]
    assert message.startswith("AMS A slot 1 filament has run out and automatically switched")
    assert message.endswith("\nNow in use: AMS A slot 4.")
    # By the time that this is heard, the automation would have told it again.
    await raise_faults(ears, printer, MOTOR)
    await iphone.next()
    assert notifier.sent == [("X1C left: AMS A slot 1", message)]


@pytest.mark.parametrize("code", [SWITCHED, RAN_OUT_FIRST])
async def test_it_tells_the_slot_that_comes_into_use_later_in_the_same_place(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
    code: str,
) -> None:
    await automate("filament_ran_out", phones=[iphone.device_id])
    await uses(hass, monkeypatch, printer, 1)
    await raise_faults(ears, printer, code)
    assert "Now in use" not in (await iphone.next())["message"]
    await uses(hass, monkeypatch, printer, 3)
    assert (await iphone.next(2))["message"].endswith("\nNow in use: AMS A slot 3.")
    assert iphone.codes == [code]


async def test_what_has_cleared_is_not_told_again_when_a_slot_comes_into_use(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    it = await automate("filament_ran_out", phones=[iphone.device_id])
    await raise_faults(ears, printer, SWITCHED)
    await iphone.next()
    printer.clear_all()
    await iphone.next(2)
    await uses(hass, monkeypatch, printer, 3)
    await until_done(hass, it)
    await iphone.next(2)


async def test_after_five_minutes_it_waits_for_no_other_slot(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    it = await automate("filament_ran_out", phones=[iphone.device_id])
    await raise_faults(ears, printer, SWITCHED)
    await iphone.next()
    # Its wait begins some turns of the loop after the phone was told.
    while attributes_of(hass, it)["current"]:
        let_pass(hass, minutes=6)
        await asyncio.sleep(0)
    await uses(hass, monkeypatch, printer, 3)
    await hass.async_block_till_done()
    await iphone.next()


# Of which printers, whom and when


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
    # In turn: it goes, it stays, it stays, it is muted.
    await raise_faults(ears, printer, RAN_OUT, RAN_OUT_ELSEWHERE, SWITCHED, EXTERNAL_RAN_OUT)
    printer.clear_fault(RAN_OUT)
    await iphone.next()
    mute = {"device_id": device_of(entry), "codes": EXTERNAL_RAN_OUT}
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    await iphone.next(2)
    assert not iphone.shown
    clock.set("07:00")
    let_pass(hass, hours=24)
    await hass.async_block_till_done()
    await iphone.next(4)
    assert iphone.codes == [SWITCHED, RAN_OUT_ELSEWHERE]
