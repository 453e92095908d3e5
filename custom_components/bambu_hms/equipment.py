"""What one printer consists of: firmware, AMS units, and the devices that stand for them."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from . import devices
from .const import CONF_SERIAL
from .interpreter import Interpreter
from .printer.report import AmsUnit as ReportedUnit, Report, Versions
from .units import AmsUnit, merge, with_versions


class Equipment:
    """Learns from reports and version answers, and keeps the device registry up to date."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, interpreter: Interpreter) -> None:
        """Know nothing yet; the interpreter is told what product the printer is."""
        self._hass = hass
        self._entry = entry
        self._interpreter = interpreter
        self._versions = Versions()
        self._last_report: tuple[tuple[ReportedUnit, ...], bool] | None = None
        self.units: tuple[AmsUnit, ...] = ()
        self.present: frozenset[int] = frozenset()
        """The numbers of the AMS units that are connected, as far as reports have told."""
        self.firmware: str | None = None
        self.tray: int | None = None
        """The tray in use, as the printer numbers them."""
        self.device_ids: devices.DeviceIds

    @callback
    def async_open(self, units: tuple[AmsUnit, ...], firmware: str | None) -> None:
        """Go on with what was kept."""
        self.firmware = firmware
        # Until a report says otherwise: some printers tell it only when they are asked.
        self.present = frozenset(unit.id for unit in units)
        self._set_units(units)

    @callback
    def async_take_report(self, report: Report) -> bool:
        """Learn which AMS units there are, and what is in use; return whether anything changed."""
        other_tray = report.tray_now not in {None, self.tray}
        if other_tray:
            self.tray = report.tray_now
        # A unit that cannot be read is not gone.
        complete = report.whole and not report.skipped
        if report.ams is None or (report.ams, complete) == self._last_report:
            return other_tray
        self._last_report = (report.ams, complete)
        units = merge(self.units, report.ams, self._interpreter.model.usual_ams)
        units = with_versions(units, self._versions)
        present = frozenset(unit.id for unit in report.ams)
        # A partial report may list only the units of which something changed.
        if not complete:
            present |= self.present
        if (units, present) == (self.units, self.present):
            return other_tray
        self.present = present
        self._set_units(units)
        return True

    @callback
    def async_take_versions(self, versions: Versions) -> bool:
        """Learn what the printer and its AMS units are; return whether anything changed."""
        # Some printers tell their versions before their AMS units.
        self._versions = versions
        units = with_versions(self.units, versions)
        firmware = versions.firmware or self.firmware
        product = versions.product or self._interpreter.product
        if (firmware, product, units) == (self.firmware, self._interpreter.product, self.units):
            return False
        self.firmware, self._interpreter.product = firmware, product
        self._set_units(units)
        return True

    @callback
    def async_forget(self, unit: AmsUnit) -> None:
        """Forget an AMS unit that its owner has removed."""
        self._set_units(tuple(known for known in self.units if known.id != unit.id))

    @callback
    def _set_units(self, units: tuple[AmsUnit, ...]) -> None:
        """Register the devices at once, so that events can name them."""
        self.units = units
        self.device_ids = devices.async_register(
            self._hass,
            entry_id=self._entry.entry_id,
            serial=self._entry.data[CONF_SERIAL],
            name=self._entry.title,
            model=self._interpreter.model.name,
            firmware=self.firmware,
            units=units,
        )
