"""Which faults a matcher means."""

from typing import Any

import pytest

from custom_components.bambu_hms.hms.code import parse
from custom_components.bambu_hms.hms.matcher import AMS_KEYS, Matcher

SLOT_2 = "0700_2100_0002_0001"
HT_SLOT_1 = "1880_2000_0002_0001"
LITE_SLOT_1 = "1200_2000_0002_0001"
HEATBED = "0300_0100_0001_0007"
PRINT_ERROR = "0700-8011"


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


def test_every_ams_unit_has_a_key() -> None:
    assert len(AMS_KEYS) == 17
    assert all(Matcher.from_dict({"ams": [key]}) for key in AMS_KEYS)
