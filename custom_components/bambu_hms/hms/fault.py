"""One fault of one printer: what the ledger and its history are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from .code import FaultCode, parse
from .times import read_time


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one printer, from the report that brought it on."""

    code: FaultCode
    first_seen: datetime
    last_seen: datetime
    occurrences: int = 1
    """How often it came: more than once where it was gone for less than the settle time."""
    standing: bool = False
    """Whether it was there already when the printer was added."""
    related: FaultCode | None = None
    """The code of the same trouble on the other channel, which was raised before this one."""
    muted: bool = False
    """Whether its owner does not want to hear of it."""
    gone: datetime | None = None
    """Since when it is settling: no longer reported, but it may come back."""

    @property
    def duration(self) -> timedelta:
        """The time from the first to the last report that had it."""
        return self.last_seen - self.first_seen

    def seen(self, when: datetime) -> Fault:
        """Return it last seen then; the host's clock may have been set back since it came."""
        return replace(self, last_seen=max(when, self.first_seen))

    def left(self, last_seen: datetime, gone: datetime) -> Fault:
        """Return it as no longer reported since a time, and last seen before that."""
        return replace(self, last_seen=max(last_seen, self.first_seen), gone=gone)

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads: plain data for JSON."""
        return {
            "code": str(self.code),
            "first_seen": self.first_seen.isoformat(),
            "last_seen": self.last_seen.isoformat(),
            "occurrences": self.occurrences,
            "standing": self.standing,
            "related": self.related and str(self.related),
            "muted": self.muted,
            "gone": self.gone and self.gone.isoformat(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read stored data; raises `ValueError`, `TypeError` or `KeyError` on another shape."""
        return cls(
            code=parse(data["code"]),
            first_seen=read_time(data["first_seen"]),
            last_seen=read_time(data["last_seen"]),
            occurrences=int(data["occurrences"]),
            standing=bool(data["standing"]),
            related=None if data["related"] is None else parse(data["related"]),
            muted=bool(data["muted"]),
            gone=None if data["gone"] is None else read_time(data["gone"]),
        )
