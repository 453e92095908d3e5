"""What the card asks over the WebSocket: the printers and all that changes, history, QR codes."""

from collections.abc import Mapping
from functools import partial
from operator import itemgetter
from typing import Any

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_INVALID_FORMAT, ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.device_registry import (
    EVENT_DEVICE_REGISTRY_UPDATED,
    EventDeviceRegistryUpdatedData,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import probatio
import segno

from .access import POLICY_READ, may
from .const import DOMAIN
from .hms.code import parse
from .hms.matcher import Matcher
from .listing import Listing
from .matching import async_labels
from .snapshot import printer_of
from .targets import Target, async_known

_MOST_HISTORY = 500


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands; they are there whether or not a printer is loaded."""
    for command in (_subscribe, _history, _qr):
        async_register_command(hass, command)


@websocket_command({probatio.Required("type"): f"{DOMAIN}/subscribe"})
@async_response
async def _subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell of every printer that the user may see, now and whenever one changes."""
    labels = await async_labels(hass)
    subscription = _Subscription(hass, connection, msg["id"], labels)
    connection.subscriptions[msg["id"]] = subscription.close
    connection.send_result(msg["id"])
    subscription.open()


class _Subscription:
    """One card's view of all printers."""

    def __init__(
        self,
        hass: HomeAssistant,
        connection: ActiveConnection,
        number: int,
        labels: Mapping[str, str],
    ) -> None:
        """Prepare; nothing is sent before `open`."""
        self._hass = hass
        self._connection = connection
        self._number = number
        self._labels = labels
        self._told: dict[str, dict[str, Any]] = {}
        self._listening: dict[str, CALLBACK_TYPE] = {}
        self._ends: list[CALLBACK_TYPE] = []

    @callback
    def open(self) -> None:
        """Tell of all printers, and listen for what changes."""
        self._ends = [
            async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._on_entry),
            self._hass.bus.async_listen(
                EVENT_DEVICE_REGISTRY_UPDATED, self._on_renamed, event_filter=_is_renamed
            ),
        ]
        for entry in self._entries:
            self._listen(entry)
            if printer := self._printer(entry):
                self._told[entry.entry_id] = printer
        self._tell({"printers": list(self._told.values())})

    @callback
    def close(self) -> None:
        """Listen no more."""
        for end in (*self._ends, *self._listening.values()):
            end()
        self._ends.clear()
        self._listening.clear()

    @callback
    def _on_entry(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Take in that a printer came, went, was loaded, unloaded or changed."""
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            self._forget(entry.entry_id)
            return
        self._listen(entry)
        self._look_at(entry)

    @callback
    def _on_renamed(self, event: Event[EventDeviceRegistryUpdatedData]) -> None:
        """Take in that a device has another name; it may be a printer."""
        for entry in self._entries:
            self._look_at(entry)

    @property
    def _entries(self) -> list[ConfigEntry]:
        return self._hass.config_entries.async_entries(DOMAIN, include_ignore=False)

    @callback
    def _listen(self, entry: ConfigEntry) -> None:
        """Listen to a printer for as long as it is loaded."""
        if stop := self._listening.pop(entry.entry_id, None):
            stop()
        if entry.state is ConfigEntryState.LOADED:
            self._listening[entry.entry_id] = entry.runtime_data.async_add_listener(
                partial(self._look_at, entry)
            )

    @callback
    def _look_at(self, entry: ConfigEntry) -> None:
        """Tell of a printer if anything of it that is told is not as before."""
        printer = self._printer(entry)
        if printer is None:
            self._forget(entry.entry_id)
        elif printer != self._told.get(entry.entry_id):
            self._told[entry.entry_id] = printer
            self._tell({"printer": printer})

    @callback
    def _forget(self, entry_id: str) -> None:
        """Tell that a printer is gone."""
        if stop := self._listening.pop(entry_id, None):
            stop()
        if self._told.pop(entry_id, None):
            self._tell({"removed": entry_id})

    def _printer(self, entry: ConfigEntry) -> dict[str, Any] | None:
        return printer_of(self._hass, entry, self._connection.user, self._labels)

    def _tell(self, what: dict[str, Any]) -> None:
        self._connection.send_event(self._number, what)


@callback
def _is_renamed(data: EventDeviceRegistryUpdatedData) -> bool:
    """Whether a device got another name from its owner."""
    return data["action"] == "update" and "name_by_user" in data["changes"]


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/history",
        probatio.Required("device_id"): str,
        probatio.Optional("limit", default=50): probatio.All(
            int, probatio.Range(min=1, max=_MOST_HISTORY)
        ),
    }
)
@callback
def _history(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Return the last faults of a printer or an AMS unit, the newest first."""
    if (target := _target(hass, connection, msg)) is None:
        return
    rows = [
        row
        for row in Listing(Matcher()).history(target, None, None)
        if may(hass, connection.user, row["device_id"], POLICY_READ)
    ]
    rows.sort(key=itemgetter("first_seen"), reverse=True)
    connection.send_result(msg["id"], {"faults": rows[: msg["limit"]]})


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/qr",
        probatio.Required("device_id"): str,
        probatio.Required("code"): str,
    }
)
@async_response
async def _qr(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Return the link about a code as a QR code, so that a phone can open it."""
    if (target := _target(hass, connection, msg)) is None:
        return
    try:
        code = parse(msg["code"])
    except ValueError as err:
        connection.send_error(msg["id"], ERR_INVALID_FORMAT, str(err))
        return
    url = target.coordinator.interpreter.decode(code).wiki_url
    image = await hass.async_add_executor_job(_draw, url)
    connection.send_result(msg["id"], {"image": image, "url": url})


def _draw(url: str) -> str:
    """Return a QR code as the address of an image: dark on white, with its quiet zone."""
    qr = segno.make_qr(url, error="m")
    return str(qr.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


@callback
def _target(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> Target | None:
    """Return whom a command is about; None, once an error has been sent, where there is nobody."""
    for target in async_known(hass):
        if target.device_id == msg["device_id"]:
            if may(hass, connection.user, target.device_id, POLICY_READ):
                return target
            break
    # Whoever may not see a printer is not told whether there is one.
    connection.send_error(msg["id"], ERR_NOT_FOUND, "no such printer")
    return None
