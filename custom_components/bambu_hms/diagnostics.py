"""What an owner can send along with a question: all that helps, and nothing that tells who asks."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.util import dt as dt_util

from .const import CONF_ACCESS_CODE, CONF_PIN
from .coordinator import BambuHmsConfigEntry
from .devices import unit_of_device
from .printer.report import Report

# Of these, nothing at all is told; serial numbers are cut out of whatever they stand in.
_SECRET_KEYS = (CONF_ACCESS_CODE, CONF_HOST, CONF_PIN)


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: BambuHmsConfigEntry
) -> dict[str, Any]:
    """Return what is known of a printer."""
    coordinator = entry.runtime_data
    data = coordinator.data
    interpreter = coordinator.interpreter
    heard = coordinator.ledger.heard
    return _redacted(
        entry,
        {
            "entry": {
                "title": entry.title,
                "data": dict(entry.data),
                "options": dict(entry.options),
            },
            "printer": {
                "model": interpreter.model.name,
                "product": interpreter.product,
                "firmware": coordinator.equipment.firmware,
                "print_state": coordinator.data.print_state,
            },
            "connection": {
                "connected": data.connected,
                "reason": data.reason,
                "last_heard": heard and heard.isoformat(),
                "history": [
                    {"time": time.isoformat(), "lost": reason}
                    for time, reason in coordinator.records.connections
                ],
            },
            "ams": [asdict(unit) | {"present": unit.id in data.present} for unit in data.units],
            "faults": [fault.what.as_dict() for fault in data.faults],
            "ledger": coordinator.ledger.as_dict(),
            "last_report": _report(coordinator.records.last_report),
            "codes": {
                "suppressed": dict(interpreter.suppressed),
                "unknown": dict(interpreter.unknown),
            },
            "official_texts": interpreter.versions,
            "time": dt_util.utcnow().isoformat(),
        },
    )


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: BambuHmsConfigEntry, device: AnyDeviceEntry
) -> dict[str, Any]:
    """Return the same for one device: of an AMS unit, only what is about it."""
    everything = await async_get_config_entry_diagnostics(hass, entry)
    coordinator = entry.runtime_data
    unit = unit_of_device(coordinator.serial, device, coordinator.data.units)
    if unit is None:
        return everything
    return everything | {
        "ams": [known for known in everything["ams"] if known["id"] == unit.id],
        "faults": [
            _redacted(entry, fault.what.as_dict())
            for fault in coordinator.data.faults
            if fault.unit_id == unit.id
        ],
    }


def _report(report: Report | None) -> dict[str, Any] | None:
    """Return what the last report said, as we have read it."""
    if report is None:
        return None
    return asdict(report) | {
        "hms": None if report.hms is None else [str(code) for code in report.hms],
        "print_errors": {name: error and str(error) for name, error in report.print_errors},
    }


def _redacted(entry: BambuHmsConfigEntry, data: dict[str, Any]) -> dict[str, Any]:
    """Return the data without secrets, wherever they stand."""
    serials = [entry.runtime_data.serial]
    serials += [unit.serial for unit in entry.runtime_data.data.units if unit.serial]
    result: dict[str, Any] = _without(serials, data)
    return result


def _without(serials: Iterable[str], value: Any) -> Any:
    """Return a value with every serial number cut out, of keys and of longer texts too."""
    match value:
        case dict():
            return {
                _without(serials, key): REDACTED
                if key in _SECRET_KEYS and inner
                else _without(serials, inner)
                for key, inner in value.items()
            }
        case list() | tuple():
            return [_without(serials, inner) for inner in value]
        case str():
            for serial in serials:
                value = value.replace(serial, REDACTED)
    return value
