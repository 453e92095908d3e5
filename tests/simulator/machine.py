"""One simulated printer."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
import json
from typing import Any

from .broker import PrinterBroker
from .certificates import Authority
from .models import MODELS, AmsKind, AmsSpec, numbered
from .reports import version_answer, whole_status

_USER = "bblp"


@dataclass(slots=True)
class Counts:
    """What a printer has been asked since it exists."""

    logins: int = 0
    """Access codes that were sent, right and wrong ones."""
    refused: int = 0
    connects: int = 0
    dropped: int = 0
    versions: int = 0
    pushalls: int = 0
    subscriptions: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """Whatever else was published."""


class SimulatedPrinter:
    """A printer: its broker, its status and its faults.

    It can be told to misbehave: `silent` (connected, says nothing), `answers_versions`.
    """

    def __init__(
        self,
        model: str,
        serial: str,
        access_code: str,
        authority: Authority,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ams: tuple[AmsKind, ...] = (),
        interval: float = 1.0,
    ) -> None:
        """Prepare a printer; `interval` is in seconds, between the reports it makes by itself."""
        self.model = MODELS[model]
        self.serial = serial
        self.access_code = access_code
        self.host = host
        self.port = port
        self.interval = interval
        self.counts = Counts()
        self.clients: set[str] = set()
        self.silent = False
        self.answers_versions = True
        self._authority = authority
        self._units = numbered(ams)
        self._hms: list[tuple[int, int]] = []
        self._print_error = 0
        self._broker: PrinterBroker | None = None
        self._reporting: asyncio.Task[None] | None = None
        self._common_name = serial
        self._sequence = 0
        self._told: dict[str, Any] = {}
        self._change = asyncio.Event()
        self._changes = 0
        self._changes_told = 0
        self._waiting: list[asyncio.Future[None]] = []

    # What an owner does with the machine.

    @property
    def is_on(self) -> bool:
        """Whether it has power."""
        return self._broker is not None

    async def start(self) -> None:
        """Switch it on; the port is known from then on."""
        await self.power_on()

    async def stop(self) -> None:
        """Switch it off for good."""
        await self.power_off()

    async def power_on(self) -> None:
        """Switch it on, on the same port as before."""
        if self._broker is not None:
            return
        files = await asyncio.to_thread(self._authority.certificate, self._common_name)
        self._broker = PrinterBroker(self, self.host, self.port, files)
        await self._broker.start()
        self.port = self._broker.port
        self._told = self._status()
        self._reporting = asyncio.create_task(self._report())

    async def power_off(self) -> None:
        """Switch it off: connections break, the port refuses."""
        if self._reporting is not None:
            self._reporting.cancel()
            with suppress(asyncio.CancelledError):
                await self._reporting
            self._reporting = None
        if self._broker is not None:
            broker, self._broker = self._broker, None
            await broker.stop()
        self.clients.clear()
        self._notify()

    def cut(self) -> None:
        """Break every connection; the printer stays on."""
        if self._broker is not None:
            self._broker.cut()

    async def change_certificate(self, common_name: str | None = None) -> None:
        """Show another certificate from the next start on, for its own serial or another one."""
        self._common_name = common_name or self.serial
        await asyncio.to_thread(self._authority.certificate, self._common_name, renew=True)

    def plug_ams(self, kind: AmsKind) -> None:
        """Connect one more AMS unit."""
        self._units = numbered((*(unit.kind for unit in self._units), kind))
        self._changed()

    def unplug_ams(self, number: int) -> None:
        """Disconnect the AMS unit of that number."""
        self._units = tuple(unit for unit in self._units if unit.id != number)
        self._changed()

    @property
    def units(self) -> tuple[AmsSpec, ...]:
        """The AMS units that are connected."""
        return self._units

    # What goes wrong.

    @property
    def faults(self) -> tuple[str, ...]:
        """The active codes, as digits in groups of four."""
        hms = [f"{attr:08X}{code:08X}" for attr, code in self._hms]
        errors = [f"{self._print_error:08X}"] if self._print_error else []
        return tuple("-".join(_groups(digits)) for digits in (*hms, *errors))

    def raise_fault(self, text: str) -> None:
        """Report a code from now on: an HMS code (16 digits) or a print error (8 digits)."""
        numbers = _numbers(text)
        if isinstance(numbers, int):
            self._print_error = numbers
        elif numbers not in self._hms:
            self._hms.append(numbers)
        self._changed()

    def clear_fault(self, text: str) -> None:
        """Report a code no longer."""
        numbers = _numbers(text)
        if isinstance(numbers, int):
            self._print_error = 0 if self._print_error == numbers else self._print_error
        elif numbers in self._hms:
            self._hms.remove(numbers)
        self._changed()

    def clear_all(self) -> None:
        """Report no code any longer."""
        self._hms.clear()
        self._print_error = 0
        self._changed()

    async def publish_raw(self, payload: bytes) -> None:
        """Say anything at all on the report topic."""
        if self._broker is not None:
            await self._broker.publish(f"device/{self.serial}/report", payload)

    # What a test waits for.

    async def until(self, is_so: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something has happened to the printer."""
        async with asyncio.timeout(seconds):
            while not is_so():
                waiter = asyncio.get_running_loop().create_future()
                self._waiting.append(waiter)
                await waiter

    async def told(self) -> None:
        """Wait until every change so far has been in a report."""
        changes = self._changes
        await self.until(lambda: self._changes_told >= changes)

    # What clients do: the rules of the broker.

    def admits(self, user: str | None, password: str | None) -> bool:
        """Check user and access code."""
        admitted = user == _USER and password == self.access_code
        self.counts.logins += 1
        self.counts.refused += not admitted
        self._notify()
        return admitted

    def came(self, client_id: str) -> None:
        """Count a client in."""
        self.counts.connects += 1
        self.clients.add(client_id)
        self._notify()

    def went(self, client_id: str) -> None:
        """Count a client out."""
        self.clients.discard(client_id)
        self._notify()

    def keeps(self, topic: str) -> bool:
        """Accept any topic, a wrong serial number too; but some models guard their requests."""
        self.counts.subscriptions.append(topic)
        dropped = self.model.guards_requests and topic == self._request_topic
        self.counts.dropped += dropped
        self._notify()
        return not dropped

    async def heard(self, topic: str, payload: bytes) -> None:
        """Answer a request."""
        request = _request(payload)
        if topic != self._request_topic or request is None:
            self.counts.others.append(payload.decode("utf-8", "replace"))
        elif request[0] == "get_version":
            self.counts.versions += 1
            if self.answers_versions:
                await self._say(version_answer(self.model, self.serial, self._units, request[1]))
        else:
            self.counts.pushalls += 1
            await self._tell_all()
        self._notify()

    @property
    def _request_topic(self) -> str:
        """The topic that requests come on."""
        return f"device/{self.serial}/request"

    # What it says.

    async def _report(self) -> None:
        """Report now and then, and whenever something changes."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.interval):
                    await self._change.wait()
            self._change.clear()
            changes = self._changes
            await (self._tell_changes() if self.model.deltas else self._tell_all())
            self._changes_told = changes
            self._notify()

    async def _tell_all(self) -> None:
        """Say everything."""
        self._told = self._status()
        kind = {"msg": 0} if self.model.says_whole else {}
        await self._say_status(self._told | kind)

    async def _tell_changes(self) -> None:
        """Say what changed since the last report."""
        status = self._status()
        changed = {key: value for key, value in status.items() if self._told.get(key) != value}
        self._told = status
        await self._say_status(changed | {"msg": 1})

    async def _say_status(self, status: dict[str, Any]) -> None:
        """Say a status."""
        numbered_status = {"command": "push_status", "sequence_id": str(self._sequence)}
        await self._say({"print": status | numbered_status})

    async def _say(self, message: dict[str, Any]) -> None:
        """Say anything, if there is anyone to hear it."""
        if self.clients and not self.silent:
            indent = 4 if self.model.pretty else None
            await self.publish_raw(json.dumps(message, indent=indent).encode())

    def _status(self) -> dict[str, Any]:
        """Return the whole status now; the radio is never quite still."""
        self._sequence += 1
        status = whole_status(self.model, self._units, self._hms, self._print_error)
        return status | {"wifi_signal": f"-{50 + self._sequence % 5}dBm"}

    def _changed(self) -> None:
        """Wake the reporter."""
        self._changes += 1
        self._change.set()

    def _notify(self) -> None:
        """Wake whoever waits."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()


def _numbers(text: str) -> tuple[int, int] | int:
    """Return the two numbers of an HMS code or the one of a print error."""
    digits = text.upper().removeprefix("HMS").replace("_", "").replace("-", "")
    match len(digits):
        case 16:
            return int(digits[:8], 16), int(digits[8:], 16)
        case 8:
            return int(digits, 16)
        case _:
            raise ValueError(f"{text!r} is no code")


def _groups(digits: str) -> list[str]:
    """Return digits in groups of four."""
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


def _request(payload: bytes) -> tuple[str, object] | None:
    """Return command and number of one of the two requests that this project may send."""
    try:
        document = json.loads(payload)
    except ValueError:
        return None
    match document:
        case {"info": {"command": "get_version", "sequence_id": number}, **rest} if not rest:
            return "get_version", number
        case {"pushing": {"command": "pushall", "sequence_id": number}, **rest} if not rest:
            return "pushall", number
    return None
