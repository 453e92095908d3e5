"""Home Assistant's core in this process, with one printer whose every word is played to it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import socket
import tempfile
from unittest.mock import patch

from homeassistant import loader
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.bambu_hms import coordinator
from custom_components.bambu_hms.const import DOMAIN
from custom_components.bambu_hms.coordinator import PrinterCoordinator
from custom_components.bambu_hms.printer.report import Message, parse

type Play = Callable[[], Iterator[Message | None]]


class House:
    """One Home Assistant with one printer."""

    def __init__(self, hass: HomeAssistant, stage: _Stage) -> None:
        """Take over what was set up."""
        self.hass = hass
        self._stage = stage
        self.printer: PrinterCoordinator

    async def play(self, messages: Play) -> None:
        """Have the printer say all of this without a pause; None waits until all else is done."""
        await self._stage.play(messages)
        if self._stage.broken is not None:
            raise self._stage.broken


class _Stage:
    """Stands where the connection stands, and has the coordinator read what is played."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._plays: asyncio.Queue[tuple[Play, asyncio.Event]] = asyncio.Queue()
        self.broken: Exception | None = None

    async def play(self, messages: Play) -> None:
        """Hand over what is to be said, and wait until it has been."""
        done = asyncio.Event()
        await self._plays.put((messages, done))
        await done.wait()

    async def messages(self) -> AsyncGenerator[Message]:
        """Say what is played, one message after the other, as a link does."""
        while True:
            messages, done = await self._plays.get()
            try:
                for message in messages():
                    if message is None:
                        await self._hass.async_block_till_done()
                    else:
                        yield message
            except Exception as err:  # noqa: BLE001 -- whoever plays gets it
                self.broken = err
            finally:
                done.set()


@asynccontextmanager
async def house(first: bytes, *, settle: float = 30.0) -> AsyncGenerator[House]:
    """Set up Home Assistant's core, and a printer that has said one report."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(os.environ, BAMBU_HMS_DISCOVERY_PORTS=str(_free_port())),
    ):
        (Path(folder) / ".storage").mkdir()
        async with async_test_home_assistant(config_dir=folder) as hass:
            stage = _Stage(hass)
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            made = House(hass, stage)
            entry = MockConfigEntry(
                domain=DOMAIN,
                title="X1C",
                unique_id="00M00A000000001",
                data={
                    "host": "127.0.0.1",
                    "port": 8883,
                    "access_code": "12345678",
                    "serial": "00M00A000000001",
                    "pin": None,
                },
                options={"official_texts": False, "settle_time": settle},
            )
            entry.add_to_hass(hass)
            with patch.object(coordinator, "Link", lambda *_, **__: stage):
                setting_up = asyncio.create_task(hass.config_entries.async_setup(entry.entry_id))
                await made.play(lambda: iter([parse(first)]))
                if not await setting_up:
                    raise RuntimeError("the printer was not set up")
            await hass.async_block_till_done()
            made.printer = entry.runtime_data
            try:
                yield made
            finally:
                await hass.config_entries.async_unload(entry.entry_id)
                await hass.async_stop(force=True)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
