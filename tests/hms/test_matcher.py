"""Which faults a matcher means, and of which of them an owner wants to hear."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.bambu_hms.hms.code import parse
from custom_components.bambu_hms.hms.fault import Fault
from custom_components.bambu_hms.hms.matcher import AMS_KEYS, INCLUDES, Interest, Matcher

SLOT_2 = "0700_2100_0002_0001"
HT_SLOT_1 = "1880_2000_0002_0001"
LITE_SLOT_1 = "1200_2000_0002_0001"
HEATBED = "0300_0100_0001_0007"
PRINT_ERROR = "0700-8011"
OVERHEATING = "0300_0100_0001_0001"
LIDAR_DIRTY = "0C00_0100_0001_0004"
DOOR_OPEN = "0500_0400_0003_0008"


@pytest.mark.parametrize(
    ("data", "meant", "not_meant"),
    [
        ({}, [SLOT_2, HEATBED, PRINT_ERROR], []),
        ({"topics": []}, [SLOT_2, HEATBED], []),
        ({"codes": [SLOT_2]}, [SLOT_2], [HEATBED, "0700_2000_0002_0001"]),
        ({"codes": ["HMS_0700-2100-0002-0001"]}, [SLOT_2], [HEATBED]),
        ({"codes": ["0700_*_0002_*"]}, [SLOT_2], [HEATBED, "0700_2100_0003_0001", PRINT_ERROR]),
        ({"codes": ["HMS_0700_*_0002_*"]}, [SLOT_2], [HEATBED]),
        ({"codes": ["07**-8011"]}, [PRINT_ERROR, "0701-8011"], [SLOT_2, "0700-8012"]),
        ({"codes": [HEATBED, PRINT_ERROR]}, [HEATBED, PRINT_ERROR], [SLOT_2]),
        ({"topics": ["filament_ran_out"]}, [SLOT_2, HT_SLOT_1, PRINT_ERROR], [HEATBED]),
        ({"modules": ["heatbed", "motors"]}, [HEATBED], [SLOT_2]),
        (
            {"ams": ["ams_a"]},
            [SLOT_2, LITE_SLOT_1, PRINT_ERROR],
            [HT_SLOT_1, "0701_2000_0002_0001"],
        ),
        ({"ams": ["ams_ht_a"]}, [HT_SLOT_1], [SLOT_2, LITE_SLOT_1]),
        ({"ams": ["ams_lite_a"]}, [LITE_SLOT_1], [SLOT_2, HT_SLOT_1]),
        ({"slots": [2]}, [SLOT_2], [HT_SLOT_1, HEATBED, PRINT_ERROR]),
        ({"ams": ["ams_a"], "slots": [1, 2]}, [SLOT_2, LITE_SLOT_1], [HT_SLOT_1, PRINT_ERROR]),
        ({"topics": ["filament_ran_out"], "modules": ["heatbed"]}, [], [SLOT_2, HEATBED]),
        ({"min_severity": "info"}, [HEATBED, SLOT_2, LIDAR_DIRTY, DOOR_OPEN], []),
        ({"min_severity": "common"}, [HEATBED, SLOT_2, LIDAR_DIRTY], [DOOR_OPEN]),
        ({"min_severity": "serious"}, [HEATBED, SLOT_2, PRINT_ERROR], [LIDAR_DIRTY, DOOR_OPEN]),
        ({"min_severity": "fatal"}, [HEATBED, OVERHEATING], [SLOT_2, PRINT_ERROR, LIDAR_DIRTY]),
        ({"min_severity": None}, [HEATBED, DOOR_OPEN], []),
        ({"safety_only": True}, [OVERHEATING], [HEATBED, SLOT_2, DOOR_OPEN]),
        ({"safety_only": False}, [OVERHEATING, HEATBED], []),
        ({"safety_only": True, "topics": ["temperature"]}, [], [OVERHEATING, HEATBED]),
        ({"min_severity": "serious", "modules": ["ams"]}, [SLOT_2], [HEATBED, LIDAR_DIRTY]),
    ],
    ids=str,
)
def test_a_fault_is_meant_if_every_key_names_it(
    data: dict[str, Any], meant: list[str], not_meant: list[str]
) -> None:
    matcher = Matcher.from_dict(data)
    assert all(matcher.matches(parse(code)) for code in meant)
    assert not any(matcher.matches(parse(code)) for code in not_meant)


@pytest.mark.parametrize(
    "data",
    [
        {"codes": ["nonsense"]},
        {"codes": ["0700_2000_0002"]},
        {"codes": "0700-8011"},
        {"codes": [5]},
        {"codes": 5},
        {"topics": ["weather"]},
        {"modules": ["engine"]},
        {"ams": ["ams_z"]},
        {"slots": [5]},
        {"slots": [None]},
        {"min_severity": "awful"},
        {"min_severity": "unknown"},
        {"min_severity": ["fatal"]},
        {"min_severity": 3},
        {"safety_only": "yes"},
        {"safety_only": 1},
        {"safety_only": None},
    ],
    ids=str,
)
def test_what_could_never_match_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the text is for the log alone
        Matcher.from_dict(data)


def test_what_means_the_same_is_equal_and_kept_as_it_is() -> None:
    one = Matcher.from_dict({"topics": ["fire", "clog"], "slots": [2, 1, 2], "codes": []})
    other = Matcher.from_dict({"slots": [1, 2], "topics": ["clog", "fire"], "since": "yesterday"})
    assert one == other
    assert one.as_dict() == {"topics": ["clog", "fire"], "slots": [1, 2]}
    assert Matcher.from_dict(one.as_dict()) == one
    assert one
    assert not Matcher()


def test_severity_and_safety_are_kept_too() -> None:
    data = {"min_severity": "serious", "safety_only": True}
    matcher = Matcher.from_dict(data)
    assert matcher.as_dict() == data
    assert Matcher.from_dict(matcher.as_dict()) == matcher
    assert Matcher.from_dict({"min_severity": "fatal"})
    assert Matcher.from_dict({"safety_only": True})
    assert not Matcher.from_dict({"min_severity": None, "safety_only": False})


def test_what_was_kept_before_there_were_severities_means_the_same() -> None:
    assert Matcher.from_dict({"topics": ["clog"]}) == Matcher.from_dict(
        {"topics": ["clog"], "min_severity": None, "safety_only": False}
    )


def test_every_ams_unit_has_a_key() -> None:
    assert len(AMS_KEYS) == 17
    assert all(Matcher.from_dict({"ams": [key]}) for key in AMS_KEYS)


# What an owner wants to hear of.

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def fault(code: str, *, related: str | None = None, standing: bool = False) -> Fault:
    """Return a fault."""
    made = Fault(parse(code), NOW, NOW, standing=standing)
    return made if related is None else replace(made, related=parse(related))


def covers(data: dict[str, Any], what: Fault, *, simulated: bool = False) -> bool:
    """Whether an interest covers a fault."""
    return Interest.from_dict(data).covers(what, simulated=simulated)


def test_an_interest_covers_what_its_matcher_means() -> None:
    assert covers({"modules": ["heatbed"]}, fault(HEATBED))
    assert not covers({"modules": ["heatbed"]}, fault(SLOT_2))


def test_notices_count_only_if_they_are_asked_for() -> None:
    notice = fault(DOOR_OPEN)
    assert not covers({}, notice)
    assert not covers({"topics": ["door"]}, notice)
    assert not covers({"modules": ["chamber"], "include_notices": False}, notice)
    assert covers({"include_notices": True}, notice)
    assert covers({"min_severity": "info"}, notice)
    assert covers({"codes": [DOOR_OPEN]}, notice)
    assert covers({"codes": ["0500_0400_*_*"]}, notice)
    assert not covers({"codes": [DOOR_OPEN], "min_severity": "common"}, notice)
    assert not covers({"include_notices": True, "min_severity": "common"}, notice)


def test_standing_faults_count_only_if_they_are_asked_for() -> None:
    assert not covers({}, fault(HEATBED, standing=True))
    assert not covers({"codes": [HEATBED]}, fault(HEATBED, standing=True))
    assert covers({"include_standing": True}, fault(HEATBED, standing=True))


def test_simulated_faults_count_unless_they_are_not_wanted() -> None:
    assert covers({}, fault(HEATBED), simulated=True)
    assert not covers({"include_simulated": False}, fault(HEATBED), simulated=True)
    assert covers({"include_simulated": False}, fault(HEATBED))


def test_a_related_fault_counts_only_where_it_would_not_be_heard_twice() -> None:
    again = fault(PRINT_ERROR, related=SLOT_2)
    assert not covers({}, again)
    assert not covers({"topics": ["filament_ran_out"]}, again)
    assert covers({"include_related": True}, again)
    # Who asks for this one alone does not hear of the other one.
    assert covers({"codes": [PRINT_ERROR]}, again)
    assert not covers({"codes": [PRINT_ERROR, SLOT_2]}, again)
    assert not covers({"codes": [SLOT_2]}, again)


def test_a_danger_counts_although_it_is_related_to_something_harmless() -> None:
    assert covers({"safety_only": True}, fault(OVERHEATING, related=LIDAR_DIRTY))
    assert covers({}, fault(HEATBED, related=DOOR_OPEN)), "the notice is not heard"
    assert not covers({"include_notices": True}, fault(HEATBED, related=DOOR_OPEN))


@pytest.mark.parametrize("key", INCLUDES)
def test_what_is_neither_wanted_nor_unwanted_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=key):
        Interest.from_dict({key: "perhaps"})


def test_an_interest_in_what_could_never_match_is_refused() -> None:
    with pytest.raises(ValueError, match="weather"):
        Interest.from_dict({"topics": ["weather"]})
