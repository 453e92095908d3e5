"""A real Home Assistant that can be looked into, and simulated printers, each in a process."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import signal
import socket
from statistics import median
import sys
import tempfile
from typing import Any, Final, Self

import aiohttp

from tests.e2e.home import CONFIGURATION, Home

from .children import ROOT, Child
from .length import Length

# In ms.
_STALL: Final = 20.0
_NAME: Final = "X1C"
_PROBE: Final = Path(__file__).parent / "probe"
# Quiet, as an owner has it: the demo's debug log would be measured, too.
_CONFIGURATION: Final = CONFIGURATION.replace("bambu_hms: debug", "bambu_hms: warning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stalls:
    """When an event loop was late by more than 20 ms."""

    times: list[tuple[float, float, float]]
    """How late, and how much of it was work and how much collecting garbage, in ms."""
    longest: float
    """In ms, also what was no stall."""

    @classmethod
    def of(cls, noted: dict[str, Any]) -> Self:
        """Read what a process noted."""
        times = [(late, worked, collected) for late, worked, collected in noted["stalls"]["stalls"]]
        return cls(times=times, longest=noted["stalls"]["longest"])

    @property
    def of_work(self) -> int:
        """How many the loop's own work took more than 20 ms of, without collecting garbage."""
        return sum(worked - collected > _STALL for _, worked, collected in self.times)

    def __str__(self) -> str:
        """Tell what the longest was."""
        if not self.times:
            return f"the longest wait {self.longest:.0f} ms"
        late, worked, collected = max(self.times)
        return (
            f"the longest {late:.0f} ms: {worked:.0f} ms work, of the whole {collected:.0f} ms"
            " Python's collecting of garbage"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a process did between two looks at it."""

    cpu: float
    """In seconds."""
    reports: int
    stalls: Stalls

    @classmethod
    def between(cls, before: dict[str, Any], after: dict[str, Any]) -> Self:
        """Compare two looks."""
        return cls(
            cpu=after["cpu"] - before["cpu"],
            reports=after["reports"] - before["reports"],
            stalls=Stalls.of(after),
        )


class SeenHome:
    """A Home Assistant with a probe in it."""

    def __init__(self, home: Home) -> None:
        """Take over a Home Assistant that has started."""
        self.home = home

    async def look(self, *, watch: bool | None = None, collect: bool = False) -> dict[str, Any]:
        """Return what was noted inside since the last look.

        `watch`: look for stalls from now on, or no longer; `collect`: before memory is measured.
        """
        answer = await self.home.post(
            "/api/services/bench_probe/read?return_response", {"watch": watch, "collect": collect}
        )
        noted: dict[str, Any] = answer["service_response"]
        return noted

    async def span(self, seconds: float, *, watch: bool = False) -> Span:
        """Look on for a while; looking for stalls costs more than some of what is measured."""
        before = await self.look(watch=watch)
        await asyncio.sleep(seconds)
        return Span.between(before, await self.look(watch=False))

    async def idle(self, length: Length) -> float:
        """Return the seconds of the processor that it takes in a round by itself."""
        # What was begun at the start ends, and what changed just now is written.
        await asyncio.sleep(length.seconds)
        return median([(await self.span(length.seconds)).cpu for _ in range(3)])

    async def until_heard(self, printers: int, seconds: float = 120) -> None:
        """Wait until so many printers are heard."""
        async with asyncio.timeout(seconds):
            # Another process can only be asked now and then.
            while (await self.look())["connected"] < printers:  # noqa: ASYNC110 -- see above
                await asyncio.sleep(0.1)

    async def add(self, printer: dict[str, Any], name: str) -> str:
        """Add a printer as its owner does; return its entry."""
        address = f"{printer['host']}:{printer['port']}"
        answer = await self.home.add_printer(address, printer["access_code"], name)
        if answer["type"] != "create_entry":
            raise RuntimeError(f"{name} was not added: {answer}")
        entry_id: str = answer["result"]["entry_id"]
        return entry_id

    async def switch_off(self, entry_id: str) -> None:
        """Disable an entry, as its owner would."""
        async with self.home.socket() as connection:
            await connection.call("config_entries/disable", entry_id=entry_id, disabled_by="user")


async def span_of_both(
    home: SeenHome, bare: Child, seconds: float, *, watch: bool = False
) -> tuple[Span, Span]:
    """Look on for a while at Home Assistant and at the bare clients."""
    before, bare_before = await home.look(watch=watch), await bare.ask("read", watch=watch)
    await asyncio.sleep(seconds)
    after, bare_after = await home.look(watch=False), await bare.ask("read", watch=False)
    return Span.between(before, after), Span.between(bare_before, bare_after)


@asynccontextmanager
async def seen_home() -> AsyncGenerator[SeenHome]:
    """Start Home Assistant in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        components = Path(folder) / "custom_components"
        components.mkdir()
        (components / "bench_probe").symlink_to(_PROBE)
        configuration = f"{_CONFIGURATION}sun:\nbench_probe:\n"
        async with Home(Path(folder), _free_port(), configuration=configuration) as home:
            await home.start()
            yield SeenHome(home)


class Simulated:
    """A simulated printer, driven over HTTP."""

    def __init__(self, control: str, about: dict[str, Any]) -> None:
        """Name the control interface, and what clients have to know."""
        self._url = f"{control}/printers/{_NAME}"
        self.about = about

    async def tell(self, command: str, code: str) -> None:
        """Have it raise or clear a fault."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._url}/{command}", json={"code": code}) as answer,
        ):
            answer.raise_for_status()

    async def told(self) -> list[float]:
        """Return when it told that a fault has come or gone, on the clock of all processes."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self._url}/history") as answer,
        ):
            return [told[0] for told in await answer.json()]


@asynccontextmanager
async def simulated(serial: str, *, interval: float) -> AsyncGenerator[Simulated]:
    """Start an X1C with four AMS in a process of its own, reporting so many seconds apart."""
    about = {"name": _NAME, "model": "X1C", "serial": serial, "access_code": "12345678"}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "printers.json"
        config.write_text(json.dumps([about | {"ams": ["ams"] * 4}]), encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.simulator",
            "--config",
            config,
            "--interval",
            str(interval),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            line = await process.stdout.readline() if process.stdout else b""
            if not line:
                raise RuntimeError("the simulated printers did not start")
            up = json.loads(line.removeprefix(b"ready"))
            yield Simulated(f"http://127.0.0.1:{up['control']}", up["printers"][_NAME])
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
