"""Is there a problem, and is the printer heard at all."""

from collections.abc import Iterable
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import BambuHmsConfigEntry, PrinterCoordinator
from .entity import PROBLEM, PrinterEntity, async_add_places
from .places import PRINTER, Place

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BambuHmsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the problem sensors of every place, and the connection."""
    async_add_entities([ConnectionSensor(entry.runtime_data)])
    async_add_places(entry, async_add_entities, _entities)


def _entities(coordinator: PrinterCoordinator, place: Place) -> Iterable[Entity]:
    yield ProblemSensor(coordinator, place)


class ProblemSensor(PrinterEntity, BinarySensorEntity):
    """On while a fault here is at or above the severity of a problem."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM

    def __init__(self, coordinator: PrinterCoordinator, place: Place) -> None:
        """Watch one place."""
        super().__init__(coordinator, place, PROBLEM)

    @property
    @override
    def is_on(self) -> bool:
        """Whether there is a problem."""
        return any(fault.problem for fault in self.faults)


class ConnectionSensor(PrinterEntity, BinarySensorEntity):
    """On while the printer is heard; the one entity that is never unavailable."""

    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: PrinterCoordinator) -> None:
        """Watch the whole printer."""
        super().__init__(coordinator, PRINTER, "connection")

    @property
    @override
    def available(self) -> bool:
        """Whether the printer is heard is always known."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Whether the printer is heard."""
        return self.coordinator.data.connected

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Why it is not heard, when it last was, and what it was doing then."""
        data = self.coordinator.data
        heard = self.coordinator.ledger.heard
        return {
            "reason": data.reason,
            # While the printer talks this is now; the state changes only when it falls silent.
            "last_heard": None if data.connected or heard is None else heard.isoformat(),
            "print_state": None if data.connected else data.print_state,
        }
