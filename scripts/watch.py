"""A printer's faults at a terminal, as they come and go; scripts/watch starts it."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from getpass import getpass
from io import TextIOWrapper
import math
import os
from pathlib import Path
import re
import signal
import sys
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.watching import (
    PRINTER_PORT,
    Printer,
    Say,
    Watch,
    WatchError,
    complain,
    discover,
    meet,
    say_as_json,
    say_in_words,
)

_ACCESS_CODE_VARIABLE: Final = "BAMBU_ACCESS_CODE"
_SERIAL_VARIABLE: Final = "BAMBU_SERIAL"
_SERIAL = re.compile(r"[0-9A-Za-z]{8,32}")
_ADDRESS = re.compile(r"(\[[^\]]+\]|[^:\[\]]+):([0-9]{1,5})")
_HIGHEST_PORT: Final = 65535
_LONGEST_TIME: Final = 3600.0
_GOODBYE_SECONDS: Final = 3.0


def asked_for(variable: str, question: str, ask: Callable[[str], str]) -> str:
    """Return what the environment says, else what the person at the terminal answers."""
    answer = os.environ.get(variable, "")
    if not answer and sys.stdin.isatty():
        answer = ask(f"{question}: ").strip()
    if not answer:
        raise WatchError(f"no {question.lower()}; {variable} in the environment can have it")
    return answer


def watch(host: str, port: int, settle: timedelta, say: Say) -> int:
    """Watch a printer until a signal comes; return the exit status."""
    # Whoever asks for an access code blocks everything else, so nothing else runs meanwhile.
    met = asyncio.run(until_signal(meet(host, port)))
    if isinstance(met, int):
        return met
    serial, pin = met
    if serial is None:
        serial = asked_for(_SERIAL_VARIABLE, "Serial number", input).upper()
        if not _SERIAL.fullmatch(serial):
            raise WatchError("this is no serial number")
    access_code = asked_for(_ACCESS_CODE_VARIABLE, "Access code", getpass)
    printer = Printer(host, serial, access_code, port, pin)
    return asyncio.run(until_signal(Watch(printer, settle, say).run())) or 0


async def until_signal[Result](work: Coroutine[None, None, Result]) -> Result | int:
    """Return what comes of some work, or the exit status where a signal comes before."""
    loop = asyncio.get_running_loop()
    came: asyncio.Future[int] = loop.create_future()

    def stop(number: int) -> None:
        if not came.done():
            came.set_result(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Whoever started us with nohup meant it.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, partial(stop, number))
    working = asyncio.create_task(work)
    waited_for: tuple[asyncio.Future[Result] | asyncio.Future[int], ...] = (working, came)
    await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        return working.result()
    status = 128 + came.result()
    working.cancel()
    _, busy = await asyncio.wait([working], timeout=_GOODBYE_SECONDS)
    if busy:
        # A thread that waits for a printer which is off cannot be ended, and Python would wait.
        os._exit(status)
    return status


def address(text: str) -> tuple[str, int]:
    """Read HOST, HOST:PORT or [IPv6]:PORT. Raises `ArgumentTypeError`."""
    parts = _ADDRESS.fullmatch(text)
    host, port = (parts[1], int(parts[2])) if parts else (text, PRINTER_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not 0 < port <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError("this is no address")
    return host, port


def seconds(text: str) -> float:
    """Read a time of up to an hour. Raises `ArgumentTypeError`."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= _LONGEST_TIME:
        raise argparse.ArgumentTypeError(f"not between 0 and {_LONGEST_TIME:g} seconds")
    return value


def arguments_of(words: list[str]) -> argparse.Namespace:
    """Read the command line; exits with status 2 where it makes no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/watch",
        description="Shows a printer's faults as they come and go. The access code is asked for,"
        f" or read from {_ACCESS_CODE_VARIABLE} in the environment.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("address", nargs="?", type=address, metavar="HOST[:PORT]")
    what.add_argument(
        "--discover",
        nargs="?",
        const=6.0,
        type=seconds,
        metavar="SECONDS",
        help="list the printers that announce themselves within this time (default: 6)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--settle",
        type=seconds,
        default=30.0,
        metavar="SECONDS",
        help="how long a fault must be gone to be cleared (default: 30)",
    )
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    """Watch or discover; return the exit status."""
    arguments = arguments_of(words)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        if arguments.discover is not None:
            found = discover(arguments.discover, as_json=arguments.json)
            return asyncio.run(until_signal(found)) or 0
        host, port = arguments.address
        say = say_as_json if arguments.json else say_in_words
        return watch(host, port, timedelta(seconds=arguments.settle), say)
    except WatchError as err:
        complain(str(err))
        return 1
    except EOFError:
        complain("no answer")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has seen enough. Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
