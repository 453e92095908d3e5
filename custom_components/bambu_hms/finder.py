"""Hears the printers of the network: one listener for all entries and flows.

Whatever a broadcast says may be forged, so it makes nobody trust or send anything: a new printer is
offered to its owner, and a known one is looked for at its new address by its certificate.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime
import hashlib
import logging

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntry,
    ConfigEntryState,
    signal_discovered_config_entry_removed,
)
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import CONF_PIN, DOMAIN
from .printer.discovery import Announcement, Listener
from .printer.identity import read_certificate
from .printer.reason import LinkError

_LOGGER = logging.getLogger(__name__)

_SEARCH_SECONDS = 6.0
# A printer that is on broadcasts every few seconds.
_QUIET_SECONDS = 600.0
# Broadcasts can be forged: nobody has to click away more than this.
_MOST_FLOWS = 16
# How long the certificate at an address, once looked at, is not looked at again.
_LOOK_AGAIN_SECONDS = 300.0


class Finder:
    """Listens as long as anybody needs it: a loaded entry, or a flow that searches."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Do not listen yet."""
        self._hass = hass
        self._listener: Listener | None = None
        self._members: set[object] = set()
        self._opening = asyncio.Lock()
        self._told_of_ports = False
        self._offered: dict[str, str] = {}
        self._looked_at: dict[tuple[str, str, int], float] = {}
        self._listeners: list[Callable[[Announcement], None]] = []
        self._told_of_quiet = False
        self._ends: list[CALLBACK_TYPE] = []

    @property
    def heard(self) -> int:
        """How many printers have announced themselves since somebody listens."""
        return 0 if self._listener is None else len(self._listener.heard)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Listen at least as long as this is open."""
        member = object()
        await self.async_join(member)
        try:
            yield
        finally:
            await self.async_leave(member)

    async def async_join(self, member: object) -> None:
        """Listen from now on; whoever joins must leave."""
        self._members.add(member)
        async with self._opening:
            if self._listener is not None:
                return
            listener = Listener(self._on_announcement)
            await listener.start()
            self._listener = listener
            removed = signal_discovered_config_entry_removed(DOMAIN)
            quiet = HassJob(self._say_that_it_is_quiet, cancel_on_shutdown=True)
            self._ends = [
                async_dispatcher_connect(self._hass, removed, self._offer_again),
                async_call_later(self._hass, _QUIET_SECONDS, quiet),
            ]
        if listener.refused and not self._told_of_ports:
            self._told_of_ports = True
            _LOGGER.warning(
                "Another program keeps UDP port %s for itself, so that printers may not be found"
                " by themselves; everything else works",
                " and ".join(map(str, listener.refused)),
            )

    async def async_leave(self, member: object) -> None:
        """Listen no longer, if nobody else needs it."""
        self._members.discard(member)
        async with self._opening:
            if self._members or self._listener is None:
                return
            listener, self._listener = self._listener, None
            for end in self._ends:
                end()
            await listener.close()

    async def async_search(self) -> tuple[Announcement, ...]:
        """Return the printers that are heard within a few seconds, each once."""
        heard: dict[str, Announcement] = {}

        def hear(announcement: Announcement) -> None:
            heard[announcement.serial] = announcement

        async with self.listening():
            self._listeners.append(hear)
            try:
                await asyncio.sleep(_SEARCH_SECONDS)
            finally:
                self._listeners.remove(hear)
        return tuple(heard.values())

    @callback
    def _say_that_it_is_quiet(self, now: datetime) -> None:
        """Say once that no broadcast arrives, as in many containers and behind routers."""
        if not self.heard and not self._told_of_quiet:
            self._told_of_quiet = True
            _LOGGER.info(
                "No printer's broadcast arrives here, so that a new address of a printer has to be"
                " entered by hand; everything else works"
            )

    @callback
    def _on_announcement(self, announcement: Announcement) -> None:
        """Take in one broadcast; each printer sends one every few seconds."""
        for listener in self._listeners:
            listener(announcement)
        entry = self._hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, announcement.serial
        )
        if entry is None:
            self._offer(announcement)
        elif entry.source != SOURCE_IGNORE:
            self._follow(entry, announcement)

    @callback
    def _offer(self, announcement: Announcement) -> None:
        """Offer a printer that is not set up, once per run of Home Assistant."""
        # Without an entry somebody only searches; what is found is shown there.
        if not self._hass.config_entries.async_loaded_entries(DOMAIN):
            return
        key = hashlib.sha256(announcement.serial.encode()).hexdigest()[:16]
        if key in self._offered or len(self._offered) >= _MOST_FLOWS:
            return
        self._offered[key] = announcement.serial
        discovery_flow.async_create_flow(
            self._hass,
            DOMAIN,
            {"source": SOURCE_INTEGRATION_DISCOVERY},
            asdict(announcement),
            # The name of the task that starts the flow can be logged, so it has no serial number.
            discovery_key=discovery_flow.DiscoveryKey(domain=DOMAIN, key=key, version=1),
        )

    @callback
    def _offer_again(self, entry: ConfigEntry) -> None:
        """Offer a printer anew that is no longer ignored, or was removed."""
        for key in entry.discovery_keys.get(DOMAIN, ()):
            self._offered.pop(str(key.key), None)

    @callback
    def _follow(self, entry: ConfigEntry, announcement: Announcement) -> None:
        """Look for a known printer at its new address, unless it is heard at the old one."""
        address = (announcement.host, announcement.port)
        if address == (entry.data[CONF_HOST], entry.data[CONF_PORT]):
            return
        match entry.state:
            case ConfigEntryState.LOADED if not entry.runtime_data.data.connected:
                pass
            case ConfigEntryState.SETUP_RETRY:
                pass
            case _:
                return
        now = self._hass.loop.time()
        self._looked_at = {
            key: time for key, time in self._looked_at.items() if now < time + _LOOK_AGAIN_SECONDS
        }
        key = (entry.entry_id, *address)
        if key in self._looked_at or len(self._looked_at) >= _MOST_FLOWS:
            return
        self._looked_at[key] = now
        entry.async_create_background_task(
            self._hass, self._move(entry, *address), f"{DOMAIN} {entry.title} at a new address"
        )

    async def _move(self, entry: ConfigEntry, host: str, port: int) -> None:
        """Take a new address where the pinned certificate answers there."""
        try:
            certificate = await read_certificate(host, port)
        except LinkError:
            return
        if certificate.pin != entry.data[CONF_PIN]:
            return
        _LOGGER.info("%s: found at a new address", entry.title)
        self._hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_HOST: host, CONF_PORT: port}
        )
        # One that is loaded hears of it by itself.
        if entry.state is ConfigEntryState.SETUP_RETRY:
            self._hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
@singleton(HassKey[Finder](f"{DOMAIN}_finder"))
def finder(hass: HomeAssistant) -> Finder:
    """Return the one listener."""
    return Finder(hass)
