"""Which faults are meant: one way to say it, for mutes, triggers, conditions and lists.

A matcher is written as plain data; what is missing or empty restricts nothing::

    codes         codes in any form, or patterns of codes (see `pattern`): 0700_*_0003_*
    topics        topics: filament_ran_out
    min_severity  one severity: what is milder is not meant
    safety_only   true: only what may be a danger to people or the house
    modules       modules: heatbed
    ams           AMS units: ams_a (any AMS but an AMS HT), ams_ht_a, ams_lite_a
    slots         slots of AMS units: 1 to 4

All but the two in the middle are lists. A fault is meant if each key names it.

An interest adds which of these an owner wants to hear of; its keys begin with ``include_``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from .code import FaultCode, Severity, parse
from .fault import Fault
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
    min_severity: Severity | None = None
    safety_only: bool = False
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
        if self.min_severity is Severity.UNKNOWN:
            raise ValueError("no fault's severity is unknown")

    def __bool__(self) -> bool:
        """Whether it restricts anything."""
        return bool(self.as_dict())

    def matches(self, code: FaultCode) -> bool:
        """Whether a code's fault is meant."""
        location = locate(code)
        return (
            (not self._compiled or any(_is(code, each) for each in self._compiled))
            and self._means(code)
            and (not self.modules or location.module in self.modules)
            and (not self.ams or any(_sits_in(location, key) for key in self.ams))
            and (not self.slots or location.slot in self.slots)
        )

    def _means(self, code: FaultCode) -> bool:
        """Whether a code's meaning is what is wanted."""
        if not self.topics and self.min_severity is None and not self.safety_only:
            return True
        meaning = meaning_of(code)
        return (
            (not self.topics or meaning.topic in self.topics)
            and (self.min_severity is None or meaning.severity.rank >= self.min_severity.rank)
            and (meaning.safety or not self.safety_only)
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` reads: plain data for JSON, without what restricts nothing."""
        written = {
            "codes": list(self.codes),
            "topics": [topic.value for topic in self.topics],
            "modules": [module.value for module in self.modules],
            "ams": list(self.ams),
            "slots": list(self.slots),
            "min_severity": self.min_severity and self.min_severity.value,
            "safety_only": self.safety_only,
        }
        return {key: value for key, value in written.items() if value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read plain data; other keys are not looked at. Raises `ValueError` on what is none."""
        severity = data.get("min_severity")
        try:
            return cls(
                codes=_each(data, "codes", str),
                topics=_each(data, "topics", Topic),
                modules=_each(data, "modules", Module),
                ams=_each(data, "ams", str),
                slots=_each(data, "slots", int),
                min_severity=Severity(severity) if severity else None,
                safety_only=_flag(data, "safety_only", default=False),
            )
        except TypeError as err:
            raise ValueError(f"no matcher: {err}") from err


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Which faults an owner wants to hear of: those that are meant, but for what is seldom wanted.

    Nobody needs to be told of an open door (a notice), of what was wrong before the printer was
    added (standing), or of one trouble twice (related). Only owners simulate faults, to be told.
    """

    what: Matcher = field(default_factory=Matcher)
    include_notices: bool = False
    """Whether to hear of faults that are no more than information, if not asked for otherwise."""
    include_standing: bool = False
    include_related: bool = False
    include_simulated: bool = True

    def covers(self, fault: Fault, *, simulated: bool = False) -> bool:
        """Whether a fault is one to hear of."""
        return (
            self._asks_for(fault.code)
            and (self.include_standing or not fault.standing)
            and (self.include_simulated or not simulated)
            # One that repeats what is not asked for would not be heard twice, but never.
            and (self.include_related or fault.related is None or not self._asks_for(fault.related))
        )

    def _asks_for(self, code: FaultCode) -> bool:
        """Whether a code is asked for; naming codes or the lowest severity asks for notices."""
        return self.what.matches(code) and (
            self.include_notices
            or bool(self.what.codes)
            or self.what.min_severity is not None
            or meaning_of(code).severity is not Severity.INFO
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read plain data as `Matcher.from_dict` does; raises `ValueError` on what is none."""
        usual = cls()
        flags = {key: _flag(data, key, default=getattr(usual, key)) for key in INCLUDES}
        return cls(what=Matcher.from_dict(data), **flags)


INCLUDES: Final = tuple(each.name for each in fields(Interest) if each.name != "what")
"""The keys of an interest that a matcher has not."""


def _flag(data: Mapping[str, Any], key: str, *, default: bool) -> bool:
    """Read what is either true or false."""
    value = data.get(key, default)
    if not isinstance(value, bool):
        raise ValueError(f"{key} is neither true nor false")  # noqa: TRY004 -- as all of `from_dict`
    return value


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
