"""A muted fault is kept and seen, but not heard."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.bambu_hms.hms.code import FaultCode, parse
from custom_components.bambu_hms.hms.ledger import Changes, Ledger
from custom_components.bambu_hms.hms.matcher import Matcher
from custom_components.bambu_hms.hms.mute import Mute

SLOT = parse("0700_2000_0002_0001")
SLOT_ERROR = parse("0700-8011")  # the same trouble on the other channel
HEATBED = parse("0300_0100_0001_0007")
START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)

RAN_OUT = Matcher.from_dict({"topics": ["filament_ran_out"]})
THIS_CODE = Matcher.from_dict({"codes": ["0700_2000_0002_0001"]})


def at(seconds: float) -> datetime:
    """A time after the start."""
    return START + timedelta(seconds=seconds)


def heard_before(*codes: FaultCode) -> Ledger:
    """A ledger, settling within 30 s, of a printer that was heard at the start."""
    ledger = Ledger()
    ledger.update(codes, START)
    return ledger


def mute(what: Matcher, seconds: float | None = None, *, until_cleared: bool = False) -> Mute:
    """A mute from the start on."""
    until = None if seconds is None else at(seconds)
    return Mute(what=what, since=START, until=until, until_cleared=until_cleared)


def codes_of(changes: Changes) -> tuple[list[FaultCode], list[FaultCode]]:
    """What was raised and what was cleared."""
    return [it.code for it in changes.raised], [it.code for it in changes.cleared]


def test_a_muted_fault_is_there_but_not_raised() -> None:
    ledger = heard_before()
    assert codes_of(ledger.mute(mute(RAN_OUT), at(1))) == ([], [])
    changes = ledger.update([SLOT, HEATBED], at(2))
    assert codes_of(changes) == ([HEATBED], [])
    assert {fault.code: fault.muted for fault in ledger.active} == {SLOT: True, HEATBED: False}


def test_that_a_mute_begins_and_ends_is_a_change_also_where_there_is_no_fault() -> None:
    ledger = heard_before()
    assert ledger.mute(mute(RAN_OUT, 60), at(1))
    assert not ledger.check(at(59))
    assert ledger.check(at(60))
    assert ledger.mutes == ()


def test_a_muted_fault_goes_unheard_too_but_the_history_has_it() -> None:
    ledger = heard_before()
    ledger.mute(mute(RAN_OUT), at(1))
    ledger.update([SLOT], at(2))
    ledger.update([], at(3))
    changes = ledger.check(at(33))
    assert changes
    assert codes_of(changes) == ([], [])
    assert [(fault.code, fault.muted) for fault in ledger.history] == [(SLOT, True)]
    assert ledger.raised_count == 0


def test_what_was_raised_is_cleared_when_it_is_muted() -> None:
    ledger = heard_before(SLOT)
    (fault,) = ledger.mute(mute(RAN_OUT), at(5)).cleared
    assert fault.muted, "it is not gone"
    assert [it.code for it in ledger.active] == [SLOT]


def test_a_mute_that_ends_while_the_fault_is_there_raises_it() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT, 60), at(5))
    assert ledger.due == at(60)
    assert not ledger.check(at(59))
    assert codes_of(ledger.check(at(60))) == ([SLOT], [])
    assert not ledger.mutes


def test_a_mute_that_ends_while_home_assistant_is_down_raises_it_afterwards() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT, 60), at(5))
    ledger = Ledger.from_dict(ledger.as_dict())
    assert ledger.due == at(60)
    assert codes_of(ledger.check(at(3600))) == ([SLOT], [])


def test_unmuting_raises_what_is_there() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT), at(5))
    assert codes_of(ledger.unmute(RAN_OUT, at(6))) == ([SLOT], [])
    (fault,) = ledger.active
    assert (fault.muted, fault.first_seen) == (False, START)


def test_what_is_not_muted_cannot_be_unmuted() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT), at(5))
    with pytest.raises(KeyError):
        ledger.unmute(THIS_CODE, at(6))


def test_a_mute_until_it_clears_ends_with_the_fault() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT, until_cleared=True), at(5))
    ledger.update([], at(10))
    assert ledger.mutes, "it may come back"
    ledger.check(at(40))
    assert not ledger.mutes
    assert codes_of(ledger.update([SLOT], at(50))) == ([SLOT], [])


def test_what_is_settling_is_not_raised_when_its_mute_ends() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT, 20), at(5))
    ledger.update([], at(10))
    assert codes_of(ledger.check(at(20))) == ([], [])
    assert codes_of(ledger.update([SLOT], at(25))) == ([SLOT], []), "unless it comes back"


def test_what_is_settling_can_be_muted() -> None:
    ledger = heard_before(SLOT)
    ledger.update([], at(10))
    assert codes_of(ledger.mute(mute(RAN_OUT), at(11))) == ([], [SLOT])
    assert codes_of(ledger.check(at(40))) == ([], [])


def test_a_fault_that_only_repeats_a_muted_one_is_muted_with_it() -> None:
    ledger = heard_before()
    ledger.mute(mute(THIS_CODE), at(1))
    assert codes_of(ledger.update([SLOT, SLOT_ERROR], at(2))) == ([], [])
    assert all(fault.muted for fault in ledger.active)


def test_another_mute_of_the_same_faults_takes_the_place_of_the_first() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT, 60), at(5))
    ledger.mute(mute(RAN_OUT), at(6))
    assert [each.until for each in ledger.mutes] == [None]
    assert codes_of(ledger.check(at(60))) == ([], [])


def test_a_fault_is_heard_only_when_the_last_of_its_mutes_has_ended() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT), at(5))
    ledger.mute(mute(THIS_CODE), at(6))
    assert codes_of(ledger.unmute(RAN_OUT, at(7))) == ([], [])
    assert codes_of(ledger.unmute(THIS_CODE, at(8))) == ([SLOT], [])


def test_mutes_are_kept() -> None:
    ledger = heard_before(SLOT)
    ledger.mute(mute(RAN_OUT, until_cleared=True), at(5))
    ledger.mute(mute(THIS_CODE, 100), at(6))
    assert Ledger.from_dict(ledger.as_dict()).mutes == ledger.mutes
