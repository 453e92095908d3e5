"""Bytes in, the few fields we use out; shapes as real printers send them, values invented."""

import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.bambu_hms.hms.code import HmsCode, PrintError
from custom_components.bambu_hms.hms.location import AmsType
from custom_components.bambu_hms.printer.report import (
    AmsUnit,
    AmsVersion,
    Report,
    Unreadable,
    Versions,
    parse,
)

RAN_OUT = {"attr": 0x0700_2000, "code": 0x0002_0001}
HOT = {"attr": 0x0300_0100, "code": 0x0001_0007}
TRAYS = [{"id": "0"}, {"id": "1"}, {"id": "2"}, {"id": "3"}]
ALL = (1, 2, 3, 4)


def report(**status: Any) -> Report:
    """Parse a status report."""
    message = parse(json.dumps({"print": {"command": "push_status", **status}}).encode())
    assert isinstance(message, Report)
    return message


class TestKind:
    """Which messages are about us."""

    @pytest.mark.parametrize(
        "message",
        [
            {"print": {"command": "gcode_line", "hms": []}},
            {"print": {"command": "project_file", "result": "success"}},
            {"system": {"command": "ledctrl"}},
            {"upgrade": {"command": "get_history"}},
            {"info": {"command": "get_version", "result": "fail"}},
            {"info": {"command": "other", "module": []}},
            {"print": None},
            {},
        ],
    )
    def test_others_are_left_alone(self, message: object) -> None:
        assert parse(json.dumps(message).encode()) is None

    @pytest.mark.parametrize(
        "payload",
        [b"", b"null", b"[]", b"5", b'"print"', b"{", b'{"print":', b"\x00\xff", b"NaN",
         b"[" * 100_000, b'{"print": ' * 5000, b'{"print": 5}', b'{"print": []}', b"9" * 5000],
    )  # fmt: skip
    def test_what_is_no_message_is_unreadable(self, payload: bytes) -> None:
        assert isinstance(parse(payload), Unreadable)

    def test_a_payload_beyond_all_measure_is_not_read(self) -> None:
        payload = b'{"print":{"hms":[]}}' + b" " * 8 * 1024 * 1024
        assert parse(payload) == Unreadable("longer than 8 MiB")

    def test_a_report_without_command_is_a_status(self) -> None:
        assert parse(b'{"print":{"hms":[]}}') == Report(whole=True, hms=())

    def test_line_breaks_and_indentation_do_not_matter(self) -> None:
        payload = json.dumps({"print": {"hms": [RAN_OUT]}}, indent=4).encode()
        assert parse(payload) == Report(whole=True, hms=(HmsCode(**RAN_OUT),))


@pytest.mark.parametrize(
    ("status", "whole"),
    [({}, True), ({"msg": 0}, True), ({"msg": "0"}, True), ({"msg": 1}, False),
     ({"msg": "1"}, False), ({"msg": None}, False), ({"msg": False}, False)],
)  # fmt: skip
def test_whole(status: dict[str, Any], whole: bool) -> None:
    """A report is whole where msg is 0 or absent."""
    assert report(**status).whole is whole


class TestHms:
    """The list of HMS codes."""

    def test_absent_is_unchanged(self) -> None:
        assert report().hms is None

    def test_empty_is_all_cleared(self) -> None:
        assert report(hms=[]).hms == ()

    def test_codes_in_the_printers_order_each_once(self) -> None:
        assert report(hms=[RAN_OUT, HOT, RAN_OUT]).hms == (HmsCode(**RAN_OUT), HmsCode(**HOT))

    def test_other_keys_are_no_part_of_a_code(self) -> None:
        entry = RAN_OUT | {"ts_boot": 1, "ts_unix": 1767225600, "action": 0}
        assert report(hms=[entry, RAN_OUT]).hms == (HmsCode(**RAN_OUT),)

    def test_numbers_may_be_strings(self) -> None:
        entry = {key: str(value) for key, value in RAN_OUT.items()}
        assert report(hms=[entry]).hms == (HmsCode(**RAN_OUT),)

    def test_zeros_are_no_code_and_no_trouble(self) -> None:
        assert report(hms=[{"attr": 0, "code": 0}]) == Report(whole=True, hms=())

    @pytest.mark.parametrize(
        "entry",
        [None, 5, "0700", [], {}, {"attr": 1}, {"code": 1}, {"attr": None, "code": 1},
         {"attr": True, "code": 1}, {"attr": 1.5, "code": 1}, {"attr": -1, "code": 1},
         {"attr": 1 << 32, "code": 1}, {"attr": "0x07", "code": 1}, {"attr": "", "code": 1},
         {"attr": "\u0667", "code": 1}, {"attr": [1], "code": {}}],
    )  # fmt: skip
    def test_a_malformed_entry_costs_only_itself(self, entry: object) -> None:
        heard = report(hms=[HOT, entry, RAN_OUT])
        assert heard.hms == (HmsCode(**HOT), HmsCode(**RAN_OUT))
        assert heard.skipped == 1

    @pytest.mark.parametrize("hms", [None, 5, "", {}, {"attr": 1, "code": 1}])
    def test_what_is_no_list_is_unchanged(self, hms: object) -> None:
        assert report(hms=hms) == Report(whole=True, hms=None, skipped=1)

    def test_a_list_of_which_nothing_can_be_read_clears_nothing(self) -> None:
        assert report(hms=[None, {}]) == Report(whole=True, hms=None, skipped=2)

    def test_the_list_is_bounded(self) -> None:
        heard = report(hms=[{"attr": 0x0300_0000 + number, "code": 1} for number in range(1010)])
        assert heard.hms is not None
        assert len(heard.hms) == 1000
        assert heard.skipped == 10


class TestPrintError:
    """The other channel of faults."""

    @pytest.mark.parametrize(
        ("value", "error"),
        [
            (0x0700_8006, PrintError(0x0700_8006)),
            (0x0300_400C, PrintError(0x0300_400C)),
            (0, None),
            ("0", None),
            (0x0300_0001, None),
            ("117473286", PrintError(0x0700_8006)),  # decimal: no other reading is an error
            ("50364426", PrintError(0x0300_800A)),  # decimal: there is no source 50
            ("7008006", PrintError(0x0700_8006)),  # hexadecimal: there is no source 00
            ("0C008009", PrintError(0x0C00_8009)),
            ("c008009", PrintError(0x0C00_8009)),
        ],
    )
    def test_errors_and_none(self, value: object, error: PrintError | None) -> None:
        assert report(print_error=value).print_errors == (("print_error", error),)

    def test_absent_is_unchanged(self) -> None:
        assert report().print_errors == ()

    @pytest.mark.parametrize("value", [None, True, -1, 1 << 32, "", "0700-8006", [], {}, 1.0])
    def test_what_is_no_number_is_unchanged(self, value: object) -> None:
        assert report(print_error=value) == Report(whole=True, skipped=1)

    def test_it_stands_alone(self) -> None:
        heard = report(hms=[], print_error=0x0700_8006)
        assert heard.hms == ()
        assert heard.print_errors == (("print_error", PrintError(0x0700_8006)),)

    def test_newer_firmware_has_two_more_fields(self) -> None:
        heard = report(print_error=0, err="3008003", err2="5004001")
        assert heard.print_errors == (
            ("print_error", None),
            ("err", PrintError(0x0300_8003)),
            ("err2", PrintError(0x0500_4001)),
        )

    def test_a_field_that_cannot_be_read_costs_only_itself(self) -> None:
        heard = report(print_error=0x0700_8006, err="?", err2=None)
        assert heard.print_errors == (("print_error", PrintError(0x0700_8006)),)
        assert heard.skipped == 2


class TestAms:
    """The AMS units and the tray in use."""

    @pytest.mark.parametrize(
        ("entry", "unit"),
        [
            ({"id": "0", "info": "1001", "tray": TRAYS}, AmsUnit(0, AmsType.AMS, ALL)),
            ({"id": 3, "info": "142023", "tray": TRAYS}, AmsUnit(3, AmsType.AMS_2_PRO, ALL)),
            ({"id": "0", "info": "1002", "tray": TRAYS}, AmsUnit(0, AmsType.AMS_LITE, ALL)),
            ({"id": "128", "info": "2004", "tray": TRAYS[:1]}, AmsUnit(128, AmsType.AMS_HT, (1,))),
            ({"id": "129", "tray": TRAYS[:1]}, AmsUnit(129, AmsType.AMS_HT, (1,))),
            ({"id": "16", "tray": TRAYS}, AmsUnit(16, AmsType.AMS_LITE, ALL)),
            ({"id": "1", "tray": TRAYS}, AmsUnit(1, None, ALL)),
            ({"id": "1", "info": "1009"}, AmsUnit(1, None, ())),
            ({"id": "1", "info": 1001, "tray": {}}, AmsUnit(1, None, ())),
            ({"id": "1", "tray": [{"id": "9"}, None, {"id": "2"}]}, AmsUnit(1, None, (3,))),
        ],
    )  # fmt: skip
    def test_a_unit(self, entry: dict[str, Any], unit: AmsUnit) -> None:
        assert report(ams={"ams": [entry]}).ams == (unit,)

    @pytest.mark.parametrize(
        ("number", "letter"), [(0, "A"), (7, "H"), (16, "A"), (128, "A"), (130, "C"), (135, "H")]
    )
    def test_a_units_letter(self, number: int, letter: str) -> None:
        assert AmsUnit(number, None, ()).letter == letter

    @pytest.mark.parametrize("ams", [None, 5, [], {}, {"tray_now": "255", "version": 3}])
    def test_a_block_without_units_is_unchanged(self, ams: object) -> None:
        heard = report(ams=ams)
        assert (heard.ams, heard.skipped) == (None, 0)

    def test_no_unit_at_all(self) -> None:
        assert report(ams={"ams": []}).ams == ()

    @pytest.mark.parametrize("entry", [None, 5, {}, {"id": "8"}, {"id": "136"}, {"id": "x"}])
    def test_a_malformed_unit_costs_only_itself(self, entry: object) -> None:
        heard = report(ams={"ams": [entry, {"id": "0"}]})
        assert (heard.ams, heard.skipped) == ((AmsUnit(0, None, ()),), 1)

    def test_units_of_which_none_can_be_read_are_unchanged(self) -> None:
        heard = report(ams={"ams": [None]})
        assert (heard.ams, heard.skipped) == (None, 1)

    def test_a_unit_counts_once(self) -> None:
        assert report(ams={"ams": [{"id": "0"}, {"id": 0}]}).ams == (AmsUnit(0, None, ()),)

    @pytest.mark.parametrize(
        ("value", "tray"), [("255", 255), (3, 3), ("-1", None), (1 << 20, None), ("", None)]
    )
    def test_the_tray_in_use(self, value: object, tray: int | None) -> None:
        assert report(ams={"tray_now": value}).tray_now == tray


class TestTexts:
    """Texts of a printer end up on dashboards, so they are tame."""

    @pytest.mark.parametrize(
        ("value", "state"),
        [("RUNNING", "RUNNING"), ("", None), (5, None), ("A\nB\x00\x1b[1m", "AB[1m"),
         ("x" * 500, "x" * 64), (" \t", None)],
    )  # fmt: skip
    def test_print_state(self, value: object, state: str | None) -> None:
        assert report(gcode_state=value).print_state == state

    @pytest.mark.parametrize(
        "name", [b"\xff\xfe", b"\xc3(", b"\xed\xa0\x80", b"\\ud800", b"\x01", b"\xf0\x9f"]
    )
    def test_a_broken_name_costs_no_fault(self, name: bytes) -> None:
        payload = b'{"print":{"subtask_name":"' + name + b'","hms":[{"attr":1,"code":2}]}}'
        assert parse(payload) == Report(whole=True, hms=(HmsCode(1, 2),))

    def test_a_broken_state_is_mended(self) -> None:
        heard = parse(b'{"print":{"gcode_state":"\\ud800RUNNING"}}')
        assert heard == Report(whole=True, print_state="RUNNING")


class TestVersions:
    """The answer to get_version."""

    def test_a_newer_printer(self) -> None:
        modules = [
            {"name": "ota", "product_name": "Bambu Lab X1-Carbon", "sw_ver": "01.09.00.01"},
            {"name": "ams/0", "sn": "00600A000000001", "sw_ver": "00.01.06.62"},
            {"name": "n3f/2", "sn": "19C00A000000001", "sw_ver": "02.00.19.68"},
            {"name": "n3s/128", "sn": "19F00A000000001", "sw_ver": "02.00.19.67"},
            {"name": "ahb", "sw_ver": "00.00.00.43"},
        ]
        answer = {"info": {"command": "get_version", "module": modules}}
        assert parse(json.dumps(answer).encode()) == Versions(
            "01.09.00.01",
            "Bambu Lab X1-Carbon",
            (
                AmsVersion(0, AmsType.AMS, "00600A000000001", "00.01.06.62"),
                AmsVersion(2, AmsType.AMS_2_PRO, "19C00A000000001", "02.00.19.68"),
                AmsVersion(128, AmsType.AMS_HT, "19F00A000000001", "02.00.19.67"),
            ),
        )

    def test_an_older_printer(self) -> None:
        modules = [
            {"name": "ota", "project_name": "N2S", "sw_ver": "01.05.00.00"},
            {"name": "ams_f1/0", "project_name": "", "sw_ver": "00.00.07.94"},
        ]
        answer = {"info": {"command": "get_version", "module": modules}}
        assert parse(json.dumps(answer).encode()) == Versions(
            "01.05.00.00", "N2S", (AmsVersion(0, AmsType.AMS_LITE, None, "00.00.07.94"),)
        )

    @pytest.mark.parametrize(
        "module", [None, 5, {}, {"name": None}, {"name": "ams/"}, {"name": "ams/x"},
                   {"name": "ams/99"}, {"name": "ams/1234"}, {"name": "n3x/1"}]
    )  # fmt: skip
    def test_a_malformed_module_is_none_of_ours(self, module: object) -> None:
        answer = {"info": {"command": "get_version", "module": [module]}}
        assert parse(json.dumps(answer).encode()) == Versions()

    def test_an_ams_ht_counted_from_zero_is_the_one_of_the_reports(self) -> None:
        answer = {"info": {"command": "get_version", "module": [{"name": "n3s/1"}]}}
        assert parse(json.dumps(answer).encode()) == Versions(
            units=(AmsVersion(129, AmsType.AMS_HT, None, None),)
        )


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["print", "info", "hms", "attr", "code", "ams", "tray", "id", "info", "msg",
                 "tray_now", "print_error", "gcode_state", "module", "name", "sw_ver"]
            )
            | st.text(max_size=4),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)  # fmt: skip


@given(st.binary(max_size=200))
def test_no_bytes_raise(payload: bytes) -> None:
    """Whatever comes is read or refused."""
    parse(payload)


@settings(max_examples=300)
@given(
    st.sampled_from(["print", "info"]),
    st.sampled_from(["push_status", "get_version", None]),
    st.dictionaries(
        st.sampled_from(["hms", "ams", "msg", "print_error", "gcode_state", "module"]), _json
    ),
)
def test_no_json_raises(part: str, command: str | None, content: dict[str, Any]) -> None:
    """Whatever stands in a message, it is read or skipped."""
    content = content if command is None else content | {"command": command}
    message = parse(json.dumps({part: content}).encode())
    assert message is None or isinstance(message, Report | Versions | Unreadable)


@given(st.lists(st.tuples(st.integers(1, 0xFFFF_FFFF), st.integers(0, 0xFFFF_FFFF)), max_size=20))
def test_every_code_is_heard(codes: list[tuple[int, int]]) -> None:
    """No code is lost, none is made up."""
    heard = report(hms=[{"attr": attr, "code": code} for attr, code in codes])
    assert heard.hms == tuple(HmsCode(attr, code) for attr, code in dict.fromkeys(codes))
    assert heard.skipped == 0
