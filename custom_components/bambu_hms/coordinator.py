"""One printer inside Home Assistant: reports go into the ledger, changes come out of it."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from . import devices
from .announcer import Announcer
from .const import CONF_ACCESS_CODE, CONF_OFFICIAL_TEXTS, CONF_PIN, CONF_SERIAL, DOMAIN
from .fault import ShownFault
from .hms.code import FaultCode
from .hms.ledger import NOTHING_CHANGED, PARTNER_WAIT, Changes, Fault, Ledger
from .interpreter import Interpreter
from .printer.link import Link, Lost, Printer, Reason
from .printer.report import AmsUnit as ReportedUnit, Report, Unreadable, Versions
from .printer.reported import ReportedCodes
from .records import Records
from .shared import connects, pushall_limit
from .state import PrinterState
from .storage import Kept, PrinterStore
from .units import AmsUnit, merge, with_versions

type BambuHmsConfigEntry = ConfigEntry[PrinterCoordinator]

_LOGGER = logging.getLogger(__name__)

# Long enough for a slow printer, short enough not to hold up the start of Home Assistant.
_FIRST_REPORT_WAIT = 20.0


class PrinterCoordinator(DataUpdateCoordinator[PrinterState]):
    """Listens to one printer and tells entities and automations what changed."""

    config_entry: BambuHmsConfigEntry

    def __init__(self, hass: HomeAssistant, entry: BambuHmsConfigEntry) -> None:
        """Prepare; nothing is sent before `async_start`."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=entry.title)
        self.serial: str = entry.data[CONF_SERIAL]
        self.data = PrinterState()
        self.announcer = Announcer(hass)
        self.interpreter = Interpreter(hass, self.serial)
        self._store = PrinterStore(hass, entry.entry_id)
        self.ledger = Ledger()
        self.firmware: str | None = None
        self._versions = Versions()
        self._last_ams: tuple[tuple[ReportedUnit, ...], bool] | None = None
        self.print_state: str | None = None
        self._reported = ReportedCodes(None)
        self._device_ids: devices.DeviceIds
        self._listening: asyncio.Task[None] | None = None
        self._first_word: asyncio.Future[Reason | None] = hass.loop.create_future()
        self._cancel_check: CALLBACK_TYPE | None = None
        self._complained_of_junk = False
        self._connected_with = entry.data
        self.records = Records()

    # Starting and ending

    async def async_start(self) -> None:
        """Load what was kept and listen; a printer never heard must be heard first."""
        kept = await self._store.async_load()
        self.ledger = kept.ledger
        if self.ledger.heard is not None:
            self._reported = ReportedCodes(fault.code for fault in self.ledger.active)
        self.firmware = kept.firmware
        self.interpreter.product = kept.product
        await self._open_interpreter()
        self._register_devices(kept.units)
        self.data = PrinterState(
            faults=self._shown(kept.units),
            units=kept.units,
            # Until a report says otherwise: some printers tell it only when they are asked.
            present=frozenset(unit.id for unit in kept.units),
        )
        entry = self.config_entry
        entry.async_on_unload(entry.add_update_listener(self._on_entry_update))
        entry.async_on_unload(
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._on_stop)
        )
        self._listening = entry.async_create_background_task(
            self.hass, self._listen(), f"{DOMAIN} {entry.title}"
        )
        if self.ledger.heard is None:
            await self._wait_for_first_report()

    async def _open_interpreter(self) -> None:
        await self.interpreter.async_open(
            official_texts=self.config_entry.options.get(CONF_OFFICIAL_TEXTS, False),
            on_change=self._on_wording_change,
        )

    async def _wait_for_first_report(self) -> None:
        """Raise `ConfigEntryNotReady` unless a report comes soon."""
        try:
            async with asyncio.timeout(_FIRST_REPORT_WAIT):
                reason = await self._first_word
        except TimeoutError:
            reason = Reason.SILENT
        if reason is not None:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key=f"not_ready_{reason}",
                translation_placeholders={"name": self.name},
            )

    @callback
    def async_announce_from_now(self) -> None:
        """Fire events, once the entities are there and automations can hear."""

        @callback
        def started(hass: HomeAssistant) -> None:
            self.announcer.start()
            self._save_soon()

        self.config_entry.async_on_unload(async_at_started(self.hass, started))

    @override
    async def async_shutdown(self) -> None:
        """Say goodbye to the printer and write down what is known of it."""
        await super().async_shutdown()
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None
        if self._cancel_check is not None:
            self._cancel_check()
            self._cancel_check = None
        # What still waits for its partner is not to be lost.
        self._announce(self.ledger.check(dt_util.utcnow() + PARTNER_WAIT))
        self.interpreter.close()
        # What nobody has heard yet must be found anew by the next start.
        if self.ledger.heard is not None and not self.announcer.holds_back:
            await self._store.async_save(self._kept())

    async def _on_stop(self, event: Event) -> None:
        """End with Home Assistant, which does not unload entries when it stops."""
        await self.async_shutdown()

    async def _on_entry_update(self, hass: HomeAssistant, entry: BambuHmsConfigEntry) -> None:
        """Apply new options at once; a new address, access code or name needs a reload."""
        if entry.data != self._connected_with or entry.title != self.name:
            hass.config_entries.async_schedule_reload(entry.entry_id)
            return
        await self._open_interpreter()
        self._on_wording_change()

    @override
    async def _async_update_data(self) -> PrinterState:
        """Return what is known: the printer speaks unasked."""
        return self.data

    # Listening

    async def _listen(self) -> None:
        """Take in all that the printer says, for as long as the entry is loaded."""
        data = self.config_entry.data
        printer = Printer(
            host=data[CONF_HOST],
            port=data[CONF_PORT],
            serial=self.serial,
            access_code=data[CONF_ACCESS_CODE],
            pin=data[CONF_PIN],
        )
        link = Link(printer, pushall_limit(self.hass), connects=connects(self.hass))
        async with aclosing(link.messages()) as messages:
            async for message in messages:
                try:
                    self._on_message(message)
                except Exception:
                    # Whatever one message does to us, the next one must be heard.
                    _LOGGER.exception("%s: a message was skipped", self.name)

    @callback
    def _on_message(self, message: Report | Versions | Lost | Unreadable) -> None:
        match message:
            case Report():
                self._on_report(message)
            case Versions():
                self._on_versions(message)
            case Lost(reason):
                self._on_lost(reason)
            case Unreadable(problem) if not self._complained_of_junk:
                self._complained_of_junk = True
                _LOGGER.warning("%s: a message was skipped: %s", self.name, problem)

    @callback
    def _on_report(self, report: Report) -> None:
        """Take in one report; one that changes nothing ends here soon."""
        self.records.last_report = report
        if report.print_state is not None:
            self.print_state = report.print_state.lower()
        new = self._reported.take(report)
        if not self._reported.known:
            # A part of a report says nothing of a printer that nobody has heard before.
            return
        changes = self.ledger.update(self._shown_codes() if new else None, dt_util.utcnow())
        state = self.data
        if report.ams is not None and (report.ams, report.whole) != self._last_ams:
            self._last_ams = (report.ams, report.whole)
            units = merge(state.units, report.ams, self.interpreter.model.usual_ams)
            units = with_versions(units, self._versions)
            present = frozenset(unit.id for unit in report.ams)
            # A partial report may list only the units of which something changed.
            if not report.whole:
                present |= state.present
            if units != state.units or present != state.present:
                self._register_devices(units)
                state = replace(state, units=units, present=present)
        if changes or state is not self.data or not state.connected:
            if not state.connected:
                self.records.heard(dt_util.utcnow())
            if state.reason is not None:
                _LOGGER.info("%s: heard again", self.name)
            state = replace(state, connected=True, reason=None, faults=self._shown(state.units))
            self.async_set_updated_data(state)
        self._announce(changes)
        self._check_when_due()
        if not self._first_word.done():
            self._first_word.set_result(None)

    @callback
    def _on_versions(self, versions: Versions) -> None:
        """Learn what the printer and its AMS units are."""
        # Some printers tell their versions before their AMS units.
        self._versions = versions
        units = with_versions(self.data.units, versions)
        firmware = versions.firmware or self.firmware
        product = versions.product or self.interpreter.product
        if (firmware, product, units) == (
            self.firmware,
            self.interpreter.product,
            self.data.units,
        ):
            return
        self.firmware, self.interpreter.product = firmware, product
        self._set_units(units)

    @callback
    def _on_lost(self, reason: Reason) -> None:
        """Show that the printer is not heard; its faults keep, and nothing is cleared."""
        if not self._first_word.done():
            self._first_word.set_result(reason)
        if not self.data.connected and self.data.reason is reason:
            return
        if self.data.connected or self.data.reason is None:
            _LOGGER.info("%s: not heard (%s)", self.name, reason)
        self.records.lost(dt_util.utcnow(), reason)
        self.async_set_updated_data(replace(self.data, connected=False, reason=reason))

    # Faults

    @callback
    def _on_wording_change(self) -> None:
        """Say the same in other words; some codes may turn out to be internal, or not."""
        changes = NOTHING_CHANGED
        if self.ledger.heard is not None:
            changes = self.ledger.update(self._shown_codes(), self.ledger.heard)
        state = replace(self.data, faults=self._shown(self.data.units))
        self.async_set_updated_data(state)
        self._announce(changes)
        self._check_when_due()

    def _shown_codes(self) -> list[FaultCode]:
        """Return the reported codes that the printer's own screen would show."""
        return [code for code in self._reported.codes if self.interpreter.is_shown(code)]

    def _shown(self, units: tuple[AmsUnit, ...]) -> tuple[ShownFault, ...]:
        """Return the active faults, the most urgent first."""
        shown = (self.interpreter.show(fault, units) for fault in self.ledger.active)
        return tuple(sorted(shown, key=lambda fault: fault.urgency, reverse=True))

    @callback
    def _announce(self, changes: Changes) -> None:
        """Have what was raised and cleared heard, and keep that it was."""
        if not changes:
            return
        self.announcer.announce(changes, self._describe)
        self._save_soon()

    def _describe(self, fault: Fault) -> tuple[ShownFault, dict[str, Any]]:
        """Return a fault as it is shown, and the data of its event."""
        shown = self.interpreter.show(fault, self.data.units)
        return shown, shown.event_data(
            device_id=self._device_ids.of_unit(shown.unit_id),
            printer_device_id=self._device_ids.printer,
            printer=self.name,
            print_state=self.print_state,
        )

    @callback
    def _check_when_due(self) -> None:
        """Look at the ledger again when it wants to, should no report come before."""
        due = self.ledger.due
        if self._cancel_check is not None:
            self._cancel_check()
            self._cancel_check = None
        if due is not None:
            self._cancel_check = async_track_point_in_utc_time(
                self.hass, HassJob(self._check, cancel_on_shutdown=True), due
            )

    @callback
    def _check(self, now: datetime) -> None:
        """Raise what has waited long enough."""
        self._cancel_check = None
        if changes := self.ledger.check(now):
            self.async_set_updated_data(replace(self.data, faults=self._shown(self.data.units)))
            self._announce(changes)
        self._check_when_due()

    # Keeping

    @callback
    def async_forget_unit(self, unit: AmsUnit) -> None:
        """Forget an AMS unit that its owner has removed."""
        self._set_units(tuple(known for known in self.data.units if known.id != unit.id))

    @callback
    def _set_units(self, units: tuple[AmsUnit, ...]) -> None:
        """Show other AMS units than before, and keep them."""
        self._register_devices(units)
        self.async_set_updated_data(replace(self.data, units=units, faults=self._shown(units)))
        self._save_soon()

    @callback
    def _register_devices(self, units: tuple[AmsUnit, ...]) -> None:
        """Register the devices, so that events can name them."""
        self._device_ids = devices.async_register(
            self.hass,
            entry_id=self.config_entry.entry_id,
            serial=self.serial,
            name=self.config_entry.title,
            model=self.interpreter.model.name,
            firmware=self.firmware,
            units=units,
        )

    @callback
    def _save_soon(self) -> None:
        if not self.announcer.holds_back:
            self._store.async_save_soon(self._kept())

    def _kept(self) -> Kept:
        return Kept(self.ledger, self.data.units, self.firmware, self.interpreter.product)
