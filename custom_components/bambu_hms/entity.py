"""What all entities of a printer share, and the places that they watch."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinator import BambuHmsConfigEntry, PrinterCoordinator
from .devices import printer_identifier, unit_identifier
from .fault import ShownFault
from .hms.location import Module
from .units import AmsUnit

# Modules of the printer with entities of their own, where the model has them.
MODULES = (Module.HEATBED, Module.MOTORS, Module.MICRO_LIDAR)


@dataclass(frozen=True, slots=True)
class Place:
    """The whole printer, one module of it, one AMS unit or one slot of that."""

    module: Module | None = None
    unit: AmsUnit | None = None
    slot: int | None = None

    @property
    def key(self) -> str:
        """What tells its entities from others of the printer; part of unique ids, never changes."""
        if self.module is not None:
            return f"{self.module}_"
        if self.unit is None:
            return ""
        return f"{self.unit.key}_" if self.slot is None else f"{self.unit.key}_slot_{self.slot}_"

    @property
    def translation_prefix(self) -> str:
        """What its translation keys begin with."""
        if self.module is not None:
            return f"{self.module}_"
        return "" if self.slot is None else "slot_"

    def holds(self, fault: ShownFault) -> bool:
        """Whether a fault sits here."""
        if self.module is not None:
            return fault.what.module is self.module
        if self.unit is None:
            return True
        return fault.unit_id == self.unit.id and self.slot in {None, fault.what.slot}


def unit_places(unit: AmsUnit) -> Iterable[Place]:
    """Return an AMS unit and its slots."""
    yield Place(unit=unit)
    for slot in unit.slots:
        yield Place(unit=unit, slot=slot)


@callback
def async_add_places(
    entry: BambuHmsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[PrinterCoordinator, Place], Iterable[Entity]],
) -> None:
    """Add the entities of every place: the printer's now, an AMS unit's when it shows up."""
    coordinator = entry.runtime_data
    known: set[Place | str] = set()

    @callback
    def add_new() -> None:
        places = [Place()]
        places += [Place(module) for module in MODULES if module in coordinator.model.modules]
        places += [place for unit in coordinator.data.units for place in unit_places(unit)]
        new = [place for place in places if place.key not in known]
        known.update(place.key for place in new)
        if new:
            async_add_entities(
                entity for place in new for entity in entities_of(coordinator, place)
            )

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))


class PrinterEntity(CoordinatorEntity[PrinterCoordinator]):
    """An entity of one place of one printer."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: PrinterCoordinator, place: Place, kind: str) -> None:
        """Place the entity on its device; `kind` ends its unique id and its translation key."""
        super().__init__(coordinator)
        self.place = place
        self._attr_unique_id = f"{coordinator.serial}_{place.key}{kind}"
        self._attr_translation_key = f"{place.translation_prefix}{kind}"
        if place.slot is not None:
            self._attr_translation_placeholders = {"slot": str(place.slot)}
        # The coordinator has registered the devices already, with all that is known of them.
        self._attr_device_info = DeviceInfo(
            identifiers={
                printer_identifier(coordinator.serial)
                if place.unit is None
                else unit_identifier(coordinator.serial, place.unit)
            }
        )

    @property
    @override
    def available(self) -> bool:
        """Silence is not health: without the printer nobody knows."""
        data = self.coordinator.data
        return data.connected and (self.place.unit is None or self.place.unit.id in data.present)

    @property
    def faults(self) -> tuple[ShownFault, ...]:
        """The faults that sit here, the most urgent first."""
        return tuple(fault for fault in self.coordinator.data.faults if self.place.holds(fault))


def fault_attributes(fault: ShownFault) -> dict[str, Any]:
    """Return what an entity tells of one fault beside its message."""
    what = fault.what
    return {
        "code": what.code,
        "topic": what.topic,
        "severity": what.severity,
        "location": what.location,
        "part": what.part,
        "link": what.wiki_url,
        "since": fault.fault.first_seen.isoformat(),
    }
