"""The connection: what it keeps of a printer that is not heard any longer."""

from homeassistant.core import HomeAssistant
import pytest

from tests.printer.conftest import SwitchOn

from .conftest import AddPrinter, until_state

CONNECTION = "binary_sensor.x1c_left_connection"


async def test_a_printer_that_falls_silent_was_doing_what_it_did_last(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
) -> None:
    printer = await switch_on()
    by_itself = printer.status
    monkeypatch.setattr(printer, "status", lambda: by_itself() | {"gcode_state": "RUNNING"})
    await add_printer(printer)
    # While it is heard, events say it; here it would only fill the history.
    assert (await until_state(hass, CONNECTION, "on"))["print_state"] is None
    await printer.power_off()
    assert (await until_state(hass, CONNECTION, "off"))["print_state"] == "running"
    await printer.power_on()
    assert (await until_state(hass, CONNECTION, "on"))["print_state"] is None


async def test_nobody_knows_what_a_printer_did_that_is_silent_since_the_start(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    await until_state(hass, CONNECTION, "on")
    await hass.config_entries.async_unload(entry.entry_id)
    await printer.power_off()
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await until_state(hass, CONNECTION, "off"))["print_state"] is None
