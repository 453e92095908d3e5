"""The blueprint that notifies: what only danger may do, by day and in quiet hours."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.automating import (
    OVERHEATING,
    RAN_OUT_ELSEWHERE,
    SWITCHED,
    raise_faults,
)
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
)
from tests.printer.conftest import SwitchOn
from tests.simulator import SimulatedPrinter

from .conftest import Automate, Clock, let_pass
from .phone import Phone, is_critical

NIGHT = {"quiet_start": "22:00:00", "quiet_end": "07:00:00"}


@pytest.mark.parametrize(("critical", "expected"), [({}, True), ({"critical": False}, False)])
async def test_only_danger_sounds_an_alarm_and_only_if_wanted(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
    critical: dict[str, bool],
    expected: bool,
) -> None:
    await automate("notify", phones=[iphone.device_id], **critical)
    # Both are fatal.
    await raise_faults(ears, printer, HEATBED, OVERHEATING)
    await iphone.next(2)
    assert [is_critical(push) for push in iphone.pushes] == [False, expected]
    assert [push["title"] for push in iphone.pushes] == [
        "X1C left: Heatbed",
        "⚠ X1C left: Heatbed",
    ]


# Quiet hours


@pytest.mark.parametrize("time", ["21:59", "07:00", "12:00"])
async def test_outside_quiet_hours_everything_is_told(
    clock: Clock,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
    time: str,
) -> None:
    await automate("notify", phones=[iphone.device_id], **NIGHT)
    clock.set(time)
    await raise_faults(ears, printer, MOTOR)
    await iphone.next()


@pytest.mark.parametrize("time", ["22:00", "23:59", "00:00", "06:59"])
async def test_in_quiet_hours_only_danger_is_told(
    clock: Clock,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
    time: str,
) -> None:
    await automate("notify", phones=[iphone.device_id], **NIGHT)
    clock.set(time)
    await raise_faults(ears, printer, MOTOR, HEATBED, OVERHEATING)
    assert is_critical(await iphone.next())
    assert iphone.codes == [OVERHEATING]


@pytest.mark.parametrize(
    ("time", "quiet"), [("12:59", False), ("13:00", True), ("14:59", True), ("15:00", False)]
)
async def test_quiet_hours_can_be_within_a_day(
    hass: HomeAssistant,
    clock: Clock,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
    time: str,
    quiet: bool,
) -> None:
    nap = {"quiet_start": "13:00:00", "quiet_end": "15:00:00"}
    await automate("notify", phones=[iphone.device_id], **nap)
    clock.set(time)
    await raise_faults(ears, printer, MOTOR, OVERHEATING)
    await iphone.next(1 if quiet else 2)


async def test_what_clears_in_quiet_hours_is_taken_back(
    clock: Clock,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("notify", phones=[iphone.device_id], **NIGHT)
    await raise_faults(ears, printer, MOTOR)
    await iphone.next()
    clock.set("23:00")
    printer.clear_all()
    await iphone.next(2)
    assert not iphone.shown


async def test_when_quiet_hours_end_what_came_in_them_and_is_still_there_is_told(
    hass: HomeAssistant,
    clock: Clock,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    clock.set("21:00")
    await automate("notify", phones=[iphone.device_id], **NIGHT)
    await raise_faults(ears, printer, LIDAR_DIRTY)
    await iphone.next()
    clock.set("03:00")
    # In turn: it stays, it goes, it was told, it is a notice, it is muted.
    await raise_faults(ears, printer, RAN_OUT, HEATBED, OVERHEATING, SWITCHED, MOTOR)
    await iphone.next(2)
    printer.clear_fault(HEATBED)
    await iphone.next(3)
    mute = {"device_id": device_of(entry), "codes": MOTOR}
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    await iphone.next(4)
    clock.set("07:00")
    let_pass(hass, hours=24)
    await hass.async_block_till_done()
    push = await iphone.next(5)
    assert push["message"] == "AMS A slot 2 filament has run out."
    assert not is_critical(push)
    assert iphone.codes == [LIDAR_DIRTY, OVERHEATING, RAN_OUT]


async def test_after_quiet_hours_only_the_chosen_printers_faults_are_told(
    hass: HomeAssistant,
    clock: Clock,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    other = await switch_on("P1S", number=2)
    right = await add_printer(other, "P1S right")
    chosen = [device_of(right), ams_of(entry, 1)]
    await automate("notify", phones=[iphone.device_id], printers=chosen, **NIGHT)
    clock.set("03:00")
    await raise_faults(ears, printer, HEATBED, RAN_OUT, RAN_OUT_ELSEWHERE)
    await raise_faults(ears, other, MOTOR)
    clock.set("07:00")
    let_pass(hass, hours=24)
    await hass.async_block_till_done()
    await iphone.next(2)
    assert set(iphone.codes) == {RAN_OUT_ELSEWHERE, MOTOR}


async def test_without_quiet_hours_midnight_is_like_any_other_time(
    hass: HomeAssistant,
    clock: Clock,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    it = await automate("notify", phones=[iphone.device_id])
    clock.set("23:59")
    await raise_faults(ears, printer, MOTOR)
    await iphone.next()
    told = attributes_of(hass, it)["last_triggered"]
    clock.set("00:00")
    let_pass(hass, hours=24)
    await hass.async_block_till_done()
    assert attributes_of(hass, it)["last_triggered"] == told
