"""Adding a printer: finding it, its access code, and whether it really answers."""

import asyncio
from typing import Any, override
from urllib.parse import urlencode

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio

from . import forms
from .const import CONF_ACCESS_CODE, CONF_OFFICIAL_TEXTS, CONF_PIN, CONF_SERIAL, DOMAIN
from .finder import finder
from .mending import MendingFlow
from .options_flow import BambuHmsOptionsFlow
from .printer.discovery import Announcement
from .printer.identity import read_certificate
from .printer.link import Heard, LinkError, Printer
from .printer.models import model_of

_CONF_PRINTER = "printer"

# The next two steps of an owner; both links open the owner's own Home Assistant.
_MY_URL = "https://my.home-assistant.io/redirect"
_BLUEPRINT = "https://github.com/ha-bambu-hms/ha-bambu-hms/blob/main/blueprints/automation/bambu_hms/notify.yaml"
_NOTIFY_URL = f"{_MY_URL}/blueprint_import/?{urlencode({'blueprint_url': _BLUEPRINT})}"
_TEST_URL = f"{_MY_URL}/developer_call_service/?service={DOMAIN}.simulate_fault"


class BambuHmsConfigFlow(MendingFlow, domain=DOMAIN):
    """Add one printer, or mend how it is reached."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._first_form = "manual"
        self._search: asyncio.Task[tuple[Announcement, ...]] | None = None
        self._found: dict[str, Announcement] = {}
        self._announced: Announcement

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> BambuHmsOptionsFlow:
        """Return the flow that changes the options."""
        return BambuHmsOptionsFlow()

    # Finding

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to find the printer."""
        return self.async_show_menu(step_id="user", menu_options=["search", "manual"])

    async def async_step_search(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Listen for a while to what printers broadcast."""
        if self._search is None:
            self._search = self.hass.async_create_task(finder(self.hass).async_search())
        if not self._search.done():
            return self.async_show_progress(
                step_id="search", progress_action="search", progress_task=self._search
            )
        self._found = {found.serial: found for found in self._search.result()}
        self._search = None
        return self.async_show_progress_done(
            next_step_id="found" if self._found else "nothing_found"
        )

    async def async_step_nothing_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that no printer was heard, and why that may be."""
        return self.async_show_menu(step_id="nothing_found", menu_options=["search", "manual"])

    async def async_step_found(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the printers that were found, those first that are not set up."""
        if user_input is not None:
            return await self._async_offer(self._found[user_input[_CONF_PRINTER]])
        known = {entry.unique_id: entry.title for entry in self._async_current_entries()}
        found = sorted(self._found.values(), key=lambda each: (each.serial in known, each.name))
        options = [
            SelectOptionDict(
                value=each.serial,
                label=f"✓ {known[each.serial]}" if each.serial in known else _label(each),
            )
            for each in found
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
        )
        return self.async_show_form(
            step_id="found",
            data_schema=probatio.Schema({probatio.Required(_CONF_PRINTER): selector}),
        )

    @override
    async def async_step_integration_discovery(
        self, discovery_info: dict[str, Any]
    ) -> ConfigFlowResult:
        """Take in a printer that was heard without anybody having searched."""
        return await self._async_offer(Announcement(**discovery_info))

    async def _async_offer(self, announced: Announcement) -> ConfigFlowResult:
        """Offer a printer that has announced itself."""
        await self.async_set_unique_id(
            announced.serial, raise_on_progress=self.source != SOURCE_USER
        )
        self._abort_if_unique_id_configured()
        self._announced = announced
        self._first_form = "found_printer"
        self.context["title_placeholders"] = {"name": _label(announced)}
        return await self.async_step_found_printer()

    async def async_step_found_printer(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the access code of a printer that has announced itself."""
        announced = self._announced
        if user_input is None:
            name = _own_name(announced)
            self._input = {CONF_NAME: name} if name else {}
            return self._show("found_printer")
        self._input = forms.read_form(user_input)
        self._address = (announced.host, announced.port)
        return await self._async_identify("found_printer", announced.serial)

    async def async_step_manual(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the printer is."""
        if user_input is None:
            return self._show("manual")
        self._input = forms.read_form(user_input)
        claimed = self._input.get(CONF_SERIAL) or None
        serial = forms.read_serial(claimed) if claimed else None
        if claimed and serial is None:
            return self._show("manual", {CONF_SERIAL: "invalid_serial"})
        if errors := self._read_address():
            return self._show("manual", errors)
        return await self._async_identify("manual", serial)

    # Trying

    async def _async_identify(self, step: str, claimed: str | None) -> ConfigFlowResult:
        """Read from the certificate who it is, before any password is sent."""
        if not self._input[CONF_ACCESS_CODE]:
            return self._show(step, {CONF_ACCESS_CODE: "no_access_code"})
        try:
            self._certificate = await read_certificate(*self._address)
        except LinkError as err:
            return self._show(step, {"base": err.reason})
        shown = self._certificate.serial
        if claimed and shown and claimed != shown:
            return self._show_mismatch(step, claimed, shown)
        serial = shown or claimed
        if serial is None:
            return await self.async_step_serial()
        return await self._async_add(step, serial)

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the serial number, where the certificate does not tell it."""
        if user_input is None:
            return self._show("serial")
        self._input |= forms.read_form(user_input)
        serial = forms.read_serial(self._input[CONF_SERIAL])
        if serial is None:
            return self._show("serial", {CONF_SERIAL: "invalid_serial"})
        return await self._async_add("serial", serial)

    async def _async_add(self, step: str, serial: str) -> ConfigFlowResult:
        """Connect for real, and add the printer once it has reported."""
        # A form that was left open elsewhere must not stand in the way of this one.
        await self.async_set_unique_id(serial, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        host, port = self._address
        printer = Printer(
            host,
            serial=serial,
            access_code=self._input[CONF_ACCESS_CODE],
            port=port,
            pin=self._certificate.pin,
        )
        heard = await self._async_hear(step, printer)
        if not isinstance(heard, Heard):
            return heard
        product = heard.versions.product if heard.versions else None
        return self.async_create_entry(
            title=self._input.get(CONF_NAME) or self._free_name(model_of(serial, product).name),
            data={
                CONF_HOST: printer.host,
                CONF_PORT: printer.port,
                CONF_ACCESS_CODE: printer.access_code,
                CONF_SERIAL: serial,
                CONF_PIN: printer.pin,
            },
            options={CONF_OFFICIAL_TEXTS: self._input[CONF_OFFICIAL_TEXTS]},
            description="added",
            description_placeholders={"notify_url": _NOTIFY_URL, "test_url": _TEST_URL},
        )

    @override
    def _placeholders(self, step: str) -> dict[str, str]:
        """Return what the texts of a form name."""
        if step != "found_printer":
            return super()._placeholders(step)
        found = self._announced
        return {"model": _model(found), "name": _label(found), "host": found.host}

    def _free_name(self, model: str) -> str:
        """Return the model's name, numbered if a printer has it already."""
        taken = {entry.title for entry in self._async_current_entries()}
        name, number = model, 1
        while name in taken:
            number += 1
            name = f"{model} {number}"
        return name


def _model(announced: Announcement) -> str:
    """Return the model of a printer that has announced itself."""
    return model_of(announced.serial, dev_model=announced.dev_model).name


def _label(announced: Announcement) -> str:
    """Return how a printer is called that is not set up yet."""
    model, name = _model(announced), _own_name(announced)
    return f"{name} ({model})" if name else f"{model} ({announced.host})"


def _own_name(announced: Announcement) -> str | None:
    """Return what the owner calls a printer; not the name it comes with, made of its serial."""
    return None if announced.name.startswith("3DP-") else announced.name or None
