"""A real Home Assistant's WebSocket API, as the front end uses it."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp


class HomeError(Exception):
    """Home Assistant did not do what was asked of it."""


class HomeSocket:
    """A connection to the WebSocket API."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        """Take over a connection that has just been opened."""
        self._connection = connection
        self._last_id = 0
        self._events: list[dict[str, Any]] = []

    async def authenticate(self, token: str) -> None:
        """Log in."""
        await self._connection.receive_json()
        await self._connection.send_json({"type": "auth", "access_token": token})
        answer = await self._connection.receive_json()
        if answer["type"] != "auth_ok":
            raise HomeError("the WebSocket API refused the token")

    async def call(self, kind: str, **data: Any) -> Any:
        """Send a command and return its result; events that come meanwhile are kept."""
        self._last_id += 1
        number = self._last_id
        await self._connection.send_json({"id": number, "type": kind, **data})
        while True:
            message = await self._connection.receive_json(timeout=30)
            if message["type"] == "event":
                self._events.append(message["event"])
            elif message["id"] == number:
                if not message.get("success"):
                    raise HomeError(f"{kind}: {message}")
                return message["result"]

    async def event(self, matches: Callable[[dict[str, Any]], bool], wait: float = 30.0) -> Any:
        """Return the next event that matches, of all that were subscribed to."""
        async with asyncio.timeout(wait):
            while True:
                for at, event in enumerate(self._events):
                    if matches(event):
                        return self._events.pop(at)
                message = await self._connection.receive_json()
                if message["type"] == "event":
                    self._events.append(message["event"])
