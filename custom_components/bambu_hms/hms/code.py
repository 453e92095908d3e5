"""HMS codes and print errors: reading them, printing them and the fields they are made of.

A printer reports trouble on two channels. An HMS code is a pair of 32-bit numbers:

    attr  0700_2000  source 07, unit 00, part 20, low byte 00      where
    code  0002_0001  level 0002, number 0001                       how bad, and what

A print error is a single 32-bit number, shown as ``0700-8006``: source 07, unit 00 and a 16-bit
number whose top four bits are the level.

Source: the vendor's wiki page of HMS codes and the reports of real printers.
"""

from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Final, Self

_MAX_32_BITS: Final = 0xFFFF_FFFF
# A smaller number is a status of the print, not an error.
_FIRST_ERROR_NUMBER: Final = 0x4000

# Pasted from a web page or a manual, a hyphen may be any of the dashes.
_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015\u2212]+|0[xX]")
_AROUND = " \t\r\n[](){}<>\"'`.,;"
_DECIMAL_PAIR = re.compile(r"(\d{1,10})\s*[:,]\s*(\d{1,10})", re.ASCII)
_HEX = re.compile(r"[0-9A-F]+")


class Kind(StrEnum):
    """The channel that a code arrives on."""

    HMS = "hms"
    PRINT_ERROR = "print_error"


class Severity(StrEnum):
    """How bad a fault is. Members compare as strings; use `rank` to order them."""

    FATAL = "fatal"
    SERIOUS = "serious"
    COMMON = "common"
    INFO = "info"
    UNKNOWN = "unknown"
    """Only as the vendor's own severity, where a code has a level that nobody has explained."""

    @property
    def rank(self) -> int:
        """A number that grows with severity: 0 (unknown), 1 (info) to 4 (fatal)."""
        return _RANKS[self]


_RANKS: Final = {
    Severity.UNKNOWN: 0,
    Severity.INFO: 1,
    Severity.COMMON: 2,
    Severity.SERIOUS: 3,
    Severity.FATAL: 4,
}

_HMS_LEVELS: Final = {
    1: Severity.FATAL,
    2: Severity.SERIOUS,
    3: Severity.COMMON,
    4: Severity.INFO,
}

# The vendor calls them error, warning and info; all three stop or change the print.
_PRINT_ERROR_LEVELS: Final = {
    0x4: Severity.SERIOUS,
    0x8: Severity.SERIOUS,
    0xC: Severity.COMMON,
}


@dataclass(frozen=True, slots=True)
class HmsCode:
    """One HMS code; its identity is the pair (`attr`, `code`), both unsigned 32-bit numbers.

    Raises `ValueError` where a number does not fit in 32 bits.
    """

    attr: int
    code: int

    def __post_init__(self) -> None:
        """Refuse numbers that are no 32-bit numbers."""
        _check_32_bits("attr", self.attr)
        _check_32_bits("code", self.code)

    @property
    def kind(self) -> Kind:
        """The channel: always `Kind.HMS`."""
        return Kind.HMS

    @property
    def source(self) -> int:
        """What found the fault: 0x03 is the motion controller, 0x07 an AMS and so on."""
        return self.attr >> 24

    @property
    def unit(self) -> int:
        """Which one of several: 0-7 are AMS A-H, 0xFE and 0xFF the external spool."""
        return self.attr >> 16 & 0xFF

    @property
    def part(self) -> int:
        """Which part of the source."""
        return self.attr >> 8 & 0xFF

    @property
    def low_byte(self) -> int:
        """The last byte of `attr`; 0 in every code of the catalogues."""
        return self.attr & 0xFF

    @property
    def level(self) -> int:
        """The vendor's level as a number: 1 (fatal) to 4 (info)."""
        return self.code >> 16

    @property
    def number(self) -> int:
        """The number of the message."""
        return self.code & 0xFFFF

    @property
    def vendor_severity(self) -> Severity:
        """The vendor's level as a word; `Severity.UNKNOWN` for any but 1 to 4."""
        return _HMS_LEVELS.get(self.level, Severity.UNKNOWN)

    @property
    def hex(self) -> str:
        """The 16 hexadecimal digits, as in the vendor's catalogues and links."""
        return f"{self.attr:08X}{self.code:08X}"

    @property
    def on_screen(self) -> str:
        """The form that the printer's screen shows: ``0700-2000-0002-0001``."""
        return _grouped(self.hex, "-")

    def without_low_byte(self) -> Self:
        """The same code with a low byte of 0, for a second look into a catalogue."""
        return type(self)(self.attr & 0xFFFF_FF00, self.code)

    def __str__(self) -> str:
        """The form of the wiki: ``HMS_0700_2000_0002_0001``."""
        attr, code = self.attr, self.code
        return f"HMS_{attr >> 16:04X}_{attr & 0xFFFF:04X}_{code >> 16:04X}_{code & 0xFFFF:04X}"


@dataclass(frozen=True, slots=True)
class PrintError:
    """One print error: an unsigned 32-bit number.

    Raises `ValueError` where the number does not fit in 32 bits.
    """

    value: int

    def __post_init__(self) -> None:
        """Refuse a number that is no 32-bit number."""
        _check_32_bits("print error", self.value)

    @property
    def kind(self) -> Kind:
        """The channel: always `Kind.PRINT_ERROR`."""
        return Kind.PRINT_ERROR

    @property
    def source(self) -> int:
        """What found the error: 0x03 is the motion controller, 0x07 an AMS and so on."""
        return self.value >> 24

    @property
    def unit(self) -> int:
        """Which one of several: 0-7 are AMS A-H, 0xFE and 0xFF the external spool."""
        return self.value >> 16 & 0xFF

    @property
    def number(self) -> int:
        """The number of the message, the level in its top four bits."""
        return self.value & 0xFFFF

    @property
    def level(self) -> int:
        """The vendor's level as a number: 4 error, 8 warning, 12 info."""
        return self.number >> 12

    @property
    def is_error(self) -> bool:
        """Whether this is an error at all; numbers below 0x4000 tell the state of a print."""
        return self.number >= _FIRST_ERROR_NUMBER

    @property
    def vendor_severity(self) -> Severity:
        """The vendor's level as a word; `Severity.UNKNOWN` where nobody has explained it."""
        return _PRINT_ERROR_LEVELS.get(self.level, Severity.UNKNOWN)

    @property
    def hex(self) -> str:
        """The 8 hexadecimal digits, leading zeros included."""
        return f"{self.value:08X}"

    @property
    def on_screen(self) -> str:
        """The form that the printer's screen shows: ``0700-8006``."""
        return _grouped(self.hex, "-")

    def __str__(self) -> str:
        """The form that the printer's screen shows: ``0700-8006``."""
        return self.on_screen


type FaultCode = HmsCode | PrintError


def parse(text: str) -> FaultCode:
    """Read a code in any form that people write.

    HMS codes: ``HMS_0700_2000_0002_0001``, the same with hyphens, spaces or no separator, with or
    without the prefix, in either case, or ``ATTR:CODE`` in decimal. Print errors: ``0700-8006``,
    ``0700_8006``, ``07008006``.

    Raises `ValueError`, with a text that says what is wrong.
    """
    shown = text.strip(_AROUND)
    # Only so much of a long text is repeated: it may be anything at all.
    quoted = repr(shown if len(shown) <= 40 else shown[:40] + "…")
    if not shown:
        raise ValueError("there is no code: the text is empty")
    if pair := _DECIMAL_PAIR.fullmatch(shown):
        return HmsCode(int(pair[1]), int(pair[2]))
    packed = _SEPARATORS.sub("", shown).upper()
    digits = packed.removeprefix("HMS").lstrip(":#")
    if not _HEX.fullmatch(digits):
        raise ValueError(f"{quoted} is no code: it has other characters than hexadecimal digits")
    if len(digits) == 16:
        return HmsCode(int(digits[:8], 16), int(digits[8:], 16))
    if len(digits) == 8 and digits == packed:
        return PrintError(int(digits, 16))
    raise ValueError(
        f"{quoted} is no code: it has {len(digits)} hexadecimal digits,"
        " an HMS code has 16 and a print error 8"
    )


def _grouped(digits: str, separator: str) -> str:
    """Digits in groups of four."""
    return separator.join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _check_32_bits(name: str, number: int) -> None:
    """Raise `ValueError` unless the number is an unsigned 32-bit number."""
    # A bool is an int to Python, and JSON's `true` is no number of a fault.
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError(f"{name} is no whole number")  # noqa: TRY004 -- one kind of error for wrong input
    if not 0 <= number <= _MAX_32_BITS:
        raise ValueError(f"{name} does not fit in 32 bits")
