"""What all printers of one Home Assistant share."""

import asyncio

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .hms.catalog import Catalog
from .printer.link import PushallLimit

# Connecting occupies a thread of the executor that all integrations use.
_MOST_CONNECTING_AT_ONCE = 8


@singleton(HassKey[Catalog](f"{DOMAIN}_catalog"), async_=True)
async def async_catalog(hass: HomeAssistant) -> Catalog:
    """Return the catalogue of messages, read once."""
    return await hass.async_add_executor_job(Catalog.load)


@callback
@singleton(HassKey[PushallLimit](f"{DOMAIN}_pushall_limit"))
def pushall_limit(hass: HomeAssistant) -> PushallLimit:
    """Return the memory of when each printer was last asked for everything."""
    return PushallLimit()


@callback
@singleton(HassKey[asyncio.Semaphore](f"{DOMAIN}_connects"))
def connects(hass: HomeAssistant) -> asyncio.Semaphore:
    """Return what keeps many printers from connecting all at once."""
    return asyncio.Semaphore(_MOST_CONNECTING_AT_ONCE)


@callback
@singleton(HassKey[asyncio.Lock](f"{DOMAIN}_turn"))
def turn(hass: HomeAssistant) -> asyncio.Lock:
    """Return what keeps many printers from changing all their entities in one breath.

    A power cut takes them away together, and nothing else would have its turn until all are told.
    """
    return asyncio.Lock()
