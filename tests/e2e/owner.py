"""Somebody whom an automation calls for every fault; outlives any Home Assistant."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Self

from aiohttp import web

from .home import Home
from .home_socket import HomeError

_AUTOMATION = "heard"


class Owner:
    """Hears what a real automation has to say."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.heard: list[str] = []
        """Words like `raised 0300_0100_0001_0007`, in order."""
        self._url = ""
        self._more = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def reachable(cls) -> AsyncGenerator[Self]:
        """Be there for calls."""
        owner = cls()
        app = web.Application()
        app.router.add_post("/{word}", owner._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        owner._url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield owner
        finally:
            await runner.cleanup()

    @property
    def configuration(self) -> str:
        """What Home Assistant needs to call."""
        url = f"{self._url}/{{{{ word }}}}"
        return f"rest_command:\n  call:\n    method: post\n    url: '{url}'\n"

    async def automate(self, home: Home) -> None:
        """Have an automation call for every fault."""
        await home.add_automation(
            _AUTOMATION,
            {
                "alias": "Heard",
                "mode": "queued",
                "max": 1000,
                "triggers": [
                    {"trigger": "event", "event_type": "bambu_hms_fault_raised"},
                    {"trigger": "event", "event_type": "bambu_hms_fault_cleared"},
                ],
                "actions": [
                    {
                        "action": "rest_command.call",
                        "data": {
                            "word": "{{ trigger.event.event_type }} {{ trigger.event.data.code }}"
                        },
                    }
                ],
            },
        )
        # It is saved at once, but listens only when it has been loaded.
        async with asyncio.timeout(30):
            while not await self._listens(home):  # noqa: ASYNC110 -- it is another process
                await asyncio.sleep(0.1)

    @staticmethod
    async def _listens(home: Home) -> bool:
        try:
            state = await home.state(f"automation.{_AUTOMATION}")
        except HomeError:
            return False
        return bool(state["state"] == "on")

    async def _answer(self, request: web.Request) -> web.Response:
        word = request.match_info["word"].replace("bambu_hms_fault_", "").replace("HMS_", "")
        self.heard.append(word)
        self._more.set()
        return web.Response()

    async def until(self, word: str) -> None:
        """Wait until this was heard."""
        await self.until_so(lambda: word in self.heard)

    async def until_so(self, is_so: Callable[[], bool], seconds: float = 40.0) -> None:
        """Wait until what was heard is so."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self._more.clear()
                await self._more.wait()
