"""Everything that a code alone can say."""

import pytest

from custom_components.bambu_hms.hms import words
from custom_components.bambu_hms.hms.catalog import Catalog
from custom_components.bambu_hms.hms.code import Severity, parse
from custom_components.bambu_hms.hms.decoded import decode
from custom_components.bambu_hms.hms.location import (
    _AMS_PARTS,
    _PARTS,
    _SLOT_PARTS,
    AmsType,
    Module,
)
from custom_components.bambu_hms.hms.meaning import Topic

CATALOG = Catalog.load()


def test_all_keys_in_the_order_of_the_event_data() -> None:
    assert list(decode(parse("0701_2200_0002_0001"), CATALOG, family="p1").as_dict().items()) == [
        ("kind", "hms"),
        ("code", "HMS_0701_2200_0002_0001"),
        ("topic", "filament_ran_out"),
        ("severity", "serious"),
        ("vendor_severity", "serious"),
        ("safety", False),
        ("internal", False),
        ("module", "ams"),
        ("ams_type", "ams"),
        ("ams", "B"),
        ("slot", 3),
        ("part", None),
        ("location", "AMS B slot 3"),
        ("message", "AMS B slot 3 filament has run out."),
        ("known", True),
        (
            "wiki_url",
            "https://wiki.bambulab.com/en/p1/troubleshooting/hmscode/0700_2000_0002_0001",
        ),
    ]


def test_a_print_error() -> None:
    decoded = decode(parse("0300-8044"), CATALOG, lang="de")
    assert decoded.as_dict() == {
        "kind": "print_error",
        "code": "0300-8044",
        "topic": "fire",
        "severity": "fatal",
        "vendor_severity": "serious",
        "safety": True,
        "internal": False,
        "module": "chamber",
        "ams_type": None,
        "ams": None,
        "slot": None,
        "part": None,
        "location": "Chamber",
        "message": "Chamber: fire or smoke (fatal)",
        "known": False,
        "wiki_url": "https://e.bambulab.com/index.php?e=03008044&s=device_error&lang=de",
    }


@pytest.mark.parametrize(
    ("code", "fault", "hidden"),
    [
        ("0700_2000_0002_0001", True, False),
        ("0300-400C", False, False),
        ("0500_0600_0002_0005", True, True),
    ],
)
def test_what_is_no_fault_and_what_is_hidden(code: str, fault: bool, hidden: bool) -> None:
    decoded = decode(parse(code), CATALOG)
    assert (decoded.fault, decoded.hidden) == (fault, hidden)


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("0700_2100_0002_0001", "AMS A slot 2"),
        ("0700_1100_0001_0001", "AMS A slot 2"),
        ("1880_5000_0002_0001", "AMS HT A"),
        ("1201_2000_0002_0001", "AMS Lite B slot 1"),
        ("0700_4000_0002_0001", "AMS A filament buffer"),
        ("0740_4000_0002_0001", "AMS filament buffer"),
        ("0740_2000_0002_0001", "AMS"),
        ("0300_0100_0001_0007", "Heatbed"),
        ("0300_0800_0001_0001", "Motor Z"),
        ("0300_0B00_0001_0001", "Heatbed force sensor 2"),
        ("0C00_0100_0001_0001", "Micro Lidar"),
        ("07FF_2000_0002_0001", "External spool"),
        ("07FE_2000_0002_0001", "Left external spool"),
        ("0300-8005", "Toolhead front cover"),
    ],
)
def test_the_place_in_words(code: str, place: str) -> None:
    assert decode(parse(code), CATALOG).location == place


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("0701_2200_0002_000A", "AMS B slot 3: filament stuck (serious)"),
        ("0300_0800_0001_0009", "Motor Z: fault (fatal)"),
        ("0300_9600_0003_0001", "Door: open (info)"),
        ("1F00_0000_0007_0001", "Mainboard: fault (common)"),
        ("07FF-8011", "External spool: filament ran out (serious)"),
    ],
)
def test_without_a_text_the_message_is_made_from_structure(code: str, message: str) -> None:
    decoded = decode(parse(code), CATALOG)
    assert (decoded.message, decoded.known) == (message, False)


@pytest.mark.parametrize(
    ("ams_type", "message"),
    [
        (AmsType.AMS, "AMS A slot 1 is empty."),
        (AmsType.AMS_2_PRO, "AMS A slot 1 is empty."),
        (AmsType.AMS_HT, "AMS HT A slot 1 is empty."),
        (AmsType.AMS_LITE, "AMS Lite A slot 1 is empty."),
    ],
)
def test_the_printer_knows_the_type_of_its_ams(ams_type: AmsType, message: str) -> None:
    decoded = decode(parse("0700_2000_0002_0002"), CATALOG, ams_type=ams_type)
    assert (decoded.ams_type, decoded.message) == (ams_type, message)
    assert message.startswith(decoded.location)


def test_the_type_of_an_ams_does_not_reach_other_faults() -> None:
    decoded = decode(parse("0300_0100_0001_0007"), CATALOG, ams_type=AmsType.AMS)
    assert decoded.ams_type is None


def test_every_key_has_its_words() -> None:
    assert set(words.MODULES) == set(Module)
    assert set(words.AMS_TYPES) == set(AmsType)
    assert set(words.TOPICS) == set(Topic)
    assert set(words.SEVERITIES) == set(Severity)


def test_every_part_has_its_words() -> None:
    parts = {place.part for table in _PARTS.values() for place in table.values()}
    assert parts - {None} <= set(words.PARTS)
    # These are no things, so that a place is not called by them.
    unnamed = {"communication", "setup", "cooling", "drying"}
    assert set(_AMS_PARTS.values()) == set(words.AMS_PARTS) | unnamed
    assert not set(_SLOT_PARTS.values()) & set(words.AMS_PARTS)
