"""The life of faults as an owner sees it: settling, muted, remembered and counted."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import (
    HEATBED,
    LIDAR_DIRTY,
    MOTOR,
    RAN_OUT,
    AddPrinter,
    Ears,
    attributes_of,
    coordinator_of,
    device_of,
    state_of,
    until,
    until_state,
)

PROBLEM = "binary_sensor.x1c_left_problem"
HEATBED_PROBLEM = "binary_sensor.x1c_left_heatbed_problem"
HEATBED_FAULT = "sensor.x1c_left_heatbed_fault"


async def call(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Do what an owner can do."""
    await hass.services.async_call("bambu_hms", action, data, blocking=True)


async def test_a_fault_that_is_gone_settles_before_it_is_cleared(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    await add_printer(printer, settle_time=30)
    printer.raise_fault(HEATBED)
    await until_state(hass, HEATBED_PROBLEM, "on")
    printer.clear_all()
    await until(hass, lambda: attributes_of(hass, HEATBED_FAULT)["settling"])
    assert state_of(hass, HEATBED_PROBLEM) == "on", "states wait with it"
    assert ears.heard == [("raised", HEATBED)]
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await ears.until("cleared", HEATBED)
    await until_state(hass, HEATBED_PROBLEM, "off")


async def test_a_flap_is_heard_once(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    await add_printer(printer, settle_time=30)
    for _ in range(3):
        printer.raise_fault(HEATBED)
        await until(hass, lambda: attributes_of(hass, HEATBED_FAULT).get("settling") is False)
        printer.clear_all()
        await until(hass, lambda: attributes_of(hass, HEATBED_FAULT)["settling"])
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    data = await ears.until("cleared", HEATBED)
    assert data["occurrences"] == 3
    assert ears.heard == [("raised", HEATBED), ("cleared", HEATBED)]


async def test_nothing_settles_while_the_printer_is_off(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    await add_printer(printer, settle_time=30)
    printer.raise_fault(HEATBED)
    await until_state(hass, HEATBED_PROBLEM, "on")
    printer.clear_all()
    await until(hass, lambda: attributes_of(hass, HEATBED_FAULT)["settling"])
    await printer.power_off()
    await until_state(hass, HEATBED_PROBLEM, "unavailable")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=10))
    await hass.async_block_till_done()
    await printer.power_on()
    await until_state(hass, HEATBED_PROBLEM, "on")
    assert ears.heard == [("raised", HEATBED)]


async def test_a_muted_fault_is_seen_but_drives_nothing(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    await call(hass, "mute", device_id=device_of(entry), modules=["heatbed"])
    printer.raise_fault(HEATBED)
    await until(hass, lambda: attributes_of(hass, "sensor.x1c_left_active_faults")["muted"] == 1)
    assert state_of(hass, PROBLEM) == "off"
    assert state_of(hass, HEATBED_PROBLEM) == "off"
    assert state_of(hass, HEATBED_FAULT) == "ok"
    assert state_of(hass, "sensor.x1c_left_severity") == "ok"
    assert state_of(hass, "sensor.x1c_left_active_faults") == "0"
    assert state_of(hass, "sensor.x1c_left_faults_raised") == "0"
    (shown,) = attributes_of(hass, HEATBED_FAULT)["faults"]
    assert (shown["code"], shown["muted"]) == (f"HMS_{HEATBED}", True)
    printer.clear_all()
    await until(hass, lambda: attributes_of(hass, "sensor.x1c_left_active_faults")["muted"] == 0)
    assert ears.heard == []


async def test_muting_what_is_there_clears_it_and_unmuting_raises_it(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    printer.raise_fault(HEATBED)
    await until_state(hass, PROBLEM, "on")
    await call(hass, "mute", device_id=device_of(entry), codes=HEATBED)
    assert (await ears.until("cleared", HEATBED))["muted"] is True
    assert state_of(hass, PROBLEM) == "off"
    await call(hass, "unmute", device_id=device_of(entry), codes=HEATBED)
    assert ears.heard == [("raised", HEATBED), ("cleared", HEATBED), ("raised", HEATBED)]
    assert ears.events[-1].data["muted"] is False
    assert state_of(hass, PROBLEM) == "on"


async def test_a_mute_for_a_time_ends_by_itself(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    await call(
        hass, "mute", device_id=device_of(entry), topics="temperature", duration={"hours": 1}
    )
    await call(hass, "mute", device_id=device_of(entry), codes="0300_*_0001_*", duration="02:00:00")
    printer.raise_fault(HEATBED)
    await until(hass, lambda: attributes_of(hass, "sensor.x1c_left_active_faults")["muted"] == 1)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=61))
    await hass.async_block_till_done()
    assert ears.heard == [], "the other mute holds on"
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=121))
    await ears.until("raised", HEATBED)
    assert state_of(hass, PROBLEM) == "on"


async def test_a_mute_until_cleared_ends_with_the_fault(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    printer.raise_fault(HEATBED)
    await until_state(hass, PROBLEM, "on")
    await call(hass, "mute", device_id=device_of(entry), codes=[HEATBED], until_cleared=True)
    await until_state(hass, PROBLEM, "off")
    printer.clear_all()
    await until(hass, lambda: not coordinator_of(entry).ledger.mutes)
    printer.raise_fault(HEATBED)
    await until_state(hass, PROBLEM, "on")
    assert [what for what, _ in ears.heard] == ["raised", "cleared", "raised"]


async def test_mutes_survive_a_reload(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    entry = await add_printer(printer)
    await call(hass, "mute", device_id=device_of(entry), ams="ams_a", slots=[2])
    await hass.config_entries.async_reload(entry.entry_id)
    printer.raise_fault(RAN_OUT)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    assert ears.heard == [("raised", HEATBED)]


async def test_the_last_fault_and_the_number_of_faults_are_sensors(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    assert state_of(hass, "sensor.x1c_left_last_fault") == "unknown"
    assert state_of(hass, "sensor.x1c_left_faults_raised") == "0"
    printer.raise_fault(LIDAR_DIRTY)
    await ears.until("raised", LIDAR_DIRTY)
    printer.clear_all()
    await ears.until("cleared", LIDAR_DIRTY)
    printer.raise_fault(MOTOR)
    data = await ears.until("raised", MOTOR)
    await until_state(hass, "sensor.x1c_left_faults_raised", "2")
    last = dt_util.parse_datetime(data["first_seen"])
    assert last
    assert state_of(hass, "sensor.x1c_left_last_fault") == last.isoformat(timespec="seconds")
    attributes = attributes_of(hass, "sensor.x1c_left_faults_raised")
    assert attributes["state_class"] == "total_increasing"
    await hass.config_entries.async_reload(entry.entry_id)
    await until_state(hass, "sensor.x1c_left_faults_raised", "2")
