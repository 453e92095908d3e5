"""The AMS units of one printer: who they are, and which of them a fault belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .hms.decoded import Decoded
from .hms.location import AmsType, Location, Module
from .hms.words import AMS_TYPES
from .printer.report import AmsUnit as ReportedUnit, Versions

MODELS = {
    AmsType.AMS: "AMS",
    AmsType.AMS_2_PRO: "AMS 2 Pro",
    AmsType.AMS_HT: "AMS HT",
    AmsType.AMS_LITE: "AMS Lite",
}

# A printer numbers each of these families on its own, so AMS A and AMS HT A can stand side by side.
_FIRST_HT_ID = 128
_LITE_ID = 16
_EXTERNAL_TRAY = 254


@dataclass(frozen=True, slots=True)
class AmsUnit:
    """One AMS unit as Home Assistant knows it."""

    id: int
    """The number that the printer gives it: 0-7, 16 for some AMS Lite, 128-135 for AMS HT."""
    type: AmsType
    letter: str
    slots: tuple[int, ...]
    serial: str | None = None
    firmware: str | None = None

    @property
    def key(self) -> str:
        """The part of unique ids that stands for this unit: `ams_a`, `ams_ht_a`; never changes.

        It comes from the number alone, because the type may become known only later.
        """
        family = "ams"
        if self.id >= _FIRST_HT_ID:
            family = "ams_ht"
        elif self.id >= _LITE_ID:
            family = "ams_lite"
        return f"{family}_{self.letter.lower()}"

    @property
    def name(self) -> str:
        """The name on the printer's screen: AMS A, AMS HT A."""
        return f"{AMS_TYPES[self.type]} {self.letter}"


def merge(
    known: Iterable[AmsUnit], reported: Iterable[ReportedUnit], usual: AmsType
) -> tuple[AmsUnit, ...]:
    """Return the known units with what a report says of them, the new ones at the end.

    `usual` is the type of a unit of which nobody has said what it is.
    """
    units = {unit.id: unit for unit in known}
    for unit in reported:
        before = units.get(unit.id)
        units[unit.id] = AmsUnit(
            unit.id,
            unit.type or (before.type if before else usual),
            unit.letter,
            unit.slots or (before.slots if before else ()),
            before.serial if before else None,
            before.firmware if before else None,
        )
    return tuple(units.values())


def with_versions(known: Iterable[AmsUnit], versions: Versions) -> tuple[AmsUnit, ...]:
    """Return the known units with type, serial and firmware of a version answer."""
    told = {unit.id: unit for unit in versions.units}
    return tuple(
        replace(
            unit,
            type=told[unit.id].type,
            serial=told[unit.id].serial,
            firmware=told[unit.id].firmware,
        )
        if unit.id in told
        else unit
        for unit in known
    )


def place_of_tray(tray: int | None, units: Iterable[AmsUnit]) -> Location | None:
    """Return where the tray is that a printer says is in use; None for none, or one not known."""
    if tray == _EXTERNAL_TRAY:
        return Location(Module.EXTERNAL_SPOOL)
    if tray is None:
        return None
    # An AMS HT has one tray, of its own number; all others have four.
    number, slot = (tray, 1) if tray >= _FIRST_HT_ID else (tray // 4, tray % 4 + 1)
    unit = next((unit for unit in units if unit.id == number), None)
    if unit is None:
        return None
    return Location(Module.AMS, ams_type=unit.type, ams=unit.letter, slot=slot)


def unit_of(fault: Decoded, units: Iterable[AmsUnit]) -> AmsUnit | None:
    """Return the unit that a fault sits in; None where it is not an AMS fault or nobody knows."""
    if fault.module is not Module.AMS or fault.ams is None:
        return None
    # An AMS HT is numbered apart from the rest; AMS and AMS 2 Pro even share their codes.
    of_letter = [
        unit
        for unit in units
        if unit.letter == fault.ams
        and (unit.type is AmsType.AMS_HT) == (fault.ams_type is AmsType.AMS_HT)
    ]
    same_type = [unit for unit in of_letter if unit.type is fault.ams_type]
    return next(iter(same_type or of_letter), None)
