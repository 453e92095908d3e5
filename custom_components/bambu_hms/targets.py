"""Whom an action is about: printers and AMS units, and whether the caller may."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser

from .access import POLICY_CONTROL, POLICY_READ, may
from .const import DOMAIN
from .coordinator import PrinterCoordinator
from .fault import ShownFault
from .units import AmsUnit

__all__ = ["POLICY_CONTROL", "POLICY_READ", "Target", "async_targets"]


@dataclass(frozen=True, slots=True)
class Target:
    """A printer, or one AMS unit of it."""

    coordinator: PrinterCoordinator
    device_id: str
    unit: AmsUnit | None = None

    def holds(self, fault: ShownFault) -> bool:
        """Whether a fault sits here; the printer holds those of its AMS units, too."""
        return self.unit is None or fault.unit_id == self.unit.id


async def async_targets(
    call: ServiceCall, device_ids: Iterable[str] | None, policy: str
) -> list[Target]:
    """Return the targets of an action: the named devices, or every printer that one may see.

    Raises `ServiceValidationError` for a device that is none of ours or not loaded, `Unauthorized`
    for one that the caller may not read or control.
    """
    hass = call.hass
    known = {target.device_id: target for target in async_known(hass)}
    if device_ids is None:
        wanted = [target for target in known.values() if target.unit is None]
        return [target for target in wanted if await _may(call, target, policy)]
    targets: list[Target] = []
    for device_id in device_ids:
        if (target := known.get(device_id)) is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_printer")
        if not await _may(call, target, policy):
            raise Unauthorized(context=call.context, permission=policy)
        targets.append(target)
    return targets


@callback
def async_known(hass: HomeAssistant) -> Iterator[Target]:
    """Yield every printer that is loaded, and its AMS units."""
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        coordinator: PrinterCoordinator = entry.runtime_data
        ids = coordinator.equipment.device_ids
        yield Target(coordinator, ids.printer)
        for unit in coordinator.equipment.units:
            yield Target(coordinator, ids.units[unit.id], unit)


async def _may(call: ServiceCall, target: Target, policy: str) -> bool:
    """Whether whoever calls may do this with the device's entities; automations may."""
    if call.context.user_id is None:
        return True
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context, permission=policy)
    return may(call.hass, user, target.device_id, policy)
