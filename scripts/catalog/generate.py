"""Makes catalog.json, the embedded table of messages, from the vendor's wiki page of HMS codes.

    scripts/catalog/generate.py            writes the table of the integration
    scripts/catalog/generate.py --print    writes it to the standard output

``hms-wiki.txt`` is the page's text as it was; everything that is wrong with it is mended here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
import json
from pathlib import Path
import re
import sys

HERE = Path(__file__).parent
PAGE = HERE / "hms-wiki.txt"
TABLE = HERE.parents[1] / "custom_components/bambu_hms/hms/catalog.json"

# Codes that are a digit short on the page.
MENDED_CODES = {
    "030015000010001": "0300150000010001",
    "120023000020006": "1200230000020006",
}
LEFTOVERS = {"- A1Mini"}

# In this order, on every message. What stands in braces is filled in by the code: the AMS unit, its
# slot, and the letter or number of the part (motor A, B, Z; sensor 1, 2, 3; axis X, Y).
MENDS = (
    (r"\s+", " "),
    (r" ,", ","),
    (r"([.,])(?=[A-Za-z])", r"\1 "),
    (r"(?<![,. ])[,. ]*$", "."),
    # Places.
    (r"\bX axis\b", "the {part} axis"),
    (r"\bMotor-A\b", "motor {part}"),
    (r"\b(?:heatbed )?force sensor 1/2/3", "heatbed force sensor {part}"),
    (r"^Force sensor 1\b", "Heatbed force sensor {part}"),
    (r"\btesting the force sensor\b", "testing heatbed force sensor {part}"),
    (r"^(?:The )?AMS1? ?[Ss]lot1(?:'s)? (?=filament|is)", "{ams} slot {slot} "),
    (r"^The AMS1? [Ss]lot1\b|^The AMS1? ?[Ss]lot1\b", "The {ams} slot {slot}"),
    (r"\bAMS1 Slot1\b", "{ams} slot {slot}"),
    (r"^The AMS (?=assist motor)", "The {ams} "),
    (r"^The AMS (?=is disabled)", "{ams} "),
    (r"^AMS (?=filament speed)", "{ams} "),
    (r"in AMS\.", "in the AMS."),
    # Typing errors and words left out.
    (r"\bsensititvity\b", "sensitivity"),
    (r"\bfan if too slow\b", "fan is too slow"),
    (r"\bdisconected\b", "disconnected"),
    (r"\bblade ay be\b", "blade may be"),
    (r"\bmay be tangle\b", "may be tangled"),
    (r"\bmay not installed\b", "may not be installed"),
    (r"\bmay be not\b", "may not be"),
    (
        r"\bdiffer much from last calibration, please",
        "differs much from the last calibration; please",
    ),
    (r"\bmay be (short|open) circuit\b", r"may be \1-circuited"),
    (r"\bhas an? (short|open)-circuit\b", r"has a \1 circuit"),
    (r"\ba open\b", "an open"),
    (r"\bof (?=part cooling fan|hotend fan|Y-axis eddy|print file)", "of the "),
    (r"\bon Y-axis\b", "on the Y axis"),
    (r"\bof the Y-axis eddy\b", "of the Y axis eddy"),
    (r"\bfrom spool holder\b", "from the spool holder"),
    (r"\b(download|report|resume) (?=print|previous)", r"\1 the "),
    (r"\bthe heater is over temperature\b", "the heater is over-temperature"),
    (r"\bseems got stuck\b", "seems to have got stuck"),
    (r"\bseems to not be\b", "seems not to be"),
    (r"\bof extrusion force sensor\b", "of the extrusion force sensor"),
    (r"\bfrom extrusion force sensor\b", "from the extrusion force sensor"),
    (r"\bthe wire should be broken\b", "the wire is probably broken"),
    (r"\bthe sensor should be broken\b", "the sensor is probably broken"),
    (r"\bis wrapped in the filament\b", "is wrapped in filament"),
    (r"\bbuffer signal lost\b", "buffer signal is lost"),
    (r"\bhandle has not released\b", "handle has not been released"),
    (r"\bconnect internet\b", "connect to the internet"),
    (r"\bto login device\b", "to log in to the device"),
    (r"\bnot supported for current print job\b", "not supported for the current print job"),
    (r"\bin SD Card\b", "on the SD card"),
    (r"\bSD Card\b", "SD card"),
    (r"\boverloaded, The\b", "overloaded. The"),
    (r"\bMicro Lidar Synchronization\b", "Micro Lidar synchronization"),
    (r"\bMicro Lidar Lens\b", "Micro Lidar lens"),
    (r"\bnew micro lidar\b", "new Micro Lidar"),
    # Two sentences that a comma or a semicolon was to hold together.
    (r"(abnormal|failed|lost|error|available|low|filament), (?=the )", r"\1; "),
    (r"(movement|tool head|internet), please", r"\1; please"),
    (r"; triggering", ", triggering"),
    (r"\bcausing the extruder slipping\b", "causing the extruder to slip"),
)

PRIMARY = re.compile(r"HMS((?:_[0-9A-F]{4}){4}): (.*)")
SYNONYMS = "Synonyms: "


@dataclass
class Primary:
    """A code of the page that has a text, and all codes that share it."""

    code: str
    text: str
    codes: set[str]


@dataclass(frozen=True)
class Entry:
    """An entry of the table."""

    pattern: str
    message: str
    page: str


def read(lines: Iterable[str]) -> list[Primary]:
    """Read the page. Raises `ValueError` on a line that it cannot make sense of."""
    found: dict[str, Primary] = {}
    last = None
    for line in map(str.strip, lines):
        if match := PRIMARY.fullmatch(line):
            code = match[1].replace("_", "")
            # One code is there twice, but for a full stop.
            last = found.setdefault(code, Primary(code, match[2], {code}))
        elif last is None or line in LEFTOVERS or not line:
            continue
        elif line.startswith(SYNONYMS):
            codes = line.removeprefix(SYNONYMS).split(", ")
            last.codes |= {MENDED_CODES.get(code, code) for code in codes}
        else:
            last.text += f" {line}"
    for primary in found.values():
        # A code that has a text of its own is no synonym of another.
        primary.codes -= found.keys() - {primary.code}
        if bad := [code for code in primary.codes if not re.fullmatch("[0-9A-F]{16}", code)]:
            raise ValueError(f"no codes: {bad}")
    return list(found.values())


def mend(text: str) -> str:
    """Turn a text of the page into clean sentences with placeholders."""
    for wrong, right in MENDS:
        text = re.sub(wrong, right, text)
    return text[0].upper() + text[1:] if text[0] != "{" else text


def pattern(codes: set[str]) -> str:
    """The pattern of codes that share a text. Raises `ValueError` where one cannot say them all."""
    rows = [re.findall("....", code) for code in sorted(codes)]
    groups = [sorted(set(column)) for column in zip(*rows, strict=True)]
    source = {group[:2] for group in groups[0]}
    if source <= {"07", "12"} and not codes & external(codes):
        # A text for one AMS holds for all of them, and one for a slot for all of its slots.
        groups[0] = [f"{source.pop()}0u"]
        if groups[1][0][0] in "12368" and groups[1][0][1] == "0":
            groups[1] = [f"{groups[1][0][0]}s00"]
    elif len(codes) != len(groups[0]) * len(groups[1]) * len(groups[2]) * len(groups[3]):
        raise ValueError(f"more than one pattern: {sorted(codes)}")
    return "_".join(alternatives(group) for group in groups)


def external(codes: set[str]) -> set[str]:
    """Those codes that are an external spool's."""
    return {code for code in codes if code[2:4] in {"FE", "FF"}}


def alternatives(group: list[str]) -> str:
    """Write the alternatives of one group, a run of more than two as a range."""
    if len(group) > 2 and int(group[-1], 16) - int(group[0], 16) == len(group) - 1:
        return f"{group[0]}..{group[-1]}"
    return ",".join(group)


def entries(primaries: Iterable[Primary]) -> Iterator[Entry]:
    """The table, in the order of the page."""
    for primary in primaries:
        page = "_".join(re.findall("....", primary.code))
        yield Entry(pattern(primary.codes), mend(primary.text), page)


def generate() -> str:
    """The table as JSON, an entry a line."""
    primaries = read(PAGE.read_text(encoding="utf-8").splitlines())
    lines = [json.dumps(asdict(entry), ensure_ascii=False) for entry in entries(primaries)]
    codes = {code for primary in primaries for code in primary.codes}
    print(f"{len(primaries)} primaries, {len(codes)} codes", file=sys.stderr)
    return "[\n  " + ",\n  ".join(lines) + "\n]\n"


def main() -> None:
    """Write the table."""
    table = generate()
    if "--print" in sys.argv[1:]:
        sys.stdout.write(table)
    else:
        TABLE.write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
