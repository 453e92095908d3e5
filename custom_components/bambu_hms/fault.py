"""One fault as Home Assistant shows it, and the data that events carry of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .hms.code import Severity
from .hms.decoded import Decoded
from .hms.fault import Fault


@dataclass(frozen=True, slots=True)
class ShownFault:
    """A fault with everything that is known of its code and of where it is."""

    fault: Fault
    what: Decoded
    unit_id: int | None
    """The number of the AMS unit that it sits in; None for any other fault."""
    problem: bool
    """Whether it is bad enough for the problem sensors, and not muted."""
    simulated: bool = False
    """Whether the owner made it up to try an automation."""

    @property
    def muted(self) -> bool:
        """Whether the owner does not want to hear of it."""
        return self.fault.muted

    @property
    def related(self) -> str | None:
        """The code of the same trouble on the other channel, if that is there, too."""
        return None if self.fault.related is None else str(self.fault.related)

    @property
    def urgency(self) -> tuple[int, datetime]:
        """What faults are ordered by: the worst, then the newest."""
        return self.what.severity.rank, self.fault.first_seen

    def event_data(
        self,
        *,
        device_id: str,
        printer_device_id: str,
        printer: str,
        print_state: str | None,
    ) -> dict[str, Any]:
        """Return what events, event entities and triggers carry; its keys never change."""
        known = self.what.as_dict()
        del known["internal"]
        return {
            "device_id": device_id,
            "printer_device_id": printer_device_id,
            "printer": printer,
            **known,
            "first_seen": self.fault.first_seen.isoformat(),
            "last_seen": self.fault.last_seen.isoformat(),
            "occurrences": self.fault.occurrences,
            "standing": self.fault.standing,
            "related": self.related,
            "problem": self.problem,
            "muted": self.muted,
            "simulated": self.simulated,
            "print_state": print_state,
        }


def headline(faults: tuple[ShownFault, ...]) -> ShownFault | None:
    """Return the fault to name where there is room for one; the faults come most urgent first.

    Never one that only repeats another: the other one says more. Never a muted one.
    """
    return next(
        (
            shown
            for shown in faults
            if shown.what.severity is not Severity.INFO
            and shown.related is None
            and not shown.muted
        ),
        None,
    )
