"""Whatever numbers a printer sends, there is an answer."""

from contextlib import suppress
import re

from hypothesis import given, settings, strategies as st

from custom_components.bambu_hms.hms.catalog import Catalog
from custom_components.bambu_hms.hms.code import FaultCode, HmsCode, PrintError, Severity, parse
from custom_components.bambu_hms.hms.decoded import Decoded, decode
from custom_components.bambu_hms.hms.location import Module

CATALOG = Catalog.load()
LINK = re.compile(
    r"https://wiki\.bambulab\.com/en/[a-z0-9-]+/troubleshooting/hmscode/[0-9A-F]{4}(_[0-9A-F]{4}){3}"
    r"|https://e\.bambulab\.com/index\.php\?e=[0-9A-F]+&s=device_(hms|error)&lang=[a-z-]+"
)

NUMBERS = st.integers(0, 0xFFFF_FFFF)
# Few of all numbers are near real codes, so sources, units and levels are drawn from those, too.
SOURCES = st.sampled_from([0x03, 0x05, 0x07, 0x08, 0x0C, 0x10, 0x11, 0x12, 0x18, 0x1A])
UNITS = st.one_of(st.integers(0, 0xFF), st.sampled_from([0, 1, 7, 8, 0x10, 0x80, 0x87, 0xFE, 0xFF]))
NEAR_ATTRS = st.builds(
    lambda source, unit, part: source << 24 | unit << 16 | part << 8,
    SOURCES,
    UNITS,
    st.integers(0, 0xFF),
)
NEAR_CODES = st.builds(
    lambda level, number: level << 16 | number, st.integers(0, 5), st.integers(0, 0x60)
)
NEAR_ERRORS = st.builds(
    lambda source, unit, level, number: source << 24 | unit << 16 | level << 12 | number,
    SOURCES,
    UNITS,
    st.integers(0, 0xF),
    st.integers(0, 0x80),
)

HMS_CODES = st.builds(HmsCode, NUMBERS | NEAR_ATTRS, NUMBERS | NEAR_CODES)
PRINT_ERRORS = st.builds(PrintError, NUMBERS | NEAR_ERRORS)
ANY_CODE: st.SearchStrategy[FaultCode] = HMS_CODES | PRINT_ERRORS


@given(ANY_CODE)
def test_a_code_prints_and_parses_back(code: FaultCode) -> None:
    assert parse(str(code)) == code
    assert parse(code.on_screen) == code
    assert parse(code.hex) == code


@settings(max_examples=1000)
@given(ANY_CODE, st.text(), st.text())
def test_everything_can_be_said_of_any_code(code: FaultCode, family: str, lang: str) -> None:
    decoded = decode(code, CATALOG, family=family, lang=lang)
    assert decoded.severity is not Severity.UNKNOWN
    assert re.search(r"\w", decoded.location)
    assert re.search(r"\w", decoded.message)
    assert not re.search(r"[{}]|None", decoded.message)
    assert LINK.fullmatch(decoded.wiki_url)
    _check_place(decoded)


def _check_place(decoded: Decoded) -> None:
    """Only an AMS fault has a type, letter or slot, and a slot belongs to a letter."""
    is_ams = decoded.module is Module.AMS
    assert (decoded.ams_type is not None) is is_ams
    assert decoded.ams is None or is_ams
    assert decoded.slot is None or (decoded.ams is not None and decoded.slot in range(1, 5))


@given(PRINT_ERRORS)
def test_no_print_error_names_a_slot(error: PrintError) -> None:
    assert decode(error, CATALOG).slot is None


@given(HMS_CODES, st.integers(0, 0xFF))
def test_the_low_byte_changes_the_code_alone(code: HmsCode, low_byte: int) -> None:
    plain = decode(code.without_low_byte(), CATALOG)
    other = decode(HmsCode(code.attr & 0xFFFF_FF00 | low_byte, code.code), CATALOG)
    assert (plain.topic, plain.location, plain.message) == (
        other.topic,
        other.location,
        other.message,
    )


@given(st.text())
def test_any_text_is_a_code_or_refused_as_a_wrong_value(text: str) -> None:
    with suppress(ValueError):
        code = parse(text)
        assert parse(str(code)) == code
