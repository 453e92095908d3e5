"""Mutes: what an owner knows already and does not want to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from .code import FaultCode
from .matcher import Matcher
from .times import read_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """Faults that are not to be heard; for good, unless one of the two ends is set."""

    what: Matcher
    since: datetime
    until: datetime | None = None
    until_cleared: bool = False
    """Whether it ends as soon as the printer reports none of these faults any longer."""

    def covers(self, code: FaultCode, related: FaultCode | None) -> bool:
        """Whether a fault is muted; so is one that only repeats a muted one."""
        return self.what.matches(code) or (related is not None and self.what.matches(related))

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads: plain data for JSON."""
        return {
            "what": self.what.as_dict(),
            "since": self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "until_cleared": self.until_cleared,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read stored data; raises `ValueError`, `TypeError` or `KeyError` on another shape."""
        return cls(
            what=Matcher.from_dict(data["what"]),
            since=read_time(data["since"]),
            until=None if data["until"] is None else read_time(data["until"]),
            until_cleared=bool(data["until_cleared"]),
        )
