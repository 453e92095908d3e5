"""A Home Assistant in a process of its own, with a phone that has the app."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp
from aiohttp import web
import pytest

from tests.e2e.conftest import (  # noqa: F401 -- pytest finds the fixtures by these names
    _sockets,
    home_port,
    printer,
)
from tests.e2e.home import CONFIGURATION, PYTHON, Home

_POWER = """\
mobile_app:
input_boolean:
  relay:
    initial: true
template:
  - switch:
      - name: Printer power
        state: "{{ is_state('input_boolean.relay', 'on') }}"
        turn_on:
          action: input_boolean.turn_on
          target: {entity_id: input_boolean.relay}
        turn_off:
          action: input_boolean.turn_off
          target: {entity_id: input_boolean.relay}
"""


@pytest.fixture(autouse=True)
def _house() -> None:
    """Nothing of the harness is needed here."""


@pytest.fixture(autouse=True)
def expected_complaints() -> None:
    """Home Assistant has a log of its own here."""


class App:
    """The app on a phone, and the service that its notifications come through."""

    def __init__(self) -> None:
        """Start with nothing sent."""
        self.pushes: list[dict[str, Any]] = []
        self._push_url = ""
        self._webhook = ""
        self._more = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def reachable(cls) -> AsyncGenerator[Self]:
        """Be there for notifications."""
        app = cls()
        service = web.Application()
        service.router.add_post("/push", app._take)
        runner = web.AppRunner(service)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        app._push_url = f"http://127.0.0.1:{runner.addresses[0][1]}/push"
        try:
            yield app
        finally:
            await runner.cleanup()

    async def register(self, home: Home, name: str) -> str:
        """Make itself known as a phone of this name; return its device."""
        registered = await home.post(
            "/api/mobile_app/registrations",
            {
                "app_data": {"push_token": "token", "push_url": self._push_url},
                "app_id": "io.example.app",
                "app_name": "App",
                "app_version": "1",
                "device_id": name,
                "device_name": name,
                "manufacturer": "Apple",
                "model": "iPhone",
                "os_name": "iOS",
                "os_version": "26",
                "supports_encryption": False,
            },
        )
        self._webhook = f"{home.url}/api/webhook/{registered['webhook_id']}"
        return await device_of(home, name)

    async def _take(self, request: web.Request) -> web.Response:
        self.pushes.append(await request.json())
        self._more.set()
        return web.json_response({}, status=201)

    async def until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until something like this is sent; return the last one that is."""
        async with asyncio.timeout(40):
            while not any(map(is_so, self.pushes)):
                self._more.clear()
                await self._more.wait()
        return [push for push in self.pushes if is_so(push)][-1]

    async def press(self, push: dict[str, Any], title: str) -> None:
        """Press a button of a notification."""
        (action,) = [it["action"] for it in push["data"]["actions"] if it["title"] == title]
        data = {"event_type": "mobile_app_notification_action", "event_data": {"action": action}}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._webhook, json={"type": "fire_event", "data": data}) as answer,
        ):
            answer.raise_for_status()


async def device_of(home: Home, name: str) -> str:
    """Return the device that has a name."""
    async with home.socket() as socket:
        devices = await socket.call("config/device_registry/list")
    found: str = next(device["id"] for device in devices if device["name"] == name)
    return found


@pytest.fixture
async def app() -> AsyncGenerator[App]:
    """A phone with the app."""
    async with App.reachable() as app:
        yield app


@pytest.fixture
async def home(tmp_path: Path, home_port: int) -> AsyncGenerator[Home]:  # noqa: F811 -- the fixture
    """A Home Assistant that has been set up by its owner, who has a switch for the printer."""
    assert PYTHON.exists(), "scripts/setup demo makes the environment of these tests"
    folder = tmp_path / "home-assistant"
    async with Home(folder, home_port, configuration=CONFIGURATION + _POWER) as running:
        await running.start()
        yield running
