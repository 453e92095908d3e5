"""Codes are read in every form that people write, and printed as the printer does."""

import pytest

from custom_components.bambu_hms.hms.code import (
    FaultCode,
    HmsCode,
    Kind,
    PrintError,
    Severity,
    parse,
)

RAN_OUT = HmsCode(0x0702_2300, 0x0002_0001)


@pytest.mark.parametrize(
    "text",
    [
        "HMS_0702_2300_0002_0001",
        "hms_0702_2300_0002_0001",
        "0702_2300_0002_0001",
        "0702-2300-0002-0001",
        "HMS-0702-2300-0002-0001",
        "HMS 0702 2300 0002 0001",
        "HMS: 0702-2300-0002-0001",
        "0702230000020001",
        "HMS0702230000020001",
        "0x07022300 0x00020001",
        "0702\u20132300\u20130002\u20130001",
        "  [0702_2300_0002_0001]\r\n",
        f"{0x0702_2300}:{0x0002_0001}",
        f"{0x0702_2300} : {0x0002_0001}",
    ],
)
def test_every_form_of_an_hms_code_is_read(text: str) -> None:
    assert parse(text) == RAN_OUT


@pytest.mark.parametrize(
    "text", ["0300-800A", "0300_800a", "0300800A", "0300 800A", "0x0300800A", '"0300-800A"']
)
def test_every_form_of_a_print_error_is_read(text: str) -> None:
    assert parse(text) == PrintError(0x0300_800A)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty"),
        (" \t\n", "empty"),
        ("filament", "other characters"),
        ("0702_2300_0002_000G", "other characters"),
        ("0702_2300_0002_00", "14 hexadecimal digits"),
        ("0300800", "7 hexadecimal digits"),
        ("HMS_0702_2300_0002_00011", "17 hexadecimal digits"),
        ("HMS_0300_800A", "8 hexadecimal digits"),
        ("4294967296:1", "attr does not fit in 32 bits"),
        ("1:4294967296", "code does not fit in 32 bits"),
        ("1:2:3", "other characters"),
        ("\u0661:\u0662", "other characters"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text)


def test_a_long_text_is_not_repeated_in_full() -> None:
    with pytest.raises(ValueError, match="no code") as refused:
        parse("x" * 100_000)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("number", [-1, 0x1_0000_0000, True, 1.0, "1", None])
def test_numbers_that_are_no_32_bit_numbers_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match=r"32 bits|whole number"):
        HmsCode(number, 0)
    with pytest.raises(ValueError, match=r"32 bits|whole number"):
        HmsCode(0, number)
    with pytest.raises(ValueError, match=r"32 bits|whole number"):
        PrintError(number)


def test_the_fields_of_an_hms_code() -> None:
    code = HmsCode(0x1883_7142, 0x0003_00AF)
    assert (code.source, code.unit, code.part, code.low_byte) == (0x18, 0x83, 0x71, 0x42)
    assert (code.level, code.number) == (3, 0xAF)
    assert code.without_low_byte() == HmsCode(0x1883_7100, 0x0003_00AF)


def test_the_fields_of_a_print_error() -> None:
    error = PrintError(0x07FE_C0A1)
    assert (error.source, error.unit) == (0x07, 0xFE)
    assert (error.level, error.number) == (0xC, 0xC0A1)


@pytest.mark.parametrize(
    ("code", "kind", "printed", "on_screen", "digits"),
    [
        (
            RAN_OUT,
            Kind.HMS,
            "HMS_0702_2300_0002_0001",
            "0702-2300-0002-0001",
            "0702230000020001",
        ),
        (PrintError(0x0300_800A), Kind.PRINT_ERROR, "0300-800A", "0300-800A", "0300800A"),
        (PrintError(0x4001), Kind.PRINT_ERROR, "0000-4001", "0000-4001", "00004001"),
    ],
)
def test_codes_are_printed_with_all_their_digits(
    code: FaultCode, kind: Kind, printed: str, on_screen: str, digits: str
) -> None:
    assert code.kind is kind
    assert (str(code), code.on_screen, code.hex) == (printed, on_screen, digits)


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        (HmsCode(0, 0x0001_0000), Severity.FATAL),
        (HmsCode(0, 0x0002_0000), Severity.SERIOUS),
        (HmsCode(0, 0x0003_0000), Severity.COMMON),
        (HmsCode(0, 0x0004_0000), Severity.INFO),
        (HmsCode(0, 0x0000_0000), Severity.UNKNOWN),
        (HmsCode(0, 0xFFFF_0000), Severity.UNKNOWN),
        (PrintError(0x4000), Severity.SERIOUS),
        (PrintError(0x8FFF), Severity.SERIOUS),
        (PrintError(0xC000), Severity.COMMON),
        (PrintError(0x5000), Severity.UNKNOWN),
    ],
)
def test_the_vendors_severity(code: FaultCode, severity: Severity) -> None:
    assert code.vendor_severity is severity


def test_severities_are_ordered_by_rank() -> None:
    by_rank = sorted(Severity, key=lambda severity: severity.rank)
    assert by_rank == ["unknown", "info", "common", "serious", "fatal"]


@pytest.mark.parametrize(
    ("number", "is_error"), [(0, False), (0x3FFF, False), (0x4000, True), (0xC056, True)]
)
def test_numbers_below_4000_are_no_errors(number: int, is_error: bool) -> None:
    assert PrintError(0x0300_0000 | number).is_error is is_error
