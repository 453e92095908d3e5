"""The notation of the tables says what it seems to say."""

import pytest

from custom_components.bambu_hms.hms.code import parse
from custom_components.bambu_hms.hms.pattern import Pattern, PatternTable


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        (
            "0300_0100_0001_0001",
            ["0300_0100_0001_0001", "0300_01FF_0001_0001"],
            ["0301_0100_0001_0001", "0300_0200_0001_0001", "0300_0100_0002_0001", "0300-0001"],
        ),
        (
            "0300_0100,0300_*_0001,0005..0007",
            ["0300_0300_FFFF_0005", "0300_0100_0000_0007", "0300_0100_0001_0001"],
            ["0300_0200_0001_0001", "0300_0100_0001_0004", "0300_0100_0001_0008"],
        ),
        (
            "070u_2s00_0002_0001",
            ["0700_2000_0002_0001", "0707_2300_0002_0001"],
            ["0708_2000_0002_0001", "07FF_2000_0002_0001", "0700_2400_0002_0001"],
        ),
        (
            "UU_8*00_0001_0001",
            ["0700_8000_0001_0001", "12FF_8F00_0001_0001", "1885_8800_0001_0001"],
            ["0800_8000_0001_0001", "0700_9000_0001_0001"],
        ),
        ("FF-8011", ["07FF-8011", "12FE-8011", "18FF-8011"], ["0700-8011", "05FF-8011"]),
        ("0500-401A..402C", ["0500-401A", "0500-402C"], ["0500-4019", "0500-402D"]),
    ],
)
def test_a_pattern_matches_its_codes_and_no_others(
    pattern: str, matching: list[str], others: list[str]
) -> None:
    table = PatternTable([(pattern, "row")])
    assert [text for text in matching if table.find(parse(text)) is None] == []
    assert [text for text in others if table.find(parse(text)) is not None] == []


def test_the_first_match_wins() -> None:
    table = PatternTable([("0300_0100_0001_0001", "one"), ("0300_0100_*_* 0300_0200_*_*", "rest")])
    assert table.find(parse("0300_0100_0001_0001")) == "one"
    assert table.find(parse("0300_0100_0001_0002")) == "rest"
    assert table.find(parse("0300_0200_0001_0001")) == "rest"


@pytest.mark.parametrize(
    "text", ["", "0300", "0300_0100_0001", "0300_0100_0001_1", "03-8001", "0300_0100_0001_1..0002"]
)
def test_bad_notation_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="group"):
        Pattern.compile(text)
