"""One printer inside Home Assistant: reports go into the ledger, changes come out of it."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
import logging
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from . import devices
from .const import (
    CONF_ACCESS_CODE,
    CONF_PIN,
    CONF_SERIAL,
    DOMAIN,
    EVENT_FAULT_CLEARED,
    EVENT_FAULT_RAISED,
)
from .fault import ShownFault
from .hms.catalog import Catalog
from .hms.code import FaultCode, HmsCode, Severity
from .hms.decoded import decode
from .hms.ledger import Changes, Fault, Ledger
from .hms.meaning import meaning_of
from .printer.link import Link, Lost, Printer, Reason
from .printer.models import Model, model_of
from .printer.report import Report, Unreadable, Versions
from .shared import async_catalog, connects, pushall_limit
from .storage import Kept, PrinterStore
from .units import AmsUnit, merge, unit_of, with_versions

type BambuHmsConfigEntry = ConfigEntry[PrinterCoordinator]
type FaultListener = Callable[[str, ShownFault, dict[str, Any]], None]

_LOGGER = logging.getLogger(__name__)

# Long enough for a slow printer, short enough not to hold up the start of Home Assistant.
_FIRST_REPORT_WAIT = 20.0
_PROBLEM_SEVERITY = Severity.SERIOUS


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What is known of one printer now."""

    connected: bool = False
    reason: Reason | None = None
    """Why the printer is not heard; None while it is, or while nobody knows yet."""
    faults: tuple[ShownFault, ...] = ()
    """The most urgent first."""
    units: tuple[AmsUnit, ...] = ()
    present: frozenset[int] = frozenset()
    """The numbers of the AMS units that the last report about them had."""


class PrinterCoordinator(DataUpdateCoordinator[PrinterState]):
    """Listens to one printer and tells entities and automations what changed."""

    config_entry: BambuHmsConfigEntry

    def __init__(self, hass: HomeAssistant, entry: BambuHmsConfigEntry) -> None:
        """Prepare; nothing is sent before `async_start`."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=entry.title)
        self.serial: str = entry.data[CONF_SERIAL]
        self.data = PrinterState()
        self._store = PrinterStore(hass, entry.entry_id)
        self._ledger = Ledger()
        self._catalog: Catalog
        self._firmware: str | None = None
        self._product: str | None = None
        self._print_state: str | None = None
        self._reported: tuple[HmsCode, ...] | None = None
        self._device_ids: tuple[str, dict[int, str]]
        self._listening: asyncio.Task[None] | None = None
        self._first_word: asyncio.Future[Reason | None] = hass.loop.create_future()
        self._fault_listeners: list[FaultListener] = []
        # Automations hear nothing before Home Assistant has started, so changes wait for it.
        self._waiting: list[tuple[Changes, tuple[AmsUnit, ...]]] = []
        self._announcing = False
        self._complained_of_junk = False

    @property
    def model(self) -> Model:
        """What printer this is."""
        return model_of(self.serial, self._product)

    @property
    def heard(self) -> datetime | None:
        """When the last report came."""
        return self._ledger.heard

    # Starting and ending

    async def async_start(self) -> None:
        """Load what was kept and listen; a printer never heard must be heard first."""
        self._catalog = await async_catalog(self.hass)
        kept = await self._store.async_load()
        self._ledger = kept.ledger
        self._firmware, self._product = kept.firmware, kept.product
        self._set_units(kept.units)
        self.data = replace(self.data, faults=self._shown(kept.units))
        entry = self.config_entry
        entry.async_on_unload(
            self.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._on_stop)
        )
        self._listening = entry.async_create_background_task(
            self.hass, self._listen(), f"{DOMAIN} {entry.title}"
        )
        if self._ledger.heard is None:
            await self._wait_for_first_report()

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
        """Fire what waits and what comes, once the entities are there and automations can hear."""

        @callback
        def started(hass: HomeAssistant) -> None:
            self._announcing = True
            while self._waiting:
                self._announce(*self._waiting.pop(0))

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
        # What nobody has heard yet must be found anew by the next start.
        if self._ledger.heard is not None and not self._waiting:
            await self._store.async_save(self._kept())

    async def _on_stop(self, event: Event) -> None:
        """End with Home Assistant, which does not unload entries when it stops."""
        await self.async_shutdown()

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
                match message:
                    case Report():
                        self._on_report(message)
                    case Versions():
                        self._on_versions(message)
                    case Lost(reason):
                        self._on_lost(reason)
                    case Unreadable():
                        self._on_unreadable(message)

    @callback
    def _on_report(self, report: Report) -> None:
        """Take in one report; one that changes nothing ends here soon."""
        if report.print_state is not None:
            self._print_state = report.print_state.lower()
        codes: list[FaultCode] | None = None
        if report.hms is not None and report.hms != self._reported:
            self._reported = report.hms
            codes = [code for code in report.hms if _is_shown(code)]
        changes = self._ledger.update(codes, dt_util.utcnow())
        state = self.data
        if report.ams is not None:
            units = merge(state.units, report.ams, self.model.usual_ams)
            present = frozenset(unit.id for unit in report.ams)
            if not report.whole:
                present |= state.present
            if units != state.units or present != state.present:
                self._set_units(units)
                state = replace(state, units=units, present=present)
        if changes or state is not self.data or not state.connected:
            state = replace(state, faults=self._shown(state.units))
            self._heard_again(state)
        if changes:
            self._announce_or_wait(changes, state.units)
        if not self._first_word.done():
            self._first_word.set_result(None)

    @callback
    def _heard_again(self, state: PrinterState) -> None:
        """Show a new state of a printer that is there."""
        if not state.connected and state.reason is not None:
            _LOGGER.info("%s: heard again", self.name)
        self.async_set_updated_data(replace(state, connected=True, reason=None))

    @callback
    def _on_versions(self, versions: Versions) -> None:
        """Learn what the printer and its AMS units are."""
        units = with_versions(self.data.units, versions)
        learnt = (versions.firmware or self._firmware, versions.product or self._product)
        if learnt == (self._firmware, self._product) and units == self.data.units:
            return
        self._firmware, self._product = learnt
        self._set_units(units)
        self.async_set_updated_data(replace(self.data, units=units, faults=self._shown(units)))
        self._save_soon()

    @callback
    def _on_lost(self, reason: Reason) -> None:
        """Show that the printer is not heard; its faults keep, and nothing is cleared."""
        if not self._first_word.done():
            self._first_word.set_result(reason)
        if not self.data.connected and self.data.reason is reason:
            return
        if self.data.connected or self.data.reason is None:
            _LOGGER.info("%s: not heard (%s)", self.name, reason)
        self.async_set_updated_data(replace(self.data, connected=False, reason=reason))

    @callback
    def _on_unreadable(self, message: Unreadable) -> None:
        """Say once that something could not be read."""
        if not self._complained_of_junk:
            self._complained_of_junk = True
            _LOGGER.warning("%s: a message was skipped: %s", self.name, message.problem)

    # Faults

    def _shown(self, units: tuple[AmsUnit, ...]) -> tuple[ShownFault, ...]:
        """Return the active faults, the most urgent first."""
        shown = [self._show(fault, units) for fault in self._ledger.active]
        return tuple(sorted(shown, key=lambda fault: fault.urgency, reverse=True))

    def _show(self, fault: Fault, units: tuple[AmsUnit, ...]) -> ShownFault:
        """Return a fault with all that is known of its code."""
        what = decode(
            fault.code,
            self._catalog,
            family=self.model.family,
            lang=self.hass.config.language,
        )
        unit = unit_of(what, units)
        if unit is not None and unit.type is not what.ams_type:
            what = replace(what, ams_type=unit.type)
        return ShownFault(
            fault,
            what,
            unit.id if unit else None,
            problem=what.severity.rank >= _PROBLEM_SEVERITY.rank,
        )

    @callback
    def _announce_or_wait(self, changes: Changes, units: tuple[AmsUnit, ...]) -> None:
        if self._announcing:
            self._announce(changes, units)
        else:
            self._waiting.append((changes, units))

    @callback
    def _announce(self, changes: Changes, units: tuple[AmsUnit, ...]) -> None:
        """Fire what was raised and cleared, and keep that it was."""
        for event_type, faults in (
            (EVENT_FAULT_RAISED, changes.raised),
            (EVENT_FAULT_CLEARED, changes.cleared),
        ):
            for fault in faults:
                self._fire(event_type, fault, self._show(fault, units))
        self._save_soon()

    @callback
    def _fire(self, event_type: str, fault: Fault, shown: ShownFault) -> None:
        printer_device_id, unit_device_ids = self._device_ids
        data = shown.event_data(
            device_id=unit_device_ids.get(shown.unit_id) if shown.unit_id is not None else None,
            printer_device_id=printer_device_id,
            printer=self.name,
            print_state=self._print_state,
            last_seen=fault.last_seen,
        )
        if event_type == EVENT_FAULT_CLEARED:
            data["duration"] = round(fault.duration.total_seconds())
        self.hass.bus.async_fire(event_type, data)
        for listener in self._fault_listeners:
            listener(event_type, shown, data)

    @callback
    def async_add_fault_listener(self, listener: FaultListener) -> CALLBACK_TYPE:
        """Call the listener for every fault that is raised or cleared."""
        self._fault_listeners.append(listener)
        return lambda: self._fault_listeners.remove(listener)

    # Keeping

    @callback
    def _set_units(self, units: tuple[AmsUnit, ...]) -> None:
        """Register the devices, so that events can name them."""
        self._device_ids = devices.async_register(
            self.hass,
            entry_id=self.config_entry.entry_id,
            serial=self.serial,
            name=self.config_entry.title,
            model=self.model.name,
            firmware=self._firmware,
            units=units,
        )

    @callback
    def _save_soon(self) -> None:
        if not self._waiting:
            self._store.async_save_soon(self._kept())

    def _kept(self) -> Kept:
        return Kept(self._ledger, self.data.units, self._firmware, self._product)


def _is_shown(code: FaultCode) -> bool:
    """Whether the printer's own screen would show it."""
    meaning = meaning_of(code)
    return meaning.fault and not meaning.hidden
