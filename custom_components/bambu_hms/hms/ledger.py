"""The life of faults: raised once when they appear, cleared once when they are gone.

A fault that a report no longer has is settling: it is the same fault, one more occurrence, should
it come back within the settle time, and cleared after that. Only time in which the printer is heard
counts. A muted fault is kept like any other, but raised only when the mute ends; one that was
raised before is cleared when it is muted. So at any time that is raised which is there and not
muted.

Pure and deterministic: the time of everything is passed in, as an aware `datetime`.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from .code import FaultCode, Kind
from .fault import Fault
from .matcher import Matcher
from .meaning import are_related, may_have_partner
from .mute import Mute
from .times import read_time

PARTNER_WAIT: Final = timedelta(seconds=5)
"""How long a print error waits for the HMS code of the same trouble, which says more."""
SETTLE: Final = timedelta(seconds=30)
"""The usual settle time."""
REMEMBERED: Final = 500
"""How many faults the history holds."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What came of something; what is raised comes in the order in which it should be heard."""

    raised: tuple[Fault, ...] = ()
    cleared: tuple[Fault, ...] = ()
    """What is gone, and what is muted from now on: that one says so."""
    other: bool = False
    """Whether anything else changed: a fault is settling, is back, or came muted; or a mute."""

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.raised or self.cleared or self.other)


NOTHING_CHANGED: Final = Changes()


@dataclass(slots=True)
class Ledger:
    """The faults that one printer has and had, and what its owner does not want to hear of.

    `heard` is the time of the last report; None says that there has not been any, ever.
    """

    settle: timedelta = SETTLE
    heard: datetime | None = None
    raised_count: int = 0
    """How many faults were raised, ever; the same trouble on both channels counts once."""
    last_raised: datetime | None = None
    """Since when the last fault is there that was raised."""
    due: datetime | None = field(default=None, init=False)
    """When to call `check`, should no report come before; None: not at all."""
    _active: dict[FaultCode, Fault] = field(default_factory=dict)
    _waiting: dict[FaultCode, Fault] = field(default_factory=dict)
    _mutes: list[Mute] = field(default_factory=list)
    _history: deque[Fault] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _silent: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        """Know when to look again."""
        self.due = self._next()

    # What there is

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
    def reported(self) -> tuple[FaultCode, ...]:
        """The codes that the last report had."""
        return (*(code for code, it in self._active.items() if it.gone is None), *self._waiting)

    @property
    def history(self) -> tuple[Fault, ...]:
        """The last faults that are gone, oldest first."""
        return tuple(self._history)

    @property
    def mutes(self) -> tuple[Mute, ...]:
        """What is muted, oldest first."""
        return tuple(self._mutes)

    def seen(self, fault: Fault) -> Fault:
        """Return an active fault with the time of the last report that had it."""
        return fault if fault.gone or self.heard is None else fault.seen(self.heard)

    # What happens

    def update(self, codes: Iterable[FaultCode] | None, now: datetime) -> Changes:
        """Take in one report: all the codes it has, or None where it says nothing of faults."""
        before, self.heard = self.heard, now
        if codes is None and self._is_quiet(before, now):
            return NOTHING_CHANGED
        if self._silent:
            # Nobody knows what was in between, so whatever is settling begins anew.
            self._silent = False
            self._replace(replace(it, gone=now) for it in self._active.values() if it.gone)
        return self._take(codes, before, now)

    def silent(self) -> None:
        """Take in that the printer is not heard: nothing is gone that nobody sees go."""
        self._silent = True
        self.due = self._next()

    def check(self, now: datetime, codes: Iterable[FaultCode] | None = None) -> Changes:
        """Do what is due without a report; `codes`: what the last one had, read in another way."""
        return self._take(codes, self.heard, now)

    def mute(self, mute: Mute, now: datetime) -> Changes:
        """Mute faults from now on; another mute of just the same faults is replaced."""
        self._mutes = [other for other in self._mutes if other.what != mute.what]
        self._mutes.append(mute)
        return self._turn(self.reported, now, other=True)

    def unmute(self, what: Matcher, now: datetime) -> Changes:
        """End the mute of just these faults; raises `KeyError` where there is none."""
        left = [mute for mute in self._mutes if mute.what != what]
        if len(left) == len(self._mutes):
            raise KeyError(what)
        self._mutes = left
        return self._turn(self.reported, now, other=True)

    # How it happens

    def _is_quiet(self, before: datetime | None, now: datetime) -> bool:
        """Whether nothing can change by itself; the host's clock may have been set back."""
        if self._silent or before is None or now < before:
            return False
        return self.due is None or now < self.due

    def _take(
        self, codes: Iterable[FaultCode] | None, before: datetime | None, now: datetime
    ) -> Changes:
        """Note what came, what is back and what is gone, and do what is due."""
        reported = dict.fromkeys(self.reported if codes is None else codes)
        for code in reported:
            if code not in self._active and code not in self._waiting:
                self._waiting[code] = Fault(code, now, now, standing=before is None)
        changed = [
            replace(it, gone=None, occurrences=it.occurrences + 1)
            if code in reported
            else it.left(before or now, now)
            for code, it in self._active.items()
            if (code in reported) is (it.gone is not None)
        ]
        self._replace(changed)
        return self._turn(reported, now, other=bool(changed))

    def _turn(
        self, reported: Collection[FaultCode], now: datetime, *, other: bool = False
    ) -> Changes:
        """Do all that is due, in the order in which it should be heard."""
        admitted = self._admit(reported, now)
        cleared = self._settled(now)
        mutes = len(self._mutes)
        ended, begun = self._apply_mutes(now)
        raised = (*(fault for fault in admitted if not fault.muted), *ended)
        for fault in raised:
            if fault.related is None:
                self.raised_count += 1
                self.last_raised = fault.first_seen
        self.due = self._next()
        told = (*(fault for fault in cleared if not fault.muted), *begun)
        other = other or bool(admitted or cleared) or len(self._mutes) != mutes
        return Changes(raised, told, other)

    def _admit(self, reported: Collection[FaultCode], now: datetime) -> list[Fault]:
        """Let in what need not wait any longer, HMS codes first: others may wait for them."""
        admitted: list[Fault] = []
        for fault in sorted(
            self._waiting.values(), key=lambda fault: fault.code.kind is Kind.PRINT_ERROR
        ):
            code = fault.code
            partner = next((other for other in self._active if are_related(code, other)), None)
            # One that went while it waited was a fault, too, and is raised before it is cleared.
            if partner is None and _waits(fault, now) and code in reported:
                continue
            del self._waiting[code]
            muted = any(mute.covers(code, partner) for mute in self._mutes)
            gone = None if code in reported else now
            # Most come as they are, and a copy costs as much as all the rest.
            if partner or muted or gone:
                fault = replace(fault, related=partner, muted=muted, gone=gone)  # noqa: PLW2901
            self._active[code] = fault
            admitted.append(fault)
        return admitted

    def _settled(self, now: datetime) -> list[Fault]:
        """Take out what has settled, and remember it."""
        if self._silent:
            return []
        settled = [
            fault
            for fault in self._active.values()
            if fault.gone and not fault.gone <= now < fault.gone + self.settle
        ]
        for fault in settled:
            del self._active[fault.code]
        self._history.extend(settled)
        return settled

    def _apply_mutes(self, now: datetime) -> tuple[list[Fault], list[Fault]]:
        """End the mutes that are over; return the faults that are muted no longer, and newly."""
        self._mutes = [mute for mute in self._mutes if not self._is_over(mute, now)]
        ended: list[Fault] = []
        begun: list[Fault] = []
        for fault in self._active.values():
            # What nobody has heard of need not be heard of when it is about to be cleared.
            muted = (fault.muted and fault.gone is not None) or any(
                mute.covers(fault.code, fault.related) for mute in self._mutes
            )
            if muted is not fault.muted:
                (begun if muted else ended).append(self.seen(replace(fault, muted=muted)))
        self._replace(begun)
        self._replace(ended)
        return ended, begun

    def _is_over(self, mute: Mute, now: datetime) -> bool:
        """Whether a mute has ended."""
        if mute.until_cleared:
            there = (*self._active.values(), *self._waiting.values())
            return not any(mute.covers(fault.code, fault.related) for fault in there)
        return mute.until is not None and mute.until <= now

    def _next(self) -> datetime | None:
        """Return when something will be due."""
        times = [fault.first_seen + PARTNER_WAIT for fault in self._waiting.values()]
        times += [mute.until for mute in self._mutes if mute.until]
        if not self._silent:
            times += [it.gone + self.settle for it in self._active.values() if it.gone]
        return min(times, default=None)

    def _replace(self, faults: Iterable[Fault]) -> None:
        """Put changed faults in the place of what they were."""
        for fault in list(faults):
            self._active[fault.code] = fault

    # Keeping

    def copy(self) -> Ledger:
        """Return what it is now, to be read later: nothing that happens changes the copy."""
        return replace(
            self,
            _active=dict(self._active),
            _waiting=dict(self._waiting),
            _mutes=list(self._mutes),
            _history=self._history.copy(),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads: plain data for JSON."""
        return {
            "heard": self.heard and self.heard.isoformat(),
            "raised_count": self.raised_count,
            "last_raised": self.last_raised and self.last_raised.isoformat(),
            "active": [self.seen(fault).as_dict() for fault in self._active.values()],
            "waiting": [fault.as_dict() for fault in self._waiting.values()],
            "mutes": [mute.as_dict() for mute in self._mutes],
            "history": [fault.as_dict() for fault in self._history],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Make a ledger from stored data; raises `ValueError` where these have another shape."""
        try:
            active, waiting = (
                {fault.code: fault for fault in map(Fault.from_dict, data[key])}
                for key in ("active", "waiting")
            )
            heard, last_raised = (
                None if data[key] is None else read_time(data[key])
                for key in ("heard", "last_raised")
            )
            return cls(
                heard=heard,
                raised_count=int(data["raised_count"]),
                last_raised=last_raised,
                _active=active,
                _waiting=waiting,
                _mutes=[Mute.from_dict(mute) for mute in data["mutes"]],
                _history=deque(map(Fault.from_dict, data["history"]), maxlen=REMEMBERED),
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as err:
            raise ValueError(f"no ledger: {err!r}") from err


def _waits(fault: Fault, now: datetime) -> bool:
    """Whether a fault should not be heard yet: its partner may come and say more."""
    return (
        fault.code.kind is Kind.PRINT_ERROR
        and may_have_partner(fault.code)
        and fault.first_seen <= now < fault.first_seen + PARTNER_WAIT
    )
