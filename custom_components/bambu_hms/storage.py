"""What is kept of one printer across restarts: its faults, its AMS units and what it is."""

from contextlib import suppress
from dataclasses import asdict, dataclass
import logging
from pathlib import Path
from typing import Any, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .hms.ledger import Ledger
from .hms.location import AmsType
from .units import AmsUnit

_LOGGER = logging.getLogger(__name__)

_VERSION = 1
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
                        serial=unit["serial"],
                        firmware=unit["firmware"],
                    )
                    for unit in data["units"]
                ),
                data["firmware"],
                data["product"],
            )
        except (KeyError, TypeError, AttributeError) as err:
            raise ValueError(f"not what was kept of a printer: {err!r}") from err


class PrinterStore:
    """The file of one printer in Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file after the entry, because the serial must not reach a log."""
        self._hass = hass
        self._store = Store[dict[str, Any]](hass, _VERSION, f"{DOMAIN}.{entry_id}")

    async def async_load(self) -> Kept:
        """Return what was kept; nothing where there is no file or not one of ours."""
        try:
            data = await self._store.async_load()
            return Kept(Ledger()) if data is None else Kept.from_dict(data)
        except (ValueError, UnsupportedStorageVersionError) as err:
            aside = f"{self._store.path}.set_aside"
            _LOGGER.warning(
                "What was kept of a printer cannot be read, starting afresh; it is now %s: %r",
                aside,
                err,
            )
            await self._hass.async_add_executor_job(_set_aside, self._store.path, aside)
            return Kept(Ledger())

    @callback
    def async_save_soon(self, kept: Kept) -> None:
        """Write within seconds, and at the latest when Home Assistant stops."""
        # As it is now: what comes later may not be heard by anybody before the file is written.
        data = kept.as_dict()
        self._store.async_delay_save(lambda: data, _SAVE_DELAY)

    async def async_save(self, kept: Kept) -> None:
        """Write now: the next start of this entry does not see what is still waiting."""
        await self._store.async_save(kept.as_dict())

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


def _set_aside(path: str, aside: str) -> None:
    """Keep a file that cannot be read out of the way of the next one."""
    with suppress(FileNotFoundError):
        Path(path).replace(aside)
