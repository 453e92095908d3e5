"""Phones, as far as an automation can tell: a device, an entity, and an action that notifies."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.components.notify.const import DOMAIN as NOTIFY, NOTIFY_SERVICE_SCHEMA
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import slugify
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

MOBILE_APP = "mobile_app"

type Push = dict[str, Any]


class Phone:
    """A phone with the app: what was sent to it, and what its screen shows of that."""

    def __init__(self, hass: HomeAssistant, name: str, *, can_be_notified: bool = True) -> None:
        """Do what the app's integration does when the app is set up."""
        self._hass = hass
        self.name = name
        self.pushes: list[Push] = []
        self.broken = False
        """Whether sending anything to it fails."""
        self._more = asyncio.Event()
        entry = MockConfigEntry(domain=MOBILE_APP, title=name)
        entry.add_to_hass(hass)
        self.device_id = (
            dr.async_get(hass)
            .async_get_or_create(
                config_entry_id=entry.entry_id, identifiers={(MOBILE_APP, name)}, name=name
            )
            .id
        )
        if not can_be_notified:
            return
        er.async_get(hass).async_get_or_create(
            NOTIFY, MOBILE_APP, name, config_entry=entry, device_id=self.device_id
        )
        hass.services.async_register(
            NOTIFY, slugify(f"{MOBILE_APP}_{name}"), self._push, NOTIFY_SERVICE_SCHEMA
        )

    async def _push(self, call: ServiceCall) -> None:
        """Take in what is sent."""
        if self.broken:
            raise HomeAssistantError("no network")
        self.pushes.append(dict(call.data))
        self._more.set()

    @property
    def shown(self) -> dict[str, Push]:
        """What its screen shows, by tag: the last one of each, unless that was taken back."""
        shown: dict[str, Push] = {}
        for push in self.pushes:
            tag = push["data"]["tag"]
            shown.pop(tag, None)
            if push["message"] != "clear_notification":
                shown[tag] = push
        return shown

    @property
    def codes(self) -> list[str]:
        """The codes of the faults that its screen shows."""
        return [tag.split(":")[1].removeprefix("HMS_") for tag in self.shown]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something to be sent until something is so."""
        try:
            async with asyncio.timeout(10):
                while not is_so():
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            pytest.fail(f"{self.name} was only sent {self.pushes}")

    async def next(self, number: int = 1) -> Push:
        """Wait until it has been sent this many notifications; return the last one."""
        await self.until(lambda: len(self.pushes) >= number)
        assert len(self.pushes) == number, self.pushes
        return self.pushes[-1]

    def press(self, title: str) -> None:
        """Press a button of what was sent last."""
        (action,) = [
            action["action"]
            for action in self.pushes[-1]["data"]["actions"]
            if action["title"] == title
        ]
        self._hass.bus.async_fire("mobile_app_notification_action", {"action": action})


def buttons(push: Push) -> list[str]:
    """Return the titles of the buttons of a notification."""
    return [action["title"] for action in push["data"]["actions"]]


def is_critical(push: Push) -> bool:
    """Whether a notification sounds an alarm, whatever the owner has muted; on both systems."""
    data = push["data"]
    apple: bool = data.get("push") == {"sound": {"name": "default", "critical": 1, "volume": 1.0}}
    android = {"ttl": 0, "priority": "high", "channel": "alarm_stream"}.items() <= data.items()
    assert apple == android, "both or none"
    if not apple:
        assert data.keys().isdisjoint({"push", "ttl", "priority", "channel"})
    return apple
