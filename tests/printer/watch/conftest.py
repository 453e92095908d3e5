"""What runs scripts/watch."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
import json
import os
from pathlib import Path
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.printer.conftest import ACCESS_CODE
from tests.simulator import SimulatedPrinter

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts" / "watch.py"
RAN_OUT = "0701_2200_0002_0001"
HEATBED = "0300_0100_0001_0007"


class Watching:
    """A scripts/watch that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Take over the process."""
        self.process = process
        self.said = ""
        """All that it has printed."""

    async def line(self) -> str:
        """Return the next line."""
        assert self.process.stdout
        async with asyncio.timeout(30):
            line = (await self.process.stdout.readline()).decode()
        self.said += line
        return line.rstrip("\n")

    async def change(self, kind: str) -> dict[str, Any]:
        """Return the next change, which must be of this kind."""
        fields: dict[str, Any] = json.loads(await self.line())
        assert fields["change"] == kind
        return fields

    async def end(self) -> tuple[int, str]:
        """Return exit status and complaints once it has ended."""
        async with asyncio.timeout(30):
            out, errors = await self.process.communicate()
        self.said += out.decode() + errors.decode()
        assert self.process.returncode is not None
        return self.process.returncode, errors.decode()

    async def interrupt(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Return exit status and complaints after a signal."""
        self.process.send_signal(number)
        return await self.end()


type Start = Callable[..., Awaitable[Watching]]


@pytest.fixture
async def start(socket_enabled: None, tmp_path: Path) -> AsyncGenerator[Start]:
    """Start the script; whatever is left of it is ended after the test."""
    started: list[Watching] = []
    # Home Assistant is there when tests run, and must not be needed.
    poison = tmp_path / "homeassistant.py"
    poison.write_text("raise ImportError('there is no Home Assistant')\n")

    async def start(*arguments: str, **environment: str) -> Watching:
        named = {"BAMBU_ACCESS_CODE": ACCESS_CODE, "PYTHONPATH": str(tmp_path)} | environment
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            SCRIPT,
            *arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | named,
        )
        started.append(Watching(process))
        return started[-1]

    yield start
    for watching in started:
        with suppress(ProcessLookupError):
            watching.process.kill()
        await watching.process.communicate()


def address(printer: SimulatedPrinter) -> str:
    """Return what a person would type."""
    return f"{printer.host}:{printer.port}"
