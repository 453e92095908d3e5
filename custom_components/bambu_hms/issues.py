"""What owners are told in repairs while a printer cannot be trusted."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .printer.reason import Reason

# Why a printer is not heard, and whether that can be settled by saying that it is all right.
_ISSUES = {Reason.CERTIFICATE: True, Reason.OTHER_PRINTER: False}


@callback
def async_show(hass: HomeAssistant, entry: ConfigEntry, why: Reason | None) -> None:
    """Show the repair for this reason, and none for any other."""
    for reason, fixable in _ISSUES.items():
        issue_id = f"{reason}_{entry.entry_id}"
        if reason is not why:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id},
            is_fixable=fixable,
            severity=ir.IssueSeverity.ERROR,
            translation_key=reason,
            translation_placeholders={"printer": entry.title},
        )
