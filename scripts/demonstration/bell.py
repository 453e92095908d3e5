"""The demo's automation: it rings for what is serious, as an owner's would."""

from collections.abc import Iterable
from typing import Any, Final

from tests.e2e.home import Home

from .printers import PRINTERS, WAITING

_NOTIFICATION: Final = "{{ trigger.printer }} {{ trigger.code }}"


async def hang_the_bell(home: Home) -> None:
    """Make the automation, where it is missing, and wait until it listens."""
    async with home.socket() as connection:
        await connection.call("subscribe_events", event_type="automation_reloaded")
        states = await home.get("/api/states")
        if not any(state["entity_id"] == "automation.ring_the_bell" for state in states):
            registry = await connection.call("config/device_registry/list")
            names = {printer["name"] for printer in PRINTERS if printer["name"] != WAITING}
            printers = (device["id"] for device in registry if device["name"] in names)
            await home.add_automation("demo_bell", _bell(printers))
            await connection.event(lambda event: event["event_type"] == "automation_reloaded")
    await home.post("/api/services/counter/reset", {"entity_id": "counter.demo_bell"})


def _bell(devices: Iterable[str]) -> dict[str, Any]:
    """Return the automation, as the editor would make it."""
    about = {"target": {"device_id": list(devices)}, "options": {"min_severity": "serious"}}
    return {
        "alias": "Ring the bell",
        "description": "Made by scripts/demo: tells of what is serious, and forgets what is gone.",
        "mode": "queued",
        "triggers": [
            {"id": "raised", "trigger": "bambu_hms.fault_raised", **about},
            {"id": "cleared", "trigger": "bambu_hms.fault_cleared", **about},
        ],
        "actions": [
            {
                "if": [{"condition": "trigger", "id": "raised"}],
                "then": [
                    {"action": "counter.increment", "target": {"entity_id": "counter.demo_bell"}},
                    {
                        "action": "persistent_notification.create",
                        "data": {
                            "notification_id": _NOTIFICATION,
                            "title": "{{ trigger.printer }}: {{ trigger.location }}",
                            "message": (
                                "{{ trigger.message }}\n\n[How to fix]({{ trigger.wiki_url }})"
                            ),
                        },
                    },
                ],
                "else": [
                    {
                        "action": "persistent_notification.dismiss",
                        "data": {"notification_id": _NOTIFICATION},
                    }
                ],
            }
        ],
    }
