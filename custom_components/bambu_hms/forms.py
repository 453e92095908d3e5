"""The forms in which owners say where a printer is and how to be let in."""

from collections.abc import Mapping
from ipaddress import AddressValueError, IPv6Address
import re
from typing import Any

from homeassistant.const import CONF_HOST, CONF_NAME
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .const import CONF_ACCESS_CODE, CONF_OFFICIAL_TEXTS, CONF_SERIAL
from .printer.discovery import PRINTER_PORT

_TEXT = TextSelector(TextSelectorConfig(autocomplete="off"))
_PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))

_HOST = {probatio.Required(CONF_HOST): _TEXT}
_ACCESS_CODE = {probatio.Required(CONF_ACCESS_CODE): _PASSWORD}
_CHOICES = {
    probatio.Optional(CONF_NAME): _TEXT,
    probatio.Required(CONF_OFFICIAL_TEXTS, default=True): BooleanSelector(),
}

_MANUAL = probatio.Schema(
    {**_HOST, **_ACCESS_CODE, **_CHOICES, probatio.Optional(CONF_SERIAL): _TEXT}
)
_FOUND = probatio.Schema({**_ACCESS_CODE, **_CHOICES})
_SERIAL = probatio.Schema({probatio.Required(CONF_SERIAL): _TEXT})
_REAUTH = probatio.Schema(_ACCESS_CODE)
# The access code is not shown again; what is left empty stays as it is.
_RECONFIGURE = probatio.Schema({**_HOST, probatio.Optional(CONF_ACCESS_CODE): _PASSWORD})

OF_STEP = {
    "manual": _MANUAL,
    "found_printer": _FOUND,
    "serial": _SERIAL,
    "reauth_confirm": _REAUTH,
    "reconfigure": _RECONFIGURE,
}

type Address = tuple[str, int]

_SERIAL_NUMBER = re.compile(r"[0-9A-Z]{8,32}")
# A name or address, an IPv6 one in brackets where a port follows.
_ADDRESS = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<host>[^\s:/\[\]]+))(?::(?P<port>[0-9]{1,5}))?")


def read_form(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed, without the blanks that come along when it is copied."""
    return {key: value.strip() if isinstance(value, str) else value for key, value in typed.items()}


def read_serial(text: str) -> str | None:
    """Read a serial number; None where it is none."""
    serial = text.strip().upper()
    return serial if _SERIAL_NUMBER.fullmatch(serial) else None


def read_address(text: str) -> Address | None:
    """Read `host`, `host:port`, an IPv6 address, or one in brackets with a port."""
    if _is_v6(text):
        return text, PRINTER_PORT
    parts = _ADDRESS.fullmatch(text)
    if parts is None or (parts["v6"] and not _is_v6(parts["v6"])):
        return None
    port = int(parts["port"] or PRINTER_PORT)
    if not 0 < port < 65536:
        return None
    return parts["v6"] or parts["host"], port


def write_address(host: str, port: int) -> str:
    """Return what `read_address` reads, as short as it can be."""
    if port == PRINTER_PORT:
        return host
    return f"[{host}]:{port}" if _is_v6(host) else f"{host}:{port}"


def _is_v6(text: str) -> bool:
    """Whether this is an IPv6 address; it may name an interface (`fe80::1%eth0`)."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True
