"""Printers on the network: each announces itself every few seconds, to whoever listens.

Anybody in the network can forge an announcement, so it is nothing but a hint where to look: who
answers there, only the certificate tells.

Source: the broadcasts of real printers.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, ip_address
from os import environ
import re
import socket
from typing import Final, Self, override

PORTS: Final = (2021, 1990)
"""The UDP ports that printers broadcast to."""
PRINTER_PORT: Final = 8883
"""The TCP port that every real printer is reached at."""

_PORTS_VARIABLE: Final = "BAMBU_HMS_DISCOVERY_PORTS"
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_HIGHEST_PORT: Final = 65535
_MOST_PORTS: Final = 8

# A broadcast is shorter than 600 bytes.
_LONGEST_BROADCAST: Final = 2048
_LONGEST_TEXT: Final = 64
# More printers than anybody has; a forger can make up any number.
_MOST_PRINTERS: Final = 256

_START: Final = "NOTIFY "
_DEVICE: Final = "urn:bambulab-com:device:3dprinter:"
_GOODBYE: Final = "ssdp:byebye"
_SERIAL = re.compile(r"[0-9A-Za-z]{8,32}")
_HOST_AND_PORT = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<v4>[0-9.]+)):(?P<port>[0-9]{1,5})")
# Addresses of this family that no single machine has; ipaddress has no word for the first.
_NO_MACHINES: Final = (IPv4Network("0.0.0.0/8"), IPv4Network("240.0.0.0/4"))


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a printer broadcasts of itself. Nothing of it has been verified."""

    serial: str = field(repr=False)
    """In upper case."""
    host: str
    """The IP address of one machine, written in the usual way."""
    port: int = PRINTER_PORT
    dev_model: str = ""
    """The vendor's code for the model; see `models`."""
    name: str = field(default="", repr=False)
    """What its owner calls it; the name it comes with has digits of the serial number."""
    connect: str = ""
    """How it is used: lan, cloud, farm."""
    bind: str = ""
    """Whether it belongs to somebody's account: free, occupied."""
    version: str = ""
    """Its firmware."""


def discovery_ports() -> tuple[int, ...]:
    """Return where to listen: at the printers' ports, unless others are named instead.

    Tests and the demo use ports of their own, which stand in the environment variable
    BAMBU_HMS_DISCOVERY_PORTS with commas between them. What is no port number is left out.
    """
    words = (word.strip() for word in environ.get(_PORTS_VARIABLE, "").split(","))
    ports = [int(word) for word in words if _PORT.fullmatch(word) and int(word) <= _HIGHEST_PORT]
    return tuple(dict.fromkeys(ports))[:_MOST_PORTS] or PORTS


def parse_broadcast(data: bytes, sender: str = "") -> Announcement | None:
    """Read a datagram; None for one that no printer sent. Never raises.

    `sender` is the IP address that it came from, which counts where the broadcast names none.
    """
    if len(data) > _LONGEST_BROADCAST:
        return None
    # Names can hold bytes that are no UTF-8.
    start, *lines = data.decode("utf-8", "replace").split("\n")
    if not start.upper().startswith(_START):
        return None
    headers: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition(":")
        headers.setdefault(key.strip().lower(), value.strip())
    if not headers.get("nt", "").lower().startswith(_DEVICE):
        return None
    serial = headers.get("usn", "")
    address = _address(headers.get("location", ""), sender)
    if (
        headers.get("nts", "").lower() == _GOODBYE
        or not _SERIAL.fullmatch(serial)
        or address is None
    ):
        return None
    return Announcement(
        serial.upper(),
        *address,
        *(
            _text(headers.get(f"{key}.bambu.com", ""))
            for key in ("devmodel", "devname", "devconnect", "devbind", "devversion")
        ),
    )


def _address(location: str, sender: str) -> tuple[str, int] | None:
    """Return host and port that a broadcast tells of; None where no printer can be there."""
    found = _read_address(location) or _read_address(sender)
    if found is None:
        return None
    machine = ip_address(found[0])
    if (
        machine.is_multicast
        or machine.is_unspecified
        or any(machine in network for network in _NO_MACHINES)
    ):
        return None
    # Nobody elsewhere may send us to what listens on this machine for itself alone.
    if machine.is_loopback:
        source = _read_address(sender)
        if source is None or not ip_address(source[0]).is_loopback:
            return None
    return found


def _read_address(text: str) -> tuple[str, int] | None:
    """Return the host and port of `IP`, `IP:PORT` or `[IP]:PORT`; None for anything else."""
    # The simulated printers of one machine differ in their ports; real ones name none.
    parts = _HOST_AND_PORT.fullmatch(text)
    host = (parts["v6"] or parts["v4"]) if parts else text
    port = int(parts["port"]) if parts else PRINTER_PORT
    # Behind a "%" there can be anything, and the name of an interface means nothing elsewhere.
    if "%" in host or not 0 < port <= _HIGHEST_PORT:
        return None
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped), port
    return str(address), port


def _text(value: str) -> str:
    """Return a short text of one line without anything that a screen does not show."""
    shown = "".join(char for char in " ".join(value.split()) if char.isprintable())
    return shown[:_LONGEST_TEXT].strip()


class Listener:
    """Listens to the broadcasts; an async context manager, or `start` and `close`."""

    def __init__(
        self,
        on_announcement: Callable[[Announcement], None] | None = None,
        ports: Iterable[int] | None = None,
    ) -> None:
        """Prepare; the function is called for every broadcast, so again and again for a printer.

        `ports` are UDP ports, those of `discovery_ports` where None is given; 0 is any free one.
        """
        self._on_announcement = on_announcement
        self._wanted = discovery_ports() if ports is None else tuple(dict.fromkeys(ports))
        self._open: list[tuple[asyncio.DatagramTransport, _Ear]] = []
        self._heard: dict[str, Announcement] = {}
        self.ports: tuple[int, ...] = ()
        """The ports that are listened on."""
        self.refused: tuple[int, ...] = ()
        """The ports that could not be taken: another program has them for itself alone."""
        self.unread = 0
        """How many datagrams came that no printer sent."""

    @property
    def heard(self) -> tuple[Announcement, ...]:
        """The newest word of each printer that was heard since the start, the latest at the end.

        There are 256 at most; of more, those that were silent for longest are forgotten.
        """
        return tuple(self._heard.values())

    async def start(self) -> None:
        """Listen. Never fails for want of a port: `refused` says which could not be had."""
        refused: list[int] = []
        try:
            for port in self._wanted:
                try:
                    taken = _bound(port)
                except OSError, OverflowError:
                    refused.append(port)
                    continue
                await self._listen_on(taken)
        except BaseException:
            await self.close()
            raise
        self.refused = tuple(refused)

    async def close(self) -> None:
        """Listen no more; no socket is left."""
        ends, self._open, self.ports = self._open, [], ()
        for transport, _ in ends:
            transport.close()
        for _, ear in ends:
            await ear.closed

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""
        await self.close()

    async def _listen_on(self, taken: socket.socket) -> None:
        """Have a socket read."""
        loop = asyncio.get_running_loop()
        try:
            opened = await loop.create_datagram_endpoint(lambda: _Ear(self._take), sock=taken)
        except BaseException:
            taken.close()
            raise
        self._open.append(opened)
        self.ports += (taken.getsockname()[1],)

    def _take(self, data: bytes, sender: str) -> None:
        """Take in one datagram."""
        announcement = parse_broadcast(data, sender)
        if announcement is None:
            self.unread += 1
            return
        # The newest word stands at the end, so that what is forgotten is the oldest.
        self._heard.pop(announcement.serial, None)
        self._heard[announcement.serial] = announcement
        if len(self._heard) > _MOST_PRINTERS:
            del self._heard[next(iter(self._heard))]
        if self._on_announcement is not None:
            self._on_announcement(announcement)


class _Ear(asyncio.DatagramProtocol):
    """What hears on one port."""

    def __init__(self, take: Callable[[bytes, str], None]) -> None:
        """Pass on datagrams with the addresses that they came from."""
        self._take = take
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Pass it on."""
        self._take(data, addr[0])

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Let go whoever waits for the end; the socket is closed in the same turn of the loop."""
        # Whoever waits may have been cancelled, and this with him.
        if not self.closed.done():
            self.closed.set_result(None)


def _bound(port: int) -> socket.socket:
    """Return a socket at a UDP port, which other programs may have too. Raises `OSError`."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        taken.setblocking(False)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("", port))
    except BaseException:
        taken.close()
        raise
    return taken
