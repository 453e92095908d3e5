"""What the flows for a new printer and for one that is set up share, and the mending of one."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_PORT

from . import forms
from .certificates import describe
from .const import CONF_ACCESS_CODE, CONF_PIN, CONF_SERIAL
from .printer.identity import Certificate, read_certificate
from .printer.link import Heard, LinkError, Printer, Reason, first_report
from .shared import pushall_limit

# Which field of a form an error belongs to; the others concern the whole.
_FIELD_OF = {Reason.ACCESS_CODE: CONF_ACCESS_CODE}


class MendingFlow(ConfigFlow):
    """Changes the access code or the address of a printer that is set up."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._input: dict[str, Any] = {}
        self._address: forms.Address
        self._certificate: Certificate
        # Where an error about the access code is shown.
        self._first_form: str

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Take in that the printer refuses its access code."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the new access code."""
        if user_input is None:
            return self._show("reauth_confirm")
        entry = self._get_reauth_entry()
        self._first_form = "reauth_confirm"
        self._input = forms.read_form(user_input)
        if not self._input[CONF_ACCESS_CODE]:
            return self._show("reauth_confirm", {CONF_ACCESS_CODE: "no_access_code"})
        return await self._async_mend("reauth_confirm", entry, entry.data)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address or access code."""
        entry = self._get_reconfigure_entry()
        if user_input is None:
            address = forms.write_address(entry.data[CONF_HOST], entry.data[CONF_PORT])
            self._input = {CONF_HOST: address}
            return self._show("reconfigure")
        self._first_form = "reconfigure"
        self._input = forms.read_form(user_input)
        if errors := self._read_address():
            return self._show("reconfigure", errors)
        try:
            self._certificate = await read_certificate(*self._address)
        except LinkError as err:
            return self._show("reconfigure", {"base": err.reason})
        serial = entry.data[CONF_SERIAL]
        if self._certificate.serial not in {None, serial}:
            return self._show_mismatch("reconfigure", serial, str(self._certificate.serial))
        if self._certificate.pin != entry.data[CONF_PIN]:
            return await self.async_step_new_certificate()
        return await self.async_step_trust()

    async def async_step_new_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether a certificate is to be trusted that was not there before."""
        return self._show_certificate("new_certificate", ["trust", "details"])

    async def async_step_details(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what the certificate says."""
        return self._show_certificate("details", ["trust"])

    async def async_step_trust(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with the certificate that the owner has been asked about."""
        entry = self._get_reconfigure_entry()
        host, port = self._address
        data = {CONF_HOST: host, CONF_PORT: port, CONF_PIN: self._certificate.pin}
        return await self._async_mend("reconfigure", entry, {**entry.data, **data})

    async def _async_mend(
        self, step: str, entry: ConfigEntry, data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Connect for real, and keep what was changed once the printer has reported."""
        code = self._input.get(CONF_ACCESS_CODE) or data[CONF_ACCESS_CODE]
        printer = Printer(
            data[CONF_HOST],
            serial=data[CONF_SERIAL],
            access_code=code,
            port=data[CONF_PORT],
            pin=data[CONF_PIN],
        )
        heard = await self._async_hear(step, printer)
        if not isinstance(heard, Heard):
            return heard
        loaded = entry.state is ConfigEntryState.LOADED
        result = self.async_update_and_abort(entry, data={**data, CONF_ACCESS_CODE: code})
        # One that is loaded sees for itself what has changed.
        if not loaded:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    def _show_certificate(self, step: str, options: list[str]) -> ConfigFlowResult:
        """Show a question about the certificate."""
        return self.async_show_menu(
            step_id=step,
            menu_options=options,
            description_placeholders={
                "printer": self._get_reconfigure_entry().title,
                **describe(self._certificate),
            },
        )

    # What all forms share

    def _read_address(self) -> dict[str, str]:
        """Take the address from the form; return what is wrong with it."""
        address = forms.read_address(self._input[CONF_HOST])
        if address is None:
            return {CONF_HOST: "invalid_host"}
        self._address = address
        return {}

    async def _async_hear(self, step: str, printer: Printer) -> Heard | ConfigFlowResult:
        """Return the first words of a printer, or a form that says why there are none."""
        try:
            return await first_report(printer, pushall_limit(self.hass))
        except LinkError as err:
            # A wrong access code is typed on the first page, whichever page asked last.
            if err.reason is Reason.ACCESS_CODE:
                step = self._first_form
            return self._show(step, {_FIELD_OF.get(err.reason, "base"): err.reason})

    def _show(
        self, step: str, errors: dict[str, str] | None = None, **placeholders: str
    ) -> ConfigFlowResult:
        """Show a form with what was typed before; nobody should type it twice."""
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(forms.OF_STEP[step], self._input),
            errors=errors,
            description_placeholders=self._placeholders(step) | placeholders,
        )

    def _show_mismatch(self, step: str, expected: str, shown: str) -> ConfigFlowResult:
        """Say that another printer answers, and which."""
        field = CONF_SERIAL if step == "manual" else "base"
        return self._show(step, {field: "serial_mismatch"}, expected=expected, shown=shown)

    def _placeholders(self, step: str) -> dict[str, str]:
        """Return what the texts of a form name."""
        match self.source:
            case "reauth":
                return {"printer": self._get_reauth_entry().title}
            case "reconfigure":
                return {"printer": self._get_reconfigure_entry().title}
        return {}
