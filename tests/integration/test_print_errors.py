"""Print errors are faults, too; one that repeats an HMS code says so."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
import pytest

from custom_components.bambu_hms.hms import ledger
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import HEATBED, AddPrinter, Ears, attributes_of, state_of, until_state

SLOT = "0700_2100_0002_0001"
SLOT_ERROR = "0700-8011"
SPAGHETTI = "0300-8003"
CANCELLED = "0300-400C"
COUNT = "sensor.x1c_left_active_faults"
MESSAGE = "AMS A slot 2 filament has run out."


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let print errors wait for less than a second."""
    monkeypatch.setattr(ledger, "PARTNER_WAIT", timedelta(seconds=0.5))


async def test_one_trouble_on_both_channels_is_two_faults_and_counts_once(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer)
    printer.raise_fault(SLOT_ERROR)
    await printer.told()
    printer.raise_fault(SLOT)
    data = await ears.until("raised", SLOT_ERROR)
    assert ears.heard == [("raised", SLOT), ("raised", SLOT_ERROR)]
    assert (data["kind"], data["related"]) == ("print_error", f"HMS_{SLOT}")
    assert (data["ams"], data["slot"]) == ("A", None)
    await until_state(hass, "sensor.x1c_left_fault", MESSAGE)
    assert state_of(hass, COUNT) == "1"
    assert len(attributes_of(hass, "sensor.x1c_left_fault")["faults"]) == 2
    printer.clear_fault(SLOT)
    await ears.until("cleared", SLOT)
    assert state_of(hass, COUNT) == "1", "what is left counts for itself"
    printer.clear_all()
    assert (await ears.until("cleared", SLOT_ERROR))["related"] == f"HMS_{SLOT}"
    await until_state(hass, COUNT, "0")


async def test_a_print_error_alone_is_raised_though_no_report_comes(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer)
    printer.raise_fault(SPAGHETTI)
    await printer.told()
    printer.silent = True
    data = await ears.until("raised", SPAGHETTI)
    assert (data["severity"], data["vendor_severity"]) == ("serious", "serious")
    assert (data["topic"], data["related"]) == ("spaghetti", None)
    await until_state(hass, "binary_sensor.x1c_left_print_inspection_problem", "on")


async def test_what_waits_while_the_entry_is_unloaded_is_not_lost(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    entry = await add_printer(printer)
    printer.raise_fault(SLOT_ERROR)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    await hass.config_entries.async_unload(entry.entry_id)
    assert ears.heard == [("raised", HEATBED)]
    printer.clear_all()
    await hass.config_entries.async_setup(entry.entry_id)
    await ears.until("cleared", SLOT_ERROR)
    assert ears.heard.count(("raised", SLOT_ERROR)) == 1


async def test_the_echo_of_a_cancelled_print_is_no_fault(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("X1C")
    await add_printer(printer)
    printer.raise_fault(CANCELLED)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    assert ears.heard == [("raised", HEATBED)]
    assert state_of(hass, COUNT) == "1"
