"""The actions: mute and unmute faults, list them, decode a code, try an automation."""

from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter

from homeassistant.const import ATTR_DEVICE_ID, CONF_CODE
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import probatio

from .const import DOMAIN
from .hms.code import FaultCode, Severity, parse
from .hms.decoded import decode
from .hms.matcher import Matcher
from .hms.mute import Mute
from .listing import Listing
from .matching import CONF_MIN_SEVERITY, FIELDS, SEVERITY
from .options import LONGEST_MUTE
from .printer.feed import vendor_language
from .shared import async_catalog
from .targets import POLICY_CONTROL, POLICY_READ, Target, async_targets
from .units import AmsUnit
from .wording import async_words

ATTR_DURATION = "duration"
ATTR_UNTIL_CLEARED = "until_cleared"
ATTR_START = "start"
ATTR_END = "end"

_DEVICES = probatio.All(cv.ensure_list, [cv.string])
_SOME_TIME = probatio.All(
    cv.positive_time_period, probatio.Range(min=timedelta(seconds=1), max=LONGEST_MUTE)
)
_MUTE = {probatio.Required(ATTR_DEVICE_ID): _DEVICES, **FIELDS}
_LIST = {
    probatio.Optional(ATTR_DEVICE_ID): _DEVICES,
    probatio.Optional(CONF_MIN_SEVERITY, default=Severity.INFO.value): SEVERITY,
    **FIELDS,
}

_SCHEMAS = {
    "mute": {
        **_MUTE,
        probatio.Exclusive(ATTR_DURATION, "end"): _SOME_TIME,
        probatio.Exclusive(ATTR_UNTIL_CLEARED, "end"): cv.boolean,
    },
    "unmute": _MUTE,
    "get_faults": _LIST,
    "get_history": {
        **_LIST,
        probatio.Optional(ATTR_START): cv.datetime,
        probatio.Optional(ATTR_END): cv.datetime,
    },
    "decode": {
        probatio.Required(CONF_CODE): cv.string,
        probatio.Optional(ATTR_DEVICE_ID): cv.string,
    },
    "simulate_fault": {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Required(CONF_CODE): cv.string,
        probatio.Optional(ATTR_DURATION, default=timedelta(minutes=1)): probatio.All(
            cv.positive_time_period,
            probatio.Range(min=timedelta(seconds=1), max=timedelta(hours=1)),
        ),
    },
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions; they are there whether or not a printer is loaded."""
    for name, handler, response in (
        ("mute", _mute, SupportsResponse.NONE),
        ("unmute", _unmute, SupportsResponse.NONE),
        ("get_faults", _get_faults, SupportsResponse.ONLY),
        ("get_history", _get_history, SupportsResponse.ONLY),
        ("decode", _decode, SupportsResponse.ONLY),
    ):
        schema = probatio.Schema(_SCHEMAS[name])
        hass.services.async_register(DOMAIN, name, handler, schema, response)
    async_register_admin_service(
        hass, DOMAIN, "simulate_fault", _simulate, probatio.Schema(_SCHEMAS["simulate_fault"])
    )


async def _mute(call: ServiceCall) -> None:
    """Mute faults of some printers, or of some AMS units."""
    what = _matcher(call)
    targets = await async_targets(call, call.data[ATTR_DEVICE_ID], POLICY_CONTROL)
    now = dt_util.utcnow()
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    until_cleared: bool = call.data.get(ATTR_UNTIL_CLEARED, False)
    mutes = [
        (
            target.coordinator,
            Mute(
                what=_within(what, target.unit),
                since=now,
                until=None if duration is None else now + duration,
                until_cleared=until_cleared,
            ),
        )
        for target in targets
    ]
    if until_cleared:
        mutes = [
            (coordinator, mute)
            for coordinator, mute in mutes
            if any(mute.covers(it.code, it.related) for it in coordinator.ledger.active)
        ]
        if not mutes:
            raise _error("no_such_fault")
    for coordinator, mute in mutes:
        coordinator.async_mute(mute)


async def _unmute(call: ServiceCall) -> None:
    """End the mutes of just these faults; without any choice, all of a printer or AMS unit."""
    what = _matcher(call, required=False)
    ended = False
    for target in await async_targets(call, call.data[ATTR_DEVICE_ID], POLICY_CONTROL):
        wanted = _within(what, target.unit)
        for mute in target.coordinator.ledger.mutes:
            if mute.what == wanted or (not what and wanted.ams in {(), mute.what.ams}):
                target.coordinator.async_unmute(mute.what)
                ended = True
    if not ended:
        raise _error("not_muted")


async def _get_faults(call: ServiceCall) -> ServiceResponse:
    """Return the faults that are there now, muted ones included."""
    listing, targets = await _listing(call)
    return {"faults": [row for target in targets for row in listing.active(target)]}


async def _get_history(call: ServiceCall) -> ServiceResponse:
    """Return the faults that were there, the newest first."""
    listing, targets = await _listing(call)
    start, end = (_utc(call.data.get(key)) for key in (ATTR_START, ATTR_END))
    if start and end and end < start:
        raise _error("end_before_start")
    rows = [row for target in targets for row in listing.history(target, start, end)]
    rows.sort(key=itemgetter("first_seen"), reverse=True)
    return {"faults": list(rows)}


async def _decode(call: ServiceCall) -> ServiceResponse:
    """Return all that is known of a code, whether or not any printer has reported it."""
    code = _code(call)
    if ATTR_DEVICE_ID in call.data:
        (target,) = await async_targets(call, [call.data[ATTR_DEVICE_ID]], POLICY_READ)
        decoded = target.coordinator.interpreter.decode(code)
    else:
        language = call.hass.config.language
        decoded = decode(
            code,
            await async_catalog(call.hass),
            lang=vendor_language(language),
            words=await async_words(call.hass, language),
        )
    return {**decoded.as_dict(), "fault": decoded.fault, "shown": not decoded.hidden}


async def _simulate(call: ServiceCall) -> None:
    """Have a made-up fault heard and shown for a time; the printer is told nothing."""
    code = _code(call)
    (target,) = await async_targets(call, [call.data[ATTR_DEVICE_ID]], POLICY_CONTROL)
    coordinator = target.coordinator
    decoded = coordinator.interpreter.decode(code)
    if not decoded.fault or decoded.hidden:
        raise _error("not_a_fault", code=decoded.code)
    if any(mute.covers(code, None) for mute in coordinator.ledger.mutes):
        raise _error("is_muted", code=decoded.code)
    if any(fault.code == code for fault in coordinator.ledger.active):
        raise _error("is_there", code=decoded.code)
    coordinator.simulation.async_raise(code, call.data[ATTR_DURATION].total_seconds())


def _matcher(call: ServiceCall, *, required: bool = True) -> Matcher:
    """Return which faults an action is about."""
    try:
        matcher = Matcher.from_dict(call.data)
    except ValueError as err:
        raise _error("invalid_choice", problem=str(err)) from err
    if required and not matcher:
        raise _error("nothing_chosen")
    return matcher


def _within(what: Matcher, unit: AmsUnit | None) -> Matcher:
    """Return the same faults, but only of one AMS unit where that is what was targeted."""
    return what if unit is None or what.ams else replace(what, ams=(unit.key,))


async def _listing(call: ServiceCall) -> tuple[Listing, list[Target]]:
    """Return what to list, and of whom."""
    listing = Listing(_matcher(call, required=False))
    return listing, await async_targets(call, call.data.get(ATTR_DEVICE_ID), POLICY_READ)


def _code(call: ServiceCall) -> FaultCode:
    """Read the code that an action is about."""
    try:
        return parse(call.data[CONF_CODE])
    except ValueError as err:
        raise _error("invalid_code", problem=str(err)) from err


def _utc(time: datetime | None) -> datetime | None:
    """Return a time in UTC; one without a time zone is meant locally."""
    return time and dt_util.as_utc(time)


def _error(key: str, **placeholders: str) -> ServiceValidationError:
    """Return what is wrong with a call, in the owner's language."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
