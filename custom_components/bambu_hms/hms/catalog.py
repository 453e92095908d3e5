"""The messages and wiki pages of codes.

Source: the vendor's wiki page of HMS codes, as ``scripts/catalog`` turns it into ``catalog.json``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Final, Self

from .code import FaultCode, HmsCode, Kind
from .location import Location, locate
from .pattern import PatternTable
from .texts import LANGUAGES
from .words import ENGLISH

_FILE: Final = Path(__file__).with_name("catalog.json")

_PAGE_URL: Final = "https://wiki.bambulab.com/en/{family}/troubleshooting/hmscode/{page}"
# What the QR code on the printer's screen leads to, but for the serial number that it adds.
_CODE_URL: Final = "https://e.bambulab.com/index.php?e={code}&s={channel}&lang={lang}"
_CHANNELS: Final = {Kind.HMS: "device_hms", Kind.PRINT_ERROR: "device_error"}

# Nothing from outside gets into a link: what is not among these is replaced by the first.
_FAMILIES: Final = ("x1", "p1", "a1", "a1-mini", "h2", "h2d", "h2s", "h2c", "h2d-pro", "p2s", "x2d")
_AMS: Final = 0x07
_AMS_HT: Final = 0x18


@dataclass(frozen=True, slots=True)
class Entry:
    """The message of all codes of a pattern, with its placeholders, and its page on the wiki."""

    pattern: str
    message: str
    page: str


class Catalog:
    """The embedded table of messages and pages."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take the entries, of which the first that matches a code is its own.

        Raises `ValueError` on a pattern that is none.
        """
        self._entries = PatternTable((entry.pattern, entry) for entry in entries)

    @classmethod
    def load(cls) -> Self:
        """Read the table that comes with the integration; blocks for as long as the disk does."""
        return cls(Entry(**entry) for entry in json.loads(_FILE.read_text(encoding="utf-8")))

    def message(self, code: FaultCode, location: Location | None = None) -> str | None:
        """The English message of a code; None where the table has none.

        A location that knows more than the code does (the true type of the AMS) can be given.
        """
        entry = self._find(code) or self._find(_as_ams(code))
        if entry is None:
            return None
        location = location or locate(code)
        return entry.message.format(
            ams=ENGLISH.unit_name(location),
            slot=location.slot,
            # Of "motor_z", "force_sensor_2" and "axis_x", what tells it from its siblings.
            part=(location.part or "").rpartition("_")[2].upper(),
        )

    def wiki_url(self, code: FaultCode, family: str = "x1", lang: str = "en") -> str:
        """The page that says what to do: on the vendor's wiki, or behind the printer's QR code.

        `family` is the printer's path on the wiki and `lang` a language of the vendor's; other
        values count as ``x1`` and ``en``.
        """
        entry = self._find(code)
        if entry is not None:
            return _PAGE_URL.format(family=_one_of(_FAMILIES, family), page=entry.page)
        return _CODE_URL.format(
            code=code.hex, channel=_CHANNELS[code.kind], lang=_one_of(LANGUAGES, lang)
        )

    def _find(self, code: FaultCode) -> Entry | None:
        """The entry of a code; a low byte makes no difference to it."""
        return self._entries.find(code)


def _as_ams(code: FaultCode) -> FaultCode:
    """The code that an AMS would send where an AMS HT sent this one: their texts are the same."""
    if isinstance(code, HmsCode) and code.source == _AMS_HT:
        return HmsCode(_AMS << 24 | code.attr & 0x7F_FFFF, code.code)
    return code


def _one_of(allowed: tuple[str, ...], value: str) -> str:
    """The value in lower case if it is allowed, else the first one that is."""
    return value.lower() if value.lower() in allowed else allowed[0]
