"""A printer's messages: bytes in, the few fields we use out.

Source: reports that owners of real printers published. The same number can be an int or a string,
entries can be malformed, and strings can hold bytes that are no UTF-8.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import json
import re
from typing import Any, Final

import orjson

from custom_components.bambu_hms.hms.code import HmsCode, PrintError
from custom_components.bambu_hms.hms.location import AmsType

_LONGEST_PAYLOAD: Final = 8 * 1024 * 1024
_MOST_HMS_ENTRIES: Final = 1000
_MOST_AMS_ENTRIES: Final = 64
_MOST_MODULES: Final = 256
_LONGEST_TEXT: Final = 64
_MAX_16_BITS: Final = 0xFFFF
_MAX_32_BITS: Final = 0xFFFF_FFFF

_FIRST_HT_ID: Final = 128
_LITE_ID: Final = 16
_UNITS_OF_A_FAMILY: Final = 8
_AMS_IDS: Final = frozenset((*range(8), _LITE_ID, *range(_FIRST_HT_ID, _FIRST_HT_ID + 8)))
_SLOTS: Final = range(1, 5)

# The last hexadecimal digit of a unit's `info`.
_TYPE_OF_INFO: Final = {
    "1": AmsType.AMS,
    "2": AmsType.AMS_LITE,
    "3": AmsType.AMS_2_PRO,
    "4": AmsType.AMS_HT,
}

# The first half of a module's name in the answer to `get_version`.
_TYPE_OF_MODULE: Final = {
    "ams": AmsType.AMS,
    "ams_f1": AmsType.AMS_LITE,
    "n3f": AmsType.AMS_2_PRO,
    "n3s": AmsType.AMS_HT,
}

# Newer firmware adds the last two.
_PRINT_ERROR_FIELDS: Final = ("print_error", "err", "err2")
# The first bytes of all known codes; they tell one reading of a string from the other.
_ERROR_SOURCES: Final = frozenset((0x03, 0x05, 0x07, 0x08, 0x0C, 0x10, 0x11, 0x12, 0x18, 0x1A))

_ERROR_DIGITS = re.compile(r"[0-9A-Fa-f]{1,10}")
_DECIMAL = re.compile(r"-?[0-9]{1,20}")
_INFO = re.compile(r"[0-9A-Fa-f]{1,16}")
_UNIT_NAME = re.compile(r"(ams|ams_f1|n3f|n3s)/([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class AmsUnit:
    """One AMS unit that a report shows."""

    id: int
    """As reported: 0-7, 16 for some AMS Lite, 128-135 for AMS HT."""
    type: AmsType | None
    """None where the report does not tell: older firmware names no types."""
    slots: tuple[int, ...]
    """Counted from 1, as on the printer; empty where the report lists none."""

    @property
    def letter(self) -> str:
        """The letter on the printer's screen, A-H; an AMS HT has letters of its own."""
        return "A" if self.id == _LITE_ID else "ABCDEFGH"[self.id % _UNITS_OF_A_FAMILY]


@dataclass(frozen=True, slots=True)
class Report:
    """What a status report says of faults; None in a field means that it says nothing of it."""

    whole: bool = False
    """Whether the printer meant to tell everything, not only what changed."""
    hms: tuple[HmsCode, ...] | None = None
    """Every HMS code that is active, in the printer's order; empty when there is none."""
    print_errors: tuple[tuple[str, PrintError | None], ...] = ()
    """What each field for print errors says that the report has; None says that there is none."""
    print_state: str | None = None
    """What the printer is doing, in its own words: IDLE, RUNNING, PAUSE, FINISH, FAILED."""
    tray_now: int | None = None
    """The tray in use as the printer numbers them; 254 and 255 are the external spool and none."""
    ams: tuple[AmsUnit, ...] | None = None
    """The AMS units. A partial report may list only those of which something changed."""
    skipped: int = 0
    """How many parts of this report could not be read."""


@dataclass(frozen=True, slots=True)
class AmsVersion:
    """What an AMS unit is and runs."""

    id: int
    """The same number as in reports."""
    type: AmsType
    serial: str | None
    firmware: str | None


@dataclass(frozen=True, slots=True)
class Versions:
    """The answer to `get_version`."""

    firmware: str | None = None
    product: str | None = None
    """The product's name ("Bambu Lab X1-Carbon") or the model's code ("C11")."""
    units: tuple[AmsVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that could not be read."""

    problem: str
    """What is wrong, in a few words and with nothing of the message in it."""


type Message = Report | Versions | Unreadable


def parse(payload: bytes) -> Message | None:
    """Read one message of the report topic; None for one that is not about us. Never raises."""
    document = document_of(payload)
    return document if isinstance(document, Unreadable) else message_of(document)


def document_of(payload: bytes) -> dict[str, Any] | Unreadable:
    """Read the JSON object that a message is. Never raises."""
    if len(payload) > _LONGEST_PAYLOAD:
        return Unreadable("longer than 8 MiB")
    document = _load(payload)
    return document if isinstance(document, dict) else Unreadable("no JSON object")


def message_of(document: dict[str, Any]) -> Message | None:
    """Read what a message says; None for one that is not about us. Never raises."""
    if (status := document.get("print")) is not None:
        return _report(status) if isinstance(status, dict) else Unreadable("print is no object")
    if isinstance(info := document.get("info"), dict):
        return _versions(info)
    return None


def _load(payload: bytes) -> Any:
    """Read JSON; None where there is none."""
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        pass
    # Firmware has sent broken UTF-8 and raw control characters inside names; the faults are whole.
    try:
        return json.loads(payload.decode("utf-8", "replace"), strict=False)
    except ValueError, RecursionError:
        return None


def _report(status: dict[str, Any]) -> Report | None:
    """Read a status; None for the answer to some command, which tells nothing of the status."""
    if status.get("command", "push_status") != "push_status":
        return None
    hms, bad_hms = _hms_codes(status.get("hms"), "hms" in status)
    print_errors, bad_errors = _print_errors(status)
    ams = status.get("ams")
    ams = ams if isinstance(ams, dict) else {}
    units, bad_units = _ams_units(ams.get("ams"), "ams" in ams)
    tray_now = _whole_number(ams.get("tray_now"))
    return Report(
        whole=_whole_number(status.get("msg", 0)) == 0,
        hms=hms,
        print_errors=print_errors,
        print_state=_text(status.get("gcode_state")),
        tray_now=tray_now if tray_now is not None and 0 <= tray_now <= _MAX_16_BITS else None,
        ams=units,
        skipped=bad_hms + bad_errors + bad_units,
    )


def _hms_codes(entries: Any, there: bool) -> tuple[tuple[HmsCode, ...] | None, int]:
    """Return the codes, and how many entries could not be read."""
    if not there:
        return None, 0
    if not isinstance(entries, list):
        return None, 1
    # A dict keeps the order and drops what stands there twice.
    codes: dict[HmsCode, None] = {}
    skipped = max(0, len(entries) - _MOST_HMS_ENTRIES)
    readable = not entries
    for entry in entries[:_MOST_HMS_ENTRIES]:
        code = _hms_code(entry)
        if code is None:
            skipped += 1
            continue
        readable = True
        if code.attr or code.code:
            codes[code] = None
    # Silence is not health: a list of which nothing can be read clears nothing.
    return (tuple(codes) if readable else None), skipped


def _hms_code(entry: Any) -> HmsCode | None:
    """Return an entry's code, or None."""
    if not isinstance(entry, dict):
        return None
    attr = _whole_number(entry.get("attr"))
    code = _whole_number(entry.get("code"))
    if attr is None or code is None:
        return None
    try:
        return HmsCode(attr, code)
    except ValueError:
        return None


def _print_errors(
    status: dict[str, Any],
) -> tuple[tuple[tuple[str, PrintError | None], ...], int]:
    """Return what the fields for print errors say, and how many could not be read."""
    said: list[tuple[str, PrintError | None]] = []
    skipped = 0
    for name in _PRINT_ERROR_FIELDS:
        if name not in status:
            continue
        try:
            error = PrintError(_error_number(status[name]))
        except ValueError:
            # A field that cannot be read says nothing, so that it clears nothing.
            skipped += 1
        else:
            said.append((name, error if error.is_error else None))
    return tuple(said), skipped


def _error_number(value: Any) -> Any:
    """Return the number that a field holds or spells; `PrintError` judges whether it is one.

    Of `err` and `err2` only "0" has been seen, so a string may be decimal or hexadecimal. Where
    both are possible, the reading holds whose first byte is that of a code.
    """
    if not isinstance(value, str) or not _ERROR_DIGITS.fullmatch(value):
        return value
    hexadecimal = int(value, 16)
    if not value.isdecimal():
        return hexadecimal
    readings = [number for number in (hexadecimal, int(value)) if number <= _MAX_32_BITS]
    likely = (number for number in readings if number >> 24 in _ERROR_SOURCES)
    return next(likely, readings[0] if readings else None)


def _ams_units(entries: Any, there: bool) -> tuple[tuple[AmsUnit, ...] | None, int]:
    """Return the AMS units, and how many entries could not be read."""
    if not there:
        return None, 0
    if not isinstance(entries, list):
        return None, 1
    units: dict[int, AmsUnit] = {}
    skipped = max(0, len(entries) - _MOST_AMS_ENTRIES)
    for entry in entries[:_MOST_AMS_ENTRIES]:
        number = _whole_number(entry.get("id")) if isinstance(entry, dict) else None
        if number not in _AMS_IDS:
            skipped += 1
        elif number is not None and number not in units:
            kind = _type_of(number, entry.get("info"))
            units[number] = AmsUnit(number, kind, _slots(kind, entry.get("tray")))
    return (tuple(units.values()) if units or not entries else None), skipped


def _type_of(number: int, info: Any) -> AmsType | None:
    """Return the type that a unit says it is, or that its number tells."""
    if isinstance(info, str) and _INFO.fullmatch(info) and (kind := _TYPE_OF_INFO.get(info[-1])):
        return kind
    if number >= _FIRST_HT_ID:
        return AmsType.AMS_HT
    return AmsType.AMS_LITE if number == _LITE_ID else None


def _slots(kind: AmsType | None, trays: Any) -> tuple[int, ...]:
    """Return the numbers of the slots that are listed."""
    if not isinstance(trays, list):
        return ()
    if kind is AmsType.AMS_HT:
        return (1,)
    listed = {
        number + 1
        for tray in trays[: len(_SLOTS)]
        if isinstance(tray, dict) and (number := _whole_number(tray.get("id"))) is not None
    }
    return tuple(slot for slot in _SLOTS if slot in listed)


def _versions(info: dict[str, Any]) -> Versions | None:
    """Read the answer to `get_version`; None for any other."""
    modules = info.get("module")
    if info.get("command") != "get_version" or not isinstance(modules, list):
        return None
    named = [module for module in modules[:_MOST_MODULES] if isinstance(module, dict)]
    main = next((module for module in named if module.get("name") == "ota"), {})
    return Versions(
        firmware=_text(main.get("sw_ver")),
        product=_text(main.get("product_name")) or _text(main.get("project_name")),
        units=tuple(_ams_versions(named)),
    )


def _ams_versions(modules: Iterable[dict[str, Any]]) -> Iterator[AmsVersion]:
    """Yield the AMS units among the modules, each number once."""
    seen: set[int] = set()
    for module in modules:
        name = module.get("name")
        if not isinstance(name, str) or not (parts := _UNIT_NAME.fullmatch(name)):
            continue
        kind, number = _TYPE_OF_MODULE[parts[1]], int(parts[2])
        # Reports count AMS HT from 128; should a name count from 0, it means the same unit.
        if kind is AmsType.AMS_HT and number < _UNITS_OF_A_FAMILY:
            number += _FIRST_HT_ID
        if number in _AMS_IDS and number not in seen:
            seen.add(number)
            yield AmsVersion(number, kind, _text(module.get("sn")), _text(module.get("sw_ver")))


def _whole_number(value: Any) -> int | None:
    """Return an int, also where it came as a string of digits."""
    if isinstance(value, str):
        return int(value) if _DECIMAL.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    """Return a short printable text, or None where there is none."""
    if not isinstance(value, str):
        return None
    # Neither control characters, nor surrogates, which no file or socket would take, nor marks that
    # turn the direction of writing.
    return "".join(filter(str.isprintable, value[:_LONGEST_TEXT])).strip() or None
