"""The reader of one printer: what was said before is the same report, and nothing gets lost."""

from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.bambu_hms.hms.code import HmsCode, PrintError
from custom_components.bambu_hms.printer.reader import SAYS_NOTHING, Reader
from custom_components.bambu_hms.printer.report import Report, Unreadable, Versions, parse
from tests.simulator.models import MODELS, AmsKind, numbered
from tests.simulator.reports import version_answer, whole_status

HOT = (0x0300_0100, 0x0001_0007)
UNITS = numbered((AmsKind.AMS, AmsKind.AMS_HT))


def said(status: dict[str, Any], **more: Any) -> bytes:
    """Return the bytes of a status."""
    return json.dumps({"print": {"command": "push_status", **status, **more}}).encode()


def whole(*hms: tuple[int, int], error: int = 0) -> dict[str, Any]:
    """Return the whole status of an X1C with an AMS and an AMS HT."""
    return whole_status(MODELS["X1C"], UNITS, hms, error) | {"msg": 0}


class TestTheSameAgain:
    """A report that says what the one before has said."""

    def test_is_the_same_report(self) -> None:
        reader = Reader()
        first = reader.read(said(whole(HOT), nozzle_temper=210))
        assert isinstance(first, Report)
        assert first.hms == (HmsCode(*HOT),)
        assert reader.read(said(whole(HOT), nozzle_temper=211)) is first

    @pytest.mark.parametrize(
        "change",
        [
            {"hms": []},
            {"hms": [{"attr": HOT[0], "code": HOT[1] + 1}]},
            {"print_error": 0x0300_8006},
            {"err": "0500C010"},
            {"err2": "0500C010"},
            {"gcode_state": "RUNNING"},
            {"msg": 1},
            {"command": "gcode_line"},
            {"command": None},
            {"ams": {"ams": [], "tray_now": "255"}},
            {"ams": {"ams": None, "tray_now": "255"}},
            {"ams": None},
            {"hms": None},
        ],
        ids=str,
    )
    def test_is_another_one_as_soon_as_anything_of_ours_changes(
        self, change: dict[str, Any]
    ) -> None:
        reader, payload = Reader(), said(whole(HOT) | change)
        reader.read(said(whole(HOT)))
        assert parse(payload) != parse(said(whole(HOT)))
        assert reader.read(payload) == parse(payload)

    @pytest.mark.parametrize("key", ["hms", "print_error", "gcode_state", "ams", "msg"])
    def test_is_another_one_where_something_of_ours_is_left_out(self, key: str) -> None:
        reader, status = Reader(), whole(HOT) | {"msg": 1}
        reader.read(said(status))
        del status[key]
        assert parse(said(status)) != parse(said(whole(HOT) | {"msg": 1}))
        assert reader.read(said(status)) == parse(said(status))

    def test_is_another_one_when_a_tray_or_a_unit_is_gone(self) -> None:
        reader, status = Reader(), whole()
        reader.read(said(status))
        status["ams"]["ams"][0]["tray"].pop()
        read = reader.read(said(status))
        assert isinstance(read, Report)
        assert read.ams
        assert read.ams[0].slots == (1, 2, 3)
        status["ams"]["ams"].pop(0)
        read = reader.read(said(status))
        assert isinstance(read, Report)
        assert read.ams
        assert [unit.id for unit in read.ams] == [128]

    def test_is_counted_anew_where_a_part_could_not_be_read(self) -> None:
        reader, payload = Reader(), said(whole() | {"hms": [{"attr": "x"}]})
        first, second = reader.read(payload), reader.read(payload)
        assert isinstance(first, Report)
        assert first.skipped == 1
        assert second == first
        assert second is not first


class TestNothingOfOurs:
    """A part of a status in which nothing stands that we would read."""

    def test_says_what_reading_it_would_have_said(self) -> None:
        payload = b'{"print":{"nozzle_temper":210.5,"msg":1,"command":"push_status"}}'
        assert Reader().read(payload) is SAYS_NOTHING
        read = parse(payload)
        assert isinstance(read, Report)
        assert replace(read, whole=False) == SAYS_NOTHING

    @pytest.mark.parametrize(
        ("part", "report"),
        [
            ('"hms":[]', Report(hms=())),
            ('"h\\u006ds":[]', Report(hms=())),
            ('"print_error":0', Report(print_errors=(("print_error", None),))),
            (
                '"err":"0500C010"',
                Report(print_errors=(("err", PrintError(0x0500_C010)),)),
            ),
            ('"err2":"0"', Report(print_errors=(("err2", None),))),
            ('"gcode_state":"PAUSE"', Report(print_state="PAUSE")),
            ('"ams":{"tray_now":"3"}', Report(tray_now=3)),
            ('"ams":{"ams":[]}', Report(ams=())),
        ],
    )
    def test_is_not_taken_for_it_what_is_ours(self, part: str, report: Report) -> None:
        payload = f'{{"print":{{{part},"msg":1,"command":"push_status"}}}}'.encode()
        assert Reader().read(payload) == report

    @pytest.mark.parametrize(
        "payload",
        [
            b'{"print":{"nozzle_temper":210.5,"msg":1,"command":"push_status"',
            b'{"print":{"nozzle_temper":210.5,"msg":1,"command":"gcode_line"}}',
            b'{"system":{"command":"push_status"}}',
            b'{"print":"push_status"}',
            b"junk",
            b"[]",
            b"",
        ],
    )
    def test_is_not_taken_for_it_what_is_no_status(self, payload: bytes) -> None:
        assert Reader().read(payload) == parse(payload)
        assert not isinstance(parse(payload), Report)


def test_other_messages_come_through() -> None:
    reader = Reader()
    reader.read(said(whole()))
    answer = version_answer(MODELS["X1C"], "00M00A000000001", UNITS, "0")
    assert isinstance(reader.read(json.dumps(answer).encode()), Versions)
    assert isinstance(reader.read(b"{"), Unreadable)


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [[]], {"ams": [[]]}, {"ams": [{}]}])
@pytest.mark.parametrize("key", ["hms", "ams", "print_error", "err", "msg", "command"])
def test_junk_is_read_as_it_is_without_a_memory(key: str, value: object) -> None:
    reader = Reader()
    reader.read(said(whole(HOT)))
    payload = said(whole(HOT) | {key: value})
    assert reader.read(payload) == parse(payload)
