"""What automations hear: every fault once, at the right time, with all that is known of it."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import (
    CLEARED,
    HEATBED,
    MOTOR,
    RAISED,
    RAN_OUT,
    AddPrinter,
    Ears,
    attributes_of,
    entry_of,
    state_of,
    until_state,
)

INTERNAL = "0500_0300_0002_0010"
# A promise to every automation: these never change once released.
KEYS = {
    "device_id",
    "printer_device_id",
    "printer",
    "kind",
    "code",
    "topic",
    "severity",
    "vendor_severity",
    "safety",
    "module",
    "ams_type",
    "ams",
    "slot",
    "part",
    "location",
    "message",
    "known",
    "wiki_url",
    "first_seen",
    "last_seen",
    "occurrences",
    "standing",
    "related",
    "problem",
    "muted",
    "simulated",
    "print_state",
}


@pytest.fixture
async def starting(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Turn back to where Home Assistant sets up its integrations; it has started in the end."""
    hass.set_state(CoreState.not_running)
    yield
    if hass.state is not CoreState.running:
        await hass.async_start()
    await hass.async_block_till_done()


async def write_all(hass: HomeAssistant) -> None:
    """Write what waits to be written; a crash right after this loses nothing of it."""
    await hass.async_block_till_done()
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()


# What an event carries.


async def test_the_data_of_an_ams_fault_raised_and_cleared(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
    device_registry: dr.DeviceRegistry,
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    await add_printer(printer)
    before = dt_util.utcnow()
    printer.raise_fault(RAN_OUT)
    data = await ears.until("raised", RAN_OUT)
    x1c = device_registry.async_get(data["printer_device_id"])
    unit = device_registry.async_get(data["device_id"])
    assert x1c
    assert isinstance(unit, dr.DeviceEntry)
    assert (x1c.name, unit.name, unit.via_device_id) == ("X1C left", "X1C left AMS A", x1c.id)
    first_seen = dt_util.parse_datetime(data["first_seen"])
    assert first_seen
    assert first_seen.utcoffset() == timedelta(0)
    assert before <= first_seen <= dt_util.utcnow()
    assert data["last_seen"] == data["first_seen"]
    varying = {"device_id", "printer_device_id", "first_seen", "last_seen"}
    assert {key: value for key, value in data.items() if key not in varying} == {
        "printer": "X1C left",
        "kind": "hms",
        "code": "HMS_0700_2100_0002_0001",
        "topic": "filament_ran_out",
        "severity": "serious",
        "vendor_severity": "serious",
        "safety": False,
        "module": "ams",
        "ams_type": "ams",
        "ams": "A",
        "slot": 2,
        "part": None,
        "location": "AMS A slot 2",
        "message": "AMS A slot 2 filament has run out.",
        "known": True,
        "wiki_url": ("https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/0700_2000_0002_0001"),
        "occurrences": 1,
        "standing": False,
        "related": None,
        "problem": True,
        "muted": False,
        "simulated": False,
        "print_state": "idle",
    }
    assert set(data) == KEYS

    printer.clear_all()
    cleared = await ears.until("cleared", RAN_OUT)
    assert set(cleared) == KEYS | {"duration"}
    last_seen = dt_util.parse_datetime(cleared["last_seen"])
    assert last_seen
    assert cleared["duration"] == round((last_seen - first_seen).total_seconds())
    changed = {"duration", "last_seen"}
    assert {key: value for key, value in cleared.items() if key not in changed} == {
        key: value for key, value in data.items() if key not in changed
    }


async def test_a_fault_of_the_printer_is_of_the_printers_device(
    switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    await add_printer(printer)
    printer.raise_fault(HEATBED)
    data = await ears.until("raised", HEATBED)
    assert data["device_id"] == data["printer_device_id"]
    assert (data["module"], data["ams_type"], data["ams"], data["slot"]) == (
        "heatbed",
        None,
        None,
        None,
    )


async def test_the_type_of_an_ams_is_the_one_that_the_printer_tells(
    switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("H2D", ams=(AmsKind.AMS_2_PRO,))
    await add_printer(printer)
    printer.raise_fault(RAN_OUT)
    assert (await ears.until("raised", RAN_OUT))["ams_type"] == "ams_2_pro"


async def test_a_fault_of_an_ams_lite_is_told_by_its_name(
    switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("A1 mini", ams=(AmsKind.AMS_LITE,))
    await add_printer(printer)
    printer.raise_fault(RAN_OUT)
    data = await ears.until("raised", RAN_OUT)
    assert data["ams_type"] == "ams_lite"
    assert data["location"] == "AMS Lite A slot 2"
    assert data["message"] == "AMS Lite A slot 2 filament has run out."


async def test_a_fault_of_an_ams_that_is_not_there_is_of_the_printers_device(
    switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.raise_fault(RAN_OUT)
    data = await ears.until("raised", RAN_OUT)
    assert data["device_id"] == data["printer_device_id"]
    assert (data["ams"], data["slot"]) == ("A", 2)


async def test_neither_serial_number_nor_access_code_is_in_an_event(
    switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    await add_printer(printer)
    printer.raise_fault(RAN_OUT)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    for event in ears.events:
        assert printer.serial not in str(event.data)
        assert printer.access_code not in str(event.data)


# Event entities.


@pytest.mark.parametrize(
    ("code", "fires", "keeps_still"),
    [
        (RAN_OUT, "event.x1c_left_ams_a_fault", {"event.x1c_left_fault"}),
        (HEATBED, "event.x1c_left_fault", {"event.x1c_left_ams_a_fault"}),
    ],
    ids=["of the AMS", "of the printer"],
)
async def test_a_fault_fires_the_event_entity_of_its_device_only(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
    code: str,
    fires: str,
    keeps_still: set[str],
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS, AmsKind.AMS))
    await add_printer(printer)
    for what, change in (("raised", printer.raise_fault), ("cleared", printer.clear_fault)):
        change(code)
        data = await ears.until(what, code)
        await hass.async_block_till_done()
        attributes = attributes_of(hass, fires)
        assert attributes["event_type"] == what
        assert {key: attributes[key] for key in data} == data
        for entity_id in keeps_still | {"event.x1c_left_ams_b_fault"}:
            assert state_of(hass, entity_id) == "unknown"


async def test_the_event_of_an_ams_that_is_new_is_there_for_the_next_fault(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.plug_ams(AmsKind.AMS)
    await until_state(hass, "event.x1c_left_ams_a_fault", "unknown")
    printer.raise_fault(RAN_OUT)
    await ears.until("raised", RAN_OUT)
    await hass.async_block_till_done()
    assert attributes_of(hass, "event.x1c_left_ams_a_fault")["event_type"] == "raised"


# Once, and only once.


@pytest.mark.parametrize("model", ["X1C", "P1S"])
async def test_neither_reload_nor_reconnect_repeats_anything(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
    model: str,
) -> None:
    printer = await switch_on(model)
    entry = await add_printer(printer, "It")
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await until_state(hass, "binary_sensor.it_heatbed_problem", "on")
    printer.cut()
    await until_state(hass, "binary_sensor.it_connection", "off")
    await until_state(hass, "binary_sensor.it_heatbed_problem", "on")
    await printer.power_off()
    await until_state(hass, "binary_sensor.it_connection", "off")
    await printer.power_on()
    await until_state(hass, "binary_sensor.it_heatbed_problem", "on")

    printer.raise_fault(MOTOR)
    await ears.until("raised", MOTOR)
    assert ears.heard == [("raised", HEATBED), ("raised", MOTOR)]


async def test_what_came_and_went_while_nobody_listened_is_heard_afterwards(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    entry = await add_printer(printer)
    printer.raise_fault(HEATBED)
    printer.raise_fault(MOTOR)
    await ears.until("raised", MOTOR)
    await hass.config_entries.async_unload(entry.entry_id)
    ears.events.clear()
    printer.clear_fault(HEATBED)
    printer.raise_fault(RAN_OUT)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await ears.until("raised", RAN_OUT)
    cleared = await ears.until("cleared", HEATBED)
    assert sorted(ears.heard) == [("cleared", HEATBED), ("raised", RAN_OUT)]
    assert cleared["last_seen"] < (await ears.until("raised", RAN_OUT))["first_seen"]


async def test_what_came_and_went_while_the_printer_was_away_is_heard_afterwards(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    await printer.power_off()
    await until_state(hass, "binary_sensor.x1c_left_connection", "off")
    assert ears.heard == [("raised", HEATBED)], "silence clears nothing"
    printer.clear_fault(HEATBED)
    printer.raise_fault(MOTOR)
    await printer.power_on()
    await ears.until("cleared", HEATBED)
    await ears.until("raised", MOTOR)
    assert len(ears.heard) == 3


async def test_standing_are_the_faults_that_were_there_when_the_printer_was_added(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    printer.raise_fault(HEATBED)
    entry = await add_printer(printer)
    assert (await ears.until("raised", HEATBED))["standing"] is True
    printer.raise_fault(MOTOR)
    assert (await ears.until("raised", MOTOR))["standing"] is False
    await hass.config_entries.async_unload(entry.entry_id)
    printer.raise_fault("0300_0700_0001_0002")
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await ears.until("raised", "0300_0700_0001_0002"))["standing"] is False
    printer.clear_fault(HEATBED)
    assert (await ears.until("cleared", HEATBED))["standing"] is True


async def test_an_internal_code_is_neither_heard_nor_shown(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.raise_fault(INTERNAL)
    await printer.told()
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    await until_state(hass, "sensor.x1c_left_active_faults", "1")
    faults = attributes_of(hass, "sensor.x1c_left_fault")["faults"]
    assert [fault["code"] for fault in faults] == [f"HMS_{HEATBED}"]
    printer.clear_all()
    await ears.until("cleared", HEATBED)
    assert ears.heard == [("raised", HEATBED), ("cleared", HEATBED)]


async def test_what_cannot_be_read_costs_one_warning_and_nothing_else(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
    caplog: pytest.LogCaptureFixture,
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    for junk in (b"", b"not JSON", b"[]", b'{"print": 7}', b"\xff\xfe", b'{"print": {"hms": 1}}'):
        await printer.publish_raw(junk)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    assert ears.heard == [("raised", HEATBED)]
    ours = [record for record in caplog.records if "a message was skipped" in record.message]
    assert len(ours) == 1
    assert state_of(hass, "binary_sensor.x1c_left_connection") == "on"


# Never before anyone can hear it.


async def test_an_automation_hears_what_came_before_home_assistant_had_started(
    hass: HomeAssistant,
    starting: None,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    said: list[dict[str, Any]] = []

    @callback
    def hear(event: Event) -> None:
        said.append(dict(event.data))

    hass.bus.async_listen("test_said", hear)
    action = {
        "event": "test_said",
        "event_data_template": {
            "what": "{{ trigger.event.event_type }}",
            "code": "{{ trigger.event.data.code }}",
        },
    }
    triggers = [{"trigger": "event", "event_type": event} for event in (RAISED, CLEARED)]
    automation = {"alias": "Say", "mode": "queued", "triggers": triggers, "actions": [action]}
    printer = await switch_on(ams=(AmsKind.AMS,))
    printer.raise_fault(HEATBED)
    await add_printer(printer)
    await until_state(hass, "binary_sensor.x1c_left_heatbed_problem", "on")
    printer.raise_fault(RAN_OUT)
    await until_state(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")
    printer.clear_fault(HEATBED)
    await until_state(hass, "binary_sensor.x1c_left_heatbed_problem", "off")
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    assert ears.heard == []

    await hass.async_start()
    await hass.async_block_till_done()
    once = [("raised", HEATBED), ("raised", RAN_OUT), ("cleared", HEATBED)]
    assert ears.heard == once
    assert said == [
        {"what": f"bambu_hms_fault_{what}", "code": f"HMS_{code}"} for what, code in once
    ]
    assert attributes_of(hass, "event.x1c_left_fault")["event_type"] == "cleared"
    assert attributes_of(hass, "event.x1c_left_ams_a_fault")["event_type"] == "raised"

    printer.raise_fault(MOTOR)
    await ears.until("raised", MOTOR)
    assert ears.heard == [*once, ("raised", MOTOR)]


async def test_what_nobody_had_heard_when_the_entry_was_unloaded_is_found_anew(
    hass: HomeAssistant,
    starting: None,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    printer.raise_fault(HEATBED)
    await until_state(hass, "binary_sensor.x1c_left_heatbed_problem", "on")
    await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until_state(hass, "binary_sensor.x1c_left_heatbed_problem", "on")
    assert ears.heard == []
    await hass.async_start()
    await ears.until("raised", HEATBED)
    assert ears.heard == [("raised", HEATBED)]


async def test_what_nobody_has_heard_is_not_kept_as_heard(
    hass: HomeAssistant,
    starting: None,
    hass_storage: dict[str, Any],
    switch_on: SwitchOn,
    add_printer: AddPrinter,
) -> None:
    printer = await switch_on()
    # The version answer comes before the fault, and has the ledger saved within seconds.
    entry = await add_printer(printer)
    await printer.until(lambda: printer.counts.versions > 0)
    printer.raise_fault(HEATBED)
    await until_state(hass, "binary_sensor.x1c_left_heatbed_problem", "on")
    await write_all(hass)
    kept = hass_storage.get(f"bambu_hms.{entry.entry_id}")
    assert kept is None or kept["data"]["ledger"]["active"] == []
    await hass.async_start()
    await write_all(hass)
    kept = hass_storage[f"bambu_hms.{entry.entry_id}"]
    assert [fault["code"] for fault in kept["data"]["ledger"]["active"]] == [f"HMS_{HEATBED}"]


async def test_a_crash_loses_no_fault_and_repeats_what_was_kept_not(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    await write_all(hass)
    kept = hass_storage[f"bambu_hms.{entry.entry_id}"]
    await hass.config_entries.async_remove(entry.entry_id)
    ears.events.clear()

    again = await entry_of(printer, "X1C left")
    hass_storage[f"bambu_hms.{again.entry_id}"] = kept | {"key": f"bambu_hms.{again.entry_id}"}
    again.add_to_hass(hass)
    printer.raise_fault(MOTOR)
    assert await hass.config_entries.async_setup(again.entry_id)
    await ears.until("raised", MOTOR)
    assert ears.heard == [("raised", MOTOR)]
    await hass.config_entries.async_unload(again.entry_id)
    assert again.state is ConfigEntryState.NOT_LOADED
