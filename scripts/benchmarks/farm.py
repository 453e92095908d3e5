"""Many printers that say the same whole report again and again, and cost next to nothing.

The simulator is a real broker with a real printer's moods; two hundred of it would take the
processors from what is measured. These speak just enough MQTT 3.1.1 to be believed, each on a TLS
port of its own with a certificate of its own, and send packets that were made before. Run by the
benchmarks as a process of its own.
"""

import asyncio
from collections.abc import Callable
from enum import IntEnum
import json
from pathlib import Path
import sys
from typing import Any, Final, override

from tests.simulator.broker import packet_of
from tests.simulator.certificates import Authority
from tests.simulator.models import MODELS, AmsKind, numbered
from tests.simulator.reports import version_answer

from . import payloads
from .children import obey

ACCESS_CODE: Final = "12345678"
_UNITS: Final = numbered((AmsKind.AMS,) * 4)

_WELCOME: Final = b"\x20\x02\x00\x00"
_PONG: Final = b"\xd0\x00"


class Packet(IntEnum):
    """What a packet is; its first half byte says so (MQTT 3.1.1, chapter 2.2.1)."""

    CONNECT = 1
    PUBLISH = 3
    SUBSCRIBE = 8
    PING = 12
    DISCONNECT = 14


class Client(asyncio.Protocol):
    """The printer's end of one connection."""

    def __init__(self, printer: FarmPrinter) -> None:
        """Belong to a printer."""
        self._printer = printer
        self._heard = bytearray()
        self._transport: asyncio.Transport
        self.name = ""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Be heard no more."""
        self._printer.clients.discard(self)

    @override
    def data_received(self, data: bytes) -> None:
        """Answer whatever packets are whole."""
        self._heard += data
        while (packet := _taken(self._heard)) is not None:
            self._answer(*packet)

    def _answer(self, kind: int, body: bytes) -> None:
        match kind:
            case Packet.CONNECT:
                # Ten bytes of protocol, flags and keep-alive, then the client's name.
                length = int.from_bytes(body[10:12])
                self.name = body[12 : 12 + length].decode()
                self._transport.write(_WELCOME)
            case Packet.SUBSCRIBE:
                self._transport.write(b"\x90\x03" + body[:2] + b"\x00")
                self._printer.clients.add(self)
            case Packet.PUBLISH if b"get_version" in body:
                self._transport.write(self._printer.versions)
            case Packet.PING:
                self._transport.write(_PONG)
            case Packet.DISCONNECT:
                self._transport.close()

    def send(self, packet: bytes) -> None:
        """Send a packet."""
        self._transport.write(packet)

    def cut(self) -> None:
        """Break the connection."""
        self._transport.abort()


def _taken(heard: bytearray) -> tuple[int, bytes] | None:
    """Take the first packet out of what was heard; None while it is not whole."""
    length = shift = 0
    for at, byte in enumerate(heard[1:5], start=2):
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            if len(heard) < at + length:
                return None
            kind, body = heard[0] >> 4, bytes(heard[at : at + length])
            del heard[: at + length]
            return kind, body
    return None


class FarmPrinter:
    """One printer."""

    def __init__(self, number: int, report: bytes) -> None:
        """Make its packets once and for all."""
        self.serial = f"00M00A{number:09d}"
        topic = f"device/{self.serial}/report"
        answer = version_answer(MODELS["X1C"], self.serial, _UNITS, "0")
        self.versions = packet_of(topic, json.dumps(answer).encode())
        self._report = packet_of(topic, report)
        self._server: asyncio.Server
        self.clients: set[Client] = set()
        self.port = 0

    async def open(self, authority: Authority) -> None:
        """Listen."""
        context = await asyncio.to_thread(lambda: authority.certificate(self.serial).context())
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Client(self), "127.0.0.1", 0, ssl=context
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def tell(self, sent: Callable[[Client], None]) -> None:
        """Send a report to everybody."""
        for client in self.clients:
            client.send(self._report)
            sent(client)


class Farm:
    """All printers, of which some are in use."""

    def __init__(self, count: int) -> None:
        """Make them."""
        report = payloads.whole()
        self._printers = [FarmPrinter(number, report) for number in range(1, count + 1)]
        self._sent = {"bambu_hms": 0, "bare": 0}
        self._telling = False
        self._task: asyncio.Task[None] | None = None

    async def open(self, folder: Path) -> list[dict[str, Any]]:
        """Listen at all ports; return what clients have to know."""
        authority = Authority.in_folder(folder)
        for printer in self._printers:
            await printer.open(authority)
        self._task = asyncio.create_task(self._tell())
        return [
            {
                "host": "127.0.0.1",
                "port": printer.port,
                "serial": printer.serial,
                "access_code": ACCESS_CODE,
            }
            for printer in self._printers
        ]

    async def _tell(self) -> None:
        """Have every printer report once a second, one after the other."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            for printer in self._printers:
                due += 1 / len(self._printers)
                if (pause := due - loop.time()) > 0:
                    await asyncio.sleep(pause)
                if self._telling:
                    printer.tell(self._count)

    def _count(self, client: Client) -> None:
        self._sent["bare" if client.name.startswith("bare") else "bambu_hms"] += 1

    async def do(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked for; say how many reports were sent, and how many clients there are."""
        match command["do"]:
            case "start":
                self._telling = True
            case "stop":
                self._telling = False
            case "cut":
                for printer in self._printers:
                    for client in list(printer.clients):
                        if not client.name.startswith("bare"):
                            client.cut()
        clients = [client for printer in self._printers for client in printer.clients]
        ours = sum(not client.name.startswith("bare") for client in clients)
        return {"sent": self._sent, "ours": ours, "bare": len(clients) - ours}


async def _main() -> None:
    data = json.loads(sys.argv[1])
    farm = Farm(data["printers"])
    printers = await farm.open(Path(data["folder"]))
    await obey({"printers": printers}, farm.do)


if __name__ == "__main__":
    asyncio.run(_main())
