"""The port of a simulated printer: what becomes of a connection before and below MQTT."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
import socket
import ssl
import struct
from typing import SupportsIndex, override

type Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

# Closing with these two breaks a connection with a reset (RST) instead of an end (FIN).
_LINGER_FOR_NOTHING = struct.pack("ii", 1, 0)
_DRIBBLE_SECONDS = 0.05


class Reception(StrEnum):
    """How connections are received."""

    PROPER = "proper"
    """With TLS, then MQTT."""
    REFUSED = "refused"
    """Not at all: nobody listens."""
    SILENT = "silent"
    """Taken, and never answered."""
    PLAIN = "plain"
    """Answered by something that speaks no TLS."""
    DRIBBLING = "dribbling"
    """A TLS handshake of which one byte comes at a time."""


class _Reader(asyncio.StreamReader):
    """A reader that can be made to hear nothing any more but the end."""

    deaf = False

    @override
    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """Take bytes in."""
        if not self.deaf:
            super().feed_data(data)


@dataclass(slots=True, eq=False)
class _Connection:
    """One connection; it has a writer once the handshake is over."""

    socket: socket.socket
    reader: _Reader = field(default_factory=_Reader)
    writer: asyncio.StreamWriter | None = None
    task: asyncio.Task[None] | None = None


class Front:
    """A port that stays the same while a printer is switched off and on, and misbehaves."""

    def __init__(self, host: str, port: int) -> None:
        """Prepare to listen; port 0 takes any that is free."""
        self.port = port
        self.delay = 0.0
        """Seconds before a handshake is answered."""
        self._host = host
        self._reception = Reception.PROPER
        self._listening: asyncio.Task[None] | None = None
        self._socket: socket.socket | None = None
        self._connections: set[_Connection] = set()
        self._context: ssl.SSLContext | None = None
        self._serve: Serve | None = None

    def open(self, context: ssl.SSLContext, serve: Serve) -> None:
        """Listen; the port is known from then on. Connections are served once they have TLS."""
        self._context, self._serve = context, serve
        self._bind()

    def show(self, context: ssl.SSLContext) -> None:
        """Show another certificate from the next connection on."""
        self._context = context

    @property
    def reception(self) -> Reception:
        """How connections are received."""
        return self._reception

    @reception.setter
    def reception(self, reception: Reception) -> None:
        """Receive connections otherwise from now on; those that are there are not touched."""
        self._reception = reception
        if self._serve is not None:
            self._unbind()
            self._bind()

    def close(self) -> None:
        """Listen no longer and break every connection; `ended` waits until they are gone."""
        self._serve = None
        self._unbind()
        self.cut()

    async def ended(self) -> None:
        """Wait for the end of what has been broken; whatever is still busy then is cancelled."""
        tasks = [each.task for each in self._connections if each.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # What is done to connections

    def cut(self) -> None:
        """Break every connection without a goodbye."""
        for each in self._connections:
            if each.writer is not None:
                each.writer.transport.abort()
            elif each.task is not None:
                each.task.cancel()

    def reset(self) -> None:
        """Break every connection with a reset, as a router or a crashed program does."""
        for each in self._connections:
            each.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_FOR_NOTHING)
        self.cut()

    def deafen(self) -> None:
        """Hear nothing of what clients say on the connections that are there, as if stalled."""
        for each in self._connections:
            each.reader.deaf = True

    async def say(self, raw: bytes) -> None:
        """Send any bytes on every connection, between two packets."""
        for writer in list(self._writers()):
            writer.write(raw)
            with suppress(OSError):
                await writer.drain()

    def _writers(self) -> Iterator[asyncio.StreamWriter]:
        """Yield the writers of all connections that have TLS."""
        yield from (each.writer for each in self._connections if each.writer is not None)

    # How they come about

    def _bind(self) -> None:
        """Take the port, and listen unless connections are refused."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((self._host, self.port))
        self.port = self._socket.getsockname()[1]
        if self._reception is not Reception.REFUSED:
            self._socket.listen(16)
            self._listening = asyncio.create_task(self._accept(self._socket))

    def _unbind(self) -> None:
        """Give the port back."""
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    async def _accept(self, listening: socket.socket) -> None:
        """Take connections in."""
        while True:
            accepted, _ = await asyncio.get_running_loop().sock_accept(listening)
            connection = _Connection(accepted)
            connection.task = asyncio.create_task(self._receive(connection))
            self._connections.add(connection)

    async def _receive(self, connection: _Connection) -> None:
        """Do to one connection what is done to connections now."""
        try:
            with suppress(OSError):
                match self._reception:
                    case Reception.SILENT:
                        await _ignore(connection.socket)
                    case Reception.PLAIN:
                        await _speak_plainly(connection.socket)
                    case Reception.DRIBBLING if self._context is not None:
                        await _dribble(connection.socket, self._context)
                    case _:
                        await asyncio.sleep(self.delay)
                        await self._shake_hands(connection)
        finally:
            if connection.writer is not None:
                connection.writer.transport.abort()
            else:
                connection.socket.close()
            self._connections.discard(connection)

    async def _shake_hands(self, connection: _Connection) -> None:
        """Begin TLS, then leave the connection to the broker."""
        context, serve = self._context, self._serve
        if context is None or serve is None:
            return
        loop = asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(connection.reader)
        transport, _ = await loop.connect_accepted_socket(
            lambda: protocol, connection.socket, ssl=context
        )
        writer = asyncio.StreamWriter(transport, protocol, connection.reader, loop)
        connection.writer = writer
        await serve(connection.reader, writer)


async def _ignore(connection: socket.socket) -> None:
    """Say nothing until the other side goes."""
    while await asyncio.get_running_loop().sock_recv(connection, 65_536):
        pass


async def _speak_plainly(connection: socket.socket) -> None:
    """Answer as a web server does that hears something it does not understand."""
    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    loop = asyncio.get_running_loop()
    await loop.sock_recv(connection, 65_536)
    await loop.sock_sendall(connection, answer)
    await _ignore(connection)


async def _dribble(connection: socket.socket, context: ssl.SSLContext) -> None:
    """Begin a handshake, one byte at a time; it takes longer than anybody would wait."""
    loop = asyncio.get_running_loop()
    heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(heard, said, server_side=True)
    heard.write(await loop.sock_recv(connection, 65_536))
    with suppress(ssl.SSLError):
        tls.do_handshake()
    for byte in said.read():
        await loop.sock_sendall(connection, bytes([byte]))
        await asyncio.sleep(_DRIBBLE_SECONDS)
    await _ignore(connection)
