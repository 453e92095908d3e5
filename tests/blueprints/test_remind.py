"""The blueprint that reminds: again and again while a fault stays, and not once after that."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.automating import OVERHEATING, RAN_OUT_TOO, SWITCHED, raise_faults
from tests.integration.conftest import (
    HEATBED,
    LIDAR_DIRTY,
    MOTOR,
    RAN_OUT,
    AddPrinter,
    Ears,
    ams_of,
    attributes_of,
    device_of,
    until,
    until_state,
)
from tests.printer.conftest import SwitchOn
from tests.simulator import SimulatedPrinter

from .conftest import Automate, Clock, Notifier, let_pass, until_heard
from .phone import Phone, buttons, is_critical

CONNECTION = "binary_sensor.x1c_left_connection"


type Comes = Callable[..., Awaitable[None]]


@pytest.fixture
def comes(hass: HomeAssistant, clock: Clock, entry: MockConfigEntry) -> Comes:
    """Let it become a time of day, with reports of then and with all that is due then."""

    async def comes(time: str, *, heard: bool = True) -> None:
        # Templates look at the clock once a minute, and act when they see it change.
        for before in (1, 0):
            clock.set(time, before=before)
            if heard:
                await until_heard(entry)
            let_pass(hass, everything=True, hours=24)
            await hass.async_block_till_done()

    return comes


def still_there(*times: str) -> set[str]:
    """Return what a reminder may say: the clock goes on, faster or slower than the machine."""
    return {f"Still there after {time}: AMS A slot 2 filament has run out." for time in times}


async def test_it_reminds_again_and_again_until_the_fault_clears(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    comes: Comes,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("remind", phones=[iphone.device_id], interval=30)
    await comes("12:10")
    await raise_faults(ears, printer, RAN_OUT)
    await comes("12:30")
    assert not iphone.pushes, "it has not been there for half an hour"
    await comes("12:45")
    assert not iphone.pushes, "between two reminders"
    await comes("13:00")
    first = await iphone.next()
    assert first["title"] == "X1C left: AMS A slot 2"
    assert first["message"] in still_there("49 min", "50 min")
    assert first["data"]["tag"] == f"{ams_of(entry)}:HMS_{RAN_OUT}"
    assert buttons(first) == ["How to fix", "Mute"]
    await comes("13:30")
    second = await iphone.next(2)
    assert second["message"] in still_there("1 h 19 min", "1 h 20 min")
    assert iphone.codes == [RAN_OUT]
    printer.clear_all()
    await ears.until("cleared", RAN_OUT)
    await iphone.next(3)
    await comes("14:00")
    await iphone.next(3)
    assert not iphone.shown


async def test_it_does_not_remind_of_what_is_muted(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    comes: Comes,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("remind", phones=[iphone.device_id], interval=30)
    await raise_faults(ears, printer, RAN_OUT, MOTOR)
    await comes("13:00")
    # The worst comes last, so that it is on top.
    await iphone.next(2)
    assert iphone.codes == [RAN_OUT, MOTOR]
    iphone.press("Mute")
    await iphone.next(3)
    await comes("13:30")
    await iphone.next(4)
    assert iphone.codes == [RAN_OUT]


async def test_a_restart_changes_nothing(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    comes: Comes,
    iphone: Phone,
    ears: Ears,
) -> None:
    await raise_faults(ears, printer, MOTOR)
    await hass.config_entries.async_unload(entry.entry_id)
    hass.set_state(CoreState.not_running)
    await hass.config_entries.async_setup(entry.entry_id)
    await automate("remind", phones=[iphone.device_id], interval=30)
    await hass.async_start()
    await comes("13:00")
    await iphone.next()
    assert iphone.codes == [MOTOR]


async def test_it_does_not_remind_of_a_printer_that_is_not_heard(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    comes: Comes,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("remind", phones=[iphone.device_id], interval=30)
    await raise_faults(ears, printer, MOTOR)
    await printer.power_off()
    await until_state(hass, CONNECTION, "off")
    await comes("13:00", heard=False)
    assert not iphone.pushes
    await printer.power_on()
    await until_state(hass, CONNECTION, "on")
    await comes("13:30")
    await iphone.next()


async def test_it_does_not_remind_of_what_is_about_to_clear(
    hass: HomeAssistant,
    clock: Clock,
    printer: SimulatedPrinter,
    add_printer: AddPrinter,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    entry = await add_printer(printer, settle_time=300)
    await raise_faults(ears, printer, MOTOR, RAN_OUT)
    clock.set("12:59")
    await automate("remind", phones=[iphone.device_id], interval=30)
    printer.clear_fault(MOTOR)
    motor = "sensor.x1c_left_motors_fault"
    await until(hass, lambda: attributes_of(hass, motor)["settling"])
    clock.set("13:00")
    await until_heard(entry)
    let_pass(hass, minutes=2)
    await hass.async_block_till_done()
    await iphone.next()
    assert iphone.codes == [RAN_OUT]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, [LIDAR_DIRTY, RAN_OUT, HEATBED]),
        ({"topics": ["filament_ran_out"]}, [RAN_OUT]),
        ({"min_severity": "serious"}, [RAN_OUT, HEATBED]),
        ({"min_severity": "info"}, [SWITCHED, LIDAR_DIRTY, RAN_OUT, HEATBED]),
    ],
    ids=str,
)
async def test_it_reminds_of_the_chosen_faults_each_once(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    comes: Comes,
    iphone: Phone,
    ears: Ears,
    inputs: dict[str, Any],
    expected: list[str],
) -> None:
    await automate("remind", phones=[iphone.device_id], **inputs)
    await raise_faults(ears, printer, LIDAR_DIRTY, RAN_OUT, RAN_OUT_TOO, HEATBED, SWITCHED)
    await comes("13:00")
    assert not iphone.pushes, "unless told otherwise, it reminds once an hour"
    await comes("14:00")
    assert iphone.codes == expected


async def test_it_reminds_of_the_chosen_printers_faults(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    automate: Automate,
    comes: Comes,
    iphone: Phone,
    ears: Ears,
) -> None:
    other = await switch_on("P1S", number=2)
    await add_printer(other, "P1S right")
    await automate("remind", phones=[iphone.device_id], printers=[device_of(entry)])
    await raise_faults(ears, other, MOTOR)
    await comes("14:00")
    assert not iphone.pushes
    await raise_faults(ears, printer, RAN_OUT)
    await comes("16:00")
    assert iphone.codes == [RAN_OUT]


async def test_what_was_there_when_the_printer_was_added_is_left_alone(
    hass: HomeAssistant,
    clock: Clock,
    printer: SimulatedPrinter,
    automate: Automate,
    iphone: Phone,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    it = await automate("remind", phones=[iphone.device_id])
    printer.raise_fault(MOTOR)
    await add_printer(printer)
    await ears.until("raised", MOTOR)
    for before in (1, 0):
        clock.set("14:00", before=before)
        let_pass(hass, everything=True, hours=24)
        await hass.async_block_till_done()
    assert attributes_of(hass, it)["last_triggered"] is None


async def test_in_quiet_hours_it_reminds_only_of_danger(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    comes: Comes,
    iphone: Phone,
    ears: Ears,
) -> None:
    night = {"quiet_start": "22:00:00", "quiet_end": "07:00:00"}
    await automate("remind", phones=[iphone.device_id], **night)
    await raise_faults(ears, printer, MOTOR, OVERHEATING)
    await comes("23:00")
    await iphone.next()
    assert iphone.codes == [OVERHEATING]
    await comes("07:00")
    await iphone.next(3)
    assert sorted(iphone.codes) == sorted([OVERHEATING, MOTOR])


@pytest.mark.parametrize(("critical", "expected"), [({}, True), ({"critical": False}, False)])
async def test_only_danger_sounds_an_alarm_and_only_if_wanted(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    comes: Comes,
    iphone: Phone,
    ears: Ears,
    critical: dict[str, bool],
    expected: bool,
) -> None:
    await automate("remind", phones=[iphone.device_id], **critical)
    await raise_faults(ears, printer, MOTOR, OVERHEATING)
    await comes("14:00")
    await iphone.next(2)
    alarms = {push["title"]: is_critical(push) for push in iphone.pushes}
    assert alarms == {"X1C left: Motor A": False, "⚠ X1C left: Heatbed": expected}


async def test_a_notify_entity_is_reminded_in_words_alone(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    comes: Comes,
    notifier: Notifier,
    ears: Ears,
) -> None:
    await automate("remind", notifiers=["notify.mail"])
    await raise_faults(ears, printer, RAN_OUT)
    await comes("14:00")
    ((title, message),) = notifier.sent
    assert title == "X1C left: AMS A slot 2"
    assert message in still_there("1 h 59 min", "2 h 0 min")
