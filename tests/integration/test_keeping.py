"""What keeps a printer going inside Home Assistant, whatever happens around it."""

from homeassistant.components.homeassistant import SERVICE_UPDATE_ENTITY
from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.bambu_hms import coordinator, system_health
from custom_components.bambu_hms.const import DOMAIN
from custom_components.bambu_hms.interpreter import Interpreter
from custom_components.bambu_hms.printer.report import Report
from tests.printer.conftest import SwitchOn

from .conftest import HEATBED, MOTOR, AddPrinter, Ears, state_of, until_state


async def test_a_new_access_code_or_name_reloads_the_entry(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    before = entry.runtime_data
    hass.config_entries.async_update_entry(entry, title="X1C right")
    await hass.async_block_till_done()
    assert entry.runtime_data is not before
    assert entry.runtime_data.name == "X1C right"
    await until_state(hass, "binary_sensor.x1c_left_connection", "on")


async def test_one_message_that_we_cannot_cope_with_costs_no_other(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    printer = await switch_on()
    await add_printer(printer)

    def broken(*_: object) -> bool:
        monkeypatch.undo()
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(Interpreter, "decode", broken)
    printer.raise_fault(MOTOR)
    await printer.told()
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    assert ("raised", MOTOR) in ears.heard, "the next report told it again"
    assert "X1C left: a message was skipped" in caplog.text


async def test_asking_for_an_update_disturbs_nobody(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    assert await async_setup_component(hass, HOMEASSISTANT_DOMAIN, {})
    printer = await switch_on()
    await add_printer(printer)
    asked = printer.counts.pushalls
    await hass.services.async_call(
        HOMEASSISTANT_DOMAIN,
        SERVICE_UPDATE_ENTITY,
        {ATTR_ENTITY_ID: "binary_sensor.x1c_left_problem"},
        blocking=True,
    )
    assert state_of(hass, "binary_sensor.x1c_left_problem") == "off"
    assert printer.counts.pushalls == asked


async def test_part_of_a_report_is_no_first_word(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await add_printer(await switch_on())
    fresh = coordinator.PrinterCoordinator(hass, entry)
    fresh._on_report(Report(print_state="IDLE"))
    assert fresh.ledger.heard is None
    assert not fresh.data.connected


async def test_system_health_names_the_versions_of_official_texts(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Nobody listens there.
    monkeypatch.setenv("BAMBU_HMS_TEXT_PORT", "9")
    await add_printer(await switch_on(), official_texts=True)
    registration = SystemHealthRegistration(hass, DOMAIN)
    system_health.async_register(hass, registration)
    assert registration.info_callback
    info = await registration.info_callback(hass)
    assert await info.pop("text_service") == {"type": "failed", "error": "unreachable"}
    assert info == {"printers": 1, "connected": 1, "announced": 0, "text_versions": "-"}
