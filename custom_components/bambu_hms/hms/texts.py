"""The vendor's official texts of codes, in one language and for one model.

Some 6,000 texts stay in memory for as long as Home Assistant runs, so they are kept as one block of
UTF-8 with sorted numbers beside it: a text becomes a string only when somebody asks for it.

Source: the lists that the vendor's text service gives out.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import re
from typing import Any, Final, Self

from .code import FaultCode, HmsCode, Kind, PrintError

LANGUAGES: Final = (
    "en",
    "de",
    "es",
    "fr",
    "hu",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "pt-br",
    "ru",
    "sv",
    "zh-cn",
)
"""The languages that the vendor has texts in, as it writes them."""

MOST_TEXTS: Final = 30_000
"""How many texts are kept at most; the vendor has some 6,000 in a language."""

LONGEST_TEXT: Final = 1000
"""In characters; the vendor's longest are less than half of it."""

_LARGEST_VERSION: Final = 10**18
_DIGITS: Final = {Kind.HMS: 16, Kind.PRINT_ERROR: 8}
_HEX = re.compile(r"[0-9A-Fa-f]+")
# Control characters that are no white space, surrogates, which cannot be written to a file, and
# the marks that turn the direction of writing, with which a text could pretend to be another one.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
    r"\ud800-\udfff]"
)


def clean(text: str) -> str:
    """A text fit to be shown: no control characters, single spaces, at most 1,000 characters."""
    # Much more than what is kept need not be read to find that it is too long.
    shown = _UNWANTED.sub("", text[: 4 * LONGEST_TEXT])
    return " ".join(shown.split())[:LONGEST_TEXT].rstrip()


def code_of(kind: Kind, digits: object) -> FaultCode | None:
    """The code that the vendor's lists write as 16 (HMS) or 8 (print error) digits, else None."""
    if not isinstance(digits, str) or len(digits) != _DIGITS[kind] or not _HEX.fullmatch(digits):
        return None
    if kind is Kind.HMS:
        return HmsCode(int(digits[:8], 16), int(digits[8:], 16))
    return PrintError(int(digits, 16))


def version_of(value: object) -> int | None:
    """The version of a list, a number that grows; None for what is no such number."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < _LARGEST_VERSION else None


@dataclass(frozen=True, slots=True)
class _Index:
    """The numbers of codes in ascending order, and which text each one has."""

    numbers: array[int]
    texts: array[int]

    def find(self, number: int) -> int | None:
        """Which text a number has, if any."""
        at = bisect_left(self.numbers, number)
        if at == len(self.numbers) or self.numbers[at] != number:
            return None
        return self.texts[at]


@dataclass(frozen=True, slots=True)
class OfficialTexts:
    """The official texts of one language and one model; made by `of` or `from_dict`."""

    lang: str
    """One of `LANGUAGES`."""
    version: int
    """The vendor's version, which tells it whether it has newer texts; 0 where it gave none."""
    _indexes: Mapping[Kind, _Index] = field(repr=False)
    _block: bytes = field(repr=False)
    _ends: array[int] = field(repr=False)
    skipped: int = field(default=0, compare=False)
    """How many entries of the vendor's answer could not be read; not kept in storage."""

    @classmethod
    def of(
        cls, lang: str, version: int, texts: Iterable[tuple[FaultCode, str]], *, skipped: int = 0
    ) -> Self:
        """Take the texts, which are cleaned; of two for one code the first one holds.

        Raises `ValueError` for an unknown language, a version that is none and too many texts.
        """
        if lang not in LANGUAGES:
            raise ValueError("the texts are in no language of the vendor's")
        if version_of(version) is None:
            raise ValueError("the version of the texts is no version")
        rows: dict[Kind, dict[int, str]] = {kind: {} for kind in Kind}
        for code, text in texts:
            rows[code.kind].setdefault(_number(code), clean(text))
        if sum(map(len, rows.values())) > MOST_TEXTS:
            raise ValueError("there are too many texts")
        # Many codes share a text, which is kept once.
        places: dict[str, int] = {}
        indexes = {
            kind: _Index(
                array("Q", numbers := sorted(row)),
                array("I", [places.setdefault(row[number], len(places)) for number in numbers]),
            )
            for kind, row in rows.items()
        }
        parts = [text.encode() for text in places]
        ends = array("I", [0])
        for part in parts:
            ends.append(ends[-1] + len(part))
        return cls(
            lang,
            version,
            indexes,
            b"".join(parts),
            ends,
            skipped,
        )

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Read what `as_dict` made; raises `ValueError` on anything else."""
        match data:
            case {
                "lang": str(lang),
                "version": int(version),
                "hms": dict(hms),
                "print_error": dict(errors),
            }:
                rows = {Kind.HMS: hms, Kind.PRINT_ERROR: errors}
            case _:
                raise ValueError("these are no official texts")
        texts = [
            _checked(kind, digits, text)
            for kind, row in rows.items()
            for digits, text in row.items()
        ]
        return cls.of(lang, version, texts)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON data for storage."""
        return {
            "lang": self.lang,
            "version": self.version,
            **{
                kind.value: {
                    f"{number:0{_DIGITS[kind]}X}": self._text(at)
                    for number, at in zip(index.numbers, index.texts, strict=True)
                }
                for kind, index in self._indexes.items()
            },
        }

    def find(self, code: FaultCode) -> str | None:
        """The text of a code: empty for an internal code, None where the list has no such code.

        An HMS code is looked up as it is, then with a low byte of 0.
        """
        index = self._indexes[code.kind]
        at = index.find(_number(code))
        if at is None and isinstance(code, HmsCode) and code.low_byte:
            at = index.find(_number(code.without_low_byte()))
        return None if at is None else self._text(at)

    def __len__(self) -> int:
        """How many codes have a text, blank ones included."""
        return sum(len(index.numbers) for index in self._indexes.values())

    def _text(self, at: int) -> str:
        """The text of that number."""
        return self._block[self._ends[at] : self._ends[at + 1]].decode()


def _number(code: FaultCode) -> int:
    """A code as one number."""
    return code.attr << 32 | code.code if isinstance(code, HmsCode) else code.value


def _checked(kind: Kind, digits: object, text: object) -> tuple[FaultCode, str]:
    """A stored text with its code; raises `ValueError` on anything else."""
    code = code_of(kind, digits)
    if code is None or not isinstance(text, str):
        raise ValueError("one of the official texts is none")
    return code, text
