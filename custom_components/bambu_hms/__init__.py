"""Bambu Lab HMS: a printer's faults, decoded, as entities and events of Home Assistant."""

from typing import TYPE_CHECKING

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .const import CONF_SERIAL, DOMAIN

if TYPE_CHECKING:
    from .coordinator import BambuHmsConfigEntry

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [Platform.BINARY_SENSOR, Platform.EVENT, Platform.SENSOR]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register actions and commands, and have the logbook written from the first fault on."""
    # Home Assistant imports this module before the requirements are installed.
    from . import services, websocket  # noqa: PLC0415
    from .logbook import async_write_rows  # noqa: PLC0415

    services.async_register(hass)
    websocket.async_register(hass)
    async_write_rows(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: BambuHmsConfigEntry) -> bool:
    """Set up one printer."""
    from .coordinator import PrinterCoordinator  # noqa: PLC0415 -- as above
    from .frontend import async_show_card  # noqa: PLC0415

    await async_show_card(hass)
    coordinator = PrinterCoordinator(hass, entry)
    await coordinator.async_start()
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    coordinator.async_announce_from_now()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BambuHmsConfigEntry) -> bool:
    """Take the entities away; the coordinator ends itself with its entry."""
    from .issues import async_show  # noqa: PLC0415 -- as above

    async_show(hass, entry, None)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: BambuHmsConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Let the owner remove an AMS unit that is gone for good; the printer stays."""
    from .devices import unit_of_device  # noqa: PLC0415 -- as above

    coordinator = entry.runtime_data
    data = coordinator.data
    unit = unit_of_device(coordinator.serial, device, data.units)
    if unit is None:
        # The printer itself goes with its entry; anything else is a left-over.
        return not any(
            identifier == (DOMAIN, coordinator.serial) for identifier in device.identifiers
        )
    if unit.id in data.present:
        return False
    coordinator.async_forget_unit(unit)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: BambuHmsConfigEntry) -> None:
    """Forget what was kept of a printer whose entry is removed."""
    from .frontend import async_hide_card  # noqa: PLC0415 -- as above
    from .issues import async_show  # noqa: PLC0415
    from .printer.feed import prefix_of  # noqa: PLC0415
    from .storage import PrinterStore  # noqa: PLC0415
    from .texts import text_library  # noqa: PLC0415

    async_show(hass, entry, None)
    await PrinterStore(hass, entry.entry_id).async_remove()
    prefix = prefix_of(entry.data[CONF_SERIAL])
    others = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    if prefix and all(prefix_of(other.data[CONF_SERIAL]) != prefix for other in others):
        await text_library(hass).async_forget(prefix)
    if not others:
        await async_hide_card(hass)
