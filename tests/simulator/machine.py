"""One simulated printer."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
import json
import ssl
from typing import Any

from .broker import Counts, PrinterBroker
from .certificates import Authority
from .front import Front
from .history import History, Told, numbers_of, texts_of
from .job import IDLE, Job
from .models import MODELS, AmsKind, AmsSpec, numbered
from .reports import request_of, version_answer, whole_status

__all__ = ["Counts", "SimulatedPrinter"]

_USER = "bblp"


class SimulatedPrinter:
    """A printer: its port, its broker, its status and its faults.

    It can be told to misbehave: `silent` (connected, says nothing), `answers_versions`, and all
    that `misbehaviour` lists.
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
        self.front = Front(host, port)
        self.interval = interval
        self.counts = Counts()
        self.clients: list[str] = []
        """The client ids of all connections."""
        self.silent = False
        self.answers_versions = True
        self.topic_serial = serial
        """The serial number as it stands in its topics."""
        self.former_code: str | None = None
        """The access code before it was changed by a misbehaviour."""
        self.record = History()
        self.job = IDLE
        self._authority = authority
        self._units = numbered(ams)
        self._hms: list[tuple[int, int]] = []
        self._print_error = 0
        self._broker: PrinterBroker | None = None
        self._reporting: asyncio.Task[None] | None = None
        self._certificate = (serial, False)
        self._stall_after: int | None = None
        self._left: int | None = None
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

    @property
    def port(self) -> int:
        """The port that it listens on; 0 before it is known."""
        return self.front.port

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
        context = await asyncio.to_thread(self._tls_context)
        self._broker = PrinterBroker(self)
        await self._broker.start()
        self.front.open(context, self._broker.serve)
        self._told = self.status()
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
            self.front.close()
            await broker.stop()
            await self.front.ended()
        self.clients.clear()
        self._notify()

    def cut(self) -> None:
        """Break every connection; the printer stays on."""
        self.front.cut()

    async def change_certificate(self, common_name: str | None = None) -> None:
        """Show another certificate from the next start on, for its own serial or another one."""
        self._certificate = (common_name or self.serial, False)
        await asyncio.to_thread(self._authority.certificate, self._certificate[0], renew=True)

    async def show_certificate(
        self, common_name: str | None = None, *, other: bool = False
    ) -> None:
        """Break every connection and show a certificate at once: the one of a name or the other."""
        if (shown := (common_name or self.serial, other)) == self._certificate:
            return
        self._certificate = shown
        self.front.show(await asyncio.to_thread(self._tls_context))
        self.cut()

    def _tls_context(self) -> ssl.SSLContext:
        """Return what shows the certificate; builds slowly."""
        name, other = self._certificate
        return self._authority.certificate(name, other=other).context()

    def plug_ams(self, kind: AmsKind) -> None:
        """Connect one more AMS unit."""
        self._units = numbered((*(unit.kind for unit in self._units), kind))
        self._changed()

    def unplug_ams(self, number: int) -> None:
        """Disconnect the AMS unit of that number."""
        self._units = tuple(unit for unit in self._units if unit.id != number)
        self._changed()

    def take_job(self, job: Job) -> None:
        """Do something else from now on, or the same from another tray."""
        self.job = job
        self._changed()

    @property
    def units(self) -> tuple[AmsSpec, ...]:
        """The AMS units that are connected."""
        return self._units

    # What goes wrong.

    @property
    def faults(self) -> tuple[str, ...]:
        """The active codes, as digits in groups of four."""
        hms = [{"attr": attr, "code": code} for attr, code in self._hms]
        return (*texts_of("hms", hms), *texts_of("print_error", self._print_error))

    @property
    def history(self) -> list[Told]:
        """When each code appeared and disappeared, as far as anybody was told."""
        return self.record.entries

    def raise_fault(self, text: str) -> None:
        """Report a code from now on: an HMS code (16 digits) or a print error (8 digits)."""
        numbers = numbers_of(text)
        if isinstance(numbers, int):
            self._print_error = numbers
        elif numbers not in self._hms:
            self._hms.append(numbers)
        self._changed()

    def clear_fault(self, text: str) -> None:
        """Report a code no longer."""
        numbers = numbers_of(text)
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
            await self._broker.publish(self.report_topic, payload)

    def stall_after(self, reports: int | None) -> None:
        """Let every connection, those that are there too, stall after so many reports; None: not.

        It stays open, but nothing comes of it any more, not even an answer to a ping.
        """
        self._stall_after = self._left = reports

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
        self.clients.append(client_id)
        self._left = self._stall_after
        self._notify()

    def went(self, client_id: str) -> None:
        """Count a client out."""
        if client_id in self.clients:
            self.clients.remove(client_id)
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
        request = request_of(payload)
        if topic != self._request_topic or request is None:
            self.counts.others.append(payload.decode("utf-8", "replace"))
        elif request[0] == "get_version":
            self.counts.versions += 1
            if self.answers_versions and not self.silent:
                answer = version_answer(self.model, self.serial, self._units, request[1])
                await self.publish_raw(self._written(answer))
        else:
            self.counts.pushalls += 1
            await self._tell_all()
        self._notify()

    @property
    def _request_topic(self) -> str:
        """The topic that requests come on."""
        return f"device/{self.topic_serial}/request"

    @property
    def report_topic(self) -> str:
        """The topic that reports go to."""
        return f"device/{self.topic_serial}/report"

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
        await self.tell(self.status())

    async def _tell_changes(self) -> None:
        """Say what changed since the last report."""
        changed = {
            key: value for key, value in self.status().items() if self._told.get(key) != value
        }
        await self.tell(changed | {"msg": 1})

    async def tell(self, status: dict[str, Any]) -> None:
        """Say a status or a part of one, if there is anyone to hear it."""
        self._told |= status
        if self._broker is None or self.silent or not self._broker.hears(self.report_topic):
            return
        if self._left == 0:
            self.front.deafen()
            return
        self._left = self._left and self._left - 1
        self.record.tell(status)
        await self.publish_raw(self.report_of(status))

    def report_of(self, status: dict[str, Any]) -> bytes:
        """Return the bytes of a report that says this."""
        head = {"command": "push_status", "sequence_id": str(self._sequence)}
        return self._written({"print": status | head})

    def status(self) -> dict[str, Any]:
        """Return the whole status now; the radio is never quite still."""
        self._sequence += 1
        status = whole_status(self.model, self._units, self._hms, self._print_error, self.job)
        status["wifi_signal"] = f"-{50 + self._sequence % 5}dBm"
        return status | ({"msg": 0} if self.model.says_whole else {})

    def _written(self, message: dict[str, Any]) -> bytes:
        """Return a message as this model writes it."""
        return json.dumps(message, indent=4 if self.model.pretty else None).encode()

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
