"""Triggers and condition in the newest Home Assistant, used as its editor of automations does."""

from typing import Any

import pytest

from tests.simulator import SimulatedPrinter

from .home import Home
from .home_socket import HomeError, HomeSocket
from .test_fault import HEATBED, RAN_OUT, add, complaints, until_state

pytestmark = pytest.mark.e2e

MOTOR = "0300_0600_0001_0002"


def automation(target: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return an automation that says what it was triggered by, and whether the heatbed is well."""
    return {
        "alias": "Say",
        "mode": "queued",
        "triggers": [
            {"trigger": "bambu_hms.fault_raised", "target": target, "options": options},
            {"trigger": "bambu_hms.fault_cleared", "target": target, "options": options},
        ],
        "conditions": [
            {
                "condition": "not",
                "conditions": [
                    {
                        "condition": "bambu_hms.is_fault_active",
                        "options": {"modules": ["heatbed"]},
                    }
                ],
            }
        ],
        "actions": [
            {
                "event": "test_said",
                "event_data": {"what": "{{ trigger.platform }}", "code": "{{ trigger.code }}"},
            }
        ],
    }


async def save(home: Home, socket: HomeSocket, what: dict[str, Any]) -> None:
    """Save an automation, and wait until it runs as saved."""
    await home.add_automation("say", what)
    await socket.event(lambda event: event.get("event_type") == "automation_reloaded")


async def next_word(socket: HomeSocket) -> tuple[str, str]:
    """Return what the automation says next: raised or cleared, and the code."""
    event = await socket.event(lambda event: event.get("event_type") == "test_said")
    data = event["data"]
    return data["what"].removeprefix("bambu_hms.fault_"), data["code"].removeprefix("HMS_")


async def test_an_automation_made_in_the_editor_is_triggered(
    home: Home, printer: SimulatedPrinter
) -> None:
    await add(home, printer)
    async with home.socket() as socket:
        # What the editor asks for before it shows any of them.
        for kind in ("trigger", "condition"):
            await socket.call(f"{kind}_platforms/subscribe")
        offered: set[str] = set()
        while not offered >= {"bambu_hms.fault_raised", "bambu_hms.is_fault_active"}:
            offered |= set(await socket.event(lambda _: True))
        devices = await socket.call("config/device_registry/list")
        ids = {device["name"]: device["id"] for device in devices}
        everything = {"device_id": [ids["X1C left"]]}
        for event_type in ("automation_reloaded", "test_said"):
            await socket.call("subscribe_events", event_type=event_type)
        await save(home, socket, automation(everything))
        printer.raise_fault(RAN_OUT)
        assert await next_word(socket) == ("raised", RAN_OUT)
        printer.clear_all()
        assert await next_word(socket) == ("cleared", RAN_OUT)

        # Without its AMS, as one can say since 2026.11.
        target = everything | {"exclude": {"device_id": [ids["X1C left AMS A"]]}}
        await save(home, socket, automation(target))
        printer.raise_fault(RAN_OUT)
        await until_state(home, "binary_sensor.x1c_left_ams_a_problem", "on")
        printer.raise_fault(MOTOR)
        assert await next_word(socket) == ("raised", MOTOR)

        # With the heatbed in trouble, the condition lets nothing pass.
        printer.raise_fault(HEATBED)
        await until_state(home, "binary_sensor.x1c_left_heatbed_problem", "on")
        printer.clear_fault(MOTOR)
        await until_state(home, "binary_sensor.x1c_left_motors_problem", "off")
        printer.clear_fault(HEATBED)
        assert await next_word(socket) == ("cleared", HEATBED)

        with pytest.raises(HomeError, match="5 is no slot"):
            await home.add_automation("say", automation(everything, slots=[5]))
    assert complaints(home.log) == []
