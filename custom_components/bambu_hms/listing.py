"""Lists of faults, as the actions return them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .hms.fault import Fault
from .hms.matcher import Matcher
from .targets import Target


@dataclass(frozen=True, slots=True)
class Listing:
    """Which faults are wanted."""

    what: Matcher

    def active(self, target: Target) -> Iterator[dict[str, Any]]:
        """Yield the event data of the faults that are there, the most urgent first."""
        coordinator = target.coordinator
        for shown in coordinator.data.faults:
            fault = coordinator.ledger.seen(shown.fault)
            if data := self._data(target, fault, simulated=shown.simulated):
                yield data | {"settling": fault.gone is not None}

    def history(
        self, target: Target, start: datetime | None, end: datetime | None
    ) -> Iterator[dict[str, Any]]:
        """Yield what was there within a time, and what still is: that has not been cleared."""
        ledger = target.coordinator.ledger
        faults = [(fault, True) for fault in ledger.history]
        faults += [(ledger.seen(fault), False) for fault in ledger.active]
        for fault, cleared in faults:
            if (end and fault.first_seen > end) or (start and fault.last_seen < start):
                continue
            if data := self._data(target, fault):
                # What the printer does now says nothing of then.
                del data["print_state"], data["problem"]
                yield data | {
                    "raised": data["first_seen"],
                    "cleared": data["last_seen"] if cleared else None,
                    "duration": round(fault.duration.total_seconds()),
                }

    def _data(
        self, target: Target, fault: Fault, *, simulated: bool = False
    ) -> dict[str, Any] | None:
        """Return the event data of a fault; None for one that is not wanted."""
        shown, data = target.coordinator.describe(fault, simulated=simulated)
        return data if target.holds(shown) and self.what.matches(fault.code) else None
