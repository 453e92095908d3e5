"""One printer inside Home Assistant: reports go into the ledger, changes come out of it."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from . import issues
from .announcer import Announcer
from .const import CONF_ACCESS_CODE, CONF_PIN, CONF_SERIAL, DOMAIN
from .equipment import Equipment
from .fault import ShownFault
from .finder import finder
from .first_word import FirstWord
from .hms.fault import Fault
from .hms.ledger import NOTHING_CHANGED, Changes, Ledger
from .hms.matcher import Matcher
from .hms.mute import Mute
from .interpreter import Interpreter
from .keeper import LedgerKeeper
from .options import Options
from .printer.link import Link, Lost, Printer, Reason
from .printer.report import Report, Unreadable, Versions
from .records import Records
from .shared import connects, pushall_limit, turn
from .simulation import Simulation
from .state import PrinterState
from .storage import Kept, PrinterStore
from .units import AmsUnit, place_of_tray

type BambuHmsConfigEntry = ConfigEntry[PrinterCoordinator]

_LOGGER = logging.getLogger(__name__)


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
        self.simulation = Simulation(hass, self._on_simulated)
        self._store = PrinterStore(hass, entry.entry_id)
        self._keeper = LedgerKeeper(hass, self.interpreter.is_shown, self._on_changes)
        self.equipment = Equipment(hass, entry, self.interpreter)
        self._listening: asyncio.Task[None] | None = None
        self._first_word = FirstWord()
        self._complained_of_junk = False
        self._connected_with = entry.data
        self.records = Records()

    @property
    def ledger(self) -> Ledger:
        """The faults of the printer; only its keeper changes it."""
        return self._keeper.ledger

    # Starting and ending

    async def async_start(self) -> None:
        """Load what was kept and listen; a printer never heard must be heard first."""
        kept = await self._store.async_load(self.config_entry.title)
        self.interpreter.product = kept.product
        options = Options.of(self.config_entry.options)
        await self._open_interpreter(options)
        self.equipment.async_open(kept.units, kept.firmware)
        self._keeper.async_open(kept.ledger, options.settle)
        self.data = self._state()
        entry = self.config_entry
        entry.async_on_unload(entry.add_update_listener(self._on_entry_update))
        entry.async_on_unload(self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._on_stop))
        await finder(self.hass).async_join(self)
        self._listening = entry.async_create_background_task(
            self.hass, self._listen(), f"{DOMAIN} {entry.title}"
        )
        if self.ledger.heard is None:
            await self._first_word.wait(self.name)

    async def _open_interpreter(self, options: Options) -> None:
        self.interpreter.problem_severity = options.problem_severity
        await self.interpreter.async_open(
            official_texts=options.official_texts, on_change=self._on_wording_change
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
        await finder(self.hass).async_leave(self)
        self._keeper.async_close()
        self.simulation.async_end_all()
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
        options = Options.of(entry.options)
        self._on_changes(self._keeper.async_settle_within(options.settle))
        await self._open_interpreter(options)
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
                if self.data.connected and not isinstance(message, Lost):
                    self._try_message(message)
                    continue
                async with turn(self.hass):
                    self._try_message(message)
                    await asyncio.sleep(0)

    @callback
    def _try_message(self, message: Report | Versions | Lost | Unreadable) -> None:
        """Take in one message; whatever it does to us, the next one must be heard."""
        try:
            self._on_message(message)
        except Exception:
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
        # The reader returns the same report for the same words.
        again = report is self.records.last_report
        self.records.last_report = report
        other_doing = self._take_print_state(report)
        changes = self._keeper.async_take(report)
        state = self.data
        if changes is None or (again and changes is NOTHING_CHANGED and state.connected):
            return
        other_units = self.equipment.async_take_report(report)
        if not state.connected:
            self.records.heard(dt_util.utcnow())
            if state.reason is not None:
                _LOGGER.info("%s: heard again", self.name)
            self._ask_owner(None)
        if changes or other_units or other_doing or not state.connected:
            self.async_set_updated_data(replace(self._state(), connected=True, reason=None))
        self._announce(changes)
        self._first_word.take(None)

    @callback
    def _take_print_state(self, report: Report) -> bool:
        """Take in what the printer is doing; return whether that is something else than before."""
        if report.print_state is None:
            return False
        doing = report.print_state.lower()
        if doing == self.data.print_state:
            return False
        self.data = replace(self.data, print_state=doing)
        return True

    @callback
    def _on_versions(self, versions: Versions) -> None:
        """Learn what the printer and its AMS units are."""
        if self.equipment.async_take_versions(versions):
            self._show()
            self._save_soon()

    @callback
    def _on_lost(self, reason: Reason) -> None:
        """Show that the printer is not heard; its faults keep, and nothing is cleared."""
        self._first_word.take(reason)
        if not self.data.connected and self.data.reason is reason:
            return
        self._keeper.async_silent()
        self._ask_owner(reason)
        if self.data.connected or self.data.reason is None:
            _LOGGER.info("%s: not heard (%s)", self.name, reason)
        self.records.lost(dt_util.utcnow(), reason)
        self.async_set_updated_data(replace(self.data, connected=False, reason=reason))

    @callback
    def _ask_owner(self, reason: Reason | None) -> None:
        """Ask the owner for what only the owner can do about a printer that is not heard."""
        if reason is Reason.ACCESS_CODE:
            self.config_entry.async_start_reauth(self.hass)
        issues.async_show(self.hass, self.config_entry, reason)

    # Faults

    @callback
    def async_mute(self, mute: Mute) -> None:
        """Mute faults."""
        self._on_changes(self._keeper.async_mute(mute))
        self._save_soon()

    @callback
    def async_unmute(self, what: Matcher) -> None:
        """End a mute; raises `KeyError` where there is none."""
        self._on_changes(self._keeper.async_unmute(what))
        self._save_soon()

    @callback
    def _on_wording_change(self) -> None:
        """Say the same in other words; some codes may turn out to be internal, or not."""
        changes = self._keeper.async_read_anew()
        self._show()
        self._announce(changes)

    @callback
    def _on_changes(self, changes: Changes) -> None:
        """Show and tell what changed without a report."""
        if changes:
            self._show()
            self._announce(changes)

    @callback
    def _on_simulated(self, changes: Changes) -> None:
        """Show and tell what the owner made up."""
        self._show()
        self.announcer.announce(changes, partial(self.describe, simulated=True))

    @callback
    def _show(self) -> None:
        """Show the faults as they are now."""
        self.async_set_updated_data(self._state())

    def _state(self) -> PrinterState:
        """Return what is known now; whether the printer is heard is as before."""
        units = self.equipment.units
        in_use = place_of_tray(self.equipment.tray, units)
        shown = [self.interpreter.show(fault, units) for fault in self.ledger.active]
        shown += [
            self.interpreter.show(fault, units, simulated=True) for fault in self.simulation.faults
        ]
        return replace(
            self.data,
            faults=tuple(sorted(shown, key=lambda fault: fault.urgency, reverse=True)),
            units=units,
            present=self.equipment.present,
            in_use=in_use,
            slot_in_use=self.interpreter.name_of(in_use),
        )

    @callback
    def _announce(self, changes: Changes) -> None:
        """Have what was raised and cleared heard, and keep that it was."""
        if not changes:
            return
        self.announcer.announce(changes, self.describe)
        self._save_soon()

    def describe(
        self, fault: Fault, *, simulated: bool = False
    ) -> tuple[ShownFault, dict[str, Any]]:
        """Return a fault as it is shown, and the data of its event."""
        shown = self.interpreter.show(fault, self.equipment.units, simulated=simulated)
        return shown, shown.event_data(
            device_id=self.equipment.device_ids.of_unit(shown.unit_id),
            printer_device_id=self.equipment.device_ids.printer,
            printer=self.name,
            print_state=self.data.print_state,
        )

    # Keeping

    @callback
    def async_forget_unit(self, unit: AmsUnit) -> None:
        """Forget an AMS unit that its owner has removed."""
        self.equipment.async_forget(unit)
        self._show()
        self._save_soon()

    @callback
    def _save_soon(self) -> None:
        if not self.announcer.holds_back:
            self._store.async_save_soon(self._kept())

    def _kept(self) -> Kept:
        equipment = self.equipment
        return Kept(self.ledger, equipment.units, equipment.firmware, self.interpreter.product)
