"""The card's files: served from here, and made known to Home Assistant's dashboards."""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import (
    DATA_EXTRA_MODULE_URL,
    add_extra_js_url,
    remove_extra_js_url,
)
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.components.lovelace.const import (
    CONF_RESOURCE_TYPE_WS,
    LOVELACE_DATA,
    MODE_STORAGE,
)
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.const import CONF_ID, CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_FOLDER: Final = Path(__file__).parent / "frontend"
_PREFIX: Final = f"/{DOMAIN}_ui/"
_ENTRY: Final = "bambu-hms-card.js"


async def async_show_card(hass: HomeAssistant) -> None:
    """Have dashboards know the card; does nothing where they know it already."""
    await _card(hass).async_show()


async def async_hide_card(hass: HomeAssistant) -> None:
    """Have dashboards forget the card, because the last printer is gone."""
    await _card(hass).async_hide()


class _Card:
    """Where the card is served, and how dashboards come to know it."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Serve nothing yet."""
        self._hass = hass
        # All entries are set up at the same time, and one of them is enough.
        self._lock = asyncio.Lock()
        self._url: str | None = None
        self._extra = False

    async def async_show(self) -> None:
        """Serve the files, and name them to the dashboards."""
        if DATA_EXTRA_MODULE_URL not in self._hass.data:
            return  # This Home Assistant has no front end.
        async with self._lock:
            url = await self._async_serve()
            if (resources := self._resources()) is not None:
                await _async_name(resources, url)
            elif not self._extra:
                self._extra = True
                add_extra_js_url(self._hass, url)

    async def async_hide(self) -> None:
        """Take back what was named; the files are served until Home Assistant ends."""
        async with self._lock:
            if (resources := self._resources()) is not None:
                await _async_name(resources, None)
            if self._extra and self._url:
                self._extra = False
                remove_extra_js_url(self._hass, self._url)

    async def _async_serve(self) -> str:
        """Serve the files, once; return the address of the one that loads the others."""
        if self._url is None:
            version = (await async_get_integration(self._hass, DOMAIN)).version
            digest = await self._hass.async_add_executor_job(_digest)
            # Browsers keep files for a month: other files must have other addresses, all of them.
            path = f"{_PREFIX}{version}-{digest}"
            await self._hass.http.async_register_static_paths(
                [StaticPathConfig(path, str(_FOLDER), cache_headers=True)]
            )
            self._url = f"{path}/{_ENTRY}"
        return self._url

    @callback
    def _resources(self) -> ResourceStorageCollection | None:
        """Return the resources that are in storage; None where the owner keeps them in YAML."""
        lovelace = self._hass.data.get(LOVELACE_DATA)
        if lovelace is None or lovelace.resource_mode != MODE_STORAGE:
            return None
        collection = lovelace.resources
        return collection if isinstance(collection, ResourceStorageCollection) else None


@callback
@singleton(HassKey[_Card](f"{DOMAIN}_card"))
def _card(hass: HomeAssistant) -> _Card:
    return _Card(hass)


async def _async_name(resources: ResourceStorageCollection, url: str | None) -> None:
    """Have just one resource of ours, with this address; None: none at all."""
    # A collection that has not been loaded would overwrite all that the owner has in it.
    await resources.async_get_info()
    ours = [item for item in resources.async_items() if item[CONF_URL].startswith(_PREFIX)]
    keep = ours[:1] if url else []
    for item in ours[len(keep) :]:
        await resources.async_delete_item(item[CONF_ID])
    if url and not keep:
        await resources.async_create_item({CONF_RESOURCE_TYPE_WS: "module", CONF_URL: url})
    elif keep and keep[0][CONF_URL] != url:
        await resources.async_update_item(keep[0][CONF_ID], {CONF_URL: url})


def _digest() -> str:
    """Return a few characters that change with any of the files."""
    digest = sha256()
    for path in sorted(_FOLDER.rglob("*.js")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
