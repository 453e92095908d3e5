"""Watches an event loop: how often and how long it was late."""

import asyncio
import gc
import time
from typing import Any, Final

_EVERY: Final = 0.005
_STALL: Final = 0.020


class StallWatch:
    """Wants to be called every five milliseconds, and notes whenever it is called too late."""

    def __init__(self) -> None:
        """Watch nothing yet."""
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._due = self._worked = 0.0
        self._collecting = self._collected = 0.0
        self._longest = 0.0
        self._stalls: list[tuple[float, float, float]] = []
        gc.callbacks.append(self._on_collection)

    def turn(self, on: bool | None) -> None:
        """Begin anew, or watch no more; None: go on as before."""
        if on is None:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if on:
            self._longest, self._stalls = 0.0, []
            self._again()

    def read(self) -> dict[str, Any]:
        """Return all that was late by more than 20 ms, in ms.

        Beside each stands how much of it was work of the loop, and how much Python's collecting of
        garbage, in whatever thread: that holds up all others. The rest was waiting: for the
        processor, or for a thread that held Python's lock.
        """
        return {"longest": self._longest * 1000, "stalls": self._stalls}

    def _again(self) -> None:
        self._due = self._loop.time() + _EVERY
        self._worked = time.thread_time()
        self._collected = 0.0
        self._timer = self._loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        late = self._loop.time() - self._due
        self._longest = max(self._longest, late)
        if late > _STALL:
            times = (late, time.thread_time() - self._worked, self._collected)
            late, worked, collected = (round(each * 1000, 1) for each in times)
            self._stalls.append((late, worked, collected))
        self._again()

    def _on_collection(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._collecting = time.monotonic()
        else:
            self._collected += time.monotonic() - self._collecting
