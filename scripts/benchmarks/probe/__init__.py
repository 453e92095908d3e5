"""A part of Home Assistant that looks at it from inside, for scripts/bench.

The action `bench_probe.read` returns what was noted since the last time, and begins anew;
`bench_probe.add_plain` adds entities that do nothing.
"""

from collections import Counter
import gc
from importlib import import_module
import time
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import Event, HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers.discovery import async_load_platform
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType

from .memory import used_memory
from .stalls import StallWatch

DOMAIN = "bench_probe"
_WATCHED = "bambu_hms"


class Probe:
    """Notes what happens in Home Assistant."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Note nothing yet."""
        self._hass = hass
        self._stalls = StallWatch()
        self.reports: Counter[str] = Counter()
        self._events: list[tuple[float, str]] = []
        self._states: list[tuple[float, str, str]] = []

    @callback
    def on_event(self, event: Event[dict[str, Any]]) -> None:
        """Note when a fault was raised or cleared, on the clock that all processes share."""
        self._events.append((time.monotonic(), str(event.event_type)))

    @callback
    def on_entry(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Note when the set-up of an entry begins and ends."""
        if entry.state in {ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.LOADED}:
            self._states.append((time.monotonic(), entry.domain, entry.state.value))

    @callback
    def read(self, *, watch: bool | None, collect: bool) -> dict[str, Any]:
        """Return all that was noted, and begin anew.

        `watch`: look for stalls from now on, or no longer. `collect`: what is no longer needed
        does not count as memory; collecting it holds up the loop.
        """
        if collect:
            gc.collect()
        entries = self._hass.config_entries.async_loaded_entries(_WATCHED)
        noted = {
            "cpu": time.process_time(),
            "memory": used_memory(),
            "reports": self.reports.total(),
            "connected": sum(entry.runtime_data.data.connected for entry in entries),
            "entities": len(self._hass.states.async_entity_ids()),
            "events": self._events,
            "states": self._states,
            "stalls": self._stalls.read(),
        }
        self._events, self._states = [], []
        self._stalls.turn(watch)
        return noted


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Look at everything from now on."""
    probe = Probe(hass)
    coordinator = await hass.async_add_import_executor_job(
        import_module, f"custom_components.{_WATCHED}.coordinator"
    )
    report = import_module(f"custom_components.{_WATCHED}.printer.report").Report
    take = coordinator.PrinterCoordinator._on_message  # noqa: SLF001 -- the one door of messages

    def count(self: Any, message: Any) -> None:
        if isinstance(message, report):
            probe.reports[self.serial] += 1
        take(self, message)

    coordinator.PrinterCoordinator._on_message = count  # noqa: SLF001 -- as above
    for what in ("raised", "cleared"):
        hass.bus.async_listen(f"{_WATCHED}_fault_{what}", probe.on_event)
    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, probe.on_entry)

    async def read(call: ServiceCall) -> dict[str, Any]:
        return probe.read(watch=call.data["watch"], collect=call.data["collect"])

    async def add_plain(call: ServiceCall) -> None:
        await async_load_platform(hass, "binary_sensor", DOMAIN, dict(call.data), config)

    hass.services.async_register(DOMAIN, "read", read, supports_response=SupportsResponse.ONLY)
    hass.services.async_register(DOMAIN, "add_plain", add_plain)
    return True
