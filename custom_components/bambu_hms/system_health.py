"""What Home Assistant's system information says of printers, broadcasts and the text service."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import CONF_OFFICIAL_TEXTS, DOMAIN
from .finder import finder
from .printer.feed import service_url
from .texts import text_library


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what there is to say."""
    register.async_register_info(_info)


async def _info(hass: HomeAssistant) -> dict[str, Any]:
    """Return how many printers there are and are heard, and how the official texts are doing."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    loaded = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
    info: dict[str, Any] = {
        "printers": len(entries),
        "connected": sum(entry.runtime_data.data.connected for entry in loaded),
        "announced": finder(hass).heard,
    }
    # Where the owner wants no official texts, nobody looks whether there are any.
    if any(entry.options.get(CONF_OFFICIAL_TEXTS) for entry in entries):
        info["text_service"] = system_health.async_check_can_reach_url(hass, service_url())
        versions = text_library(hass).versions.items()
        info["text_versions"] = ", ".join(f"{key}: {version}" for key, version in versions) or "-"
    return info
