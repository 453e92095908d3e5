"""The way of a report, from any bytes to what the ledger makes of them."""

from datetime import UTC, datetime, timedelta
from typing import Final

from hypothesis import example, given, strategies as st
import pytest

from custom_components.bambu_hms.hms.catalog import Catalog
from custom_components.bambu_hms.hms.code import FaultCode, PrintError
from custom_components.bambu_hms.hms.decoded import decode
from custom_components.bambu_hms.hms.ledger import Changes, Ledger
from custom_components.bambu_hms.hms.location import AmsType
from custom_components.bambu_hms.printer.reader import Reader
from custom_components.bambu_hms.printer.report import (
    AmsUnit,
    Message,
    Report,
    Unreadable,
    Versions,
    parse,
)
from custom_components.bambu_hms.printer.reported import ReportedCodes
from custom_components.bambu_hms.units import AmsUnit as KnownUnit, merge, with_versions

from .strategies import anything_like, changed_json, payloads_of, reports, written

CATALOG: Final = Catalog.load()
START: Final = datetime(2026, 11, 1, tzinfo=UTC)
PAYLOADS: Final = anything_like(reports())


class Way:
    """One printer's way through all rooms but Home Assistant's."""

    def __init__(self) -> None:
        """Start with a printer that was never heard."""
        self.now = START
        self.reader = Reader()
        self.ledger = Ledger()
        self.reported = ReportedCodes(None)
        self.versions = Versions()
        self.units: tuple[KnownUnit, ...] = ()
        self.raised: set[FaultCode] = set()

    def take(self, payload: bytes) -> None:
        """Take in one message."""
        match message := self.reader.read(payload):
            case Versions():
                self.versions = message
            case Report():
                if message.ams is not None:
                    self.units = merge(self.units, message.ams, AmsType.AMS)
                new = self.reported.take(message)
                if self.reported.known:
                    codes = self.reported.codes if new else None
                    self.hear(self.ledger.update(codes, self.now))
        self.units = with_versions(self.units, self.versions)

    def wait(self, seconds: float) -> None:
        """Let time pass; it may go back when somebody sets the clock."""
        self.now += timedelta(seconds=seconds)
        self.hear(self.ledger.check(self.now))

    def hear(self, changes: Changes) -> None:
        """Hold that a fault is raised once, then cleared once, and that all can be said of it."""
        for fault in changes.raised:
            assert fault.code not in self.raised
            self.raised.add(fault.code)
            assert decode(fault.code, CATALOG).message
        for fault in changes.cleared:
            self.raised.remove(fault.code)
            assert fault.duration >= timedelta()


@given(PAYLOADS)
@example('{"print":{"gcode_state":"\u202eGNINNUR"}}'.encode())
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    check(parse(payload))


@given(st.lists(PAYLOADS | st.sampled_from(payloads_of(reports())), max_size=6))
@example([b'{"print":{"hms":[{"attr":1,"code":2}]}}', b'{"print":{}}', b'{"print":{"hms":[]}}'])
def test_any_messages_can_go_all_the_way(payloads: list[bytes]) -> None:
    way = Way()
    for payload in payloads:
        way.take(payload)
        way.wait(1)
    way.wait(60)


@given(
    st.lists(
        st.sampled_from(payloads_of(reports()))
        | written(changed_json(reports()))
        | st.floats(-100, 100, allow_nan=False)
        | st.sampled_from(["silent", "restart"]),
        max_size=12,
    )
)
def test_any_life_of_a_printer_raises_and_clears_in_turns(steps: list[bytes | float | str]) -> None:
    way = Way()
    for step in steps:
        match step:
            case bytes():
                way.take(step)
            case "silent":
                way.ledger.silent()
            case "restart":
                way.ledger = Ledger.from_dict(way.ledger.as_dict())
                heard = way.ledger.heard is not None
                way.reported = ReportedCodes(way.ledger.reported if heard else None)
            case float(seconds):
                way.wait(seconds)


@pytest.mark.parametrize("hms", ["null", "5", '"x"', "{}", "[null]", '[{"attr":"?","code":1}]'])
@pytest.mark.parametrize("error", ["null", "-1", '"?"', "[]", "1e999"])
def test_what_cannot_be_read_clears_nothing(hms: str, error: str) -> None:
    way = Way()
    way.take(b'{"print":{"hms":[{"attr":50331904,"code":65543}],"print_error":50364419}}')
    before = way.reported.codes
    way.take(f'{{"print":{{"hms":{hms},"print_error":{error}}}}}'.encode())
    assert way.reported.codes == before
    assert len(before) == 2


@pytest.mark.parametrize("status", ['{"print_error":"?"}', '{"hms":null}', "{}"])
def test_what_cannot_be_read_clears_nothing_that_was_kept(status: str) -> None:
    error = PrintError(0x0300_8003)
    reported = ReportedCodes([error])
    message = parse(f'{{"print":{status}}}'.encode())
    assert isinstance(message, Report)
    reported.take(message)
    assert reported.codes == (error,)


def check(message: Message | None) -> None:
    """Hold what the rest of the house relies on."""
    match message:
        case Report():
            hms = message.hms or ()
            assert len(hms) <= 1000
            assert len(hms) == len(set(hms))
            assert all(code.attr or code.code for code in hms)
            assert len(message.print_errors) <= 3
            assert message.tray_now is None or 0 <= message.tray_now <= 0xFFFF
            assert message.skipped >= 0
            check_text(message.print_state)
            for unit in message.ams or ():
                check_unit(unit)
        case Versions():
            assert len(message.units) <= 17
            for text in (message.firmware, message.product):
                check_text(text)
            for version in message.units:
                check_text(version.serial)
                check_text(version.firmware)
        case Unreadable():
            assert message.problem in {"no JSON object", "print is no object", "longer than 8 MiB"}
        case None:
            pass


def check_text(text: str | None) -> None:
    """Hold that a text can be shown and stored anywhere."""
    assert text is None or (0 < len(text) <= 64 and text.isprintable() and text.encode())


def check_unit(unit: AmsUnit) -> None:
    """Hold that a unit is one that there can be."""
    assert unit.letter in set("ABCDEFGH")
    assert set(unit.slots) <= {1, 2, 3, 4}
    assert len(unit.slots) == len(set(unit.slots))
