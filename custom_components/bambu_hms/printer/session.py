"""One MQTT session with a printer, from connecting to the goodbye."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
import logging
import re
import secrets
import ssl
from typing import Final, cast, override

import aiomqtt
from aiomqtt import MqttCodeError, MqttError

from .identity import StrangerError, bare_host
from .reason import LinkError, Reason

_USER: Final = "bblp"
_KEEPALIVE_SECONDS: Final = 30
_QUEUED_MESSAGES: Final = 64
# How paho names the two refusals of MQTT 3.1.1: bad user or password, not authorised.
_REFUSED: Final = frozenset((134, 135))
# The same for a connection that it gave up because a ping was not answered.
_UNANSWERED: Final = 141
# Anything else would be a wildcard or another topic, and no serial number.
_SERIAL = re.compile(r"[0-9A-Za-z]{1,64}")

_GET_VERSION: Final = '{"info":{"sequence_id":"0","command":"get_version"}}'
_PUSHALL: Final = '{"pushing":{"sequence_id":"0","command":"pushall","version":1,"push_target":1}}'

# paho logs every lost connection as an error, and topics, which hold the serial number.
_SILENT_LOGGER: Final = logging.getLogger(__name__).getChild("paho")
_SILENT_LOGGER.setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Printer:
    """The address of one printer."""

    host: str
    serial: str = field(repr=False)
    access_code: str = field(repr=False)
    port: int = 8883
    pin: str | None = field(default=None, repr=False)
    """SHA-256 of its certificate; None trusts whoever answers."""


class _Inbox(asyncio.Queue[aiomqtt.Message | None]):
    """A bounded queue that gives up the oldest message for the newest; None is the end."""

    overflowed = False

    @override
    def put_nowait(self, item: aiomqtt.Message | None) -> None:
        """Put a message in, whatever it costs."""
        if self.full():
            self.get_nowait()
            self.overflowed = True
        super().put_nowait(item)


class Session:
    """A connection that has subscribed to a printer's reports."""

    def __init__(self, client: aiomqtt.Client, serial: str) -> None:
        """Take over a connected client."""
        self._client = client
        # aiomqtt's own way to wait makes a task of each message, which costs as much as reading it.
        self._inbox = cast("_Inbox", client._queue)  # noqa: SLF001
        self._gone = client._disconnected  # noqa: SLF001
        self._gone.add_done_callback(lambda _: self._inbox.put_nowait(None))
        self._request_topic = f"device/{serial}/request"

    async def ask_versions(self) -> None:
        """Ask for firmware and modules. Raises `LinkError` when the connection is gone."""
        await self._publish(_GET_VERSION)

    async def ask_everything(self) -> None:
        """Ask for a whole report (pushall). Raises `LinkError` when the connection is gone."""
        await self._publish(_PUSHALL)

    async def receive(self) -> bytes:
        """Return the next message. Raises `LinkError` when the connection is gone."""
        message = await self._inbox.get()
        if message is None:
            err = self._gone.exception()
            # A ping without an answer is what a stalled or unplugged printer looks like as well.
            silent = _code(err) == _UNANSWERED
            reason = Reason.SILENT if silent else Reason.UNREACHABLE
            raise LinkError(reason, "the connection ended") from err
        return message.payload if isinstance(message.payload, bytes) else b""

    def overflowed(self) -> bool:
        """Return whether messages were lost since this was last asked."""
        # aiomqtt tells of lost messages in its log only.
        lost, self._inbox.overflowed = self._inbox.overflowed, False
        return lost

    async def _publish(self, request: str) -> None:
        """Send one request."""
        try:
            await self._client.publish(self._request_topic, request)
        except (MqttError, OSError) as err:
            raise LinkError(Reason.UNREACHABLE, "the connection ended") from err


def new_identifier() -> str:
    """Return a client id that no other client of the printer has."""
    return f"bambu_hms_{secrets.token_hex(6)}"


@asynccontextmanager
async def open_session(
    printer: Printer,
    context: ssl.SSLContext,
    *,
    identifier: str,
    connects: asyncio.Semaphore | None = None,
) -> AsyncGenerator[Session]:
    """Connect, subscribe to the reports, and say goodbye at the end.

    Raises `LinkError`. However it ends, no socket, task or thread is left.
    """
    serial = printer.serial.upper()
    if not _SERIAL.fullmatch(serial):
        raise LinkError(Reason.SILENT, "this is no serial number")
    try:
        client = aiomqtt.Client(
            bare_host(printer.host),
            printer.port,
            username=_USER,
            password=printer.access_code,
            identifier=identifier,
            logger=_SILENT_LOGGER,
            queue_type=cast("type[asyncio.Queue[aiomqtt.Message]]", _Inbox),
            max_queued_incoming_messages=_QUEUED_MESSAGES,
            keepalive=_KEEPALIVE_SECONDS,
            tls_context=context,
            # Python has no more function for what paho would check; the pin says more anyway.
            tls_insecure=True,
        )
    except ValueError as err:
        raise LinkError(Reason.ACCESS_CODE, "it cannot be sent") from err
    try:
        try:
            async with connects or nullcontext():
                await _connect(client)
            await client.subscribe(f"device/{serial}/report")
        # An impossible host is a ValueError, an impossible port an OverflowError.
        except (MqttError, OSError, ValueError, OverflowError) as err:
            raise _link_error(err, serial) from err
        yield Session(client, serial)
    finally:
        await _hang_up(client)


async def _connect(client: aiomqtt.Client) -> None:
    """Connect; when that fails or is cancelled, return only once the thread of it is done."""
    connecting = asyncio.create_task(client.__aenter__())
    try:
        await asyncio.wait([connecting])
    except asyncio.CancelledError:
        # A thread cannot be cancelled, but its result need not be waited for any longer.
        # aiomqtt has no way to give up an attempt, and asks a cancelled one for its exception.
        given_up = client._connected  # noqa: SLF001
        if not given_up.done():
            given_up.set_exception(MqttError("given up"))
        while not connecting.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([connecting])
        if not connecting.cancelled():
            connecting.exception()
        raise
    connecting.result()


async def _hang_up(client: aiomqtt.Client) -> None:
    """Say goodbye if anyone listens, and close the connection in whatever state it is.

    aiomqtt leaves socket and task behind where connecting failed or reading broke.
    """
    paho = client._client  # noqa: SLF001 -- see above
    with suppress(OSError, ValueError):
        paho.disconnect()
        # The goodbye has to be written before the socket goes; one turn of the loop sets that up.
        await asyncio.sleep(0)
        if paho.socket() is not None:
            paho.loop_write()
    if paho.socket() is not None:
        paho._sock_close()  # noqa: SLF001 -- the other end takes no goodbye
    if client._misc_task is not None:  # noqa: SLF001
        client._misc_task.cancel()  # noqa: SLF001
        await asyncio.gather(client._misc_task, return_exceptions=True)  # noqa: SLF001
    for outcome in (client._connected, client._disconnected):  # noqa: SLF001
        # An error that nobody looked at would be logged when the future goes.
        if outcome.done() and not outcome.cancelled():
            outcome.exception()


def _link_error(err: Exception, serial: str) -> LinkError:
    """Return what a failed attempt to connect means."""
    if isinstance(err, MqttCodeError):
        refused = _code(err)
        if refused in _REFUSED:
            return LinkError(Reason.ACCESS_CODE)
        return LinkError(Reason.UNREACHABLE, f"refused with {refused}")
    # aiomqtt keeps what really happened as the context of its own error.
    cause = err.__context__ or err
    if isinstance(cause, StrangerError):
        shown = cause.certificate.serial
        other = shown is not None and shown != serial
        return LinkError(Reason.OTHER_PRINTER if other else Reason.CERTIFICATE)
    return LinkError(Reason.UNREACHABLE, type(cause).__name__)


def _code(err: BaseException | None) -> int | None:
    """Return the number that paho gives an error, if it is one of its own."""
    if not isinstance(err, MqttCodeError):
        return None
    code = getattr(err.rc, "value", err.rc)
    return code if isinstance(code, int) else None
