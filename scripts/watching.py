"""What scripts/watch shows of printers: the faults of one, or who is there."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import re
import sys
from types import ModuleType
from typing import Final

ROOT = Path(__file__).resolve().parents[1]
INTEGRATION = "custom_components.bambu_hms"

# The integration's own __init__ imports Home Assistant, which this script does without: an empty
# package in its place lets the modules of hms/ and printer/ be imported as they are.
sys.path.insert(0, str(ROOT))
_package = ModuleType(INTEGRATION)
_package.__path__ = [str(ROOT / INTEGRATION.replace(".", "/"))]
sys.modules[INTEGRATION] = _package

from custom_components.bambu_hms.hms.catalog import Catalog  # noqa: E402 -- after the above
from custom_components.bambu_hms.hms.code import FaultCode  # noqa: E402
from custom_components.bambu_hms.hms.decoded import Decoded, Json, decode  # noqa: E402
from custom_components.bambu_hms.hms.fault import Fault  # noqa: E402
from custom_components.bambu_hms.hms.ledger import Changes, Ledger  # noqa: E402
from custom_components.bambu_hms.printer.discovery import (  # noqa: E402
    PRINTER_PORT,
    Announcement,
    Listener,
)
from custom_components.bambu_hms.printer.identity import read_certificate  # noqa: E402
from custom_components.bambu_hms.printer.link import (  # noqa: E402
    Link,
    LinkError,
    Lost,
    Printer,
    PushallLimit,
    Reason,
)
from custom_components.bambu_hms.printer.models import model_of  # noqa: E402
from custom_components.bambu_hms.printer.report import (  # noqa: E402
    Message,
    Report,
    Unreadable,
    Versions,
)
from custom_components.bambu_hms.printer.reported import ReportedCodes  # noqa: E402

__all__ = [
    "PRINTER_PORT",
    "Printer",
    "Say",
    "Watch",
    "WatchError",
    "complain",
    "discover",
    "meet",
    "say_as_json",
    "say_in_words",
]

_WHY: Final[Mapping[Reason, str]] = {
    Reason.SILENT: "connected, but the printer says nothing; it has stalled, or has another serial"
    " number",
    Reason.UNREACHABLE: "no connection; is the printer on, and is the address right?",
    Reason.ACCESS_CODE: "the printer refuses the access code; the right one is on its screen, in"
    " the network settings",
    Reason.CERTIFICATE: "the printer shows another certificate than before; the access code was"
    " not sent",
    Reason.OTHER_PRINTER: "another printer answers there now; the access code was not sent",
    Reason.NO_TLS: "what answers there is no printer; is the address right?",
}
# What does not pass by itself.
_FINAL: Final = frozenset({Reason.ACCESS_CODE, Reason.CERTIFICATE, Reason.OTHER_PRINTER})

type Say = Callable[[datetime, str, str, Mapping[str, Json]], None]
"""Says a change: when, what, in words, and the fields of it."""


class WatchError(Exception):
    """There is nothing to watch; says why, to a person at a terminal."""


def say_in_words(when: datetime, change: str, words: str, fields: Mapping[str, Json]) -> None:
    """Print one line for a person."""
    print(f"{when.astimezone():%Y-%m-%d %H:%M:%S}  {change:<8}  {words}", flush=True)


def say_as_json(when: datetime, change: str, words: str, fields: Mapping[str, Json]) -> None:
    """Print one line for a program; ASCII only, whatever the terminal's encoding is."""
    said = {"time": when.isoformat(timespec="milliseconds"), "change": change, **fields}
    print(json.dumps(said), flush=True)


def masked(serial: str) -> str:
    """Return of a serial number what tells the model, and nothing of what tells the printer."""
    return f"{serial[:3]}…"


def complain(text: str) -> None:
    """Say what is no change."""
    print(f"watch: {text}", file=sys.stderr, flush=True)


class Watch:
    """One printer, watched from now on."""

    def __init__(self, printer: Printer, settle: timedelta, say: Say) -> None:
        """Prepare; blocks for as long as the disk does."""
        self._link = Link(printer, PushallLimit())
        self._serial = printer.serial
        self._model = model_of(printer.serial)
        self._firmware: str | None = None
        self._catalog = Catalog.load()
        self._reported = ReportedCodes(None)
        self._ledger = Ledger(settle=settle)
        self._say = say
        self._connected = False
        self._complained = False

    async def run(self) -> None:
        """Watch until cancelled. Raises `WatchError` where that makes no sense, or no more."""
        async with aclosing(self._link.messages()) as messages:
            coming = asyncio.ensure_future(anext(messages))
            try:
                while True:
                    # What is due is due, whether the printer says anything or not.
                    await asyncio.wait([coming], timeout=self._until_due())
                    if coming.done():
                        self._take(coming.result())
                        coming = asyncio.ensure_future(anext(messages))
                    else:
                        self._tell(self._ledger.check(datetime.now(UTC)))
            finally:
                coming.cancel()
                await asyncio.wait([coming])

    def _until_due(self) -> float | None:
        """Return the seconds until the ledger wants to be looked at; None: not at all."""
        due = self._ledger.due
        return None if due is None else max(0.0, (due - datetime.now(UTC)).total_seconds())

    def _take(self, message: Message | Lost) -> None:
        """Take in what the printer said, or that it says nothing."""
        match message:
            case Report():
                self._take_report(message)
            case Versions():
                self._model = model_of(self._serial, message.product)
                self._firmware = message.firmware or self._firmware
            case Lost(reason):
                self._lose(reason)
            case Unreadable(problem) if not self._complained:
                self._complained = True
                complain(f"a message was skipped: {problem}")

    def _take_report(self, report: Report) -> None:
        """Take in a report, and say what it changes."""
        new = self._reported.take(report)
        if not self._reported.known:
            # A part of a report says nothing of a printer that has just been met.
            return
        now = datetime.now(UTC)
        first = self._ledger.heard is None
        codes = [code for code in self._reported.codes if self._is_shown(code)] if new else None
        changes = self._ledger.update(codes, now)
        if not self._connected:
            self._connected = True
            self._greet(now, "heard" if first else "back")
        self._tell(changes)

    def _greet(self, now: datetime, change: str) -> None:
        """Say whom we listen to."""
        count = len(self._ledger.reported)
        firmware = f", firmware {self._firmware}" if self._firmware else ""
        faults = {0: "no faults", 1: "1 fault"}.get(count, f"{count} faults")
        self._say(
            now,
            change,
            f"{self._model.name} ({masked(self._serial)}){firmware}: {faults}",
            {
                "model": self._model.name,
                "serial": masked(self._serial),
                "firmware": self._firmware,
                "faults": count,
            },
        )

    def _lose(self, reason: Reason) -> None:
        """Say once that the printer is not heard; its faults keep."""
        if reason in _FINAL or self._ledger.heard is None:
            raise WatchError(_WHY[reason])
        self._ledger.silent()
        if self._connected:
            self._connected = False
            self._say(datetime.now(UTC), "lost", _WHY[reason], {"reason": reason.value})

    def _tell(self, changes: Changes) -> None:
        """Say what was raised and cleared."""
        now = datetime.now(UTC)
        for fault in changes.raised:
            self._tell_one(now, "standing" if fault.standing else "raised", fault)
        for fault in changes.cleared:
            self._tell_one(
                now, "cleared", fault, {"duration": round(fault.duration.total_seconds())}
            )

    def _tell_one(
        self, now: datetime, change: str, fault: Fault, more: Mapping[str, Json] | None = None
    ) -> None:
        """Say what happened to a fault."""
        what = self._decode(fault.code)
        words = (f"{what.severity:<8}", what.location, what.message, what.code, what.wiki_url)
        times = {
            "first_seen": fault.first_seen.isoformat(timespec="milliseconds"),
            "last_seen": fault.last_seen.isoformat(timespec="milliseconds"),
        }
        related = str(fault.related) if fault.related else None
        fields = {**times, "occurrences": fault.occurrences, "related": related, **(more or {})}
        self._say(now, change, "  ".join(words), what.as_dict() | fields)

    def _decode(self, code: FaultCode) -> Decoded:
        """Return all that is known of a code."""
        return decode(code, self._catalog, family=self._model.family)

    def _is_shown(self, code: FaultCode) -> bool:
        """Whether a code is a fault that the printer's own screen would show."""
        what = self._decode(code)
        return what.fault and not what.hidden


async def discover(seconds: float, *, as_json: bool) -> None:
    """List the printers that announce themselves. Raises `WatchError` where nobody does."""
    async with Listener() as listener:
        for port in listener.refused:
            complain(f"UDP port {port} cannot be had; another program may have it")
        if not listener.ports:
            raise WatchError("there is no port to listen on")
        await asyncio.sleep(seconds)
        found = sorted(map(_fields, listener.heard), key=lambda fields: tuple(fields.values()))
    for fields in found:
        print(json.dumps(fields) if as_json else "  ".join(filter(None, fields.values())))
    if not found:
        raise WatchError(
            f"no printer was heard in {seconds:g} s; each is heard in its own network only"
        )


def _fields(found: Announcement) -> dict[str, str]:
    """Return what is said of a printer that was heard."""
    host = f"[{found.host}]" if ":" in found.host else found.host
    serial = masked(found.serial)
    return {
        "model": model_of(found.serial, dev_model=found.dev_model).name,
        # Nobody forbids an owner to name a printer by its serial number.
        "name": re.sub(found.serial, serial, found.name, flags=re.IGNORECASE),
        "address": host if found.port == PRINTER_PORT else f"{host}:{found.port}",
        "serial": serial,
        "firmware": found.version,
    }


async def meet(host: str, port: int) -> tuple[str | None, str]:
    """Return serial number and pin of the certificate at an address. Raises `WatchError`."""
    try:
        certificate = await read_certificate(host, port)
    except LinkError as err:
        raise WatchError(_WHY[err.reason]) from None
    return certificate.serial, certificate.pin
