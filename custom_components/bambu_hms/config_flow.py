"""Adding a printer: where it is, its access code, and whether it really answers."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
import re
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .const import CONF_ACCESS_CODE, CONF_OFFICIAL_TEXTS, CONF_PIN, CONF_SERIAL, DOMAIN
from .printer.identity import read_certificate
from .printer.link import LinkError, Printer, Reason, first_report
from .printer.models import model_of
from .shared import pushall_limit

_DEFAULT_PORT = 8883

_USER_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_HOST): TextSelector(TextSelectorConfig(autocomplete="off")),
        probatio.Required(CONF_ACCESS_CODE): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
        ),
        probatio.Optional(CONF_NAME): TextSelector(TextSelectorConfig(autocomplete="off")),
        probatio.Required(CONF_OFFICIAL_TEXTS, default=True): BooleanSelector(),
    }
)
_OPTIONS_SCHEMA = probatio.Schema({probatio.Required(CONF_OFFICIAL_TEXTS): BooleanSelector()})
_SERIAL_SCHEMA = probatio.Schema(
    {probatio.Required(CONF_SERIAL): TextSelector(TextSelectorConfig(autocomplete="off"))}
)

_SERIAL = re.compile(r"[0-9A-Z]{8,32}")
# A name or address, an IPv6 one in brackets where a port follows.
_HOST = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<host>[^\s:/\[\]]+))(?::(?P<port>[0-9]{1,5}))?")

# Which field of the form an error belongs to; the others concern the whole.
_FIELD_OF = {Reason.ACCESS_CODE: CONF_ACCESS_CODE}


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: int


class BambuHmsConfigFlow(ConfigFlow, domain=DOMAIN):
    """Add one printer."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start with nothing known."""
        self._input: dict[str, Any] = {}
        self._typed_serial = ""
        self._address: _Address
        self._pin: str

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> BambuHmsOptionsFlow:
        """Return the flow that changes the options."""
        return BambuHmsOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the printer is, and read who it is from its certificate."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._input = {
                key: value.strip() if isinstance(value, str) else value
                for key, value in user_input.items()
            }
            address = _parse_address(self._input[CONF_HOST])
            if address is None:
                errors[CONF_HOST] = "invalid_host"
            elif not self._input[CONF_ACCESS_CODE]:
                errors[CONF_ACCESS_CODE] = "no_access_code"
            else:
                self._address = address
                try:
                    certificate = await read_certificate(address.host, address.port)
                except LinkError as err:
                    errors["base"] = err.reason
                else:
                    self._pin = certificate.pin
                    if certificate.serial is None:
                        return await self.async_step_serial()
                    return await self._async_try("user", _USER_SCHEMA, certificate.serial)
        return self._show("user", _USER_SCHEMA, errors)

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the serial number, where the certificate does not tell it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            serial = self._typed_serial = user_input[CONF_SERIAL].strip().upper()
            if _SERIAL.fullmatch(serial):
                return await self._async_try("serial", _SERIAL_SCHEMA, serial)
            errors[CONF_SERIAL] = "invalid_serial"
        return self._show("serial", _SERIAL_SCHEMA, errors)

    async def _async_try(self, step: str, schema: probatio.Schema, serial: str) -> ConfigFlowResult:
        """Connect for real, and add the printer once it has reported."""
        # A form that was left open elsewhere must not stand in the way of this one.
        await self.async_set_unique_id(serial, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        printer = Printer(
            host=self._address.host,
            port=self._address.port,
            serial=serial,
            access_code=self._input[CONF_ACCESS_CODE],
            pin=self._pin,
        )
        try:
            heard = await first_report(printer, pushall_limit(self.hass))
        except LinkError as err:
            # A wrong access code is typed on the first page, whichever page asked last.
            if err.reason is Reason.ACCESS_CODE:
                step, schema = "user", _USER_SCHEMA
            return self._show(step, schema, {_FIELD_OF.get(err.reason, "base"): err.reason})
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
        )

    def _show(self, step: str, schema: probatio.Schema, errors: dict[str, str]) -> ConfigFlowResult:
        """Show a form with what was typed before; nobody should type it twice."""
        typed = self._input | ({CONF_SERIAL: self._typed_serial} if self._typed_serial else {})
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, typed),
            errors=errors,
        )

    def _free_name(self, model: str) -> str:
        """Return the model's name, numbered if a printer has it already."""
        taken = {entry.title for entry in self._async_current_entries()}
        name, number = model, 1
        while name in taken:
            number += 1
            name = f"{model} {number}"
        return name


class BambuHmsOptionsFlow(OptionsFlow):
    """Change the options of one printer; they apply at once."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for all options on one page."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _OPTIONS_SCHEMA, self.config_entry.options
            ),
        )


def _parse_address(text: str) -> _Address | None:
    """Read `host`, `host:port`, an IPv6 address, or one in brackets with a port."""
    if _is_v6(text):
        return _Address(text, _DEFAULT_PORT)
    parts = _HOST.fullmatch(text)
    if parts is None or (parts["v6"] and not _is_v6(parts["v6"])):
        return None
    port = int(parts["port"] or _DEFAULT_PORT)
    if not 0 < port < 65536:
        return None
    return _Address(parts["v6"] or parts["host"], port)


def _is_v6(text: str) -> bool:
    """Whether this is an IPv6 address; it may name an interface (`fe80::1%eth0`)."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True
