"""What all entities of a printer share, and the places that they watch."""

from collections.abc import Callable, Iterable
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinator import BambuHmsConfigEntry, PrinterCoordinator
from .devices import printer_identifier, unit_identifier
from .fault import ShownFault
from .places import Place, places

# The kind of the one entity that every place has.
PROBLEM = "problem"


@callback
def async_add_places(
    entry: BambuHmsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[PrinterCoordinator, Place], Iterable[Entity]],
) -> None:
    """Add the entities of every place: the printer's now, an AMS unit's when it shows up."""
    coordinator = entry.runtime_data
    known = _registered_places(coordinator)
    added: set[str] = set()

    @callback
    def add_new() -> None:
        data = coordinator.data
        there = {
            place.key: place
            for place in places(coordinator.interpreter.model, data.units, data.faults, known)
        }
        new = [place for key, place in there.items() if key not in added]
        known.update(there)
        # An AMS unit that was removed may come back, so only what is there now has been added.
        added.clear()
        added.update(there)
        if entities := [entity for place in new for entity in entities_of(coordinator, place)]:
            async_add_entities(entities)

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))


def _registered_places(coordinator: PrinterCoordinator) -> set[str]:
    """Return the keys of the places that have had entities before."""
    return {
        entity.unique_id.removeprefix(f"{coordinator.serial}_").removesuffix(PROBLEM)
        for entity in er.async_entries_for_config_entry(
            er.async_get(coordinator.hass), coordinator.config_entry.entry_id
        )
        if entity.unique_id.endswith(f"_{PROBLEM}")
    }


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
        "related": fault.related,
        "muted": fault.muted,
        "settling": fault.fault.gone is not None,
        "simulated": fault.simulated,
    }
