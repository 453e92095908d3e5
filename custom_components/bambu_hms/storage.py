"""What is kept of one printer across restarts: its faults, its AMS units and what it is."""

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
import logging
from pathlib import Path
from typing import Any, Self, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .hms.ledger import Ledger
from .hms.location import AmsType
from .units import AmsUnit

_LOGGER = logging.getLogger(__name__)

_VERSION = 2
# A burst of changes is one write; after a crash these seconds may be heard twice.
_SAVE_DELAY = 2.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one printer."""

    ledger: Ledger
    units: tuple[AmsUnit, ...] = ()
    firmware: str | None = None
    product: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "ledger": self.ledger.as_dict(),
            "units": [asdict(unit) for unit in self.units],
            "firmware": self.firmware,
            "product": self.product,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `as_dict` made; raises `ValueError` where it has another shape."""
        try:
            return cls(
                Ledger.from_dict(data["ledger"]),
                tuple(
                    AmsUnit(
                        id=int(unit["id"]),
                        type=AmsType(unit["type"]),
                        letter=str(unit["letter"]),
                        slots=tuple(int(slot) for slot in unit["slots"]),
                        serial=_text(unit["serial"]),
                        firmware=_text(unit["firmware"]),
                    )
                    for unit in data["units"]
                ),
                _text(data["firmware"]),
                _text(data["product"]),
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as err:
            raise ValueError(f"not what was kept of a printer: {err!r}") from err


def _text(value: Any) -> str | None:
    """Return a text or None; raises `TypeError` for anything else."""
    if value is not None and not isinstance(value, str):
        raise TypeError("no text")
    return value


class _Store(Store[dict[str, Any]]):
    """Reads what earlier versions wrote."""

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: dict[str, Any]
    ) -> dict[str, Any]:
        """Bring stored data up to date, one version after the other."""
        if old_major_version < 2:
            _add_life(old_data["ledger"])
        return old_data


def _add_life(ledger: dict[str, Any]) -> None:
    """Version 2: faults settle, are muted and remembered; print errors wait across restarts."""
    for fault in ledger["active"]:
        # The very first version knew nothing of related faults.
        fault.setdefault("related", None)
        fault |= {"muted": False, "gone": None}
    first_seen = (fault["first_seen"] for fault in ledger["active"])
    ledger |= {
        "raised_count": sum(fault["related"] is None for fault in ledger["active"]),
        "last_raised": max(first_seen, default=None),
        "waiting": [],
        "mutes": [],
        "history": [],
    }


class PrinterStore:
    """The file of one printer in Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file after the entry, because the serial must not reach a log."""
        self._hass = hass
        self._entry_id = entry_id
        self._store = _Store(hass, _VERSION, f"{DOMAIN}.{entry_id}", serialize_in_event_loop=False)

    async def async_load(self, printer: str) -> Kept:
        """Return what was kept; nothing where there is no file or not one of ours.

        What cannot be read is set aside, and the owner of that printer is told in a repair.
        """
        try:
            data = await self._store.async_load()
            return Kept(Ledger()) if data is None else Kept.from_dict(data)
        except UnsupportedStorageVersionError:
            await self._set_aside(printer, "newer")
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            _LOGGER.debug("What was kept of %s has another shape: %r", printer, err)
            await self._set_aside(printer, "unreadable")
        return Kept(Ledger())

    async def _set_aside(self, printer: str, why: str) -> None:
        """Keep the file out of the way of the next one, and tell the owner."""
        aside = _aside(self._store.path)
        _LOGGER.warning(
            "What was kept of %s cannot be used (%s), starting afresh; it is now %s",
            printer,
            why,
            aside,
        )
        await self._hass.async_add_executor_job(_move, self._store.path, aside)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            _issue_id(self._entry_id),
            is_fixable=True,
            is_persistent=True,
            severity=ir.IssueSeverity.WARNING,
            translation_key=f"storage_{why}",
            translation_placeholders={"printer": printer, "file": aside.name},
        )

    @callback
    def async_save_soon(self, kept: Kept) -> None:
        """Write within seconds, and at the latest when Home Assistant stops."""
        # As it is now: what comes later may not be heard by anybody before the file is written.
        # Most of it is history, which takes milliseconds to write out, in a thread.
        now = replace(kept, ledger=kept.ledger.copy())
        self._store.async_delay_save(now.as_dict, _SAVE_DELAY)

    async def async_save(self, kept: Kept) -> None:
        """Write now: the next start of this entry does not see what is still waiting."""
        await self._store.async_save(kept.as_dict())

    async def async_remove(self) -> None:
        """Delete the file, and what was set aside."""
        await self._store.async_remove()
        await self._hass.async_add_executor_job(_delete, _aside(self._store.path))
        ir.async_delete_issue(self._hass, DOMAIN, _issue_id(self._entry_id))


def _issue_id(entry_id: str) -> str:
    """Name the repair of one printer."""
    return f"storage_{entry_id}"


def _aside(path: str) -> Path:
    """Name the file that takes what cannot be read."""
    return Path(f"{path}.set_aside")


def _move(path: str, aside: Path) -> None:
    """Move a file, if it is there."""
    with suppress(FileNotFoundError):
        Path(path).replace(aside)


def _delete(path: Path) -> None:
    """Delete a file, if it is there."""
    path.unlink(missing_ok=True)
