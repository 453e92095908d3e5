"""A fault that is gone settles first: owners need not hear of every flap."""

from datetime import UTC, datetime, timedelta

from custom_components.bambu_hms.hms.code import parse
from custom_components.bambu_hms.hms.ledger import Ledger

HEATBED = parse("0300_0100_0001_0007")
MOTOR = parse("0300_0600_0001_0002")
START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A time after the start."""
    return START + timedelta(seconds=seconds)


def with_a_fault() -> Ledger:
    """A ledger, settling within 30 s, whose printer has had a fault from 1 s on."""
    ledger = Ledger()
    ledger.update([], START)
    ledger.update([HEATBED], at(1))
    return ledger


def reloaded(ledger: Ledger) -> Ledger:
    """The ledger after a restart."""
    return Ledger.from_dict(ledger.as_dict())


def test_a_fault_that_is_gone_is_cleared_once_it_has_settled() -> None:
    ledger = with_a_fault()
    changes = ledger.update([], at(10))
    assert changes, "its state is another one"
    assert not changes.cleared
    assert [fault.gone for fault in ledger.active] == [at(10)]
    assert ledger.due == at(40)
    assert not ledger.check(at(39.9))
    (fault,) = ledger.check(at(40)).cleared
    assert fault.duration == timedelta(0), "it ended with the last report that had it"
    assert not ledger.active
    assert ledger.due is None


def test_a_report_clears_what_has_settled_too() -> None:
    ledger = with_a_fault()
    ledger.update([], at(10))
    assert not ledger.update(None, at(39))
    assert [fault.code for fault in ledger.update(None, at(41)).cleared] == [HEATBED]


def test_a_fault_that_comes_back_in_time_is_the_same_with_one_more_occurrence() -> None:
    ledger = with_a_fault()
    ledger.update([], at(10))
    changes = ledger.update([HEATBED], at(20))
    assert changes
    assert not changes.raised
    assert not changes.cleared
    (fault,) = ledger.active
    assert (fault.occurrences, fault.gone, fault.first_seen) == (2, None, at(1))
    assert ledger.due is None
    ledger.update([HEATBED], at(25))
    ledger.update([], at(30))
    (fault,) = ledger.check(at(60)).cleared
    assert (fault.occurrences, fault.duration) == (2, timedelta(seconds=24))


def test_a_fault_that_comes_back_later_is_another_one() -> None:
    ledger = with_a_fault()
    ledger.update([], at(10))
    ledger.check(at(40))
    (fault,) = ledger.update([HEATBED], at(41)).raised
    assert (fault.occurrences, fault.first_seen) == (1, at(41))


def test_nothing_is_cleared_while_the_printer_is_not_heard() -> None:
    ledger = with_a_fault()
    ledger.update([], at(10))
    ledger.silent()
    assert ledger.due is None
    assert not ledger.check(at(1000))
    assert not ledger.update([], at(1001)).cleared, "it settles anew"
    assert [fault.code for fault in ledger.check(at(1031)).cleared] == [HEATBED]


def test_what_settles_while_home_assistant_restarts_settles_anew() -> None:
    ledger = with_a_fault()
    ledger.update([], at(10))
    ledger = reloaded(ledger)
    assert ledger.due is None
    assert not ledger.update([HEATBED], at(600)).raised
    assert [fault.occurrences for fault in ledger.active] == [2]


def test_what_is_settling_is_not_reported() -> None:
    ledger = with_a_fault()
    ledger.update([HEATBED, MOTOR], at(2))
    ledger.update([MOTOR], at(3))
    assert ledger.reported == (MOTOR,)
    assert {fault.code for fault in ledger.active} == {HEATBED, MOTOR}


def test_another_settle_time_holds_for_what_is_settling_already() -> None:
    ledger = with_a_fault()
    ledger.update([], at(10))
    ledger.settle = timedelta(seconds=5)
    assert [fault.code for fault in ledger.check(at(16)).cleared] == [HEATBED]


def test_a_clock_that_was_set_back_keeps_no_fault() -> None:
    ledger = with_a_fault()
    ledger.update([], at(10))
    assert [fault.code for fault in ledger.update(None, at(-100)).cleared] == [HEATBED]


def test_the_history_remembers_what_was_cleared() -> None:
    ledger = with_a_fault()
    ledger.update([MOTOR], at(10))
    ledger.check(at(40))
    ledger.update([], at(50))
    assert [fault.code for fault in ledger.history] == [HEATBED]
    ledger = reloaded(ledger)
    ledger.update([], at(60))
    ledger.check(at(90))
    assert [(fault.code, fault.first_seen) for fault in ledger.history] == [
        (HEATBED, at(1)),
        (MOTOR, at(10)),
    ]


def test_the_history_holds_the_last_500() -> None:
    ledger = Ledger(settle=timedelta(0))
    ledger.update([], START)
    for number in range(501):
        ledger.update([HEATBED], at(2 * number + 1))
        ledger.update([], at(2 * number + 2))
    assert len(ledger.history) == 500
    assert ledger.history[0].first_seen == at(3)
    assert ledger.history[-1].first_seen == at(1001)
    assert len(reloaded(ledger).history) == 500


def test_what_was_raised_is_counted_across_restarts() -> None:
    ledger = Ledger()
    assert (ledger.raised_count, ledger.last_raised) == (0, None)
    ledger.update([], START)
    ledger.update([HEATBED], at(5))
    ledger = reloaded(ledger)
    ledger.update([HEATBED, MOTOR], at(9))
    ledger.update([HEATBED], at(10))
    ledger.update([HEATBED, MOTOR], at(11))
    assert (ledger.raised_count, ledger.last_raised) == (2, at(9))


def test_the_same_trouble_on_both_channels_counts_once() -> None:
    ledger = Ledger()
    ledger.update([parse("0700_2000_0002_0001"), parse("0700-8011")], START)
    assert len(ledger.active) == 2
    assert ledger.raised_count == 1
