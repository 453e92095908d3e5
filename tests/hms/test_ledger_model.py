"""The ledger against the plainest model: each fault is raised and cleared once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st

from custom_components.bambu_hms.hms.code import FaultCode, parse
from custom_components.bambu_hms.hms.ledger import NOTHING_CHANGED, Changes, Ledger
from custom_components.bambu_hms.hms.matcher import Matcher
from custom_components.bambu_hms.hms.mute import Mute

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
# None of them waits for a partner, so that the model needs to know nothing of pairs.
CODES = [parse(code) for code in ("0300_0100_0001_0007", "0C00_0100_0001_0004", "0500-4001")]


def at(seconds: int) -> datetime:
    """A time after the start."""
    return START + timedelta(seconds=seconds)


@dataclass
class Model:
    """What is there, found by looking at every second since the last report that had it."""

    settle: int
    there: dict[FaultCode, int] = field(default_factory=dict)
    """For how many seconds each fault has been absent, all of them heard ones."""
    muted_until: dict[FaultCode, float] = field(default_factory=dict)
    listening: bool = False
    gone: int = 0

    def pass_time(self, seconds: int, now: int) -> None:
        """Let time pass in which no report says anything."""
        for code, absent in list(self.there.items()):
            if absent >= 0 and self.listening:
                self.there[code] = absent + seconds
        self.end(now)

    def report(self, codes: set[FaultCode] | None, now: int) -> None:
        """Hear the printer."""
        for code, absent in list(self.there.items()):
            if absent >= 0 and not self.listening:
                self.there[code] = 0
            if codes is not None and absent < 0 and code not in codes:
                self.there[code] = 0
        self.listening = True
        for code in codes or ():
            self.there[code] = -1
        self.end(now)

    def end(self, now: int) -> None:
        """Let go what is over."""
        if self.listening:
            settled = [code for code, absent in self.there.items() if absent >= self.settle]
            for code in settled:
                del self.there[code]
            self.gone += len(settled)
        self.muted_until = {c: end for c, end in self.muted_until.items() if end > now}

    def to_be_heard(self, code: FaultCode) -> bool | None:
        """Whether a fault is to have been raised; None: that depends on what was before."""
        if code not in self.there or code in self.muted_until:
            return False
        return True if self.there[code] < 0 else None


REPORTS = st.tuples(st.just("report"), st.none() | st.sets(st.sampled_from(CODES)))
MUTES = st.tuples(
    st.just("mute"),
    st.tuples(st.sampled_from(CODES), st.integers(1, 30) | st.just(float("inf"))),
)
UNMUTES = st.tuples(st.just("unmute"), st.sampled_from(CODES))
OTHERS = st.tuples(st.sampled_from(["check", "silent", "reload"]), st.none())
# Reports are what happens most of the time.
STEPS = st.lists(
    st.tuples(st.integers(1, 20), REPORTS | REPORTS | REPORTS | MUTES | UNMUTES | OTHERS),
    max_size=40,
)


def only(code: FaultCode) -> Matcher:
    """A matcher of one code."""
    return Matcher(codes=(str(code),))


def act(ledger: Ledger, model: Model, now: int, what: str, how: Any) -> Changes:
    """Do the same to both."""
    match what:
        case "report":
            model.report(how, now)
            return ledger.update(how, at(now))
        case "check":
            return ledger.check(at(now))
        case "silent":
            model.listening = False
            ledger.silent()
        case "mute":
            code, length = how
            model.muted_until[code] = now + length
            end = None if length == float("inf") else at(now + length)
            return ledger.mute(Mute(what=only(code), since=at(now), until=end), at(now))
        case "unmute" if how in model.muted_until:
            del model.muted_until[how]
            return ledger.unmute(only(how), at(now))
    return NOTHING_CHANGED


def compare(ledger: Ledger, model: Model, raised: set[FaultCode]) -> None:
    """Compare what both know, and what an owner has heard of it."""
    assert {fault.code for fault in ledger.active} == set(model.there)
    assert raised == {fault.code for fault in ledger.active if not fault.muted}
    for code in CODES:
        if (expected := model.to_be_heard(code)) is not None:
            assert (code in raised) is expected, code
    assert len(ledger.history) == model.gone
    assert set(ledger.reported) == {code for code, absent in model.there.items() if absent < 0}


@given(st.integers(0, 30), STEPS)
def test_whatever_happens_that_is_raised_which_is_there_and_not_muted(
    settle: int, steps: list[tuple[int, tuple[str, Any]]]
) -> None:
    ledger, model, now = Ledger(settle=timedelta(seconds=settle)), Model(settle), 0
    raised: set[FaultCode] = set()
    count = 0

    def take(changes: Changes) -> None:
        nonlocal raised, count
        up = {fault.code for fault in changes.raised}
        down = {fault.code for fault in changes.cleared}
        assert not up & raised, "raised twice"
        assert down <= raised | up, "cleared what was not raised"
        count += len(up)
        raised = (raised | up) - down

    for seconds, (what, how) in steps:
        now += seconds
        # As the coordinator does: what falls due is looked at when it does.
        while ledger.due is not None and ledger.due <= at(now):
            due = ledger.due
            take(ledger.check(due))
            assert ledger.due is None or ledger.due > due
        model.pass_time(seconds, now)
        if what == "reload":
            model.listening = False
            ledger = Ledger.from_dict(ledger.as_dict())
            ledger.settle = timedelta(seconds=settle)
        take(act(ledger, model, now, what, how))
        compare(ledger, model, raised)
        assert ledger.raised_count == count
