"""The devices of one printer: itself and its AMS units."""

from collections.abc import Iterable
from dataclasses import dataclass

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN, MANUFACTURER
from .units import MODELS, AmsUnit


def printer_identifier(serial: str) -> tuple[str, str]:
    """Return what identifies a printer's device."""
    return (DOMAIN, serial)


def unit_identifier(serial: str, unit: AmsUnit) -> tuple[str, str]:
    """Return what identifies an AMS unit's device; of its place, because units can be swapped."""
    return (DOMAIN, f"{serial}_{unit.key}")


def unit_of_device(
    serial: str, device: dr.AnyDeviceEntry, units: Iterable[AmsUnit]
) -> AmsUnit | None:
    """Return the AMS unit that a device stands for; None for any other device."""
    return next(
        (unit for unit in units if unit_identifier(serial, unit) in device.identifiers), None
    )


@dataclass(frozen=True, slots=True)
class DeviceIds:
    """How the device registry calls the devices of one printer."""

    printer: str
    units: dict[int, str]

    def of_unit(self, unit_id: int | None) -> str:
        """Return the device of an AMS unit; the printer's where there is none."""
        return self.printer if unit_id is None else self.units.get(unit_id, self.printer)


@callback
def async_register(  # noqa: PLR0913 -- each is a field of the registry
    hass: HomeAssistant,
    *,
    entry_id: str,
    serial: str,
    name: str,
    model: str,
    firmware: str | None,
    units: tuple[AmsUnit, ...],
) -> DeviceIds:
    """Bring the device registry up to date; return the ids of the printer and of its units."""
    registry = dr.async_get(hass)
    printer = registry.async_get_or_create(
        config_entry_id=entry_id,
        identifiers={printer_identifier(serial)},
        manufacturer=MANUFACTURER,
        model=model,
        name=name,
        serial_number=serial,
        sw_version=firmware,
    )
    # Eight printers must not become eight devices called "AMS A".
    shown = printer.name_by_user or name
    ids = {
        unit.id: registry.async_get_or_create(
            config_entry_id=entry_id,
            identifiers={unit_identifier(serial, unit)},
            manufacturer=MANUFACTURER,
            model=MODELS[unit.type],
            name=f"{shown} {unit.name}",
            serial_number=unit.serial,
            sw_version=unit.firmware,
            via_device_id=printer.id,
        ).id
        for unit in units
    }
    return DeviceIds(printer.id, ids)
