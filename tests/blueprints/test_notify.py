"""The blueprint that notifies: what it tells, whom, when, and when it takes that back."""

from homeassistant.core import CoreState, HomeAssistant
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

from .conftest import Automate, Notifier
from .phone import Phone, buttons, is_critical

CONNECTION = "binary_sensor.x1c_left_connection"
NIGHT = {"quiet_start": "22:00:00", "quiet_end": "07:00:00"}


# What it tells


async def test_a_fault_is_told_with_where_and_what_and_what_can_be_done(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("notify", phones=[iphone.device_id])
    await raise_faults(ears, printer, RAN_OUT)
    push = await iphone.next()
    tag = f"{ams_of(entry)}:HMS_{RAN_OUT}"
    assert push == {
        "title": "X1C left: AMS A slot 2",
        "message": "AMS A slot 2 filament has run out.",
        "data": {
            "tag": tag,
            "actions": [
                {
                    "action": "URI",
                    "title": "How to fix",
                    "uri": ears.events[0].data["wiki_url"],
                },
                {"action": f"BAMBU_HMS_MUTE:{tag}", "title": "Mute"},
            ],
        },
    }


async def test_only_faults_of_the_chosen_topics_are_told(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("notify", phones=[iphone.device_id], topics=["lidar", "filament_ran_out"])
    await raise_faults(ears, printer, OVERHEATING, LIDAR_DIRTY, MOTOR, RAN_OUT)
    await iphone.next(2)
    assert iphone.codes == [LIDAR_DIRTY, RAN_OUT]


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ({}, [LIDAR_DIRTY, HEATBED, RAN_OUT]),
        ({"min_severity": "info"}, [LIDAR_DIRTY, SWITCHED, HEATBED, RAN_OUT]),
        ({"min_severity": "serious"}, [HEATBED, RAN_OUT]),
        ({"min_severity": "fatal"}, [HEATBED]),
    ],
    ids=str,
)
async def test_milder_faults_are_left_out(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
    severity: dict[str, str],
    expected: list[str],
) -> None:
    await automate("notify", phones=[iphone.device_id], **severity)
    await raise_faults(ears, printer, LIDAR_DIRTY, SWITCHED, HEATBED, RAN_OUT)
    await iphone.next(len(expected))
    assert iphone.codes == expected


async def test_the_same_trouble_is_told_once(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("notify", phones=[iphone.device_id])
    await raise_faults(ears, printer, RAN_OUT, RAN_OUT_TOO, MOTOR)
    await iphone.next(2)
    assert iphone.codes == [RAN_OUT, MOTOR]


async def test_a_simulated_fault_is_told_as_a_test(
    hass: HomeAssistant, entry: MockConfigEntry, automate: Automate, iphone: Phone
) -> None:
    await automate("notify", phones=[iphone.device_id])
    fault = {"device_id": device_of(entry), "code": MOTOR}
    await hass.services.async_call("bambu_hms", "simulate_fault", fault)
    assert (await iphone.next())["title"] == "Test: X1C left: Motor A"


# Of which printers


async def test_only_faults_of_the_chosen_printers_and_ams_units_are_told(
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
    await automate("notify", phones=[iphone.device_id], printers=chosen)
    await raise_faults(ears, printer, HEATBED, RAN_OUT, RAN_OUT_ELSEWHERE)
    await raise_faults(ears, other, MOTOR)
    await iphone.next(2)
    assert iphone.codes == [RAN_OUT_ELSEWHERE, MOTOR]


# Whom it tells


async def test_every_phone_is_told_also_when_one_fails(
    entry: MockConfigEntry,
    printer: SimulatedPrinter,
    automate: Automate,
    iphone: Phone,
    pixel: Phone,
    ears: Ears,
    expected_complaints: list[str],
) -> None:
    expected_complaints.append("no network")
    iphone.broken = True
    await automate("notify", phones=[iphone.device_id, pixel.device_id])
    await raise_faults(ears, printer, MOTOR)
    await pixel.next()
    assert pixel.codes == [MOTOR]


async def test_a_phone_that_is_gone_or_takes_no_notifications_keeps_nobody_from_being_told(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    printer: SimulatedPrinter,
    automate: Automate,
    pixel: Phone,
    ears: Ears,
) -> None:
    tablet = Phone(hass, "Wall tablet", can_be_notified=False)
    await automate("notify", phones=["gone", tablet.device_id, pixel.device_id])
    await raise_faults(ears, printer, MOTOR)
    await pixel.next()
    assert pixel.codes == [MOTOR]


async def test_a_notify_entity_is_told_in_words_alone(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    notifier: Notifier,
    ears: Ears,
) -> None:
    await automate("notify", notifiers=["notify.mail"])
    await raise_faults(ears, printer, RAN_OUT)
    printer.clear_all()
    await ears.until("cleared", RAN_OUT)
    await hass.async_block_till_done()
    assert notifier.sent == [("X1C left: AMS A slot 2", "AMS A slot 2 filament has run out.")]


# When it takes that back


async def test_what_has_cleared_is_taken_back(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    pixel: Phone,
    ears: Ears,
) -> None:
    await automate("notify", phones=[iphone.device_id, pixel.device_id])
    await raise_faults(ears, printer, RAN_OUT, MOTOR)
    printer.clear_fault(RAN_OUT)
    await ears.until("cleared", RAN_OUT)
    for phone in (iphone, pixel):
        await phone.next(3)
        assert phone.codes == [MOTOR]


async def test_what_comes_anew_takes_the_place_of_what_was_told(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("notify", phones=[iphone.device_id])
    for number in (1, 3):
        printer.raise_fault(MOTOR)
        await iphone.next(number)
        printer.clear_fault(MOTOR)
        await iphone.next(number + 1)
    assert len({push["data"]["tag"] for push in iphone.pushes}) == 1


async def test_what_cleared_while_home_assistant_was_away_is_taken_back_afterwards(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await raise_faults(ears, printer, RAN_OUT, MOTOR)
    # Like a start: the entry loads first, then automations, and they hear nothing before the end.
    await hass.config_entries.async_unload(entry.entry_id)
    printer.clear_fault(RAN_OUT)
    hass.set_state(CoreState.not_running)
    await hass.config_entries.async_setup(entry.entry_id)
    await until_state(hass, CONNECTION, "on")
    await automate("notify", phones=[iphone.device_id])
    await hass.async_start()
    assert await iphone.next() == {
        "message": "clear_notification",
        "data": {"tag": f"{ams_of(entry)}:HMS_{RAN_OUT}"},
    }


# Its buttons


async def test_the_mute_button_mutes_until_the_fault_clears(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    pixel: Phone,
    ears: Ears,
) -> None:
    await automate("notify", phones=[iphone.device_id, pixel.device_id])
    await raise_faults(ears, printer, RAN_OUT)
    await iphone.next()
    iphone.press("Mute")
    assert (await ears.until("cleared", RAN_OUT))["muted"]
    for phone in (iphone, pixel):
        await phone.next(2)
        assert not phone.shown
    printer.clear_all()
    await until(hass, lambda: attributes_of(hass, "sensor.x1c_left_active_faults")["muted"] == 0)
    printer.raise_fault(RAN_OUT)
    await iphone.next(3)
    assert iphone.codes == [RAN_OUT]


async def test_a_press_after_the_fault_has_cleared_does_no_harm(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
    expected_complaints: list[str],
) -> None:
    expected_complaints.append("None of these faults is there now")
    await automate("notify", phones=[iphone.device_id])
    await raise_faults(ears, printer, MOTOR)
    await iphone.next()
    iphone.press("Mute")
    iphone.press("Mute")
    await iphone.next(2)
    printer.clear_all()
    await until(hass, lambda: attributes_of(hass, "sensor.x1c_left_active_faults")["muted"] == 0)
    late = {"action": f"BAMBU_HMS_MUTE:{device_of(entry)}:HMS_{MOTOR}"}
    hass.bus.async_fire("mobile_app_notification_action", late)
    await hass.async_block_till_done()
    printer.raise_fault(MOTOR)
    await iphone.next(3)
    assert iphone.codes == [MOTOR]


async def test_other_buttons_are_not_its_business(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    it = await automate("notify", phones=[iphone.device_id])
    for action in ("OPEN_GATE", f"OTHER_BAMBU_HMS_MUTE:{device_of(entry)}", None):
        hass.bus.async_fire("mobile_app_notification_action", {"action": action})
    hass.bus.async_fire("mobile_app_notification_action", {})
    await hass.async_block_till_done()
    assert attributes_of(hass, it)["last_triggered"] is None


# What a notification has


async def test_a_camera_shows_what_happens(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    automate: Automate,
    iphone: Phone,
    ears: Ears,
) -> None:
    await automate("notify", phones=[iphone.device_id], camera="camera.workshop")
    await raise_faults(ears, printer, OVERHEATING)
    push = await iphone.next()
    assert push["data"]["image"] == "/api/camera_proxy/camera.workshop"
    assert push["data"]["entity_id"] == "camera.workshop"
    assert is_critical(push)
    assert buttons(push) == ["How to fix", "Mute"]
