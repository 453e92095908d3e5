"""Home Assistant with simulated printers, set up and ready to look at; see scripts/demo."""

import argparse
import asyncio
from contextlib import suppress
from pathlib import Path
import signal
import sys
import time

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.demonstration.dashboard import URL_PATH  # noqa: E402 -- found through the path above
from scripts.demonstration.printers import WAITING, is_free  # noqa: E402
from scripts.demonstration.stage import stage  # noqa: E402
from scripts.demonstration.story import SECONDS, is_new, play  # noqa: E402
from tests.e2e.home import forget  # noqa: E402
from tests.e2e.home_socket import HomeError  # noqa: E402

STATE = ROOT / ".demo"

_started = time.monotonic()


def say(text: str) -> None:
    """Tell the person at the terminal how far it is."""
    print(f"{time.monotonic() - _started:5.0f} s  {text}", flush=True)


def instructions(url: str, control: str) -> str:
    """Return what one can do now."""
    x1c = f"{control}/printers/X1C%20left"
    new = '{"kind": "new_certificate"}'
    code, off = '{"code": "0700_2100_0002_0001"}', '{"on": false}'
    return (
        f"\n    {url}/{URL_PATH}\n\n"
        "opens in a browser on this machine, without a password. Ctrl-C ends it all.\n\n"
        "Its second page, Try it, has buttons that raise faults, clear them and pull cables.\n"
        f"A fifth printer, {WAITING}, waits to be added under Settings > Devices & services;"
        " its access code is 55555555.\n\n"
        "Raise a fault, clear it, switch a printer off:\n"
        f"    curl -d '{code}' '{x1c}/raise'\n"
        f"    curl -d '{code}' '{x1c}/clear'\n"
        f"    curl -d '{off}' '{x1c}/power'\n"
        "\nHave it misbehave, and behave again (tests/simulator/misbehaviour.py lists how):\n"
        f"    curl -d '{new}' '{x1c}/misbehave'\n"
        f"    curl -X POST '{x1c}/behave'\n"
    )


async def demo(folder: Path, *, fresh: bool, port: int, story_seconds: float | None) -> None:
    """Start everything, play the day where it is new, and keep it until it is interrupted."""
    if not is_free(port):
        raise HomeError(f"port {port} is taken; choose another one with --port")
    if fresh:
        forget(folder)
    async with stage(folder, port, say) as (home, control):
        say("ready")
        print(instructions(home.url, control), flush=True)
        story = None
        if story_seconds is not None and is_new(folder):
            say(f"a day with X1C left, in {story_seconds:.0f} seconds; watch the dashboard")
            story = asyncio.create_task(play(home, folder, story_seconds, say))
        try:
            await home.keep()
        finally:
            if story is not None:
                story.cancel()
                with suppress(asyncio.CancelledError):
                    await story
        raise HomeError("Home Assistant ended by itself; see printed.log beside its configuration")


def main() -> int:
    """Read the arguments and run the demo."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description="Home Assistant with four simulated printers."
    )
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier demo left")
    parser.add_argument("--port", type=int, default=8123, help="of Home Assistant (default 8123)")
    parser.add_argument(
        "--folder", type=Path, default=STATE, help="what is kept between demos (default .demo)"
    )
    parser.add_argument(
        "--no-story",
        action="store_true",
        help="leave out the day that is played once, when the demo is new",
    )
    parser.add_argument(
        "--story-seconds",
        type=float,
        default=SECONDS,
        help=f"how long that day takes (default {SECONDS:.0f})",
    )
    arguments = parser.parse_args()
    # Whatever ends the demo must let it end what it started.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        asyncio.run(
            demo(
                arguments.folder,
                fresh=arguments.fresh,
                port=arguments.port,
                story_seconds=None if arguments.no_story else arguments.story_seconds,
            )
        )
    except KeyboardInterrupt:
        print("\nended")
    except HomeError as err:
        print(f"demo: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
