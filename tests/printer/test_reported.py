"""The codes that are active, put together from reports that tell only a part."""

from custom_components.bambu_hms.hms.code import FaultCode, HmsCode, PrintError
from custom_components.bambu_hms.printer.report import Report
from custom_components.bambu_hms.printer.reported import ReportedCodes

SLOT = HmsCode(0x0700_2000, 0x0002_0001)
HEATBED = HmsCode(0x0300_0100, 0x0001_0007)
ERROR = PrintError(0x0700_8011)
OTHER_ERROR = PrintError(0x0300_8003)


def active(codes: ReportedCodes) -> list[FaultCode]:
    """Return what is active now."""
    return list(codes.codes)


def test_before_anything_was_heard_nothing_is_known() -> None:
    codes = ReportedCodes(None)
    assert not codes.known
    codes.take(Report(print_errors=(("print_error", ERROR),)))
    assert not codes.known, "the HMS codes may be many"
    codes.take(Report(hms=()))
    assert active(codes) == [ERROR]


def test_each_channel_speaks_for_itself() -> None:
    codes = ReportedCodes(None)
    assert codes.take(Report(hms=(SLOT,), print_errors=(("print_error", None),)))
    assert codes.take(Report(print_errors=(("print_error", ERROR),)))
    assert active(codes) == [SLOT, ERROR]
    assert codes.take(Report(hms=()))
    assert active(codes) == [ERROR]


def test_what_says_the_same_or_nothing_is_nothing_new() -> None:
    codes = ReportedCodes(None)
    codes.take(Report(hms=(SLOT,), print_errors=(("print_error", ERROR),)))
    assert not codes.take(Report())
    assert not codes.take(Report(hms=(SLOT,), print_errors=(("print_error", ERROR),)))


def test_one_field_for_print_errors_does_not_clear_what_another_says() -> None:
    codes = ReportedCodes(None)
    codes.take(Report(hms=(), print_errors=(("print_error", ERROR), ("err2", OTHER_ERROR))))
    codes.take(Report(print_errors=(("err2", None),)))
    assert active(codes) == [ERROR]


def test_the_same_error_in_two_fields_is_one() -> None:
    codes = ReportedCodes(None)
    codes.take(Report(hms=(), print_errors=(("print_error", ERROR), ("err", ERROR))))
    assert active(codes) == [ERROR]


def test_what_an_earlier_run_heard_holds_until_a_report_says_otherwise() -> None:
    codes = ReportedCodes([HEATBED, ERROR])
    assert codes.known
    assert not codes.take(Report()), "part of a report that says nothing of faults"
    assert active(codes) == [HEATBED, ERROR]
    codes.take(Report(print_errors=(("err2", None),)))
    assert active(codes) == [HEATBED, ERROR]
    codes.take(Report(print_errors=(("print_error", None),)))
    assert active(codes) == [HEATBED]
    codes.take(Report(hms=()))
    assert active(codes) == []
