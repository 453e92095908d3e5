"""What codes mean to an owner: topic, true severity, and what is safety, internal or no fault."""

from itertools import chain

import pytest

from custom_components.bambu_hms.hms.code import Severity, parse
from custom_components.bambu_hms.hms.meaning import (
    Topic,
    are_related,
    may_have_partner,
    meaning_of,
)

# Topic, severity (an empty one: the vendor's own) and codes of it.
TABLE = [
    ("fire", "fatal", "0300-8044 0300-C056 0500-C059 0C00_0300_0001_001E"),
    ("overheating", "fatal", "0300_0100_0001_0001 0300_0200_0001_0003 0300_1E00_0001_0005"),
    ("overheating", "fatal", "0300_9000_0001_0007 0300_9100_0001_0001 0300_9200_0001_0005"),
    ("overheating", "fatal", "0300_0100_0001_000A 0300_0100_0001_000C"),
    ("overheating", "fatal", "0700_9600_0001_0001 1203_9600_0001_0001 1880_9600_0001_0001"),
    ("overheating", "fatal", "0300-8009 0300-801B 0300-806E 0300-806F 0300-8070"),
    ("temperature", "", "0300_0100_0001_0007 0300_0200_0001_0002 0300_1E00_0002_0001"),
    ("temperature", "", "0300_0500_0001_0001 0300_9000_0003_0001 0300_9100_0001_0002"),
    ("temperature", "", "0300_9400_0003_0003 0300_A100_0001_0001 0300_A200_0002_0001"),
    ("temperature", "", "0300_A400_0002_0001 0300_9100_0002_0001 0300-8008 0300-8018"),
    ("temperature", "", "0300-8062 0300-8065 0300-404D"),
    ("filament_ran_out", "serious", "0700_2000_0002_0001 1203_2300_0002_0005 1881_2200_0002_0001"),
    ("filament_ran_out", "serious", "0700_7100_0002_0007 07FF_2000_0002_0001 12FE_2000_0002_0001"),
    ("filament_ran_out", "serious", "0700-8011 1201-8011 1880-8011 07FF-8011 18FF-8011"),
    ("filament_ran_out", "serious", "0300-8004 0300-8015 07FF-8030 07FE-C030 12FF-C030"),
    ("filament_switched", "info", "0700_2000_0003_0001 1801_2300_0003_0002"),
    ("slot_empty", "common", "0700_2000_0002_0002 1201_2300_0002_0002 07FE_2000_0002_0002"),
    ("filament_broken", "", "0700_2000_0002_0003 0700_2100_0002_0004 1200_2000_0002_0015"),
    ("filament_broken", "", "0700_2300_0002_0023"),
    ("filament_stuck", "", "0700_1000_0002_0002 0700_0100_0002_0002 0700_2000_0002_000A"),
    ("filament_stuck", "", "0700_2000_0002_0012 0700_2000_0002_0017 0700_2000_0002_001A"),
    ("filament_stuck", "", "0700_2000_0002_0022 0700_2000_0002_0024 0700_2000_0002_0025"),
    ("filament_stuck", "", "0700_6300_0002_0001 0700_6000_0001_0009 0700_7000_0002_0001"),
    ("filament_stuck", "", "0700_7000_0002_0003 0700_7300_0002_0005 1200_8200_0002_0001"),
    ("filament_stuck", "", "0700-8003 1200-8006 07FF-8010"),
    ("clog", "", "0300_1A00_0002_0002 0300_0900_0002_0001 0300_0900_0002_0009"),
    ("clog", "", "0700_2000_0002_0009 1801_2300_0002_0009 1200_2300_0002_0006"),
    ("clog", "", "0700_7000_0002_0006 0300-4006 0300-8016 0300-801A 0300-801C 0300-801E"),
    ("clog", "", "0700-8007 1200-8013 0701-8016"),
    ("nozzle_wrapped", "", "0300_1A00_0002_0001 0C00_0300_0002_000E 0C00_0300_0002_001C"),
    ("nozzle_wrapped", "", "0300-8014 0C00-803F 0C00-8043"),
    ("no_extrusion", "serious", "0C00_0300_0003_000D 0C00_0300_0003_0010 0300-800D 0C00-8040"),
    ("spaghetti", "serious", "0C00_0300_0003_0008 0C00_0300_0003_001B 0300-8003"),
    ("spaghetti", "serious", "0C00-8042 0C00-C004"),
    ("first_layer", "serious", "0C00_0300_0003_0007 0300-8002 0C00-8001 0C00-C003"),
    ("first_layer_check", "info", "0C00_0300_0003_000B 0C00_0300_0002_0004"),
    ("first_layer_check", "common", "0C00_0300_0002_0002 0C00_0300_0002_0005"),
    ("first_layer_check", "common", "0C00_0300_0002_000F"),
    ("purge_pile", "", "0C00_0300_0003_0006"),
    ("purge_pile", "serious", "0300-800A 0C00-8005 0C00-C006"),
    ("build_plate", "", "0300_0D00_0001_0003 0300_0D00_0002_000A 0C00_0300_0002_000C"),
    ("build_plate", "", "0C00_0300_0002_0010 0300-8006 0300-8011 0300-8017 0300-8019"),
    ("build_plate", "", "0C00-8009 0C00-8015 0C00-8017"),
    ("door", "serious", "0300_9600_0001_0001 0300_9900_0001_0001"),
    ("door", "info", "0300_9600_0003_0001 0300_9800_0002_0001 0500_0400_0003_0008"),
    ("door", "info", "0300-800F 0300-8042 0300-804B 0300-404B"),
    ("front_cover", "", "0300_1200_0002_0001 0300-8005"),
    ("homing", "", "0300_0D00_0002_0001 0300_0D00_0001_000B 0300_2000_0001_0001"),
    ("step_loss", "", "0300-800C 0300-4057"),
    ("motor", "", "0300_0600_0001_0001 0300_0700_0001_0002 0300_0800_0001_0003"),
    ("motor", "", "0300_0900_0001_0001 0300_1300_0001_0001 0300_1600_0001_0001"),
    ("fan", "", "0300_0300_0001_0001 0300_1700_0002_0002 0300_0400_0002_0001"),
    ("fan", "", "0300_3100_0001_0001 0300_3200_0001_0001 0300_3300_0001_0001"),
    ("fan", "", "0300_3500_0001_0001 0300_3600_0001_0001 0300-8010"),
    ("force_sensor", "", "0300_0A00_0001_0001 0300_0B00_0001_0005 0300_0C00_0001_0004"),
    ("force_sensor", "", "0300_1800_0001_0001 0300_1900_0002_0002 0300_2500_0001_0001"),
    ("force_sensor", "", "0300_2600_0001_0001"),
    ("resonance", "", "0300_0F00_0001_0001 0300_1000_0002_0001 0300_1100_0002_0002"),
    ("lidar", "", "0C00_0100_0001_0001 0C00_0100_0002_0007 0C00_0200_0001_0001"),
    ("lidar", "", "0C00_0100_0001_000A 0C00_0100_0002_000B 0C00_0200_0002_0006"),
    ("lidar", "common", "0C00_0100_0001_0004 0C00_0200_0001_0005"),
    ("camera", "", "0500_0100_0002_0002 0500_0100_0002_0003 0C00_0100_0002_0008"),
    ("camera", "", "0500_0600_0003_0001 0C00_0400_0002_0001"),
    ("camera", "serious", "0500_0600_0001_0001 0C00_0400_0001_0001 0C00_0100_0001_0008"),
    ("camera", "common", "0C00_0100_0001_0009"),
    ("rfid", "common", "0700_2000_0001_0081 0701_2300_0001_0086 0700_2000_0002_0057"),
    ("rfid", "common", "0700_3000_0001_0001 1880_3300_0002_0002 0500_0400_0002_0010"),
    ("rfid", "common", "0500_0400_0002_001F"),
    ("ams_disconnected", "serious", "0700_5000_0002_0001 1201_5000_0002_0009 0700-C008 0707-C008"),
    ("ams_disconnected", "serious", "1880-C008 0500_0300_0001_0003 0702_5500_0001_0003"),
    ("ams_drying", "", "0700_2500_0002_0001 0700_5600_0001_0001 1880_8000_0001_0001"),
    ("ams_drying", "", "0700_9000_0001_0001 0700_9600_0002_0001 1801_9800_0002_0001"),
    ("ams_hardware", "", "0700_0100_0001_0001 0700_0200_0001_0001 0700_3500_0001_0002"),
    ("ams_hardware", "", "0700_4000_0002_0001 0700_5500_0001_0001 0700_1000_0001_0001"),
    ("ams_hardware", "", "1200_8000_0001_0001"),
    ("cutter", "", "0700_4500_0002_0001 1200_4500_0002_0002 07FF_4500_0002_0003"),
    ("cutter", "", "0700-8001 07FE-8002 0300-800B"),
    ("storage", "common", "0500_0100_0003_0004 0500_0300_0002_0020 0500_0300_0003_0022"),
    ("storage", "common", "0500-C010 0500-4016 0500-402F 0500-4006 0500-4015"),
    ("network", "info", "0500_0200_0002_0001 0500_0400_0001_0002 0500-4001 0500-401A 0500-402C"),
    ("network", "common", "0500_0400_0001_0001 0500-400B"),
    ("firmware", "common", "0500_0400_0001_0010 0510_0500_0001_0044 0580_0400_0001_0049"),
    ("firmware", "common", "0500_0400_0001_000E 0500_0500_0001_0012 0500_0300_0001_000E"),
    ("firmware", "common", "0500_0300_0001_0025 0500_0300_0002_000E"),
    ("maintenance", "common", "0501_0400_0003_0001 0501_0400_0003_0009"),
    ("power", "", "0300_4100_0001_0001 0300_4200_0001_0001 0300_A800_0001_0001"),
    ("power", "", "0300-8007 0300-400D 0300-400F"),
    ("cancelled", "info", "0300-400C 0500-400E"),
    ("paused", "info", "0300-8001 0300-8013"),
    (
        "other",
        "",
        "0300_EE00_0001_0001 0500_0300_0001_0001 0700_5100_0003_0001 0800_0100_0001_0001",
    ),
    (
        "other",
        "",
        "1A00_0000_0002_0001 0000_0000_0004_0000 0300-8000 07FF-C008 07FF_8000_0002_0001",
    ),
]
ROWS = [
    (code, Topic(topic), severity) for topic, severity, codes in TABLE for code in codes.split()
]


@pytest.mark.parametrize(("code", "topic", "severity"), ROWS)
def test_topic_and_severity(code: str, topic: Topic, severity: str) -> None:
    meaning = meaning_of(parse(code))
    assert meaning.topic is topic
    assert meaning.vendor_severity is parse(code).vendor_severity
    assert meaning.severity == (severity or meaning.vendor_severity)


def test_only_fire_and_overheating_are_safety() -> None:
    safety = {topic for code, topic, _ in ROWS if meaning_of(parse(code)).safety}
    others = {topic for code, topic, _ in ROWS if not meaning_of(parse(code)).safety}
    assert safety == {Topic.FIRE, Topic.OVERHEATING}
    assert not safety & others


def test_cancelling_and_pausing_are_no_faults() -> None:
    no_faults = {topic for code, topic, _ in ROWS if not meaning_of(parse(code)).fault}
    faults = {topic for code, topic, _ in ROWS if meaning_of(parse(code)).fault}
    assert no_faults == {Topic.CANCELLED, Topic.PAUSED}
    assert not faults & no_faults


def test_every_topic_has_a_row_here() -> None:
    assert {topic for _, topic, _ in ROWS} == set(Topic)


@pytest.mark.parametrize("code", ["0300-0001", "0700-3FFF", "0000-0000"])
def test_numbers_below_4000_are_no_faults(code: str) -> None:
    meaning = meaning_of(parse(code))
    assert (meaning.fault, meaning.severity) == (False, Severity.INFO)


@pytest.mark.parametrize("code", ["0300_EE00_0000_0001", "0300_EE00_0005_0001", "0300-E001"])
def test_an_unexplained_level_counts_as_common(code: str) -> None:
    meaning = meaning_of(parse(code))
    assert meaning.vendor_severity is Severity.UNKNOWN
    assert meaning.severity is Severity.COMMON


def test_the_low_byte_makes_no_difference() -> None:
    assert meaning_of(parse("0700_2042_0002_0001")) == meaning_of(parse("0700_2000_0002_0001"))


def test_a_door_of_the_printer_is_no_drying_of_an_ams() -> None:
    assert meaning_of(parse("0300_9600_0001_0001")).safety is False


def _numbers(start: str, *spans: tuple[int, int]) -> list[str]:
    """Codes with the same beginning."""
    return [f"{start}_{number:04X}" for low, high in spans for number in range(low, high + 1)]


INTERNAL = [
    *chain(
        _numbers("0500_0100_0001", (0xA, 0xA)),
        _numbers("0500_0100_0002", (8, 9)),
        _numbers("0500_0100_0003", (9, 9)),
        _numbers("0500_0200_0002", (9, 0xB)),
        _numbers("0500_0200_0003", (9, 0xC)),
        _numbers("0500_0300_0001", (0x53, 0x53)),
        _numbers("0500_0300_0002", (0x10, 0x19), (0x50, 0x54)),
        _numbers("0500_0300_0003", (7, 7)),
        _numbers("0500_0400_0001", (0x56, 0x56), (0x60, 0x61)),
        _numbers("0500_0400_0002", (0x20, 0x20)),
        _numbers("0500_0500_0001", (8, 0xC)),
        _numbers("0500_0500_0002", (0x23, 0x23), (0x30, 0x30)),
        _numbers("0500_0600_0002", (5, 9), (0x11, 0x15), (0x21, 0x25), (0x35, 0x35)),
        _numbers("0500_0600_0002", (0x41, 0x45), (0x51, 0x54), (0x61, 0x62), (0x70, 0x71)),
        _numbers("0500_0600_0002", (0xA0, 0xA1)),
        _numbers("0500_0700_0002", (1, 3), (0x101, 0x101), (0x201, 0x201)),
        _numbers("0503_0000_0003", (0x27, 0x29)),
        _numbers("0300_1800_0000", (0, 0)),
        _numbers("0300_2600_0000", (0, 0)),
        _numbers("0C00_0100_0001", (0x18, 0x18)),
        _numbers("0C00_0100_0002", (0xE, 0xE), (0x15, 0x16), (0x19, 0x1B)),
        _numbers("0C00_0300_0003", (0x1A, 0x1A)),
        _numbers("0C00_0400_0002", (6, 6)),
        _numbers("0502", (0x4007, 0x400C)),
        ["0500-8030", "0500-C011", "0C00-8002"],
    )
]


@pytest.mark.parametrize("code", INTERNAL)
def test_internal_codes(code: str) -> None:
    assert meaning_of(parse(code)).internal


@pytest.mark.parametrize(
    "code",
    [
        "0500_0100_0002_0003",  # blank today, but a real fault where firmware still sends it
        "0500_0600_0002_0010",
        "0500_0300_0002_000F",
        "0500_0300_0002_001A",
        "0500_0200_0002_000C",
        "0502-4006",
        "0700_2000_0002_0001",
    ],
)
def test_their_neighbours_are_not_internal(code: str) -> None:
    assert not meaning_of(parse(code)).internal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0700_2200_0002_0001", "0700-8011"),
        ("07FF_2000_0002_0001", "07FF-8011"),
        ("07FF_2000_0002_0001", "0300-8004"),
        ("0700_2000_0002_000A", "0700-8003"),
        ("0300_1A00_0002_0002", "0300-8016"),
        ("0C00_0300_0003_0008", "0300-8003"),
        ("0C00_0300_0003_0007", "0300-8002"),
        ("0300_0200_0001_0002", "0300-8008"),
        ("07FF_4500_0002_0001", "07FF-8001"),
        ("0700_5000_0002_0001", "0700-C008"),
        ("0C00_0300_0002_000C", "0300-8006"),
        ("0300_0D00_0001_0003", "0300-8019"),
        ("0300_9600_0003_0001", "0300-800F"),
        ("0300_1200_0002_0001", "0300-8005"),
    ],
)
def test_one_trouble_on_two_channels(one: str, other: str) -> None:
    assert are_related(parse(one), parse(other))
    assert are_related(parse(other), parse(one))
    assert may_have_partner(parse(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0700_2200_0002_0001", "0701-8011"),  # another AMS
        ("0700_2200_0002_0001", "1800-8011"),  # AMS HT A
        ("0700_2200_0002_0001", "07FF-8011"),  # the external spool
        ("0700_2200_0002_0001", "0700-8003"),  # another topic
        ("0700_2200_0002_0001", "0700_2300_0002_0001"),  # the same channel
        ("0300-8004", "0300-8015"),
        ("0300_0100_0001_0001", "0300-8009"),  # what may burn is told twice
        ("0300_0600_0001_0001", "0300-800C"),
    ],
)
def test_two_troubles(one: str, other: str) -> None:
    assert not are_related(parse(one), parse(other))
    assert not are_related(parse(other), parse(one))
