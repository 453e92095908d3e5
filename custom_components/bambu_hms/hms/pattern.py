"""Patterns of codes: the notation in which the tables of this room are written.

    0300_0100,0200_0001_0001..0005    an HMS code: four groups of four hexadecimal digits
    0300-8044,C056                    a print error: two groups

A comma lists alternatives of a group, ``..`` spans a range of it, and in place of a digit stand

    U  any digit, of the unit         u  0-7, the digit of the AMS units A-H
    s  0-3, the digit of a slot       *  any digit; a group of one ``*`` is any group

As a first group, ``UU`` is any unit of the AMS family (sources 07, 12 and 18) and ``FF`` its
external spools (units FE and FF). The low byte of an HMS code is not looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .code import FaultCode, HmsCode, Kind

# Which bits of a digit are compared: a slot 0-3 differs in two of them, a unit 0-7 in three.
_WILDCARDS: Final = {"U": 0x0, "*": 0x0, "s": 0xC, "u": 0x8}
_FAMILIES: Final = {
    "UU": "07UU,12UU,18UU",
    "FF": "07FE,07FF,12FE,12FF,18FE,18FF",
}
# More codes than that only somebody sends who makes them up.
REMEMBERED_CODES: Final = 1024
_GROUPS: Final = {Kind.HMS: ("_", 4), Kind.PRINT_ERROR: ("-", 2)}


@dataclass(frozen=True, slots=True)
class _Span:
    """The numbers that, under a mask, lie between two bounds."""

    mask: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; `text` is what it was written as. Raises `ValueError` on bad notation."""

    text: str
    kind: Kind
    groups: tuple[tuple[_Span, ...], ...]

    @classmethod
    def compile(cls, text: str) -> Pattern:
        """Read a pattern from its notation."""
        kind = Kind.HMS if "_" in text else Kind.PRINT_ERROR
        separator, count = _GROUPS[kind]
        groups = text.split(separator)
        if len(groups) != count:
            raise ValueError(f"{text!r} has {len(groups)} groups, not {count}")
        groups[0] = _FAMILIES.get(groups[0], groups[0])
        return cls(text, kind, tuple(tuple(map(_span, group.split(","))) for group in groups))

    @property
    def sources(self) -> frozenset[int]:
        """The first bytes that a matching code can have."""
        return frozenset(span.low >> 8 for span in self.groups[0])

    def has(self, code: FaultCode) -> bool:
        """Whether a code is one of those that are meant."""
        return code.kind is self.kind and self.matches(_numbers(code))

    def matches(self, numbers: tuple[int, ...]) -> bool:
        """Whether every group has a span for its number."""
        return all(map(_is_in, self.groups, numbers, strict=True))


class PatternTable[Row]:
    """Rows found by a code; where several patterns match, the first one wins."""

    __slots__ = ("_by_source", "_near", "find")

    def __init__(self, rows: Iterable[tuple[str, Row]]) -> None:
        """Take (patterns, row) pairs; several patterns are separated by white space.

        Raises `ValueError` on bad notation.
        """
        self._by_source: dict[tuple[Kind, int], list[tuple[Pattern, Row]]] = {}
        # The few rows of HMS codes that a source and part leave, kept once they were asked for.
        self._near: dict[tuple[int, int], tuple[tuple[Pattern, Row], ...]] = {}
        for texts, row in rows:
            for text in texts.split():
                pattern = Pattern.compile(text)
                for source in pattern.sources:
                    self._by_source.setdefault((pattern.kind, source), []).append((pattern, row))
        # A fault that comes and goes is looked up again and again.
        self.find = lru_cache(REMEMBERED_CODES)(self._find)
        """Return the row of the first pattern that matches a code; None without one."""

    def _find(self, code: FaultCode) -> Row | None:
        rows: Iterable[tuple[Pattern, Row]] | None = self._by_source.get((code.kind, code.source))
        if rows is None:
            return None
        numbers = _numbers(code)
        if code.kind is Kind.HMS:
            key = (code.source, numbers[1])
            near = self._near.get(key)
            if near is None:
                near = tuple(found for found in rows if _is_in(found[0].groups[1], numbers[1]))
                self._near[key] = near
            rows = near
        for pattern, row in rows:
            if pattern.matches(numbers):
                return row
        return None


def _is_in(spans: tuple[_Span, ...], number: int) -> bool:
    """Whether one of the spans has the number."""
    # Every look-up comes here: a loop takes half the time of `any`.
    for span in spans:  # noqa: SIM110 -- as above
        if span.low <= number & span.mask <= span.high:
            return True
    return False


def _span(text: str) -> _Span:
    """Read one alternative of a group."""
    low, dots, high = text.partition("..")
    if dots:
        return _Span(0xFFFF, _group(low), _group(high))
    mask = value = 0
    for digit in "****" if text == "*" else text:
        bits = _WILDCARDS.get(digit, 0xF)
        mask = mask << 4 | bits
        value = value << 4 | (0 if digit in _WILDCARDS else int(digit, 16))
    if text != "*" and len(text) != 4:
        raise ValueError(f"{text!r} is no group of four digits")
    return _Span(mask, value, value)


def _group(text: str) -> int:
    """Read four hexadecimal digits."""
    if len(text) != 4:
        raise ValueError(f"{text!r} is no group of four digits")
    return int(text, 16)


def _numbers(code: FaultCode) -> tuple[int, ...]:
    """The groups of a code as numbers, the low byte taken as 0."""
    if isinstance(code, HmsCode):
        return code.attr >> 16, code.attr & 0xFF00, code.level, code.number
    return code.value >> 16, code.number
