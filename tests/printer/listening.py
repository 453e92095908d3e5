"""What tests of the link listen with."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from custom_components.bambu_hms.printer.link import Link, Printer, PushallLimit
from custom_components.bambu_hms.printer.report import Report


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        """Start at some time that is not zero."""
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def link_to(printer: Printer, limit: PushallLimit | None = None, silence: float = 60.0) -> Link:
    """Return a link that does not let a test wait."""
    return Link(
        printer, limit or PushallLimit(), silence=silence, first_wait=0.01, longest_wait=0.05
    )


async def next_of[Kind](messages: AsyncGenerator[object], kind: type[Kind]) -> Kind:
    """Return the next message of a kind."""
    async with asyncio.timeout(10):
        async for message in messages:
            if isinstance(message, kind):
                return message
    raise AssertionError("messages never end")


async def report_with(messages: AsyncGenerator[object], is_so: Callable[[Report], bool]) -> Report:
    """Return the next report of which something is true."""
    while not is_so(report := await next_of(messages, Report)):
        pass
    return report
