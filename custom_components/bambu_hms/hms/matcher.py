"""Which faults are meant: one way to say it, for mutes, triggers, conditions and lists.

A matcher is written as plain data, each key a list; what is missing or empty restricts nothing::

    codes     codes in any form, or patterns of codes (see `pattern`): 0700_*_0003_*
    topics    topics: filament_ran_out
    modules   modules: heatbed
    ams       AMS units: ams_a (any AMS but an AMS HT), ams_ht_a, ams_lite_a
    slots     slots of AMS units: 1 to 4

A fault is meant if each key names it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from .code import FaultCode, parse
from .location import AmsType, Location, Module, locate
from .meaning import Topic, meaning_of
from .pattern import Pattern

_SLOTS: Final = range(1, 5)
_LETTERS: Final = "ABCDEFGH"

# What the printer's letters stand for: an AMS Lite is numbered with the AMS on most models.
_FAMILIES: Final[dict[str, frozenset[AmsType]]] = {
    "ams": frozenset({AmsType.AMS, AmsType.AMS_2_PRO, AmsType.AMS_LITE}),
    "ams_ht": frozenset({AmsType.AMS_HT}),
    "ams_lite": frozenset({AmsType.AMS_LITE}),
}
_AMS: Final = {
    f"{family}_{letter.lower()}": (types, letter)
    for family, types in _FAMILIES.items()
    for letter in (_LETTERS if family != "ams_lite" else "A")
}

AMS_KEYS: Final = tuple(_AMS)
"""How a matcher names the AMS units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """Which faults are meant; see the head of this file. Raises `ValueError` on what is none."""

    codes: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    modules: tuple[Module, ...] = ()
    ams: tuple[str, ...] = ()
    slots: tuple[int, ...] = ()
    _compiled: tuple[FaultCode | Pattern, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what could never match, and read the codes once."""
        object.__setattr__(self, "_compiled", tuple(map(_code_or_pattern, self.codes)))
        for key in self.ams:
            if key not in _AMS:
                raise ValueError(f"{key[:40]!r} is no AMS unit")
        for slot in self.slots:
            if slot not in _SLOTS:
                raise ValueError(f"{slot} is no slot")

    def __bool__(self) -> bool:
        """Whether it restricts anything."""
        return bool(self.codes or self.topics or self.modules or self.ams or self.slots)

    def matches(self, code: FaultCode) -> bool:
        """Whether a code's fault is meant."""
        location = locate(code)
        return (
            (not self._compiled or any(_is(code, each) for each in self._compiled))
            and (not self.topics or meaning_of(code).topic in self.topics)
            and (not self.modules or location.module in self.modules)
            and (not self.ams or any(_sits_in(location, key) for key in self.ams))
            and (not self.slots or location.slot in self.slots)
        )

    def as_dict(self) -> dict[str, list[str] | list[int]]:
        """Return what `from_dict` reads: plain data for JSON, without what restricts nothing."""
        written: dict[str, list[str] | list[int]] = {
            "codes": list(self.codes),
            "topics": [topic.value for topic in self.topics],
            "modules": [module.value for module in self.modules],
            "ams": list(self.ams),
            "slots": list(self.slots),
        }
        return {key: values for key, values in written.items() if values}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read plain data; other keys are not looked at. Raises `ValueError` on what is none."""
        try:
            return cls(
                codes=_each(data, "codes", str),
                topics=_each(data, "topics", Topic),
                modules=_each(data, "modules", Module),
                ams=_each(data, "ams", str),
                slots=_each(data, "slots", int),
            )
        except TypeError as err:
            raise ValueError(f"no matcher: {err}") from err


def _each[Value](
    data: Mapping[str, Any], key: str, kind: Callable[[Any], Value]
) -> tuple[Value, ...]:
    """Read one list, each value once and always in the same order, so that equals are equal."""
    values: Iterable[Any] = data.get(key) or ()
    if isinstance(values, str):
        raise TypeError(f"{key} is no list")
    return tuple(sorted({kind(value) for value in values}, key=str))


def _code_or_pattern(text: str) -> FaultCode | Pattern:
    """Read a code, or a pattern of codes."""
    try:
        return parse(text)
    except ValueError as err:
        try:
            return Pattern.compile(text.strip().removeprefix("HMS_"))
        except ValueError:
            raise err from None


def _is(code: FaultCode, wanted: FaultCode | Pattern) -> bool:
    """Whether a code is the wanted one, or one of the wanted ones."""
    return wanted.has(code) if isinstance(wanted, Pattern) else code == wanted


def _sits_in(location: Location, key: str) -> bool:
    """Whether a place is in an AMS unit."""
    types, letter = _AMS[key]
    return location.ams == letter and location.ams_type in types
