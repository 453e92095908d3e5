"""A day with a printer in a minute and a half, for whoever watches the dashboard.

Each step is a script of the demo's Home Assistant, so that everybody can play it again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from tests.e2e.home import Home
from tests.e2e.home_socket import HomeError

SECONDS: Final = 90.0
_RESTART_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the day."""

    script: str
    pause: float
    """Seconds that the eye gets before it, in a day of 90."""
    restarts: bool = False


# The restart takes some seconds of its own, which make the day complete.
DAY: Final = (
    Step("demo_slot_runs_out", pause=12),
    Step("demo_spaghetti", pause=18),
    Step("demo_restart", pause=18, restarts=True),
    Step("demo_cable_pulled", pause=15),
    Step("demo_put_right", pause=15),
)


async def say_now(home: Home, text: str) -> None:
    """Show on the dashboard what is going on."""
    await home.post(
        "/api/services/input_text/set_value", {"entity_id": "input_text.demo_now", "value": text}
    )


def is_new(folder: Path) -> bool:
    """Whether the day has not been played yet."""
    return not _played(folder).exists()


async def play(home: Home, folder: Path, seconds: float, say: Callable[[str], None]) -> None:
    """Play the day, in so many seconds; what goes wrong is said, and the demo goes on."""
    _played(folder).touch()
    try:
        await say_now(home, "Watch: a day with X1C left, in a minute and a half, begins now.")
        for step in DAY:
            await asyncio.sleep(step.pause * seconds / SECONDS)
            await _take(home, step, say)
    except (HomeError, aiohttp.ClientError, TimeoutError) as err:
        say(f"the day ended early: {err}")
    else:
        say("the day is over; play any of it again under “Try it”")


async def _take(home: Home, step: Step, say: Callable[[str], None]) -> None:
    """Take one step, and wait until it is done."""
    before = home.starts
    state = await home.state(f"script.{step.script}")
    say(f"    {state['attributes']['friendly_name']}")
    # One that restarts Home Assistant would never answer if it were waited for.
    await home.post("/api/services/script/turn_on", {"entity_id": f"script.{step.script}"})
    if step.restarts:
        async with asyncio.timeout(_RESTART_SECONDS):
            while home.starts == before:  # noqa: ASYNC110 -- it is another process
                await asyncio.sleep(0.2)


def _played(folder: Path) -> Path:
    """Return what marks a folder in which the day was played."""
    return folder / "played"
