"""What an owner reads in the logbook: each fault once, on its device, and no notices."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind, SimulatedPrinter

from .conftest import HEATBED, MOTOR, RAISED, RAN_OUT, AddPrinter, Ears

SLOT_ERROR = "0700-8011"
SWITCHED = "0700_2100_0003_0002"
DOOR_OPEN = "0300_9600_0003_0001"
DOOR_STOPS_PRINT = "0300_9600_0001_0001"

type Read = Callable[..., Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def mock_recorder_before_hass(caplog: pytest.LogCaptureFixture, async_test_recorder: Any) -> None:
    """Have the harness prepare for a real recorder, which it must before Home Assistant starts."""
    # Else every statement to the database is printed.
    for logger in ("homeassistant.components.recorder", "sqlalchemy.engine"):
        caplog.set_level(logging.WARNING, logger)


@pytest.fixture(autouse=True)
async def _logbook(recorder_mock: Any, hass: HomeAssistant) -> None:
    """Set up the logbook; the front end, which it lists itself in, is not installed here."""
    hass.config.components.add("frontend")
    assert await async_setup_component(hass, "logbook", {})


@pytest.fixture
def read(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Read:
    """Read the logbook as the front end does: of devices, of entities, or all."""
    start = dt_util.utcnow().isoformat()

    async def read(**whose: list[str]) -> list[dict[str, Any]]:
        await async_wait_recording_done(hass)
        client = await hass_ws_client()
        await client.send_json_auto_id({"type": "logbook/get_events", "start_time": start, **whose})
        answer = await client.receive_json()
        assert answer["success"], answer
        rows: list[dict[str, Any]] = answer["result"]
        return rows

    return read


@pytest.fixture
async def printer(switch_on: SwitchOn) -> SimulatedPrinter:
    """An X1C with an AMS."""
    return await switch_on(ams=(AmsKind.AMS,))


@pytest.fixture
async def entry(printer: SimulatedPrinter, add_printer: AddPrinter) -> MockConfigEntry:
    """Its entry."""
    return await add_printer(printer)


def devices_of(entry: MockConfigEntry) -> tuple[str, str]:
    """Return the devices of a printer and of its first AMS unit."""
    ids = entry.runtime_data.equipment.device_ids
    return ids.printer, ids.units[0]


def ours(rows: list[dict[str, Any]]) -> list[str]:
    """Return the rows of faults as an owner reads them; those of states are the entities'."""
    return [f"{row['name']}: {row['message']}" for row in rows if row.get("domain") == "bambu_hms"]


async def come_and_go(ears: Ears, printer: SimulatedPrinter, *codes: str) -> dict[str, Any]:
    """Have faults come and go; return what was heard of the last one."""
    for code in codes:
        printer.raise_fault(code)
        await ears.until("raised", code)
    for code in codes:
        printer.clear_fault(code)
        await ears.until("cleared", code)
    return await ears.until("cleared", codes[-1])


async def test_a_fault_of_an_ams_is_in_the_logbook_of_that_ams(
    printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears, read: Read
) -> None:
    cleared = await come_and_go(ears, printer, RAN_OUT)
    x1c, ams = devices_of(entry)
    rows = await read(device_ids=[ams])
    assert ours(rows) == [
        "AMS A slot 2: filament has run out (serious)",
        f"AMS A slot 2: filament has run out, cleared after {cleared['duration']} s",
    ]
    assert len(rows) == 2, "the states of entities are no part of it"
    assert await read(device_ids=[x1c]) == []


async def test_a_fault_of_the_printer_is_in_the_logbook_of_the_printer(
    printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears, read: Read
) -> None:
    cleared = await come_and_go(ears, printer, HEATBED)
    x1c, ams = devices_of(entry)
    assert ours(await read(device_ids=[x1c])) == [
        "Heatbed: temperature fault (fatal)",
        f"Heatbed: temperature fault, cleared after {cleared['duration']} s",
    ]
    assert await read(device_ids=[ams]) == []


async def test_the_page_of_a_device_tells_a_fault_once_beside_the_states_of_its_entities(
    entity_registry: er.EntityRegistry,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    read: Read,
) -> None:
    await come_and_go(ears, printer, RAN_OUT)
    ams = devices_of(entry)[1]
    entities = [it.entity_id for it in er.async_entries_for_device(entity_registry, ams)]
    rows = await read(device_ids=[ams], entity_ids=entities)
    assert len(ours(rows)) == 2
    assert {row["entity_id"] for row in rows if "entity_id" in row} == {
        "binary_sensor.x1c_left_ams_a_problem",
        "binary_sensor.x1c_left_ams_a_slot_2_problem",
        "event.x1c_left_ams_a_fault",
        "sensor.x1c_left_ams_a_fault",
        "sensor.x1c_left_ams_a_slot_2_fault",
    }


async def test_the_pages_of_entities_have_their_states_only(
    entity_registry: er.EntityRegistry,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    read: Read,
) -> None:
    await come_and_go(ears, printer, HEATBED, RAN_OUT)
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    rows = await read(entity_ids=[it.entity_id for it in entities])
    assert rows
    assert ours(rows) == []


async def test_a_reload_writes_nothing_again(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    read: Read,
) -> None:
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await come_and_go(ears, printer, MOTOR)
    rows = ours(await read(device_ids=[devices_of(entry)[0]]))
    assert [row.partition(":")[0] for row in rows] == ["Heatbed", "Motor A", "Motor A"]


async def test_a_fault_that_another_printer_has_when_it_is_added_is_there(
    switch_on: SwitchOn, add_printer: AddPrinter, entry: MockConfigEntry, ears: Ears, read: Read
) -> None:
    other = await switch_on("P1S")
    other.raise_fault(HEATBED)
    added = await add_printer(other, "P1S right")
    await ears.until("raised", HEATBED)
    x1c, p1s = devices_of(entry)[0], added.runtime_data.equipment.device_ids.printer
    assert ours(await read(device_ids=[p1s])) == ["Heatbed: temperature fault (fatal)"]
    assert await read(device_ids=[x1c]) == []


async def test_who_looks_on_sees_the_row_as_it_is_written(
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass: HomeAssistant,
) -> None:
    client = await hass_ws_client()
    await async_wait_recording_done(hass)
    await client.send_json_auto_id(
        {
            "type": "logbook/event_stream",
            "start_time": dt_util.utcnow().isoformat(),
            "device_ids": [devices_of(entry)[1]],
        }
    )
    assert (await client.receive_json())["success"]
    printer.raise_fault(RAN_OUT)
    rows: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        while not rows:
            rows = (await client.receive_json())["event"]["events"]
    assert ours(rows) == ["AMS A slot 2: filament has run out (serious)"]


# What stays out.


@pytest.mark.parametrize("code", [SWITCHED, DOOR_OPEN])
async def test_notices_stay_out(
    printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears, read: Read, code: str
) -> None:
    notice = await come_and_go(ears, printer, code)
    assert notice["severity"] == "info"
    assert ours(await read()) == []


async def test_a_door_that_stops_the_print_is_no_notice(
    printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears, read: Read
) -> None:
    await come_and_go(ears, printer, DOOR_STOPS_PRINT)
    assert ours(await read())[0] == "Door: open (serious)"


async def test_the_same_trouble_on_the_other_channel_stays_out(
    printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears, read: Read
) -> None:
    error = await come_and_go(ears, printer, RAN_OUT, SLOT_ERROR)
    assert error["related"] == f"HMS_{RAN_OUT}"
    rows = ours(await read())
    assert len(rows) == 2
    assert all(row.startswith("AMS A slot 2: ") for row in rows)


async def test_an_event_that_somebody_made_up_to_try_an_automation_stays_out(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    read: Read,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass.bus.async_fire(RAISED, {"topic": "filament_ran_out"})
    assert ours(await read()) == []
    # The loop complains of a slow machine.
    complaints = [it for it in caplog.records if it.levelno >= logging.WARNING]
    assert not [it for it in complaints if it.name != "asyncio"]


# What a row says.


async def test_a_fault_that_is_muted_says_so_and_is_there_again_when_it_is_not(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    read: Read,
) -> None:
    printer.raise_fault(RAN_OUT)
    await ears.until("raised", RAN_OUT)
    mute = {"device_id": devices_of(entry)[1], "slots": [2]}
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    await hass.services.async_call("bambu_hms", "unmute", mute, blocking=True)
    assert ours(await read()) == [
        "AMS A slot 2: filament has run out (serious)",
        "AMS A slot 2: filament has run out, muted",
        "AMS A slot 2: filament has run out (serious)",
    ]


async def test_what_comes_muted_and_goes_muted_stays_out(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    read: Read,
) -> None:
    mute = {"device_id": devices_of(entry)[1], "topics": ["filament_ran_out"]}
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    printer.raise_fault(RAN_OUT)
    await printer.told()
    printer.clear_fault(RAN_OUT)
    await come_and_go(ears, printer, HEATBED)
    assert [row.partition(":")[0] for row in ours(await read())] == ["Heatbed", "Heatbed"]


async def test_a_simulated_fault_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, ears: Ears, read: Read
) -> None:
    simulation = {"device_id": devices_of(entry)[0], "code": HEATBED, "duration": {"seconds": 60}}
    await hass.services.async_call("bambu_hms", "simulate_fault", simulation, blocking=True)
    await ears.until("raised", HEATBED)
    entry.runtime_data.simulation.async_end_all()
    raised, cleared = ours(await read())
    assert raised == "Heatbed: temperature fault (fatal), simulated"
    assert cleared.startswith("Heatbed: temperature fault, cleared after ")
    assert cleared.endswith(" s, simulated")


async def test_a_row_is_in_the_language_of_the_owner(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    add_printer: AddPrinter,
    ears: Ears,
    read: Read,
) -> None:
    await hass.config.async_update(language="de")
    await add_printer(printer)
    await come_and_go(ears, printer, RAN_OUT)
    assert ours(await read())[0] == "AMS A Slot 2: Filament aufgebraucht (ernst)"


async def test_a_row_stays_in_the_words_of_its_time(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    read: Read,
) -> None:
    await come_and_go(ears, printer, RAN_OUT)
    before = await read()
    await hass.config.async_update(language="de")
    await hass.async_block_till_done()
    assert await read() == before


async def test_an_automation_that_a_fault_started_names_it_as_its_cause(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    read: Read,
) -> None:
    automation = {
        "alias": "Say",
        "triggers": [{"trigger": "event", "event_type": "bambu_hms_fault_raised"}],
        "actions": [{"event": "test_said"}],
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    printer.raise_fault(RAN_OUT)
    await ears.until("raised", RAN_OUT)
    await hass.async_block_till_done()
    (row,) = [row for row in await read() if row.get("entity_id") == "automation.say"]
    assert (row["context_name"], row["context_message"]) == (
        "AMS A slot 2",
        "filament has run out (serious)",
    )


async def test_what_the_very_first_printer_had_when_it_was_added_has_its_row(
    switch_on: SwitchOn, add_printer: AddPrinter, read: Read
) -> None:
    printer = await switch_on()
    printer.raise_fault(HEATBED)
    x1c = (await add_printer(printer)).runtime_data.equipment.device_ids.printer
    assert ours(await read(device_ids=[x1c])) == ["Heatbed: temperature fault (fatal)"]
