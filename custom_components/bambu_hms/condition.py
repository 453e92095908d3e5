"""The condition: whether a printer has a fault."""

from typing import TYPE_CHECKING, Unpack, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition, ConditionCheckParams, ConditionConfig
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .matching import CONDITION_INCLUDES
from .scope import Scope, validate

if TYPE_CHECKING:
    from .coordinator import PrinterCoordinator


class IsFaultActive(Condition):
    """Whether any printer has one of the faults, or had when it was last heard: it keeps them."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check what the owner has chosen."""
        return validate(config, CONDITION_INCLUDES)

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Read what the owner has chosen."""
        super().__init__(hass, config)
        self._scope = Scope.of(config.target, config.options)

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Look at the faults of every printer that is loaded."""
        devices = self._scope.async_devices(self._hass)
        covers = self._scope.interest.covers
        for entry in self._hass.config_entries.async_loaded_entries(DOMAIN):
            coordinator: PrinterCoordinator = entry.runtime_data
            ids = coordinator.equipment.device_ids
            for shown in coordinator.data.faults:
                if (
                    not shown.muted
                    and covers(shown.fault, simulated=shown.simulated)
                    and devices.has(ids.of_unit(shown.unit_id), ids.printer)
                ):
                    return True
        return False


CONDITIONS: dict[str, type[Condition]] = {"is_fault_active": IsFaultActive}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
