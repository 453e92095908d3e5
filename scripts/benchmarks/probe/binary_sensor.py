"""Entities that do nothing: what as many of them cost is Home Assistant's own share."""

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType


class PlainEntity(BinarySensorEntity):
    """An entity with a name and a state."""

    _attr_should_poll = False
    _attr_is_on = False

    def __init__(self, number: int) -> None:
        """Be one of many."""
        self._attr_name = f"Plain {number}"
        self._attr_unique_id = f"plain_{number}"


async def async_setup_platform(
    hass: HomeAssistant,
    config: ConfigType,
    async_add_entities: AddEntitiesCallback,
    discovery_info: DiscoveryInfoType | None = None,
) -> None:
    """Add as many as are asked for."""
    if discovery_info is not None:
        async_add_entities(PlainEntity(number) for number in range(discovery_info["count"]))
