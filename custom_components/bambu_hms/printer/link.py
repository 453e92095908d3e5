"""The link to one printer: it listens, notices silence, and comes back by itself."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import logging
import math
import random
import ssl
import time
from typing import Final

from .identity import pinned_context
from .reader import Reader
from .reason import LinkError, Reason
from .report import Message, Report, Versions, parse
from .session import Printer, Session, new_identifier, open_session

_LOGGER = logging.getLogger(__name__)

__all__ = [
    "Heard",
    "Link",
    "LinkError",
    "Lost",
    "Printer",
    "PushallLimit",
    "Reason",
    "first_report",
]

# The processors of P1 and A1 are weak: more often, and a print suffers.
_PUSHALL_SECONDS: Final = 300.0
# A printer that reports by itself, as X1 and H2 do, needs no pushall.
_UNASKED_SECONDS: Final = 3.0
_SECOND_ANSWER_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Lost:
    """The printer is not heard any more, or could not be reached."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Heard:
    """The first words of a printer; at least one of them is there."""

    report: Report | None
    versions: Versions | None


class PushallLimit:
    """When each printer may be asked for everything again: once in five minutes.

    One object for everything that talks to printers, so that it holds across reloads.
    `clock` counts seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nobody asked."""
        self._clock = clock
        self._asked: dict[str, float] = {}

    def wait(self, serial: str) -> float:
        """Return the seconds until this printer may be asked; 0.0 is now."""
        asked = self._asked.get(serial.upper())
        return 0.0 if asked is None else max(0.0, asked + _PUSHALL_SECONDS - self._clock())

    def sent(self, serial: str) -> None:
        """Remember that this printer is being asked now."""
        self._asked[serial.upper()] = self._clock()


class Link:
    """One printer, listened to for as long as anyone reads `messages`."""

    def __init__(  # noqa: PLR0913 -- the options are named
        self,
        printer: Printer,
        limit: PushallLimit,
        *,
        silence: float = 60.0,
        connects: asyncio.Semaphore | None = None,
        first_wait: float = 1.0,
        longest_wait: float = 60.0,
    ) -> None:
        """Prepare; nothing is sent before `messages` is read.

        Times in seconds: `silence` after which the printer counts as gone, `first_wait` and
        `longest_wait` between attempts. `connects` bounds how many links connect at a time.
        """
        self._printer = printer
        self._limit = limit
        self._silence = silence
        self._connects = connects
        self._first_wait = first_wait
        self._longest_wait = longest_wait
        self._identifier = new_identifier()
        self._context: ssl.SSLContext | None = None

    async def messages(self) -> AsyncGenerator[Message | Lost]:
        """Yield what the printer says, and one `Lost` per failed attempt or ended session.

        Endless. Read it within `contextlib.aclosing`: closing it, or cancelling the task that
        waits for it, says goodbye to the printer and leaves no socket, task or thread.
        """
        wait = self._first_wait
        while True:
            try:
                async with self._session() as session:
                    listener = _Listener(session, self._printer.serial, self._limit, self._silence)
                    await session.ask_versions()
                    while True:
                        message = await listener.next()
                        if message is None:
                            continue
                        if isinstance(message, Report):
                            wait = self._first_wait
                        yield message
            except LinkError as err:
                lost = Lost(err.reason)
            except Exception as err:  # noqa: BLE001 -- a bug must not silence a printer for good
                # Its text and traceback may hold anything, a topic with the serial number too.
                why = type(err).__name__
                _LOGGER.error("A connection to a printer broke off with %s", why)  # noqa: TRY400
                lost = Lost(Reason.UNREACHABLE)
            yield lost
            # Many printers come back together after a power cut; they need not be met together.
            await asyncio.sleep(wait * random.uniform(0.8, 1.0))  # noqa: S311 -- no secret
            wait = min(wait * 2, self._longest_wait)

    @asynccontextmanager
    async def _session(self) -> AsyncGenerator[Session]:
        """Open a session. Raises `LinkError`."""
        if self._context is None:
            self._context = await asyncio.to_thread(pinned_context, self._printer.pin)
        async with open_session(
            self._printer, self._context, identifier=self._identifier, connects=self._connects
        ) as session:
            yield session


class _Listener:
    """Reads one session: asks for everything when it may, and notices silence."""

    def __init__(self, session: Session, serial: str, limit: PushallLimit, silence: float) -> None:
        """Start with everything to be asked for."""
        self._session = session
        self._reader = Reader()
        self._serial = serial
        self._limit = limit
        self._silence = silence
        self._now = asyncio.get_running_loop().time
        self._heard = self._now()
        self._wanted = True

    async def next(self) -> Message | None:
        """Return the next message; None for one that is not about us. Raises `LinkError`."""
        while True:
            if self._session.overflowed():
                self._wanted = True
            gone = self._heard + self._silence
            may_ask = await self._ask()
            try:
                async with asyncio.timeout_at(min(gone, may_ask)):
                    payload = await self._session.receive()
            except TimeoutError as err:
                if self._now() >= gone:
                    raise LinkError(Reason.SILENT) from err
                continue
            self._heard = self._now()
            message = self._reader.read(payload)
            if isinstance(message, Report) and message.whole and message.hms is not None:
                # Printers that always tell everything need not be asked.
                self._wanted = False
            return message

    async def _ask(self) -> float:
        """Ask for everything if it is wanted and may be; return when to try again, loop time."""
        if not self._wanted:
            return math.inf
        if wait := self._limit.wait(self._serial):
            return self._now() + wait
        # Before it is sent: a request that may have gone out counts as gone out.
        self._limit.sent(self._serial)
        self._wanted = False
        await self._session.ask_everything()
        return math.inf


async def first_report(
    printer: Printer,
    limit: PushallLimit,
    *,
    timeout: float = 15.0,  # noqa: ASYNC109 -- it holds for the waiting, not for the connecting
) -> Heard:
    """Return the first words of a printer, once; `timeout` in seconds from the connection on.

    Everything (pushall) is asked for only if the printer says nothing by itself, so that the link
    that follows may still ask. Raises `LinkError`; `Reason.SILENT` also for a wrong serial number.
    """
    context = await asyncio.to_thread(pinned_context, printer.pin)
    async with open_session(printer, context, identifier=new_identifier()) as session:
        await session.ask_versions()
        unasked = min(_UNASKED_SECONDS, timeout / 2)
        first: Report | Versions | None = await _word(session, unasked, Report, Versions)
        if first is None:
            if not limit.wait(printer.serial):
                limit.sent(printer.serial)
                await session.ask_everything()
            first = await _word(session, timeout - unasked, Report, Versions)
        match first:
            case Report():
                return Heard(first, await _word(session, _SECOND_ANSWER_SECONDS, Versions))
            case Versions():
                return Heard(await _word(session, _SECOND_ANSWER_SECONDS, Report), first)
            case None:
                raise LinkError(Reason.SILENT)


async def _word[Word](session: Session, seconds: float, *kinds: type[Word]) -> Word | None:
    """Return the next message of these kinds; None where none comes in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                message = parse(await session.receive())
                if isinstance(message, kinds):
                    return message
    return None
