"""The life of faults: raised once when they appear, cleared once when they are gone.

Pure and deterministic: the time of every report is passed in, as an aware `datetime`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from .code import FaultCode, Kind, parse
from .meaning import are_related, may_have_partner

PARTNER_WAIT: Final = timedelta(seconds=5)
"""How long a print error waits for the HMS code of the same trouble, which says more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one printer, from the report that brought it on."""

    code: FaultCode
    first_seen: datetime
    last_seen: datetime
    occurrences: int = 1
    standing: bool = False
    """Whether it was there already when the printer was added."""
    related: FaultCode | None = None
    """The code of the same trouble on the other channel, which was raised before this one."""

    @property
    def duration(self) -> timedelta:
        """The time from the first to the last report that had it."""
        return self.last_seen - self.first_seen


@dataclass(frozen=True, slots=True)
class Changes:
    """What one report changed; what is raised comes in the order in which it should be heard."""

    raised: tuple[Fault, ...] = ()
    cleared: tuple[Fault, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.raised or self.cleared)


NOTHING_CHANGED: Final = Changes()


@dataclass(slots=True)
class Ledger:
    """The faults that one printer has, and since when.

    `heard` is the time of the last report; None says that there has not been any, ever.
    """

    heard: datetime | None = None
    _active: dict[FaultCode, Fault] = field(default_factory=dict)
    _waiting: dict[FaultCode, Fault] = field(default_factory=dict)

    @property
    def active(self) -> tuple[Fault, ...]:
        """The faults that the printer has now, oldest first; each `related` only to another one."""
        return tuple(
            fault
            if fault.related is None or fault.related in self._active
            else replace(fault, related=None)
            for fault in self._active.values()
        )

    @property
    def due(self) -> datetime | None:
        """When to call `check`, should no report come before; None: not at all."""
        first = min((fault.first_seen for fault in self._waiting.values()), default=None)
        return None if first is None else first + PARTNER_WAIT

    def update(self, codes: Iterable[FaultCode] | None, now: datetime) -> Changes:
        """Take in one report: all the codes it has, or None where it says nothing of faults."""
        before, self.heard = self.heard, now
        if codes is None and not self._waiting:
            return NOTHING_CHANGED
        known = self._active.keys() | self._waiting.keys()
        reported = known if codes is None else dict.fromkeys(codes)
        if not self._waiting and reported == known:
            return NOTHING_CHANGED
        for code in reported:
            if code not in known:
                fault = Fault(code, first_seen=now, last_seen=now, standing=before is None)
                self._waiting[code] = fault
        raised = self._raise(reported, now)
        return Changes(raised, self._clear(reported, before or now))

    def check(self, now: datetime) -> Changes:
        """Raise what has waited long enough; no report came, so nothing else changes."""
        return Changes(self._raise(self._active.keys() | self._waiting.keys(), now))

    def _raise(self, reported: Iterable[FaultCode], now: datetime) -> tuple[Fault, ...]:
        """Raise what need not wait any longer, HMS codes first: others may wait for them."""
        raised: list[Fault] = []
        for fault in sorted(
            self._waiting.values(), key=lambda fault: fault.code.kind is Kind.PRINT_ERROR
        ):
            partner = self._partner(fault.code)
            # One that went while it waited was a fault, too, and is raised before it is cleared.
            if partner is None and _waits(fault, now) and fault.code in reported:
                continue
            del self._waiting[fault.code]
            self._active[fault.code] = replace(fault, related=partner)
            raised.append(self._active[fault.code])
        return tuple(raised)

    def _clear(self, reported: Iterable[FaultCode], seen: datetime) -> tuple[Fault, ...]:
        """Clear what is gone; a fault lasted until the report before, the last that had it."""
        gone = [fault for code, fault in self._active.items() if code not in reported]
        for fault in gone:
            del self._active[fault.code]
        return tuple(_seen_until(fault, seen) for fault in gone)

    def _partner(self, code: FaultCode) -> FaultCode | None:
        """Return the active code of the same trouble on the other channel."""
        return next((other for other in self._active if are_related(code, other)), None)

    def seen(self, fault: Fault) -> Fault:
        """Return an active fault with the time of the last report that had it."""
        return _seen_until(fault, self.heard or fault.last_seen)

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
                    "related": fault.related and str(fault.related),
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
                    None if stored["related"] is None else parse(stored["related"]),
                )
                for stored in data["active"]
            ]
            return cls(
                None if heard is None else _time(heard),
                {fault.code: fault for fault in faults},
            )
        except (KeyError, TypeError, AttributeError) as err:
            raise ValueError(f"no ledger: {err!r}") from err


def _waits(fault: Fault, now: datetime) -> bool:
    """Whether a fault should not be heard yet: its partner may come and say more."""
    return (
        fault.code.kind is Kind.PRINT_ERROR
        and may_have_partner(fault.code)
        and fault.first_seen <= now < fault.first_seen + PARTNER_WAIT
    )


def _seen_until(fault: Fault, when: datetime) -> Fault:
    """Return a fault last seen then; the host's clock may have been set back since it came."""
    return replace(fault, last_seen=max(when, fault.first_seen))


def _time(text: str) -> datetime:
    """Read a stored time; raises `ValueError` for one without a time zone."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without its time zone")
    return time
