"""Faults as events of their device: the printer's own, and each AMS unit's."""

from collections.abc import Iterable
from typing import Any, override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import EVENT_FAULT_CLEARED, EVENT_FAULT_RAISED
from .coordinator import BambuHmsConfigEntry, PrinterCoordinator
from .entity import PrinterEntity, async_add_places
from .fault import ShownFault
from .places import Place

PARALLEL_UPDATES = 0

_TYPES = {EVENT_FAULT_RAISED: "raised", EVENT_FAULT_CLEARED: "cleared"}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BambuHmsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the events of the printer and of every AMS unit."""
    async_add_places(entry, async_add_entities, _entities)


def _entities(coordinator: PrinterCoordinator, place: Place) -> Iterable[Entity]:
    if place.module is None and place.slot is None:
        yield FaultEvent(coordinator, place)


class FaultEvent(PrinterEntity, EventEntity):
    """Fires for each fault of its device; an AMS fault is its AMS unit's alone."""

    _attr_event_types = list(_TYPES.values())

    def __init__(self, coordinator: PrinterCoordinator, place: Place) -> None:
        """Watch one device."""
        super().__init__(coordinator, place, "fault")
        self._unit_id = place.unit.id if place.unit else None

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for faults."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.announcer.async_listen(self._on_fault))

    @callback
    def _on_fault(self, event_type: str, fault: ShownFault, data: dict[str, Any]) -> None:
        if fault.unit_id == self._unit_id:
            self._trigger_event(_TYPES[event_type], data)
            self.async_write_ha_state()
