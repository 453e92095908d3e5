"""What a simulated printer can be made to do wrong, by name.

Some of it is done once, some lasts until `behave`; it can be mixed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, Final

from .broker import packet_of
from .front import Reception
from .machine import SimulatedPrinter

# A source of faults that no printer has, so that invented ones can be told from the others.
INVENTED_SOURCE: Final = 0x1E
_OTHER_DIGITS: Final = str.maketrans("0123456789", "9876543210")


class Misbehaviour(StrEnum):
    """What a printer can do wrong."""

    WRONG_CODE = "wrong_code"
    """Has another access code, as after a switch to LAN mode. Lasts."""
    WRONG_CN = "wrong_cn"
    """Shows the certificate of another serial number: another printer has its address. Lasts."""
    NEW_CERTIFICATE = "new_certificate"
    """Shows a new certificate for its own serial number, as after an update. Lasts."""
    REFUSED = "refused"
    """Refuses TCP connections, as while it starts. Lasts."""
    ACCEPTED_AND_SILENT = "accepted_and_silent"
    """Takes TCP connections and never says a word, not even of TLS. Lasts."""
    NO_TLS = "no_tls"
    """Answers in plain text: something else has its address. Lasts."""
    SLOW_TLS = "slow_tls"
    """Answers a TLS handshake only after some `seconds`. Lasts."""
    DRIBBLING_TLS = "dribbling_tls"
    """Sends the bytes of a TLS handshake one by one, for longer than anyone waits. Lasts."""
    STALLED = "stalled"
    """Keeps each connection open and says nothing more `after` some reports. Lasts."""
    OTHER_CASE = "other_case"
    """Writes its serial number in lower case, in its certificate and its topics. Lasts."""
    CUT = "cut"
    """Breaks off in the middle of a packet."""
    RESET = "reset"
    """Resets all connections (RST)."""
    RESTART = "restart"
    """Is off for some `seconds`."""
    JUNK = "junk"
    """Says all sorts of things that are no report."""
    JUNK_PACKETS = "junk_packets"
    """Says something that is no MQTT; `which` of a few."""
    HUGE_REPORT = "huge_report"
    """Sends a report of 5 MB, or of another `size`."""
    THOUSAND_REPORTS = "thousand_reports"
    """Sends a thousand reports at once, or another `number`."""
    LONG_LIST = "long_list"
    """Sends an HMS list of 10,000 entries, or another `number`: its own first, then invented."""
    LATE_DELTAS = "late_deltas"
    """Says once more what it said of faults before, newest first, and at last what holds."""


_JUNK: Final[tuple[bytes, ...]] = (
    b"",
    b"\x00",
    b"\xff\x00 junk",
    b"\x16\x03\x01\x02\x00",
    b"<html></html>",
    b"null",
    b"[]",
    b'"print"',
    b'{"print":',
    b'{"print":{"hms":[{"attr":50331904,"co',
    b'{"print":5}',
    b'{"print":[]}',
    b"[" * 100_000,
    b'{"print":' * 10_000,
    b"9" * 100_000,
    b'{"print":{"hms":[{"attr":1e999,"code":1}]' + b"\xc3" * 1000,
    b"\xef\xbb\xbf{}",
)

JUNK_PACKETS: Final[tuple[bytes, ...]] = (
    # A length that never ends.
    b"\x30\xff\xff\xff\xff\xff\xff",
    # A kind of packet that is reserved.
    b"\x00\x00",
    b"\xf0\x05junk!",
    # A topic that is longer than its packet, one that is no text, and none at all.
    b"\x30\x04\xff\xff{}",
    b"\x30\x05\x00\x02\xff\xfe{",
    b"\x30\x02\x00\x00",
    # Acknowledgements of nothing, and of half of it.
    b"\x90\x01\x00",
    b"\x20\x01\x00",
    b"HTTP/1.1 200 OK\r\n\r\n",
)
"""Bytes that may not stand between two packets."""


def junk_of(printer: SimulatedPrinter) -> tuple[bytes, ...]:
    """Return payloads of which nothing can be read."""
    report = printer.report_of(printer.status())
    return (*_JUNK, report[: len(report) // 2], report + report)


async def misbehave(printer: SimulatedPrinter, kind: Misbehaviour, **options: Any) -> None:
    """Make a printer do something wrong; raises `TypeError` on an option that this kind has not."""
    await _DOINGS[kind](printer, **options)


async def behave(printer: SimulatedPrinter) -> None:
    """Make a printer do nothing wrong any more; its old certificate is shown again."""
    if printer.former_code is not None:
        printer.access_code, printer.former_code = printer.former_code, None
    printer.front.reception, printer.front.delay = Reception.PROPER, 0.0
    printer.stall_after(None)
    printer.silent = False
    printer.topic_serial = printer.serial
    await printer.show_certificate()


async def _change_code(printer: SimulatedPrinter) -> None:
    if printer.former_code is None:
        printer.former_code = printer.access_code
        printer.access_code = printer.access_code.translate(_OTHER_DIGITS)
    printer.cut()


async def _be_another(printer: SimulatedPrinter) -> None:
    last = "0" if printer.serial[-1] != "0" else "1"
    await printer.show_certificate(printer.serial[:-1] + last)


async def _renew_certificate(printer: SimulatedPrinter) -> None:
    await printer.show_certificate(other=True)


def _receive(reception: Reception) -> Callable[[SimulatedPrinter], Awaitable[None]]:
    """Return what makes a printer receive connections otherwise."""

    async def receive(printer: SimulatedPrinter) -> None:
        printer.front.reception = reception
        printer.cut()

    return receive


async def _shake_hands_slowly(printer: SimulatedPrinter, seconds: float = 2.0) -> None:
    printer.front.delay = float(seconds)
    printer.cut()


async def _stall(printer: SimulatedPrinter, after: int = 3) -> None:
    printer.stall_after(int(after))


async def _write_in_lower_case(printer: SimulatedPrinter) -> None:
    printer.topic_serial = printer.serial.lower()
    await printer.show_certificate(printer.serial.lower(), other=True)


async def _cut_within_packet(printer: SimulatedPrinter) -> None:
    packet = packet_of(printer.report_topic, printer.report_of(printer.status()))
    await printer.front.say(packet[: len(packet) // 2])
    printer.cut()


async def _reset(printer: SimulatedPrinter) -> None:
    printer.front.reset()


async def _restart(printer: SimulatedPrinter, seconds: float = 0.0) -> None:
    await printer.power_off()
    await asyncio.sleep(float(seconds))
    await printer.power_on()


async def _talk_junk(printer: SimulatedPrinter) -> None:
    for junk in junk_of(printer):
        await printer.publish_raw(junk)


async def _send_junk_packets(printer: SimulatedPrinter, which: int = 0) -> None:
    await printer.front.say(JUNK_PACKETS[int(which) % len(JUNK_PACKETS)])


async def _send_huge_report(printer: SimulatedPrinter, size: int = 5_000_000) -> None:
    await printer.tell(printer.status() | {"subtask_name": "x" * int(size)})


async def _send_many_reports(printer: SimulatedPrinter, number: int = 1000) -> None:
    whole = not printer.model.deltas
    report = printer.report_of(printer.status() if whole else {"msg": 1})
    for _ in range(int(number)):
        await printer.publish_raw(report)


async def _send_long_list(printer: SimulatedPrinter, number: int = 10_000) -> None:
    status = printer.status()
    own: list[dict[str, int]] = status["hms"]
    invented = (
        {"attr": INVENTED_SOURCE << 24 | at << 8, "code": 0x0002_0001}
        for at in range(int(number) - len(own))
    )
    await printer.tell(status | {"hms": [*own, *invented]})


async def _send_late_deltas(printer: SimulatedPrinter) -> None:
    now = printer.status()
    late = list(reversed(printer.record.states))
    for state in (*late, {key: now[key] for key in ("hms", "print_error")}):
        await printer.tell(state | {"msg": 1})


_DOINGS: Final[dict[Misbehaviour, Callable[..., Awaitable[None]]]] = {
    Misbehaviour.WRONG_CODE: _change_code,
    Misbehaviour.WRONG_CN: _be_another,
    Misbehaviour.NEW_CERTIFICATE: _renew_certificate,
    Misbehaviour.REFUSED: _receive(Reception.REFUSED),
    Misbehaviour.ACCEPTED_AND_SILENT: _receive(Reception.SILENT),
    Misbehaviour.NO_TLS: _receive(Reception.PLAIN),
    Misbehaviour.SLOW_TLS: _shake_hands_slowly,
    Misbehaviour.DRIBBLING_TLS: _receive(Reception.DRIBBLING),
    Misbehaviour.STALLED: _stall,
    Misbehaviour.OTHER_CASE: _write_in_lower_case,
    Misbehaviour.CUT: _cut_within_packet,
    Misbehaviour.RESET: _reset,
    Misbehaviour.RESTART: _restart,
    Misbehaviour.JUNK: _talk_junk,
    Misbehaviour.JUNK_PACKETS: _send_junk_packets,
    Misbehaviour.HUGE_REPORT: _send_huge_report,
    Misbehaviour.THOUSAND_REPORTS: _send_many_reports,
    Misbehaviour.LONG_LIST: _send_long_list,
    Misbehaviour.LATE_DELTAS: _send_late_deltas,
}
