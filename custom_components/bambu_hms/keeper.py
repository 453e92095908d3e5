"""Keeps the ledger of one printer: gives it the codes, and looks at it when it is due."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .hms.code import FaultCode
from .hms.ledger import NOTHING_CHANGED, Changes, Ledger
from .hms.matcher import Matcher
from .hms.mute import Mute
from .printer.report import Report
from .printer.reported import ReportedCodes


class LedgerKeeper:
    """The one place that changes a ledger; whoever asks gets the changes or is called with them."""

    def __init__(
        self,
        hass: HomeAssistant,
        is_shown: Callable[[FaultCode], bool],
        on_changes: Callable[[Changes], None],
    ) -> None:
        """Start with a printer that was never heard; `on_changes` hears what time brings."""
        self._hass = hass
        self._is_shown = is_shown
        self._on_changes = on_changes
        self._reported = ReportedCodes(None)
        self._cancel_check: CALLBACK_TYPE | None = None
        self._due: datetime | None = None
        self.ledger = Ledger()

    @callback
    def async_open(self, ledger: Ledger, settle: timedelta) -> None:
        """Go on with what was kept."""
        self.ledger = ledger
        ledger.settle = settle
        if ledger.heard is not None:
            self._reported = ReportedCodes(ledger.reported)
        self._check_when_due()

    @callback
    def async_close(self) -> None:
        """Look no more."""
        if self._cancel_check is not None:
            self._cancel_check()
            self._cancel_check = None
        self._due = None

    @callback
    def async_take(self, report: Report) -> Changes | None:
        """Take in one report; None while nobody knows what faults the printer has."""
        new = self._reported.take(report)
        if not self._reported.known:
            # A part of a report says nothing of a printer that nobody has heard before.
            return None
        return self._after(self.ledger.update(self._codes() if new else None, dt_util.utcnow()))

    @callback
    def async_read_anew(self) -> Changes:
        """Look at the codes again: some may turn out to be internal, or not to be."""
        if self.ledger.heard is None:
            return NOTHING_CHANGED
        return self._after(self.ledger.check(dt_util.utcnow(), self._codes()))

    @callback
    def async_silent(self) -> None:
        """Take in that the printer is not heard."""
        self.ledger.silent()
        self._check_when_due()

    @callback
    def async_settle_within(self, settle: timedelta) -> Changes:
        """Have faults settle in another time from now on."""
        self.ledger.settle = settle
        return self._after(self.ledger.check(dt_util.utcnow()))

    @callback
    def async_mute(self, mute: Mute) -> Changes:
        """Mute faults."""
        return self._after(self.ledger.mute(mute, dt_util.utcnow()))

    @callback
    def async_unmute(self, what: Matcher) -> Changes:
        """End a mute; raises `KeyError` where there is none."""
        return self._after(self.ledger.unmute(what, dt_util.utcnow()))

    def _codes(self) -> list[FaultCode]:
        """Return the reported codes that the printer's own screen would show."""
        return [code for code in self._reported.codes if self._is_shown(code)]

    @callback
    def _after(self, changes: Changes) -> Changes:
        """Return the changes; what is due next may be another time than before."""
        self._check_when_due()
        return changes

    @callback
    def _check_when_due(self) -> None:
        """Look at the ledger again when it wants to, should no report come before."""
        due = self.ledger.due
        if due == self._due:
            return
        self.async_close()
        self._due = due
        if due is not None:
            self._cancel_check = async_track_point_in_utc_time(
                self._hass, HassJob(self._check, cancel_on_shutdown=True), due
            )

    @callback
    def _check(self, now: datetime) -> None:
        """Do what is due."""
        self._cancel_check = self._due = None
        if changes := self._after(self.ledger.check(now)):
            self._on_changes(changes)
