"""Triggers: a fault was raised, a fault was cleared."""

from typing import Any, ClassVar, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType

from .announcer import SIGNAL_FAULT
from .const import EVENT_FAULT_CLEARED, EVENT_FAULT_RAISED
from .fault import ShownFault
from .matching import TRIGGER_INCLUDES
from .scope import Scope, validate


class FaultTrigger(Trigger):
    """Fires for faults of any printer, loaded now or later; what it knows lands in the trigger."""

    _event_type: ClassVar[str]
    _what: ClassVar[str]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Check what the owner has chosen."""
        return validate(config, TRIGGER_INCLUDES)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Read what the owner has chosen."""
        super().__init__(hass, config)
        self._scope = Scope.of(config.target, config.options)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen until the automation ends."""

        @callback
        def heard(event_type: str, shown: ShownFault, data: dict[str, Any]) -> None:
            if (
                event_type == self._event_type
                and self._scope.interest.covers(shown.fault, simulated=shown.simulated)
                and self._scope.async_devices(self._hass).has(
                    data["device_id"], data["printer_device_id"]
                )
            ):
                run_action(data, f"{self._what} on {data['printer']}: {data['message']}")

        return async_dispatcher_connect(self._hass, SIGNAL_FAULT, heard)


class FaultRaised(FaultTrigger):
    """A printer has a fault that it did not have before."""

    _event_type = EVENT_FAULT_RAISED
    _what = "fault raised"


class FaultCleared(FaultTrigger):
    """A fault is gone."""

    _event_type = EVENT_FAULT_CLEARED
    _what = "fault cleared"


TRIGGERS: dict[str, type[Trigger]] = {
    "fault_cleared": FaultCleared,
    "fault_raised": FaultRaised,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
