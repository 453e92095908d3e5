"""What a user may see and do: whoever may read or control an entity of a device may do it there."""

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

__all__ = ["POLICY_CONTROL", "POLICY_READ", "may"]


@callback
def may(hass: HomeAssistant, user: User, device_id: str, policy: str) -> bool:
    """Whether a user may do this with a device, whatever of its entities is disabled."""
    if user.is_admin:
        return True
    entities = er.async_entries_for_device(
        er.async_get(hass), device_id, include_disabled_entities=True
    )
    return any(user.permissions.check_entity(entity.entity_id, policy) for entity in entities)
