"""The broadcasts of simulated printers, true and forged ones."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
import socket
from typing import Final, Self

from .machine import SimulatedPrinter

REAL_PORTS: Final = (2021, 1990)
"""The UDP ports that real printers broadcast to."""

type Destination = tuple[str, int]
"""An IP address, perhaps of a whole network, and a UDP port."""

_LOOPBACK: Final = "127.0.0.1"
_DEV_MODELS: Final = {"00M": "BL-P001", "01P": "C12", "030": "N1", "094": "O1D"}

# What a network may carry and no printer says.
JUNK: Final = (
    b"",
    b"\x00" * 64,
    b"\xff" * 65_000,
    b"hello",
    b'M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\n\r\n',
    b"NOTIFY * HTTP/1.1\r\n\r\n",
    b"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nUSN: 00M00A000000001\r\n\r\n",
)


def broadcast(
    serial: str,
    location: str,
    *,
    dev_model: str = "BL-P001",
    name: str = "Workshop",
    connect: str = "lan",
    bind: str = "free",
    version: str = "01.00.00.00",
) -> bytes:
    """Return the bytes of a broadcast."""
    lines = (
        "NOTIFY * HTTP/1.1",
        "HOST: 239.255.255.250:1990",
        "Server: UPnP/1.0",
        f"Location: {location}",
        "NT: urn:bambulab-com:device:3dprinter:1",
        "NTS: ssdp:alive",
        f"USN: {serial}",
        "Cache-Control: max-age=1800",
        f"DevModel.bambu.com: {dev_model}",
        f"DevName.bambu.com: {name}",
        f"DevConnect.bambu.com: {connect}",
        f"DevBind.bambu.com: {bind}",
        f"DevVersion.bambu.com: {version}",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


class Broadcaster:
    """Announces a simulated printer for as long as it is on; an async context manager.

    It sends from the loopback address, so that nothing of it ever reaches a network.
    """

    def __init__(
        self,
        printer: SimulatedPrinter,
        destinations: Iterable[Destination] | None = None,
        *,
        name: str | None = None,
        interval: float = 1.0,
    ) -> None:
        """Prepare; `interval` is in seconds.

        All who listen at 127.255.255.255 hear the same; of those at 127.0.0.1, only one does.
        """
        self.printer = printer
        self.name = name or f"3DP-{printer.serial[:3]}-{printer.serial[-3:]}"
        self.destinations = (
            tuple((_LOOPBACK, port) for port in REAL_PORTS)
            if destinations is None
            else tuple(destinations)
        )
        self.interval = interval
        self.bind = "free"
        self.with_port = True
        """Whether its location says the port; real printers, each with its own address, do not."""
        self._transport: asyncio.DatagramTransport | None = None
        self._announcing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Announce it at once and then again and again."""
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.setblocking(False)
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sender.bind((_LOOPBACK, 0))
        self._transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, sock=sender
        )
        self._announcing = asyncio.create_task(self._announce())

    async def stop(self) -> None:
        """Announce it no more."""
        if self._announcing is not None:
            self._announcing.cancel()
            with suppress(asyncio.CancelledError):
                await self._announcing
            self._announcing = None
        if self._transport is not None:
            self._transport.close()
            self._transport = None
            # The socket is closed in the next turn of the loop.
            await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    @property
    def text(self) -> bytes:
        """What it broadcasts now."""
        port = f":{self.printer.port}" if self.with_port else ""
        return broadcast(
            self.printer.serial,
            f"{self.printer.host}{port}",
            dev_model=_DEV_MODELS.get(self.printer.model.prefix, ""),
            name=self.name,
            bind=self.bind,
            version=self.printer.model.firmware,
        )

    def send(self, *datagrams: bytes) -> None:
        """Send datagrams to every destination."""
        if self._transport is None:
            raise RuntimeError("it has not been started")
        for destination in self.destinations:
            for datagram in datagrams:
                self._transport.sendto(datagram, destination)

    def forge(self, name: str, location: str | None = None) -> None:
        """Announce a printer of this serial number under another name, or at another address."""
        printer = self.printer
        self.send(
            broadcast(printer.serial, location or f"{printer.host}:{printer.port}", name=name)
        )

    def make_up(self, numbers: Iterable[int]) -> None:
        """Announce printers that do not exist, one for each number."""
        prefix = self.printer.model.prefix
        for number in numbers:
            self.send(broadcast(f"{prefix}99Z{number:09}", _LOOPBACK, name=f"Nobody {number}"))

    def send_junk(self) -> None:
        """Send what no printer sends."""
        self.send(*JUNK)

    async def _announce(self) -> None:
        """Announce it now and then; one that is off says nothing."""
        while True:
            if self.printer.is_on:
                self.send(self.text)
            await asyncio.sleep(self.interval)
