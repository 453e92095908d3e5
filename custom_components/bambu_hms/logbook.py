"""Faults in the logbook of their device: one row when they are raised, one when they are cleared.

Home Assistant shows all events of a type or none. So that what an owner need not read about can
stay out, the rows are events of a type of their own, which follow those of the faults.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_FAULT_CLEARED, EVENT_FAULT_RAISED
from .hms.code import Severity
from .hms.meaning import Topic
from .hms.words import Words
from .texts import text_library

if TYPE_CHECKING:
    # Behind it is the whole recorder, which takes seconds to import.
    from homeassistant.components.logbook.models import LazyEventPartialState

# For the logbook alone; automations have the events of the faults.
EVENT_LOGGED: Final = f"{DOMAIN}_logged"
ATTR_MESSAGE: Final = "message"

# Anybody can fire an event to try an automation; one without these is none of ours.
_NEEDED: Final = {
    "device_id",
    "known",
    "location",
    "message",
    "muted",
    "related",
    "severity",
    "simulated",
    "topic",
}

type _Describe = Callable[[LazyEventPartialState], dict[str, Any]]


@callback
def async_describe_events(
    hass: HomeAssistant, async_describe_event: Callable[[str, str, _Describe], None]
) -> None:
    """Say how to read the rows."""
    async_describe_event(DOMAIN, EVENT_LOGGED, _describe)


@callback
def async_write_rows(hass: HomeAssistant) -> None:
    """Write a row for each fault that is raised or cleared, for as long as Home Assistant runs."""

    @callback
    def write(event: Event[dict[str, Any]]) -> None:
        fault = event.data
        row = {
            ATTR_DEVICE_ID: fault["device_id"],
            ATTR_NAME: fault["location"],
            ATTR_MESSAGE: _message(text_library(hass).words, fault),
        }
        # The same context, so that an automation's row can name the fault as its cause.
        hass.bus.async_fire(EVENT_LOGGED, row, context=event.context)

    for event_type in (EVENT_FAULT_RAISED, EVENT_FAULT_CLEARED):
        hass.bus.async_listen(event_type, write, event_filter=_is_worth_a_row)


@callback
def _is_worth_a_row(fault: Mapping[str, Any]) -> bool:
    """Whether an owner wants to read of a fault: no notices, and nothing said twice."""
    return (
        fault.keys() >= _NEEDED and fault["severity"] != Severity.INFO and fault["related"] is None
    )


def _message(words: Words, fault: Mapping[str, Any]) -> str:
    """Return what happened, without the place; only what is cleared has a duration."""
    what = words.happening(
        fault["location"], Topic(fault["topic"]), fault["message"], known=fault["known"]
    )
    if "duration" not in fault:
        severity = words.severities[Severity(fault["severity"])]
        row = words.patterns["raised"].format(what=what, severity=severity)
    elif fault["muted"]:
        row = words.patterns["muted"].format(what=what)
    else:
        duration = words.duration(fault["duration"])
        row = words.patterns["cleared"].format(what=what, duration=duration)
    return words.patterns["simulated"].format(row=row) if fault["simulated"] else row


@callback
def _describe(event: LazyEventPartialState) -> dict[str, Any]:
    """Return a row as it was written, in the words of its time."""
    return {key: event.data.get(key) for key in (ATTR_NAME, ATTR_MESSAGE)}
