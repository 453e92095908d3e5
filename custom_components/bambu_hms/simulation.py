"""Faults that owners make up to try their automations: heard like any other, but not kept."""

from collections.abc import Callable
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .hms.code import FaultCode
from .hms.fault import Fault
from .hms.ledger import Changes


class Simulation:
    """The made-up faults of one printer; they are in no ledger, and the printer knows nothing."""

    def __init__(self, hass: HomeAssistant, on_changes: Callable[[Changes], None]) -> None:
        """Start without any; `on_changes` hears them come and go."""
        self._hass = hass
        self._on_changes = on_changes
        self._faults: dict[FaultCode, tuple[Fault, CALLBACK_TYPE]] = {}

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that are simulated now."""
        return tuple(fault for fault, _ in self._faults.values())

    @callback
    def async_raise(self, code: FaultCode, seconds: float) -> None:
        """Simulate a fault for a time; one that is simulated already begins anew."""
        self.async_end(code)

        @callback
        def end(now: datetime) -> None:
            self.async_end(code)

        now = dt_util.utcnow()
        fault = Fault(code, first_seen=now, last_seen=now)
        timer = async_call_later(self._hass, seconds, HassJob(end, cancel_on_shutdown=True))
        self._faults[code] = fault, timer
        self._on_changes(Changes(raised=(fault,)))

    @callback
    def async_end(self, code: FaultCode) -> None:
        """Simulate a fault no longer."""
        if code in self._faults:
            fault, timer = self._faults.pop(code)
            timer()
            self._on_changes(Changes(cleared=(fault.seen(dt_util.utcnow()),)))

    @callback
    def async_end_all(self) -> None:
        """Simulate nothing any longer."""
        for code in tuple(self._faults):
            self.async_end(code)
