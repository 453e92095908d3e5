"""What the owner of a printer has chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from .const import CONF_OFFICIAL_TEXTS, CONF_PROBLEM_SEVERITY, CONF_SETTLE_TIME
from .hms.code import Severity
from .hms.ledger import SETTLE

LONGEST_SETTLE = timedelta(minutes=5)
# Whoever wants it longer mutes for good.
LONGEST_MUTE = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one printer."""

    problem_severity: Severity = Severity.SERIOUS
    """From which severity on a fault is a problem."""
    settle: timedelta = SETTLE
    """For how long a fault must be gone to be cleared."""
    official_texts: bool = False

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Read a config entry's options; what was never chosen is as it is by default."""
        usual = cls()
        return cls(
            problem_severity=Severity(stored.get(CONF_PROBLEM_SEVERITY, usual.problem_severity)),
            settle=timedelta(
                seconds=stored.get(CONF_SETTLE_TIME, usual.settle.total_seconds()),
            ),
            official_texts=stored.get(CONF_OFFICIAL_TEXTS, usual.official_texts),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what `of` reads."""
        return {
            CONF_PROBLEM_SEVERITY: self.problem_severity.value,
            CONF_SETTLE_TIME: self.settle.total_seconds(),
            CONF_OFFICIAL_TEXTS: self.official_texts,
        }
