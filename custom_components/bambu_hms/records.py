"""What is remembered of one printer for whoever looks into a trouble of ours."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from .printer.reason import Reason
from .printer.report import Report

_MOST_CONNECTIONS = 50


@dataclass(slots=True)
class Records:
    """The last report, and how the connection has been since the entry was loaded."""

    last_report: Report | None = None
    connections: deque[tuple[datetime, Reason | None]] = field(
        default_factory=lambda: deque(maxlen=_MOST_CONNECTIONS)
    )
    """When the printer was heard again (None) or lost, and why; the newest last."""

    def heard(self, when: datetime) -> None:
        """Note that the printer is heard again."""
        self.connections.append((when, None))

    def lost(self, when: datetime, reason: Reason) -> None:
        """Note that the printer is not heard any longer, and why."""
        self.connections.append((when, reason))
