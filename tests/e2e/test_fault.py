"""A printer reports a fault; Home Assistant shows it, and an automation hears it."""

import asyncio
from typing import Any

import pytest

from tests.simulator import SimulatedPrinter

from .home import Home
from .home_socket import HomeSocket

pytestmark = pytest.mark.e2e

RAN_OUT = "0700_2100_0002_0001"
HEATBED = "0300_0100_0001_0007"
AUTOMATION = "heard"


async def add_automation(home: Home) -> None:
    """Make an automation that says aloud which fault it has heard."""
    await home.add_automation(
        AUTOMATION,
        {
            "alias": "Heard",
            "mode": "queued",
            "triggers": [
                {"trigger": "event", "event_type": "bambu_hms_fault_raised"},
                {"trigger": "event", "event_type": "bambu_hms_fault_cleared"},
            ],
            "actions": [
                {
                    "event": "test_heard",
                    "event_data": {
                        "what": "{{ trigger.event.event_type }}",
                        "code": "{{ trigger.event.data.code }}",
                    },
                }
            ],
        },
    )


def fault_event(kind: str, code: str) -> Any:
    """Return what matches the bus event of one fault."""

    def matches(event: dict[str, Any]) -> bool:
        return bool(
            event["event_type"] == f"bambu_hms_fault_{kind}"
            and event["data"]["code"] == f"HMS_{code}"
        )

    return matches


def heard(kind: str, code: str) -> Any:
    """Return what matches the word of the automation."""

    def matches(event: dict[str, Any]) -> bool:
        return bool(
            event["event_type"] == "test_heard"
            and event["data"] == {"what": f"bambu_hms_fault_{kind}", "code": f"HMS_{code}"}
        )

    return matches


async def listen(socket: HomeSocket) -> None:
    """Subscribe to everything that the test is about."""
    for event_type in ("bambu_hms_fault_raised", "bambu_hms_fault_cleared", "test_heard"):
        await socket.call("subscribe_events", event_type=event_type)


async def until_state(home: Home, entity_id: str, state: str, wait: float = 15.0) -> dict[str, Any]:
    """Wait until an entity has a state."""
    async with asyncio.timeout(wait), home.socket() as socket:
        await socket.call("subscribe_entities", entity_ids=[entity_id])
        while (now := await home.state(entity_id))["state"] != state:
            await socket.event(lambda _: True)
    return now


def complaints(log: str) -> list[str]:
    """Return the lines of a log that nobody should find there."""
    return [
        line
        for line in log.splitlines()
        if "Detected blocking call" in line
        or "Detected code that" in line
        or ("bambu_hms" in line and ("ERROR" in line or "deprecated" in line.lower()))
    ]


async def add(home: Home, printer: SimulatedPrinter, settle_time: int = 0) -> str:
    """Add a printer; return its entry."""
    added = await home.add_printer(f"127.0.0.1:{printer.port}", printer.access_code, "X1C left")
    entry_id: str = added["result"]["entry_id"]
    await home.set_options(entry_id, settle_time=settle_time)
    await until_state(home, "binary_sensor.x1c_left_connection", "on")
    return entry_id


async def test_a_fault_from_the_printer_to_an_automation(
    home: Home, printer: SimulatedPrinter
) -> None:
    await add(home, printer)
    await add_automation(home)
    async with home.socket() as socket:
        await listen(socket)

        printer.raise_fault(RAN_OUT)
        event = await socket.event(fault_event("raised", RAN_OUT))
        data = event["data"]
        devices = {d["id"]: d for d in await socket.call("config/device_registry/list")}
        assert data["message"] == "AMS A slot 2 filament has run out."
        assert data["wiki_url"] == (
            "https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/0700_2000_0002_0001"
        )
        assert (data["module"], data["ams"], data["slot"]) == ("ams", "A", 2)
        assert devices[data["device_id"]]["name"] == "X1C left AMS A"
        assert devices[data["device_id"]]["via_device_id"] == data["printer_device_id"]
        assert devices[data["printer_device_id"]]["name"] == "X1C left"
        await socket.event(heard("raised", RAN_OUT))

        printer.raise_fault(HEATBED)
        data = (await socket.event(fault_event("raised", HEATBED)))["data"]
        assert data["module"] == "heatbed"
        assert data["device_id"] == data["printer_device_id"]
        await socket.event(heard("raised", HEATBED))

        message = "The heatbed temperature is abnormal; the sensor may have an open circuit."
        slot = await until_state(home, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")
        assert slot["attributes"]["device_class"] == "problem"
        await until_state(home, "binary_sensor.x1c_left_ams_a_slot_1_problem", "off")
        await until_state(
            home, "sensor.x1c_left_ams_a_slot_2_fault", "AMS A slot 2 filament has run out."
        )
        await until_state(home, "binary_sensor.x1c_left_heatbed_problem", "on")
        await until_state(home, "sensor.x1c_left_heatbed_fault", message)
        await until_state(home, "sensor.x1c_left_fault", message)
        await until_state(home, "sensor.x1c_left_active_faults", "2")
        await until_state(home, "sensor.x1c_left_severity", "fatal")
        await until_state(home, "binary_sensor.x1c_left_motors_problem", "off")

        printer.clear_all()
        data = (await socket.event(fault_event("cleared", RAN_OUT)))["data"]
        assert data["duration"] >= 0
        await socket.event(heard("cleared", RAN_OUT))
        await socket.event(fault_event("cleared", HEATBED))
        await socket.event(heard("cleared", HEATBED))
        await until_state(home, "binary_sensor.x1c_left_problem", "off")
        await until_state(home, "sensor.x1c_left_fault", "ok")
        await until_state(home, "sensor.x1c_left_severity", "ok")

        traces = await socket.call("trace/list", domain="automation", item_id=AUTOMATION)
        assert len(traces) == 4
        assert {trace["state"] for trace in traces} == {"stopped"}
        assert {trace["script_execution"] for trace in traces} == {"finished"}

    await home.stop()
    assert not complaints(home.log)
    assert printer.serial not in home.log
    assert printer.access_code not in home.log


async def test_a_printer_that_is_gone_is_unavailable_and_never_ok(
    home: Home, printer: SimulatedPrinter
) -> None:
    printer.raise_fault(HEATBED)
    await home.add_printer(f"127.0.0.1:{printer.port}", printer.access_code, "X1C left")
    await until_state(home, "binary_sensor.x1c_left_heatbed_problem", "on")
    await printer.power_off()
    connection = await until_state(home, "binary_sensor.x1c_left_connection", "off")
    assert connection["attributes"]["reason"] == "unreachable"
    await until_state(home, "binary_sensor.x1c_left_heatbed_problem", "unavailable")
    await until_state(home, "sensor.x1c_left_fault", "unavailable")
    await printer.power_on()
    await until_state(home, "binary_sensor.x1c_left_heatbed_problem", "on")


async def test_after_a_restart_nothing_is_heard_twice_and_nothing_is_lost(
    home: Home, printer: SimulatedPrinter
) -> None:
    await home.add_printer(f"127.0.0.1:{printer.port}", printer.access_code, "X1C left")
    await add_automation(home)
    await until_state(home, "binary_sensor.x1c_left_connection", "on")
    async with home.socket() as socket:
        await listen(socket)
        printer.raise_fault(RAN_OUT)
        await socket.event(heard("raised", RAN_OUT))
    await home.stop()
    assert not printer.clients, "Home Assistant said goodbye"
    await home.start()
    await until_state(home, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")
    async with home.socket() as socket:
        await listen(socket)
        # Whatever the start had to say has been said before this.
        printer.raise_fault(HEATBED)
        await socket.event(heard("raised", HEATBED))
        # Traces outlive a restart: one run for the first fault, one for the second.
        traces = await socket.call("trace/list", domain="automation", item_id=AUTOMATION)
        assert len(traces) == 2, "the first fault is known and was not heard again"
    await home.stop()
    assert not complaints(home.log)


async def test_a_printer_that_is_off_at_the_start_is_there_at_once(
    home: Home, printer: SimulatedPrinter
) -> None:
    printer.raise_fault(RAN_OUT)
    await home.add_printer(f"127.0.0.1:{printer.port}", printer.access_code, "X1C left")
    await until_state(home, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")
    await home.stop()
    await printer.power_off()
    await home.start()
    await until_state(home, "binary_sensor.x1c_left_connection", "off")
    await until_state(home, "binary_sensor.x1c_left_ams_a_slot_2_problem", "unavailable")
    await printer.power_on()
    await until_state(home, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")
