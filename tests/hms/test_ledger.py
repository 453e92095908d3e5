"""The life of faults: raised once, cleared once, kept as plain data."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_hms.hms.code import FaultCode, parse
from custom_components.bambu_hms.hms.ledger import Changes, Ledger
from custom_components.bambu_hms.hms.matcher import Matcher
from custom_components.bambu_hms.hms.meaning import Topic
from custom_components.bambu_hms.hms.mute import Mute

# What settles has tests of its own.
AT_ONCE = timedelta(0)

RAN_OUT = parse("0700_2000_0002_0001")
HEATBED = parse("0300_0100_0001_0007")
PRINT_ERROR = parse("0300-8004")
START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A time after the start."""
    return START + timedelta(seconds=seconds)


def heard_before(*codes: FaultCode) -> Ledger:
    """A ledger of a printer that was heard at the start."""
    ledger = Ledger(settle=AT_ONCE)
    ledger.update(codes, START)
    return ledger


def reloaded(ledger: Ledger) -> Ledger:
    """The ledger after a restart."""
    again = Ledger.from_dict(ledger.as_dict())
    again.settle = ledger.settle
    return again


def codes_of(changes: Changes) -> tuple[set[FaultCode], set[FaultCode]]:
    """What was raised and what was cleared."""
    return {fault.code for fault in changes.raised}, {fault.code for fault in changes.cleared}


def test_a_fault_is_raised_when_it_appears() -> None:
    ledger = heard_before()
    changes = ledger.update([RAN_OUT], at(1))
    (fault,) = changes.raised
    assert (fault.code, fault.first_seen, fault.last_seen) == (RAN_OUT, at(1), at(1))
    assert not changes.cleared
    assert not fault.standing


def test_a_fault_that_stays_is_not_raised_again() -> None:
    ledger = heard_before(RAN_OUT)
    assert not ledger.update([RAN_OUT], at(1))


def test_a_fault_is_cleared_when_it_is_gone() -> None:
    ledger = heard_before()
    ledger.update([RAN_OUT], at(1))
    ledger.update([RAN_OUT], at(8))
    (fault,) = ledger.update([], at(10)).cleared
    assert fault.last_seen == at(8), "it lasted until the last report that had it"
    assert fault.duration == timedelta(seconds=7)
    assert not ledger.active
    assert not ledger.update([], at(11))


def test_a_report_without_faults_in_it_changes_nothing_but_the_time() -> None:
    ledger = heard_before(RAN_OUT)
    assert not ledger.update(None, at(5))
    (fault,) = ledger.update([], at(6)).cleared
    assert fault.last_seen == at(5), "no word of faults means that they are still there"


def test_one_comes_while_another_goes() -> None:
    ledger = heard_before(RAN_OUT)
    assert codes_of(ledger.update([HEATBED], at(1))) == ({HEATBED}, {RAN_OUT})


def test_a_code_reported_twice_is_one_fault() -> None:
    assert len(heard_before().update([RAN_OUT, RAN_OUT], at(1)).raised) == 1


def test_what_is_in_the_very_first_report_is_standing() -> None:
    ledger = Ledger(settle=AT_ONCE)
    (fault,) = ledger.update([RAN_OUT], START).raised
    assert fault.standing
    (fault,) = ledger.update([RAN_OUT, HEATBED], at(1)).raised
    assert not fault.standing


def test_after_a_restart_nothing_is_raised_or_standing_again() -> None:
    ledger = heard_before(RAN_OUT, PRINT_ERROR)
    ledger.check(at(5))
    ledger = reloaded(ledger)
    assert not ledger.update([RAN_OUT, PRINT_ERROR], at(3600))
    (fault,) = ledger.update([RAN_OUT, PRINT_ERROR, HEATBED], at(3601)).raised
    assert not fault.standing


def test_what_went_during_a_restart_is_cleared_as_of_when_it_was_last_seen() -> None:
    before = heard_before(RAN_OUT)
    before.update([RAN_OUT], at(60))
    (fault,) = reloaded(before).update([], at(3600)).cleared
    assert fault.duration == timedelta(seconds=60)


def test_a_clock_that_was_set_back_gives_no_negative_duration() -> None:
    ledger = heard_before()
    ledger.update([RAN_OUT], at(100))
    ledger.update([RAN_OUT], at(-100))
    (fault,) = ledger.update([], at(-99)).cleared
    assert fault.duration == timedelta(0)


SLOT = parse("0700_2000_0002_0001")
SLOT_ERROR = parse("0700-8011")  # the same trouble on the other channel
LONELY_ERROR = parse("0500-4001")  # has no partner


def test_a_print_error_waits_for_the_hms_code_that_says_more() -> None:
    ledger = heard_before()
    assert not ledger.update([SLOT_ERROR], at(1))
    assert ledger.due == at(6)
    changes = ledger.update([SLOT, SLOT_ERROR], at(3))
    assert [(fault.code, fault.related) for fault in changes.raised] == [
        (SLOT, None),
        (SLOT_ERROR, SLOT),
    ]
    assert changes.raised[1].first_seen == at(1)
    assert ledger.due is None


def test_a_print_error_that_waited_in_vain_is_raised() -> None:
    ledger = heard_before()
    ledger.update([SLOT_ERROR], at(1))
    assert not ledger.check(at(5.9))
    (fault,) = ledger.check(at(6)).raised
    assert (fault.code, fault.related) == (SLOT_ERROR, None)
    assert not ledger.check(at(7))


def test_a_report_raises_what_has_waited_long_enough_too() -> None:
    ledger = heard_before()
    ledger.update([SLOT_ERROR], at(1))
    assert not ledger.update(None, at(5))
    assert codes_of(ledger.update(None, at(6))) == ({SLOT_ERROR}, set())


def test_an_hms_code_that_comes_later_is_the_related_one() -> None:
    ledger = heard_before()
    ledger.update([SLOT_ERROR], at(1))
    ledger.check(at(6))
    (fault,) = ledger.update([SLOT_ERROR, SLOT], at(7)).raised
    assert (fault.code, fault.related) == (SLOT, SLOT_ERROR)


def test_a_print_error_without_a_partner_does_not_wait() -> None:
    ledger = heard_before()
    assert codes_of(ledger.update([LONELY_ERROR], at(1))) == ({LONELY_ERROR}, set())
    assert ledger.due is None


def test_a_print_error_that_goes_while_it_waits_is_not_lost() -> None:
    ledger = heard_before()
    ledger.update([SLOT_ERROR], at(1))
    assert codes_of(ledger.update([], at(2))) == ({SLOT_ERROR}, {SLOT_ERROR})
    assert not ledger.active


def test_what_is_left_of_a_pair_is_related_to_nothing() -> None:
    ledger = heard_before(SLOT, SLOT_ERROR)
    assert [fault.related for fault in ledger.active] == [None, SLOT]
    ledger.update([SLOT_ERROR], at(1))
    assert [fault.related for fault in ledger.active] == [None]


def test_what_is_cleared_says_what_it_said_when_it_was_raised() -> None:
    ledger = reloaded(heard_before(SLOT, SLOT_ERROR))
    ledger.update([SLOT_ERROR], at(1))
    (fault,) = ledger.update([], at(2)).cleared
    assert fault.related == SLOT


def test_a_clock_that_was_set_back_keeps_nobody_waiting() -> None:
    ledger = heard_before()
    ledger.update([SLOT_ERROR], at(100))
    assert codes_of(ledger.update([SLOT_ERROR], at(-100))) == ({SLOT_ERROR}, set())


def test_a_copy_stays_as_it_is_whatever_happens_later() -> None:
    ledger = heard_before(RAN_OUT)
    ledger.update([PRINT_ERROR], at(1))
    clogs = Matcher(topics=(Topic.CLOG,))
    ledger.mute(Mute(what=clogs, since=at(1)), at(1))
    copy, before = ledger.copy(), ledger.as_dict()
    assert copy.as_dict() == before
    ledger.update([HEATBED], at(2))
    ledger.unmute(clogs, at(2))
    ledger.update([], at(3))
    assert ledger.as_dict() != before
    assert copy.as_dict() == before


def test_a_print_error_waits_on_after_a_restart() -> None:
    ledger = heard_before()
    ledger.update([SLOT_ERROR], at(1))
    ledger = reloaded(ledger)
    assert ledger.due == at(6)
    assert codes_of(ledger.check(at(3600))) == ({SLOT_ERROR}, set())


WRONG_FAULT = {
    "code": "0700-8006",
    "first_seen": START.isoformat(),
    "last_seen": START.isoformat(),
    "occurrences": "many",
    "standing": False,
    "related": None,
    "muted": False,
    "gone": None,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"heard": "yesterday"},
        {"heard": "2026-11-01T12:00:00"},
        {"heard": 5},
        {"active": [{"code": "nonsense"}]},
        {"active": [["code"]]},
        {"active": None},
        {"active": [WRONG_FAULT]},
        {"waiting": 3},
        {"history": [{}]},
        {"mutes": [{}]},
        {"mutes": [{"what": {"topics": ["weather"]}, "since": START.isoformat()}]},
        {"raised_count": None},
        {"last_raised": 1.5},
    ],
    ids=str,
)
def test_data_of_another_shape_is_refused(wrong: dict[str, object]) -> None:
    data = Ledger().as_dict()
    assert Ledger.from_dict(data) == Ledger()
    with pytest.raises(ValueError):  # noqa: PT011 -- the text is for the log alone
        Ledger.from_dict(data | wrong)


@pytest.mark.parametrize("key", Ledger().as_dict())
def test_data_of_which_a_part_is_missing_is_refused(key: str) -> None:
    data = Ledger().as_dict()
    del data[key]
    with pytest.raises(ValueError, match=key):
        Ledger.from_dict(data)


CODES = st.sampled_from([SLOT, SLOT_ERROR, LONELY_ERROR, HEATBED])


@given(st.lists(st.one_of(st.none(), st.lists(CODES, max_size=4)), max_size=30), st.data())
def test_what_was_raised_and_not_cleared_is_what_the_printer_has(
    reports: list[list[FaultCode] | None], data: st.DataObject
) -> None:
    """Against the plainest model: the set of codes that the last telling report had."""
    ledger = Ledger(settle=AT_ONCE)
    raised: set[FaultCode] = set()
    truth: set[FaultCode] = set()
    for number, report in enumerate(reports):
        if ledger.due is None and data.draw(st.booleans()):
            ledger = reloaded(ledger)
        up, down = codes_of(ledger.update(report, at(2 * number)))
        assert not up & raised
        assert down <= raised | up
        raised = (raised | up) - down
        truth = truth if report is None else set(report)
        assert raised == {fault.code for fault in ledger.active}
        assert raised | ({SLOT_ERROR} & truth) == truth, "only that one may keep us waiting"
    up, down = codes_of(ledger.check(at(2 * len(reports) + 5)))
    assert raised | up == truth
    assert not down
