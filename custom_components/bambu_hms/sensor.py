"""What the fault is, how many there are and how bad it is."""

from collections.abc import Iterable
from datetime import datetime
import textwrap
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.const import MAX_LENGTH_STATE_STATE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import BambuHmsConfigEntry, PrinterCoordinator
from .entity import PrinterEntity, async_add_places, fault_attributes
from .fault import headline
from .hms.code import Severity
from .places import PRINTER, Place

PARALLEL_UPDATES = 0

_OK = "ok"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: BambuHmsConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the fault sensors of every place, and what sums up the printer."""
    coordinator = entry.runtime_data
    async_add_entities(summary(coordinator) for summary in _SUMMARIES)
    async_add_places(entry, async_add_entities, _entities)


def _entities(coordinator: PrinterCoordinator, place: Place) -> Iterable[Entity]:
    yield FaultSensor(coordinator, place)


class FaultSensor(PrinterEntity, SensorEntity):
    """The message of the fault to name first here, or `ok`."""

    _unrecorded_attributes = frozenset({"faults"})

    def __init__(self, coordinator: PrinterCoordinator, place: Place) -> None:
        """Watch one place."""
        super().__init__(coordinator, place, "fault")
        self._attr_entity_registry_enabled_default = place.text

    @property
    @override
    def native_value(self) -> str:
        """The message, cut on a word where Home Assistant allows no longer state."""
        if (fault := headline(self.faults)) is None:
            return _OK
        return textwrap.shorten(fault.what.message, MAX_LENGTH_STATE_STATE, placeholder=" …")

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What is known of that fault, and all the others here."""
        faults = self.faults
        first = headline(faults)
        attributes = (fault_attributes(first) if first else {}) | {
            "faults": [
                {"message": fault.what.message} | fault_attributes(fault) for fault in faults
            ]
        }
        if self.place == PRINTER:
            # What an owner asks when a slot has run out.
            attributes["slot_in_use"] = self.coordinator.data.slot_in_use
        return attributes


class ActiveFaultsSensor(PrinterEntity, SensorEntity):
    """How many faults the printer has."""

    _attr_state_class = SensorStateClass.MEASUREMENT

    def __init__(self, coordinator: PrinterCoordinator) -> None:
        """Watch the whole printer."""
        super().__init__(coordinator, PRINTER, "active_faults")

    @property
    @override
    def native_value(self) -> int:
        """The number of faults, one that comes on both channels counted once."""
        return sum(
            fault.related is None and not fault.muted and not fault.simulated
            for fault in self.faults
        )

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """How many more there are that the owner does not want to hear of."""
        return {"muted": sum(fault.muted for fault in self.faults)}


class SeveritySensor(PrinterEntity, SensorEntity):
    """How bad the worst fault is."""

    _attr_device_class = SensorDeviceClass.ENUM
    # The mildest first, as a reader would order them.
    _attr_options = [
        _OK,
        Severity.INFO,
        Severity.COMMON,
        Severity.SERIOUS,
        Severity.FATAL,
    ]

    def __init__(self, coordinator: PrinterCoordinator) -> None:
        """Watch the whole printer."""
        super().__init__(coordinator, PRINTER, "severity")

    @property
    @override
    def native_value(self) -> str:
        """The severity of the most urgent fault that is not muted."""
        first = next((fault for fault in self.faults if not fault.muted), None)
        return first.what.severity if first else _OK


class LastFaultSensor(PrinterEntity, SensorEntity):
    """Since when the last fault is there that was raised."""

    _attr_device_class = SensorDeviceClass.TIMESTAMP

    def __init__(self, coordinator: PrinterCoordinator) -> None:
        """Watch the whole printer."""
        super().__init__(coordinator, PRINTER, "last_fault")

    @property
    @override
    def native_value(self) -> datetime | None:
        """When the printer first reported it; None while there has not been any."""
        return self.coordinator.ledger.last_raised


class FaultsRaisedSensor(PrinterEntity, SensorEntity):
    """How many faults were raised since the printer was added, for statistics."""

    _attr_state_class = SensorStateClass.TOTAL_INCREASING

    def __init__(self, coordinator: PrinterCoordinator) -> None:
        """Watch the whole printer."""
        super().__init__(coordinator, PRINTER, "faults_raised")

    @property
    @override
    def native_value(self) -> int:
        """The number of faults, one that comes on both channels counted once."""
        return self.coordinator.ledger.raised_count


_SUMMARIES = (ActiveFaultsSensor, SeveritySensor, LastFaultSensor, FaultsRaisedSensor)
