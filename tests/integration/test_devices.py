"""Devices that come and go, models that nobody knows, and what is told of them."""

import json
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest

from custom_components.bambu_hms import async_remove_config_entry_device
from custom_components.bambu_hms.const import DOMAIN
from custom_components.bambu_hms.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.bambu_hms.hms.location import Module
from custom_components.bambu_hms.places import PRINTER, places
from custom_components.bambu_hms.printer.models import UNKNOWN, model_of
from custom_components.bambu_hms.system_health import _info
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import HEATBED, LIDAR_DIRTY, RAN_OUT, AddPrinter, state_of, until_state

INTERNAL = "0500_0300_0002_0010"
IN_NO_LIST = "0300_0800_0001_0099"


def device_of(hass: HomeAssistant, serial: str, unit: str = "") -> dr.DeviceEntry:
    """Return the device of a printer or of one of its AMS units."""
    identifier = f"{serial}_{unit}" if unit else serial
    return next(
        device
        for device in dr.async_get(hass).devices
        if isinstance(device, dr.DeviceEntry) and (DOMAIN, identifier) in device.identifiers
    )


async def test_a_fault_brings_the_module_that_the_model_should_not_have(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on("P1S")
    entry = await add_printer(printer, "P1S")
    lidar = "binary_sensor.p1s_micro_lidar_problem"
    assert state_of(hass, lidar) is None
    printer.raise_fault("0C00_0100_0001_0001")
    await until_state(hass, lidar, "on")
    printer.clear_all()
    await until_state(hass, lidar, "off")
    await hass.config_entries.async_reload(entry.entry_id)
    await until_state(hass, lidar, "off")


def test_an_unknown_model_has_every_module() -> None:
    assert model_of("99Z00A000000001") is UNKNOWN
    modules = {place.module for place in places(UNKNOWN, (), (), ())}
    assert modules == {None, *Module} - {Module.AMS}


def test_two_nozzles_are_two_places() -> None:
    h2d = {place.key for place in places(model_of("094"), (), (), ())}
    x1c = {place.key for place in places(model_of("00M"), (), (), ())}
    assert {"nozzle_left_", "nozzle_right_", "external_spool_left_"} <= h2d
    assert "nozzle_" not in h2d
    assert "nozzle_" in x1c
    assert PRINTER.key in x1c


async def test_a_nozzle_fault_shows_on_its_side(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on("H2D")
    await add_printer(printer, "H2D")
    printer.raise_fault("0300_1E00_0001_0002")
    await until_state(hass, "binary_sensor.h2d_left_nozzle_problem", "on")
    assert state_of(hass, "binary_sensor.h2d_right_nozzle_problem") == "off"
    printer.raise_fault("0300_0200_0001_0002")
    await until_state(hass, "binary_sensor.h2d_right_nozzle_problem", "on")


async def test_two_printers_of_one_model_have_their_own_devices(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    left = await switch_on("X1C", ams=(AmsKind.AMS,))
    right = await switch_on("X1C", ams=(AmsKind.AMS,), number=2)
    await add_printer(left, "X1C left")
    await add_printer(right, "X1C right")
    right.raise_fault(RAN_OUT)
    await until_state(hass, "binary_sensor.x1c_right_ams_a_slot_2_problem", "on")
    assert state_of(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem") == "off"
    for printer, name in ((left, "X1C left"), (right, "X1C right")):
        device = device_of(hass, printer.serial)
        assert (device.name, device.serial_number) == (name, printer.serial)
        unit = device_of(hass, printer.serial, "ams_a")
        assert (unit.name, unit.via_device_id) == (f"{name} AMS A", device.id)


async def test_only_an_ams_that_is_gone_can_be_removed(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS))
    entry = await add_printer(printer)
    ams_b = "binary_sensor.x1c_left_ams_b_problem"
    await until_state(hass, ams_b, "off")
    unit = device_of(hass, printer.serial, "ams_b")
    assert not await async_remove_config_entry_device(hass, entry, unit)
    assert not await async_remove_config_entry_device(hass, entry, device_of(hass, printer.serial))
    printer.unplug_ams(1)
    await until_state(hass, ams_b, "unavailable")
    assert await async_remove_config_entry_device(hass, entry, unit)
    dr.async_get(hass).async_remove_device(unit.id)
    await hass.async_block_till_done()
    assert state_of(hass, ams_b) is None
    # Nobody knows it any longer, but it may come back.
    printer.plug_ams(AmsKind.AMS)
    await until_state(hass, ams_b, "off")


async def test_diagnostics_tell_everything_but_who_asks(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    entry = await add_printer(printer)
    for code in (HEATBED, LIDAR_DIRTY, INTERNAL, IN_NO_LIST, RAN_OUT):
        printer.raise_fault(code)
    await until_state(hass, "sensor.x1c_left_active_faults", "4")
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    text = json.dumps(diagnostics)
    assert diagnostics["printer"]["model"] == "X1 Carbon"
    assert diagnostics["codes"]["suppressed"] == {f"HMS_{INTERNAL}": pytest.approx(1, abs=4)}
    assert list(diagnostics["codes"]["unknown"]) == [f"HMS_{IN_NO_LIST}"]
    assert len(diagnostics["faults"]) == len(diagnostics["ledger"]["active"]) == 4
    assert len(diagnostics["last_report"]["hms"]) == 5
    assert diagnostics["connection"]["history"][0]["lost"] is None
    assert diagnostics["entry"]["data"]["access_code"] == REDACTED
    for secret in (printer.serial, printer.access_code, "127.0.0.1", entry.data["pin"]):
        assert secret not in text

    unit = device_of(hass, printer.serial, "ams_a")
    assert unit.serial_number
    assert unit.serial_number not in text
    of_unit = await async_get_device_diagnostics(hass, entry, unit)
    assert [fault["code"] for fault in of_unit["faults"]] == [f"HMS_{RAN_OUT}"]
    whole = await async_get_device_diagnostics(hass, entry, device_of(hass, printer.serial))
    assert len(whole["faults"]) == 4


async def test_system_health(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    printer = await switch_on("X1C")
    await add_printer(printer)
    await add_printer(await switch_on("P1S"), "P1S")
    await printer.power_off()
    await until_state(hass, "binary_sensor.x1c_left_connection", "off")
    info: dict[str, Any] = await _info(hass)
    assert info == {"printers": 2, "connected": 1, "announced": 0}, "nobody wants official texts"
