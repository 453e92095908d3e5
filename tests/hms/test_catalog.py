"""The embedded table has every code of the vendor's wiki page, and every link is safe."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import subprocess
import sys

import pytest

from custom_components.bambu_hms.hms.catalog import Catalog, Entry
from custom_components.bambu_hms.hms.code import HmsCode, PrintError, parse

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "scripts/catalog/hms-wiki.txt"
TABLE = ROOT / "custom_components/bambu_hms/hms/catalog.json"
WIKI = "https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/"
CATALOG = Catalog.load()

SHORT = {"030015000010001": "0300150000010001", "120023000020006": "1200230000020006"}


def codes_of_the_page() -> Iterator[tuple[str, str]]:
    """Every code of the page with the primary whose entry lists it, read in the plainest way."""
    text = PAGE.read_text(encoding="utf-8")
    own = set(re.findall(r"^HMS_(\w{4}_\w{4}_\w{4}_\w{4}):", text, re.MULTILINE))
    seen = set()
    primary = ""
    for line in text.splitlines():
        if match := re.match(r"HMS_(\w{4}_\w{4}_\w{4}_\w{4}):", line):
            primary = match[1]
        for digits in [primary, *re.findall(r"\b[0-9A-F]{15,16}\b", line)]:
            whole = SHORT.get(digits, digits).replace("_", "")
            code = "_".join(whole[at : at + 4] for at in range(0, 16, 4))
            if primary and code not in seen and (code == primary or code not in own):
                seen.add(code)
                yield code, primary


PAGE_CODES = list(codes_of_the_page())


def test_the_page_has_116_primaries_and_280_codes() -> None:
    assert len(PAGE_CODES) == 280
    assert len({primary for _, primary in PAGE_CODES}) == 116


@pytest.mark.parametrize(("code", "primary"), PAGE_CODES)
def test_every_code_of_the_page_has_a_clean_message(code: str, primary: str) -> None:
    message = CATALOG.message(parse(code))
    assert message is not None
    assert re.fullmatch(r"[A-Z1-9][^{}]*[A-Za-z0-9]\.", message)
    assert not re.search(r"  | [.,;]|[.,;:](?=\w)|\.\.|,\.|Motor-|Slot|slot\d|AMS\d|None", message)


def test_every_code_of_the_page_links_its_primarys_page() -> None:
    links = {code: CATALOG.wiki_url(parse(code)) for code, _ in PAGE_CODES}
    assert links == {code: WIKI + primary for code, primary in PAGE_CODES}


def words_of(text: str) -> list[str]:
    """The words of a message without punctuation and without what its code makes specific."""
    text = re.sub(r"AMS(?: Lite)? ?[A-H1](?= |$)|[Ss]lot ?\d(?:'s)?|1/2/3", " ", text)
    return [word for word in re.findall(r"[a-z]+", text.lower()) if word not in {"the", "ams"}]


def text_of_the_page() -> Iterator[tuple[str, str]]:
    """Every primary with its text, first entry first."""
    joined = PAGE.read_text(encoding="utf-8").replace("slipped.The\n", "slipped.The ")
    yield from re.findall(r"^HMS_(\w{19}): (.*)$", joined, re.MULTILINE)


@pytest.mark.parametrize(("primary", "text"), list(text_of_the_page()))
def test_a_message_has_the_words_of_the_page(primary: str, text: str) -> None:
    message = CATALOG.message(parse(primary))
    assert message is not None
    page, ours = words_of(text), words_of(message)
    # Mended words differ, but for a few all are the page's.
    foreign = set(ours) - set(page)
    assert len(foreign) <= max(3, len(ours) // 4), foreign
    assert len(set(page) & set(ours)) >= 0.7 * len(set(page))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("0702_2300_0002_0001", "AMS C slot 4 filament has run out."),
        ("0700_2000_0002_0002", "AMS A slot 1 is empty."),
        ("0707_2100_0002_0002", "AMS H slot 2 is empty."),
        (
            "0701_1100_0001_0001",
            (
                "The AMS B slot 2 motor has slipped. The extrusion wheel may be malfunctioning,"
                " or the filament may be too thin."
            ),
        ),
        (
            "0703_0100_0002_0002",
            "The AMS D assist motor is overloaded. The filament may be tangled or stuck.",
        ),
        (
            "0704_6200_0002_0001",
            "AMS E slot 3 is overloaded. The filament may be tangled or the spool may be stuck.",
        ),
        (
            "0705_5100_0003_0001",
            "AMS F is disabled; please load filament from the spool holder.",
        ),
        ("1801_2300_0002_0001", "AMS HT B slot 4 filament has run out."),
        ("1882_2000_0002_0001", "AMS HT C slot 1 filament has run out."),
        ("1201_8300_0002_0001", "AMS Lite B slot 4 filament may be tangled or stuck."),
        (
            "1200_2300_0002_0006",
            (
                "Failed to extrude AMS Lite A slot 4 filament; the extruder may be clogged,"
                " or the filament may be too thin, causing the extruder to slip."
            ),
        ),
        ("07FF_2000_0002_0001", "External filament has run out; please load a new filament."),
        (
            "0300_0600_0001_0002",
            "Motor A has a short circuit. It may have failed.",
        ),
        (
            "0300_0700_0001_0001",
            (
                "Motor B has an open circuit. There may be a loose connection,"
                " or the motor may have failed."
            ),
        ),
        ("0300_0800_0001_0002", "Motor Z has a short circuit. It may have failed."),
        (
            "0300_1500_0001_0001",
            (
                "The current sensor of motor Z is abnormal."
                " This may be caused by a failure of the hardware sampling circuit."
            ),
        ),
        ("0300_0A00_0001_0003", "The sensitivity of heatbed force sensor 1 is too low."),
        ("0300_0B00_0001_0002", "The sensitivity of heatbed force sensor 2 is low."),
        (
            "0300_0C00_0001_0005",
            (
                "Heatbed force sensor 3 detected unexpected continuous force."
                " The heatbed may be stuck, or the analog front end may be broken."
            ),
        ),
        (
            "0300_1000_0002_0001",
            "The 1st order mechanical resonance mode of the X axis is low.",
        ),
        (
            "0300_1100_0002_0002",
            (
                "The 1st order mechanical resonance mode of the Y axis differs much from the last"
                " calibration; please re-run the machine calibration later."
            ),
        ),
        ("0300_0D00_0001_0007", "The build plate is not placed properly."),
        ("0500_0200_0002_0002", "Failed to log in to the device."),
        (
            "0500_0200_0002_0005",
            "Failed to connect to the internet; please check the network connection.",
        ),
        ("0300_0400_0002_0001", "The speed of the part cooling fan is too slow or stopped."),
        (
            "0300_0200_0001_0002",
            "The nozzle temperature is abnormal; the heater may be open-circuited.",
        ),
        (
            "0700_4000_0002_0004",
            (
                "The filament buffer signal is abnormal; the spring may be stuck or the filament"
                " may be tangled."
            ),
        ),
        (
            "0700_4500_0002_0001",
            (
                "The filament cutter sensor is malfunctioning."
                " The sensor may be disconnected or damaged."
            ),
        ),
        (
            "0700_4500_0002_0003",
            "The filament cutter handle has not been released. The handle or blade may be stuck.",
        ),
    ],
)
def test_messages_are_mended_and_specific(code: str, message: str) -> None:
    assert CATALOG.message(parse(code)) == message


@pytest.mark.parametrize(
    "code",
    [
        "0702_2400_0002_0001",
        "0708_2000_0002_0001",
        "1200_2000_0002_0001",
        "0700_8000_0002_0001",
        "0300_0900_0001_0001",
        "0300_0D00_0001_0002",
        "07FE_2000_0002_0001",
        "18FF_2000_0002_0001",
        "0700-8011",
    ],
)
def test_other_codes_have_no_message(code: str) -> None:
    assert CATALOG.message(parse(code)) is None


def test_the_low_byte_makes_no_difference() -> None:
    assert CATALOG.message(parse("0702_2342_0002_0001")) == "AMS C slot 4 filament has run out."
    assert CATALOG.wiki_url(parse("0702_2342_0002_0001")) == WIKI + "0700_2000_0002_0001"


@pytest.mark.parametrize("unit", range(8))
@pytest.mark.parametrize("slot", range(4))
def test_all_units_and_slots_share_a_page(unit: int, slot: int) -> None:
    code = HmsCode(0x0700_2000 | unit << 16 | slot << 8, 0x0002_0001)
    assert CATALOG.wiki_url(code) == WIKI + "0700_2000_0002_0001"


@pytest.mark.parametrize(
    ("family", "path"),
    [
        *((known, known) for known in ("x1", "p1", "a1", "a1-mini", "h2", "h2d", "h2s", "h2c")),
        *((known, known) for known in ("h2d-pro", "p2s", "x2d")),
        ("P1", "p1"),
        ("", "x1"),
        ("q9", "x1"),
        ("../evil", "x1"),
    ],
)
def test_the_page_is_on_the_path_of_the_printers_family(family: str, path: str) -> None:
    url = CATALOG.wiki_url(parse("0300_0100_0001_0007"), family)
    assert url == WIKI.replace("/x1/", f"/{path}/") + "0300_0100_0001_0007"


@pytest.mark.parametrize(
    ("code", "lang", "query"),
    [
        ("1801_2300_0002_0001", "en", "e=1801230000020001&s=device_hms&lang=en"),
        ("0300_EE00_0001_0001", "de", "e=0300EE0000010001&s=device_hms&lang=de"),
        ("0300-800A", "zh-cn", "e=0300800A&s=device_error&lang=zh-cn"),
        ("0300-800A", "pt-BR", "e=0300800A&s=device_error&lang=pt-br"),
        ("0300-800A", "tlh", "e=0300800A&s=device_error&lang=en"),
        ("0300-800A", "en&d=01S00A000000001", "e=0300800A&s=device_error&lang=en"),
    ],
)
def test_a_code_without_a_page_has_the_printers_own_link(code: str, lang: str, query: str) -> None:
    url = CATALOG.wiki_url(parse(code), lang=lang)
    assert url == f"https://e.bambulab.com/index.php?{query}"


def test_the_table_is_what_the_generator_makes() -> None:
    made = subprocess.run(
        [sys.executable, ROOT / "scripts/catalog/generate.py", "--print"],
        capture_output=True,
        check=True,
    )
    assert made.stdout == TABLE.read_bytes()
    assert made.stderr == b"116 primaries, 280 codes\n"


def test_the_table_has_an_entry_a_pattern() -> None:
    entries = [Entry(**entry) for entry in json.loads(TABLE.read_text(encoding="utf-8"))]
    assert len(entries) == 116
    assert len({entry.pattern for entry in entries}) == 116


def test_a_catalogue_of_nothing_knows_nothing() -> None:
    empty = Catalog([])
    assert empty.message(PrintError(0x0700_8011)) is None
    assert empty.wiki_url(parse("0300_0100_0001_0007")).startswith("https://e.bambulab.com/")
