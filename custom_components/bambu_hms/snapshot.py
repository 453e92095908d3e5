"""One printer as the card sees it: everything at once, of what a user may see."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .access import POLICY_CONTROL, POLICY_READ, may
from .const import CONF_SERIAL
from .coordinator import PrinterCoordinator
from .devices import printer_identifier
from .hms.code import Severity, parse
from .hms.mute import Mute
from .matching import in_words
from .printer.models import model_of


def printer_of(
    hass: HomeAssistant, entry: ConfigEntry, user: User, labels: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return a printer; None for one that the user may not see."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        printer_identifier(entry.data[CONF_SERIAL]), entry.entry_id
    )
    # Of one that was never heard, all that there is to see is its name.
    if not (user.is_admin if device is None else may(hass, user, device.id, POLICY_READ)):
        return None
    printer = {
        "id": entry.entry_id,
        "device_id": device and device.id,
        "name": (device and device.name_by_user) or entry.title,
        "shape": model_of(entry.data[CONF_SERIAL]).shape,
        "loaded": entry.state is ConfigEntryState.LOADED,
        "starting": entry.state is ConfigEntryState.SETUP_IN_PROGRESS,
        "can_control": device is not None and may(hass, user, device.id, POLICY_CONTROL),
    }
    if entry.state is not ConfigEntryState.LOADED:
        return printer
    return printer | _Snapshot(hass, entry.runtime_data, user, labels).as_dict()


class _Snapshot:
    """What a user may see of a printer that is loaded."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: PrinterCoordinator,
        user: User,
        labels: Mapping[str, str],
    ) -> None:
        """Find out which AMS units the user may see."""
        self._coordinator = coordinator
        self._labels = labels
        ids = coordinator.equipment.device_ids
        self._units = {
            unit_id: device_id
            for unit_id, device_id in ids.units.items()
            if may(hass, user, device_id, POLICY_READ)
        }

    def as_dict(self) -> dict[str, Any]:
        """Return it all."""
        coordinator = self._coordinator
        state = coordinator.data
        model = coordinator.interpreter.model
        return {
            "model": model.name,
            "shape": model.shape,
            "connected": state.connected,
            "reason": state.reason,
            # While the printer talks this is now, and would change with every report.
            "last_heard": None if state.connected else _time(coordinator.ledger.heard),
            "print_state": state.print_state,
            "slot_in_use": state.slot_in_use,
            "units": self._ams(),
            "faults": self._faults(),
            "mutes": [self._mute(mute) for mute in coordinator.ledger.mutes],
            "last_fault": self._last_fault(),
        }

    def _ams(self) -> list[dict[str, Any]]:
        """Return the AMS units."""
        state = self._coordinator.data
        used = state.in_use
        return [
            {
                "id": unit.id,
                "device_id": self._units[unit.id],
                "name": unit.name,
                "type": unit.type,
                "letter": unit.letter,
                "slots": unit.slots,
                "present": unit.id in state.present,
                "slot_in_use": used.slot
                if used and (used.ams_type, used.ams) == (unit.type, unit.letter)
                else None,
            }
            for unit in state.units
            if unit.id in self._units
        ]

    def _faults(self) -> list[dict[str, Any]]:
        """Return the faults, the most urgent first: what events carry of them, and a little more.

        What the printer does now is said once for all, and the time of the last report is not said.
        """
        rows = []
        for fault in self._coordinator.data.faults:
            if not self._sees(fault.unit_id):
                continue
            settling = fault.fault.gone is not None
            _, data = self._coordinator.describe(fault.fault, simulated=fault.simulated)
            del data["printer"], data["print_state"]
            if not settling:
                del data["last_seen"]
            rows.append(data | {"unit": fault.unit_id, "settling": settling})
        return rows

    def _mute(self, mute: Mute) -> dict[str, Any]:
        """Return what is muted, and until when."""
        what = mute.what.as_dict()
        match what:
            case {"codes": [str(code)], **rest} if not rest:
                label = self._name_of(code)
            case _:
                label = None
        return {
            "what": what,
            "label": label or in_words(mute.what, self._labels),
            "until": _time(mute.until),
            "until_cleared": mute.until_cleared,
        }

    def _name_of(self, text: str) -> str | None:
        """Return what a code says; None for a pattern of codes."""
        try:
            code = parse(text)
        except ValueError:
            return None
        decoded = self._coordinator.interpreter.decode(code)
        return f"{decoded.location}: {decoded.message}"

    def _last_fault(self) -> dict[str, Any] | None:
        """Return the last fault that is gone, and since when; muted ones and notices are none."""
        for fault in reversed(self._coordinator.ledger.history):
            shown, data = self._coordinator.describe(fault)
            if fault.muted or shown.what.severity is Severity.INFO or not self._sees(shown.unit_id):
                continue
            return {
                **{key: data[key] for key in ("location", "message", "severity")},
                "cleared": fault.last_seen.isoformat(),
            }
        return None

    def _sees(self, unit_id: int | None) -> bool:
        """Whether the user may see what sits there."""
        return unit_id is None or unit_id in self._units


def _time(when: datetime | None) -> str | None:
    """Return a time as JSON has it."""
    return None if when is None else when.isoformat()
