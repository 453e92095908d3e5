"""A printer's day in a minute: a report a second, faults that come and go, time that is played."""

from collections.abc import Iterator
from contextlib import contextmanager
import gc
from pathlib import Path
from random import Random
import sys
from typing import Any, Final, Protocol
from unittest.mock import patch

import freezegun
import freezegun.api
from homeassistant.helpers import storage
from homeassistant.util.file import write_utf8_file
from pytest_homeassistant_custom_component import patch_time  # noqa: F401 -- utcnow can be frozen

from custom_components.bambu_hms.const import EVENT_FAULT_CLEARED, EVENT_FAULT_RAISED
from custom_components.bambu_hms.hms.ledger import REMEMBERED
from custom_components.bambu_hms.printer.reader import Reader
from custom_components.bambu_hms.printer.report import Message

from . import payloads
from .figures import Aim, By, Figure
from .house import House, house
from .length import Length

# A fault comes about once in ninety seconds, stays for a minute, and flaps now and then.
_COMES: Final = 1 / 90
_GOES: Final = 1 / 60


class Clock(Protocol):
    """Time that goes on only when it is told to."""

    def tick(self, delta: float = 1.0) -> object:
        """Go on by so many seconds."""


class _Day:
    """Plays a day, and notes what it costs."""

    def __init__(self, home: House, clock: Clock, reports: int) -> None:
        self._home = home
        self._clock = clock
        self._reports = reports
        self._reader = Reader()
        self._random = Random(1)  # noqa: S311 -- the same day each time
        self.changes = 0
        self.blocks: list[int] = []
        """How many blocks of memory were in use after each quarter of the day."""

    async def play(self) -> None:
        """Play a quarter of the day after the other."""
        for _ in range(4):
            await self._home.play(lambda: self._reports_of(self._reports // 4))
            await self._home.hass.async_block_till_done()
            gc.collect()
            self.blocks.append(sys.getallocatedblocks())

    def _reports_of(self, count: int) -> Iterator[Message | None]:
        """Say so many reports, a second of the played time apart."""
        there: tuple[tuple[int, int], ...] = ()
        payload = payloads.whole()
        for _ in range(count):
            now = tuple(code for code in payloads.FAULTS if self._is_there(code in there))
            if now != there:
                self.changes += 1
                there, payload = now, payloads.whole(now)
            self._clock.tick(1.0)
            yield self._reader.read(payload)
            # Timers and writes have their turn as they would within a second.
            yield None

    def _is_there(self, was: bool) -> bool:
        return self._random.random() > _GOES if was else self._random.random() < _COMES / 4


@contextmanager
def _counted_writes() -> Iterator[list[int]]:
    """Count what is written of printers, in bytes each."""
    written: list[int] = []

    def count(path: str, data: bytes | str, *args: Any, **options: Any) -> None:
        if Path(path).name.startswith("bambu_hms."):
            written.append(len(data))
        write_utf8_file(path, data, *args, **options)

    with patch.object(storage, "write_utf8_file", count):
        yield written


async def day(length: Length) -> list[Figure]:
    """A day of reports, a second apart, through coordinator, ledger, entities and storage."""
    with freezegun.freeze_time("2026-11-24 00:00:00+00:00") as clock, _counted_writes() as written:
        async with house(payloads.whole()) as home:
            heard = {EVENT_FAULT_RAISED: 0, EVENT_FAULT_CLEARED: 0}

            def hear(event: Any) -> None:
                heard[event.event_type] += 1

            for event_type in heard:
                home.hass.bus.async_listen(event_type, hear)
            played = _Day(home, clock, length.reports)
            start = freezegun.api.real_perf_counter()
            await played.play()
            took = freezegun.api.real_perf_counter() - start
            history = len(home.printer.ledger.history)
    # The history has filled by noon, so that what grows after that grows for ever.
    grown = (played.blocks[-1] - played.blocks[1]) / 1000
    return [
        Figure(
            what=f"A day in a minute: {length.reports:,} reports, {played.changes:,} of them with"
            " changes",
            unit="s",
            rounds=(took,),
            yardstick="a minute",
            yard=(60.0,),
            aim=Aim(limit=60),
            remark=f"{heard[EVENT_FAULT_RAISED]} raised, {heard[EVENT_FAULT_CLEARED]} cleared",
        ),
        Figure(
            what="… memory: blocks in use after the day, against noon",
            unit="thousand",
            rounds=(played.blocks[-1] / 1000,),
            yardstick="at noon",
            yard=(played.blocks[1] / 1000,),
            aim=Aim(limit=1.01, by=By.RATIO),
            remark=f"{grown:+.1f} thousand",
        ),
        Figure(
            what="… storage: writes of the printer's file",
            unit="",
            rounds=(float(len(written)),),
            yardstick="reports with changes, and what settled after them",
            yard=(float(played.changes + heard[EVENT_FAULT_CLEARED]),),
            aim=Aim(limit=1.0, by=By.RATIO),
            remark=f"the largest has {max(written, default=0) / 1000:.0f} kB",
        ),
        Figure(
            what="… history: faults kept",
            unit="",
            rounds=(float(history),),
            yardstick="cleared in the day",
            yard=(float(heard[EVENT_FAULT_CLEARED]),),
            aim=Aim(limit=REMEMBERED),
        ),
    ]
