"""What a logbook says of a fault, after the name of its place."""

import pytest

from custom_components.bambu_hms.hms.catalog import Catalog
from custom_components.bambu_hms.hms.code import parse
from custom_components.bambu_hms.hms.decoded import decode
from custom_components.bambu_hms.hms.meaning import Topic
from custom_components.bambu_hms.hms.words import ENGLISH

CATALOG = Catalog.load()


@pytest.mark.parametrize(
    ("seconds", "duration"),
    [
        (0, "0 s"),
        (1, "1 s"),
        (119, "119 s"),
        (120, "2 min"),
        (299, "4 min"),
        (7_199, "119 min"),
        (7_200, "2 h"),
        (172_799, "47 h"),
        (172_800, "2 days"),
        (8_640_000, "100 days"),
    ],
)
def test_a_duration_is_in_the_longest_unit_that_there_are_two_of(
    seconds: int, duration: str
) -> None:
    assert ENGLISH.duration(seconds) == duration


@pytest.mark.parametrize(
    ("code", "place", "happening"),
    [
        # The message begins with the place.
        ("0700_2100_0002_0001", "AMS A slot 2", "filament has run out"),
        ("0700_2100_0002_0002", "AMS A slot 2", "is empty"),
        ("0300_0600_0001_0001", "Motor A", "has an open circuit"),
        ("0C00_0100_0001_0004", "Micro Lidar", "lens dirty"),
        # The topic says enough.
        ("0300_0100_0001_0007", "Heatbed", "temperature fault"),
        ("0C00_0300_0003_0008", "Print inspection", "spaghetti"),
        ("0300_1A00_0002_0002", "Nozzle", "clogged"),
        # The topic says nothing, the message does.
        ("0300_0300_0002_0002", "Hotend fan", "The speed of the hotend fan is slow"),
        ("0500_0300_0001_0001", "Mainboard", "The MC module is malfunctioning"),
        # There is no message.
        ("0701_2200_0002_000A", "AMS B slot 3", "filament stuck"),
        ("0300_0800_0001_0009", "Motor Z", "fault"),
    ],
)
def test_what_happened_reads_well_after_the_place(code: str, place: str, happening: str) -> None:
    what = decode(parse(code), CATALOG)
    assert what.location == place
    assert ENGLISH.happening(place, what.topic, what.message, known=what.known) == happening


@pytest.mark.parametrize(
    ("message", "happening"),
    [
        ("It is 0.4 mm too high! Mind it.", "It is 0.4 mm too high"),
        ("It is broken; please replace it", "It is broken"),
        ("\u5b83\u574f\u4e86\u3002\u8bf7\u66f4\u6362\u3002", "\u5b83\u574f\u4e86"),
        ("It is broken", "It is broken"),
    ],
)
def test_advice_is_left_out(message: str, happening: str) -> None:
    assert ENGLISH.happening("Mainboard", Topic.OTHER, message, known=True) == happening


def test_another_place_with_the_same_beginning_is_not_cut_off() -> None:
    message = "AMS A slot 25 is empty."
    assert ENGLISH.happening("AMS A slot 2", Topic.SLOT_EMPTY, message, known=True) == "no filament"
