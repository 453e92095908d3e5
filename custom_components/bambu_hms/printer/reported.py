"""The codes that a printer reports now, put together from reports that tell only a part."""

from collections.abc import Iterable

from custom_components.bambu_hms.hms.code import FaultCode, HmsCode, PrintError

from .report import Report

# The field for print errors that all firmware has.
_MAIN_FIELD = "print_error"


def _tells_of_errors(report: Report) -> bool:
    """Whether a report that names no print error means that there is none."""
    # Junk counts as whole, because it lacks the mark of a partial report.
    told_all = report.whole and report.hms is not None and not report.skipped
    return told_all or _MAIN_FIELD in dict(report.print_errors)


class ReportedCodes:
    """What the last report of each channel said."""

    __slots__ = ("_errors", "_hms", "_kept_errors")

    def __init__(self, kept: Iterable[FaultCode] | None) -> None:
        """Start with the codes of an earlier run, which hold until a report says otherwise.

        None: the printer has never been heard.
        """
        codes = None if kept is None else tuple(kept)
        self._hms: tuple[HmsCode, ...] | None = None
        if codes is not None:
            self._hms = tuple(code for code in codes if isinstance(code, HmsCode))
        self._kept_errors = tuple(code for code in codes or () if isinstance(code, PrintError))
        self._errors: dict[str, PrintError | None] = {}

    def take(self, report: Report) -> bool:
        """Take in a report; return whether it says anything new of faults."""
        new = False
        if report.hms is not None and report.hms != self._hms:
            self._hms = report.hms
            new = True
        for name, error in report.print_errors:
            if name not in self._errors or self._errors[name] != error:
                self._errors[name] = error
                new = True
        if self._kept_errors and _tells_of_errors(report):
            self._kept_errors = ()
            new = True
        return new

    @property
    def known(self) -> bool:
        """Whether a report, of this run or an earlier one, has told all HMS codes there are."""
        return self._hms is not None

    @property
    def codes(self) -> tuple[FaultCode, ...]:
        """Every code that is active, HMS codes first, each once."""
        errors = (error for error in self._errors.values() if error is not None)
        return (*(self._hms or ()), *dict.fromkeys((*self._kept_errors, *errors)))
