"""The places that entities watch: the printer, its modules, its AMS units and their slots."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .fault import ShownFault
from .hms.location import Module
from .printer.models import Model
from .units import AmsUnit


class Side(StrEnum):
    """One of two, on printers that have two nozzles."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ModuleRow:
    """How a module of the printer shows."""

    module: Module
    per_nozzle: bool = False
    """Whether there are two of it where there are two nozzles."""
    text: bool = False
    """Whether its text sensor is on by default; the problem sensors all are."""


# AMS units are devices of their own, so they are not here.
_MODULES = (
    _ModuleRow(module=Module.HEATBED, text=True),
    _ModuleRow(module=Module.NOZZLE, per_nozzle=True),
    _ModuleRow(module=Module.EXTRUDER),
    _ModuleRow(module=Module.TOOLHEAD),
    _ModuleRow(module=Module.MOTORS, text=True),
    _ModuleRow(module=Module.CHAMBER),
    _ModuleRow(module=Module.MICRO_LIDAR, text=True),
    _ModuleRow(module=Module.CAMERAS),
    _ModuleRow(module=Module.MAINBOARD),
    _ModuleRow(module=Module.NETWORK),
    _ModuleRow(module=Module.STORAGE),
    _ModuleRow(module=Module.PRINT_JOB),
    _ModuleRow(module=Module.PRINT_INSPECTION),
    _ModuleRow(module=Module.EXTERNAL_SPOOL, per_nozzle=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The whole printer, one module of it, one AMS unit or one slot of that."""

    module: Module | None = None
    side: Side | None = None
    unit: AmsUnit | None = None
    slot: int | None = None
    text: bool = True
    """Whether its text sensor is on by default."""

    @property
    def key(self) -> str:
        """What tells its entities from others of the printer; part of unique ids, never changes."""
        if self.module is not None:
            return self.translation_prefix
        if self.unit is None:
            return ""
        return f"{self.unit.key}_" if self.slot is None else f"{self.unit.key}_slot_{self.slot}_"

    @property
    def translation_prefix(self) -> str:
        """What its translation keys begin with."""
        if self.module is not None:
            return f"{self.module}_{self.side}_" if self.side else f"{self.module}_"
        return "" if self.slot is None else "slot_"

    def holds(self, fault: ShownFault) -> bool:
        """Whether a fault sits here."""
        what = fault.what
        if self.module is not None:
            return what.module is self.module and self.side in {None, _side_of(what.part)}
        if self.unit is None:
            return True
        return fault.unit_id == self.unit.id and self.slot in {None, what.slot}


PRINTER = Place()


def places(
    model: Model, units: Iterable[AmsUnit], faults: Iterable[ShownFault], known: Iterable[str]
) -> Iterator[Place]:
    """Yield every place of a printer.

    Beside what the model has these are the modules that a fault says there are, and those whose
    keys are `known` from earlier.
    """
    yield PRINTER
    known = set(known)
    reported = {fault.what.module for fault in faults}
    for row in _MODULES:
        for place in _places_of(row, model):
            if row.module in model.modules | reported or place.key in known:
                yield place
    for unit in units:
        yield Place(unit=unit)
        for slot in unit.slots:
            yield Place(unit=unit, slot=slot)


def _places_of(row: _ModuleRow, model: Model) -> Iterator[Place]:
    """Yield a module, or both of it."""
    if row.per_nozzle and model.nozzles > 1:
        for side in Side:
            yield Place(module=row.module, side=side, text=row.text)
    else:
        yield Place(module=row.module, text=row.text)


def _side_of(part: str | None) -> Side:
    """Return the side that a part is on; what does not say is on the right, the main one."""
    return Side.LEFT if part in {"left", "nozzle_left"} else Side.RIGHT
