"""Repairs: what owners are told outside of the flow, and how it is settled."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that settles an issue; of stored data set aside, one need only know."""
    return ConfirmRepairFlow()
