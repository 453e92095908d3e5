"""The life of faults: raised once when they appear, cleared once when they are gone.

Pure and deterministic: the time of every report is passed in, as an aware `datetime`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from .code import FaultCode, parse


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one printer, from the report that brought it on."""

    code: FaultCode
    first_seen: datetime
    last_seen: datetime
    occurrences: int = 1
    standing: bool = False
    """Whether it was there already when the printer was added."""

    @property
    def duration(self) -> timedelta:
        """The time from the first to the last report that had it."""
        return self.last_seen - self.first_seen


@dataclass(frozen=True, slots=True)
class Changes:
    """What one report changed."""

    raised: tuple[Fault, ...] = ()
    cleared: tuple[Fault, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.raised or self.cleared)


NOTHING_CHANGED = Changes()


@dataclass(slots=True)
class Ledger:
    """The faults that one printer has, and since when.

    `heard` is the time of the last report; None says that there has not been any, ever.
    """

    heard: datetime | None = None
    _active: dict[FaultCode, Fault] = field(default_factory=dict)

    @property
    def active(self) -> tuple[Fault, ...]:
        """The faults that the printer has now, oldest first."""
        return tuple(self._active.values())

    def update(self, codes: Iterable[FaultCode] | None, now: datetime) -> Changes:
        """Take in one report: all the codes it has, or None where it says nothing of faults."""
        before, self.heard = self.heard, now
        if codes is None:
            return NOTHING_CHANGED
        reported = dict.fromkeys(codes)
        if reported.keys() == self._active.keys():
            return NOTHING_CHANGED
        raised = tuple(
            Fault(code, first_seen=now, last_seen=now, standing=before is None)
            for code in reported
            if code not in self._active
        )
        # A fault lasted until the report before this one, the last that had it.
        cleared = tuple(
            self._seen_until(fault, before or now)
            for code, fault in self._active.items()
            if code not in reported
        )
        for fault in cleared:
            del self._active[fault.code]
        self._active.update((fault.code, fault) for fault in raised)
        return Changes(raised, cleared)

    def seen(self, fault: Fault) -> Fault:
        """Return an active fault with the time of the last report that had it."""
        return self._seen_until(fault, self.heard or fault.last_seen)

    @staticmethod
    def _seen_until(fault: Fault, when: datetime) -> Fault:
        return Fault(
            fault.code,
            fault.first_seen,
            # The host's clock may have been set back since.
            max(when, fault.first_seen),
            fault.occurrences,
            fault.standing,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads: plain data for JSON."""
        return {
            "heard": self.heard and self.heard.isoformat(),
            "active": [
                {
                    "code": str(fault.code),
                    "first_seen": fault.first_seen.isoformat(),
                    "last_seen": self.seen(fault).last_seen.isoformat(),
                    "occurrences": fault.occurrences,
                    "standing": fault.standing,
                }
                for fault in self._active.values()
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make a ledger from stored data; raises `ValueError` where these have another shape."""
        try:
            heard = data["heard"]
            faults = [
                Fault(
                    parse(stored["code"]),
                    _time(stored["first_seen"]),
                    _time(stored["last_seen"]),
                    int(stored["occurrences"]),
                    bool(stored["standing"]),
                )
                for stored in data["active"]
            ]
            return cls(
                None if heard is None else _time(heard),
                {fault.code: fault for fault in faults},
            )
        except (KeyError, TypeError, AttributeError) as err:
            raise ValueError(f"no ledger: {err!r}") from err


def _time(text: str) -> datetime:
    """Read a stored time; raises `ValueError` for one without a time zone."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without its time zone")
    return time
