"""An entry comes and goes: printers that are off, reloads, removal, the end of Home Assistant."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.bambu_hms import first_word
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import (
    HEATBED,
    RAN_OUT,
    AddPrinter,
    attributes_of,
    entry_of,
    state_of,
    until,
    until_state,
)

CONNECTION = "binary_sensor.x1c_left_connection"
HEATBED_PROBLEM = "binary_sensor.x1c_left_heatbed_problem"


def of_the_printer(hass: HomeAssistant) -> dict[str, str]:
    """Return the states of the printer's entities, but for its connection."""
    return {
        state.entity_id: state.state
        for state in hass.states.async_all()
        if "x1c_left" in state.entity_id and state.entity_id != CONNECTION
    }


async def test_a_printer_that_reports_is_set_up(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    entry = await add_printer(printer)
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(hass, CONNECTION) == "on"
    assert attributes_of(hass, CONNECTION)["reason"] is None
    assert len(printer.clients) == 1


async def test_the_devices_tell_what_the_printer_says_of_itself(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    device_registry: dr.DeviceRegistry,
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    entry = await add_printer(printer)

    def devices() -> dict[str | None, dr.DeviceEntry]:
        return {
            device.name: device
            for device in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        }

    await until(hass, lambda: devices()["X1C left"].sw_version == printer.model.firmware)
    x1c, ams = devices()["X1C left"], devices()["X1C left AMS A"]
    assert (x1c.manufacturer, x1c.model) == ("Bambu Lab", "X1 Carbon")
    assert x1c.serial_number == printer.serial
    assert (ams.manufacturer, ams.model, ams.via_device_id) == ("Bambu Lab", "AMS", x1c.id)


async def test_unloading_says_goodbye_and_leaves_nothing(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await printer.until(lambda: not printer.clients)
    assert set(of_the_printer(hass).values()) == {"unavailable"}


async def test_reloading_connects_again_once(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until_state(hass, CONNECTION, "on")
    await until_state(hass, HEATBED_PROBLEM, "off")
    await printer.until(lambda: len(printer.clients) == 1)
    assert printer.counts.connects == 2


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("off", "X1C left cannot be reached"),
        ("access code", "X1C left refuses the access code"),
        ("certificate", "X1C left shows another certificate than when it was added"),
        ("other printer", "Another printer answers at the address of X1C left"),
        ("silent", "X1C left has not reported yet"),
    ],
)
async def test_a_printer_never_heard_is_not_ready_and_says_why(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    reason: str,
) -> None:
    monkeypatch.setattr(first_word, "_WAIT", 0.7)
    printer = await switch_on()
    entry = await entry_of(printer, "X1C left")
    entry.add_to_hass(hass)
    match trouble:
        case "off":
            await printer.power_off()
        case "access code":
            printer.access_code = "87654321"
        case "certificate" | "other printer":
            await printer.power_off()
            await printer.change_certificate(
                "00M00A000000009" if trouble == "other printer" else None
            )
            await printer.power_on()
        case "silent":
            printer.silent = True
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # A new access code has to be typed; all else may mend itself.
    expected = ConfigEntryState.SETUP_RETRY
    if trouble == "access code":
        expected = ConfigEntryState.SETUP_ERROR
    assert entry.state is expected
    assert entry.reason == reason
    await printer.until(lambda: not printer.clients)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_stranger_never_gets_the_access_code(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    entry = await entry_of(printer, "X1C left")
    entry.add_to_hass(hass)
    await printer.power_off()
    await printer.change_certificate()
    await printer.power_on()
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert printer.counts.logins == 0
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_printer_that_was_heard_before_loads_while_it_is_off(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    printer.raise_fault(HEATBED)
    entry = await add_printer(printer)
    await until_state(hass, HEATBED_PROBLEM, "on")
    await hass.config_entries.async_unload(entry.entry_id)
    await printer.power_off()

    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(hass, CONNECTION) == "off"
    await until(hass, lambda: attributes_of(hass, CONNECTION)["reason"] == "unreachable")
    assert attributes_of(hass, CONNECTION)["last_heard"]
    states = of_the_printer(hass)
    assert "sensor.x1c_left_ams_a_slot_4_fault" in states
    assert set(states.values()) == {"unavailable"}

    await printer.power_on()
    await until_state(hass, CONNECTION, "on")
    await until_state(hass, HEATBED_PROBLEM, "on")
    await until_state(hass, "binary_sensor.x1c_left_ams_a_slot_4_problem", "off")


async def test_a_printer_that_goes_is_unavailable_and_keeps_its_faults(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    printer.raise_fault(RAN_OUT)
    await add_printer(printer)
    await until_state(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")
    since = attributes_of(hass, "sensor.x1c_left_ams_a_slot_2_fault")["since"]
    await printer.power_off()
    attributes = await until_state(hass, CONNECTION, "off")
    assert attributes["reason"] == "unreachable"
    assert set(of_the_printer(hass).values()) == {"unavailable"}
    await printer.power_on()
    await until_state(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")
    assert attributes_of(hass, "sensor.x1c_left_ams_a_slot_2_fault")["since"] == since


async def test_the_reason_follows_what_is_wrong(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.access_code = "87654321"
    printer.cut()
    await until_state(hass, CONNECTION, "off")
    await until(hass, lambda: attributes_of(hass, CONNECTION)["reason"] == "access_code")


async def test_removing_the_entry_removes_what_was_kept(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    switch_on: SwitchOn,
    add_printer: AddPrinter,
) -> None:
    entry = await add_printer(await switch_on())
    await hass.config_entries.async_unload(entry.entry_id)
    assert f"bambu_hms.{entry.entry_id}" in hass_storage
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert f"bambu_hms.{entry.entry_id}" not in hass_storage
    assert not [state for state in hass.states.async_all() if "x1c_left" in state.entity_id]


async def test_the_end_of_home_assistant_is_said_to_the_printer(
    hass: HomeAssistant, hass_storage: dict[str, Any], switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    printer.raise_fault(HEATBED)
    entry = await add_printer(printer)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await printer.until(lambda: not printer.clients)
    await hass.async_block_till_done()
    kept = hass_storage[f"bambu_hms.{entry.entry_id}"]["data"]
    assert [fault["code"] for fault in kept["ledger"]["active"]] == [f"HMS_{HEATBED}"]
