"""The blueprint that tells of a printer that has gone silent in the middle of a print."""

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.integration.conftest import (
    AddPrinter,
    attributes_of,
    device_of,
    until,
    until_state,
)
from tests.printer.conftest import SwitchOn
from tests.simulator import SimulatedPrinter
from tests.simulator.misbehaviour import Misbehaviour, misbehave

from .conftest import Automate, Clock, Notifier, becomes, let_pass, until_heard
from .phone import Phone, is_critical

CONNECTION = "binary_sensor.x1c_left_connection"
NIGHT = {"quiet_start": "22:00:00", "quiet_end": "07:00:00"}


@pytest.fixture
async def printing(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
) -> SimulatedPrinter:
    """The printer in the middle of a print."""
    await becomes(monkeypatch, printer, entry, "RUNNING")
    return printer


@pytest.fixture
async def it(automate: Automate, iphone: Phone, pixel: Phone) -> str:
    """An automation that waits for five minutes."""
    phones = [iphone.device_id, pixel.device_id]
    return await automate("printer_silent", connections=[CONNECTION], phones=phones)


async def falls_silent(hass: HomeAssistant, printer: SimulatedPrinter) -> None:
    """Switch a printer off, and have Home Assistant notice."""
    await printer.power_off()
    await until_state(hass, CONNECTION, "off")


async def test_a_printing_printer_that_stays_silent_is_told_of(
    hass: HomeAssistant,
    printing: SimulatedPrinter,
    entry: MockConfigEntry,
    it: str,
    iphone: Phone,
    pixel: Phone,
) -> None:
    await falls_silent(hass, printing)
    let_pass(hass, minutes=4)
    await hass.async_block_till_done()
    assert not iphone.pushes
    let_pass(hass, minutes=5)
    for phone in (iphone, pixel):
        push = await phone.next()
        heard = dt_util.parse_datetime(
            attributes_of(hass, CONNECTION)["last_heard"], raise_on_error=True
        )
        assert push == {
            "title": "X1C left",
            "message": (
                f"Was printing and has not been heard since {heard:%H:%M}. It cannot be reached."
            ),
            "data": {"tag": f"{device_of(entry)}:silent"},
        }
        assert not is_critical(push)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("PREPARE", True),
        ("SLICING", True),
        ("PAUSE", True),
        ("IDLE", False),
        ("FINISH", False),
        ("FAILED", False),
    ],
)
async def test_only_a_printer_with_a_print_on_its_plate_is_told_of(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    it: str,
    iphone: Phone,
    state: str,
    told: bool,
) -> None:
    await becomes(monkeypatch, printer, entry, state)
    await falls_silent(hass, printer)
    let_pass(hass, minutes=6)
    await hass.async_block_till_done()
    assert len(iphone.pushes) == told


async def test_a_short_silence_is_no_news(
    hass: HomeAssistant, printing: SimulatedPrinter, it: str, iphone: Phone
) -> None:
    await falls_silent(hass, printing)
    await printing.power_on()
    await until_state(hass, CONNECTION, "on")
    let_pass(hass, minutes=6)
    await hass.async_block_till_done()
    assert not iphone.shown


async def test_for_how_long_can_be_chosen(
    hass: HomeAssistant, printing: SimulatedPrinter, automate: Automate, iphone: Phone
) -> None:
    inputs = {"connections": [CONNECTION], "minutes": 20, "phones": [iphone.device_id]}
    await automate("printer_silent", **inputs)
    await falls_silent(hass, printing)
    let_pass(hass, minutes=19)
    await hass.async_block_till_done()
    assert not iphone.pushes
    let_pass(hass, minutes=20)
    await iphone.next()


async def test_it_is_taken_back_when_the_printer_is_heard_again(
    hass: HomeAssistant, printing: SimulatedPrinter, it: str, iphone: Phone, pixel: Phone
) -> None:
    await falls_silent(hass, printing)
    let_pass(hass, minutes=6)
    await pixel.next()
    await printing.power_on()
    for phone in (iphone, pixel):
        await phone.next(2)
        assert not phone.shown


async def test_it_is_taken_back_when_the_printer_is_heard_after_a_restart(
    hass: HomeAssistant,
    printing: SimulatedPrinter,
    entry: MockConfigEntry,
    it: str,
    iphone: Phone,
) -> None:
    await falls_silent(hass, printing)
    let_pass(hass, minutes=6)
    await iphone.next()
    await hass.config_entries.async_unload(entry.entry_id)
    await printing.power_on()
    await hass.config_entries.async_setup(entry.entry_id)
    await iphone.next(2)
    assert not iphone.shown


async def test_a_printer_that_is_not_chosen_is_not_told_of(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    entry: MockConfigEntry,
    it: str,
    iphone: Phone,
) -> None:
    other = await switch_on("P1S", number=2)
    right = await add_printer(other, "P1S right")
    await becomes(monkeypatch, other, right, "RUNNING")
    await other.power_off()
    await until_state(hass, "binary_sensor.p1s_right_connection", "off")
    let_pass(hass, minutes=6)
    await hass.async_block_till_done()
    assert not iphone.pushes


async def test_a_notify_entity_is_told_in_words_alone(
    hass: HomeAssistant, printing: SimulatedPrinter, automate: Automate, notifier: Notifier
) -> None:
    await automate("printer_silent", connections=[CONNECTION], notifiers=["notify.mail"])
    await falls_silent(hass, printing)
    let_pass(hass, minutes=6)
    await hass.async_block_till_done()
    ((title, message),) = notifier.sent
    assert title == "X1C left"
    assert message.endswith("It cannot be reached.")


async def test_quiet_hours_hold_and_what_is_still_silent_then_is_told(
    hass: HomeAssistant,
    clock: Clock,
    printing: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
) -> None:
    inputs = {"connections": [CONNECTION], "phones": [iphone.device_id]}
    await automate("printer_silent", **inputs, **NIGHT)
    clock.set("03:00")
    await until_heard(entry)
    await falls_silent(hass, printing)
    let_pass(hass, minutes=6)
    await hass.async_block_till_done()
    assert not iphone.pushes
    clock.set("07:00")
    let_pass(hass, hours=24)
    push = await iphone.next()
    assert "has not been heard since 03:00" in push["message"]


async def test_what_was_told_before_quiet_hours_is_not_told_again(
    hass: HomeAssistant,
    clock: Clock,
    printing: SimulatedPrinter,
    automate: Automate,
    iphone: Phone,
) -> None:
    inputs = {"connections": [CONNECTION], "phones": [iphone.device_id]}
    await automate("printer_silent", **inputs, **NIGHT)
    await falls_silent(hass, printing)
    let_pass(hass, minutes=6)
    await iphone.next()
    clock.set("07:00")
    let_pass(hass, hours=24)
    await hass.async_block_till_done()
    await iphone.next()


async def test_it_says_why_the_printer_is_not_heard(
    hass: HomeAssistant, printing: SimulatedPrinter, it: str, iphone: Phone
) -> None:
    await misbehave(printing, Misbehaviour.NEW_CERTIFICATE)
    await until(hass, lambda: attributes_of(hass, CONNECTION)["reason"] == "certificate")
    let_pass(hass, minutes=6)
    message = (await iphone.next())["message"]
    assert message.endswith(" It shows a new certificate.")
