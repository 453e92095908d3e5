"""Tells Home Assistant what was raised and cleared, once automations can hear it."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN, EVENT_FAULT_CLEARED, EVENT_FAULT_RAISED
from .fault import ShownFault
from .hms.fault import Fault
from .hms.ledger import Changes

type FaultListener = Callable[[str, ShownFault, dict[str, Any]], None]

# For whom no single printer is the one to listen to: it may be loaded later, or anew.
SIGNAL_FAULT: SignalType[str, ShownFault, dict[str, Any]] = SignalType(f"{DOMAIN}_fault")


class Announcer:
    """Fires the events of one printer, in the order in which things happened."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Hold back everything until `start`."""
        self._hass = hass
        self._held: list[tuple[str, ShownFault, dict[str, Any]]] | None = []
        self._listeners: list[FaultListener] = []

    @property
    def holds_back(self) -> bool:
        """Whether there is something that nobody has heard yet."""
        return bool(self._held)

    @callback
    def start(self) -> None:
        """Fire what was held back, and everything from now on."""
        held, self._held = self._held or [], None
        for what in held:
            self._fire(*what)

    @callback
    def announce(
        self, changes: Changes, describe: Callable[[Fault], tuple[ShownFault, dict[str, Any]]]
    ) -> None:
        """Fire the events of what changed, now or once Home Assistant has started."""
        for fault in changes.raised:
            self._fire_or_hold(EVENT_FAULT_RAISED, *describe(fault))
        for fault in changes.cleared:
            shown, data = describe(fault)
            duration = {"duration": round(fault.duration.total_seconds())}
            self._fire_or_hold(EVENT_FAULT_CLEARED, shown, data | duration)

    @callback
    def _fire_or_hold(self, *what: *tuple[str, ShownFault, dict[str, Any]]) -> None:
        if self._held is None:
            self._fire(*what)
        else:
            self._held.append(what)

    @callback
    def _fire(self, event_type: str, fault: ShownFault, data: dict[str, Any]) -> None:
        self._hass.bus.async_fire(event_type, data)
        for listener in self._listeners:
            listener(event_type, fault, data)
        async_dispatcher_send(self._hass, SIGNAL_FAULT, event_type, fault, data)

    @callback
    def async_listen(self, listener: FaultListener) -> CALLBACK_TYPE:
        """Call the listener for every fault that is raised or cleared."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
