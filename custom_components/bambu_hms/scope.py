"""What a trigger or a condition is about: which faults, and of which printers and AMS units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from homeassistant.const import CONF_EXCLUDE, CONF_OPTIONS, CONF_TARGET, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.typing import ConfigType
import probatio

from .const import DOMAIN
from .hms.matcher import Interest
from .matching import option_fields


@dataclass(frozen=True, slots=True)
class Devices:
    """Some of our devices; a printer's AMS units are meant with it."""

    chosen: frozenset[str] | None
    """None: all."""
    excluded: frozenset[str] = frozenset()

    def has(self, device_id: str, printer_device_id: str) -> bool:
        """Whether the device of a fault is one of them."""
        ids = {device_id, printer_device_id}
        return (self.chosen is None or not ids.isdisjoint(self.chosen)) and ids.isdisjoint(
            self.excluded
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """Which faults, and where."""

    target: Mapping[str, Any]
    interest: Interest

    @classmethod
    def of(cls, target: ConfigType | None, chosen: ConfigType | None) -> Self:
        """Read what was validated by `validate`."""
        return cls(target or {}, Interest.from_dict(chosen or {}))

    @callback
    def async_devices(self, hass: HomeAssistant) -> Devices:
        """Return whom it is about now: areas and labels may have others tomorrow."""
        chosen = {key: ids for key, ids in self.target.items() if ids and key != CONF_EXCLUDE}
        # Home Assistant 2026.11 brought exclusions; ours are ours to apply, with their AMS units.
        excluded = self.target.get(CONF_EXCLUDE) or {}
        return Devices(_resolve(hass, chosen) if chosen else None, _resolve(hass, excluded))


def validate(config: ConfigType, includes: Mapping[str, bool]) -> ConfigType:
    """Check target and options; raises `probatio.Invalid` with a text that says what is wrong."""
    schema = probatio.Schema(
        {
            probatio.Optional(CONF_TARGET): cv.TARGET_FIELDS,
            probatio.Optional(CONF_OPTIONS, default=dict): option_fields(includes),
        }
    )
    checked: ConfigType = schema(config)
    try:
        Interest.from_dict(checked[CONF_OPTIONS])
    except ValueError as err:
        raise probatio.Invalid(str(err), path=[CONF_OPTIONS]) from err
    return checked


@callback
def _resolve(hass: HomeAssistant, target: Mapping[str, Any]) -> frozenset[str]:
    """Return the devices that a target means; some may be other integrations'."""
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(dict(target)))
    registry = er.async_get(hass)
    devices: set[str] = set()
    for entity_id in selected.referenced | selected.indirectly_referenced:
        entity = registry.async_get(entity_id)
        if entity is None or entity.platform != DOMAIN or entity.device_id is None:
            continue
        # A device is its event entity: a sensor that is in another room does not take it there.
        if entity.domain == Platform.EVENT or entity_id in selected.referenced:
            devices.add(entity.device_id)
    # Where that is disabled or hidden, the device stands for itself.
    devices |= {
        device_id
        for device_id in selected.referenced_devices
        if not any(
            entity.platform == DOMAIN and entity.domain == Platform.EVENT and not entity.hidden
            for entity in er.async_entries_for_device(registry, device_id)
        )
    }
    return frozenset(devices)
