"""Changing what was chosen for one printer, and what of it is muted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.json import json_dumps
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    DurationSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util import dt as dt_util
import probatio

from .const import CONF_OFFICIAL_TEXTS, CONF_PROBLEM_SEVERITY, CONF_SETTLE_TIME
from .coordinator import PrinterCoordinator
from .hms.code import Severity
from .hms.matcher import Matcher
from .hms.mute import Mute
from .matching import CONF_CODES, FORM, async_labels, in_words
from .options import LONGEST_MUTE, LONGEST_SETTLE, Options

_CONF_END = "mute_end"
_CONF_DURATION = "duration"
_CONF_MUTES = "mutes"

_UNTIL_CLEARED = "cleared"
_FOR_A_TIME = "duration"
_FOR_GOOD = "forever"

_SETTINGS = probatio.Schema(
    {
        probatio.Required(CONF_PROBLEM_SEVERITY): SelectSelector(
            SelectSelectorConfig(
                options=[Severity.INFO, Severity.COMMON, Severity.SERIOUS, Severity.FATAL],
                translation_key="severity",
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        # The field alone lets halves of a second pass, and what is no number at all.
        probatio.Required(CONF_SETTLE_TIME): probatio.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=0,
                    max=LONGEST_SETTLE.total_seconds(),
                    step=1,
                    unit_of_measurement="s",
                    mode=NumberSelectorMode.BOX,
                )
            ),
            probatio.Coerce(int),
        ),
        probatio.Required(CONF_OFFICIAL_TEXTS): BooleanSelector(),
    }
)
_MUTE = probatio.Schema(
    {
        **FORM,
        probatio.Required(_CONF_END, default=_UNTIL_CLEARED): SelectSelector(
            SelectSelectorConfig(
                options=[_UNTIL_CLEARED, _FOR_A_TIME, _FOR_GOOD],
                translation_key="mute_end",
                mode=SelectSelectorMode.LIST,
            )
        ),
        probatio.Optional(_CONF_DURATION): DurationSelector(
            DurationSelectorConfig(enable_day=True, enable_second=False)
        ),
    }
)


class BambuHmsOptionsFlow(OptionsFlow):
    """Change the options and mutes of one printer; all of it applies at once."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to change."""
        coordinator = self._coordinator
        return self.async_show_menu(
            step_id="init",
            menu_options=["settings", "add_mute", "mutes"],
            description_placeholders={
                "mutes": str(len(coordinator.ledger.mutes)) if coordinator else "?"
            },
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for all options on one page."""
        if user_input is not None:
            return self.async_create_entry(data=Options.of(user_input).as_dict())
        now = Options.of(self.config_entry.options).as_dict()
        return self.async_show_form(
            step_id="settings", data_schema=self.add_suggested_values_to_schema(_SETTINGS, now)
        )

    async def async_step_add_mute(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to mute, and for how long."""
        coordinator = self._coordinator
        if coordinator is None:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            mute = _read_mute(coordinator, user_input, errors)
            if mute is not None:
                coordinator.async_mute(mute)
                return self.async_create_entry(data=dict(self.config_entry.options))
        return self.async_show_form(
            step_id="add_mute",
            data_schema=self.add_suggested_values_to_schema(_MUTE, user_input),
            errors=errors,
        )

    async def async_step_mutes(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what is muted, and ask what of it is to end."""
        coordinator = self._coordinator
        if coordinator is None:
            return self.async_abort(reason="not_loaded")
        # What is muted is all that tells two apart: several can begin at the same time.
        mutes = {json_dumps(mute.what.as_dict()): mute for mute in coordinator.ledger.mutes}
        if not mutes:
            return self.async_abort(reason="no_mutes")
        if user_input is not None:
            for key in user_input.get(_CONF_MUTES, ()):
                # One may have ended by itself while the form was open.
                if key in mutes:
                    coordinator.async_unmute(mutes[key].what)
            return self.async_create_entry(data=dict(self.config_entry.options))
        labels = await async_labels(self.hass)
        options = [
            SelectOptionDict(value=key, label=_describe(mute, labels))
            for key, mute in mutes.items()
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
        )
        return self.async_show_form(
            step_id="mutes",
            data_schema=probatio.Schema({probatio.Optional(_CONF_MUTES): selector}),
        )

    @property
    def _coordinator(self) -> PrinterCoordinator | None:
        """The printer, if it is loaded: mutes are nowhere but in its ledger."""
        entry = self.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            return None
        coordinator: PrinterCoordinator = entry.runtime_data
        return coordinator


def _read_mute(
    coordinator: PrinterCoordinator, typed: Mapping[str, Any], errors: dict[str, str]
) -> Mute | None:
    """Read the form; what is wrong goes into `errors`, by field."""
    # A line that was begun and left empty is no code, but no mistake either.
    codes = [code.strip() for code in typed.get(CONF_CODES, ()) if code.strip()]
    try:
        what = Matcher.from_dict({**typed, CONF_CODES: codes})
    except ValueError:
        # All other fields offer only what there is.
        errors[CONF_CODES] = "invalid_code"
        return None
    if not what:
        errors["base"] = "nothing_chosen"
        return None
    now = dt_util.utcnow()
    until = None
    if typed[_CONF_END] == _FOR_A_TIME:
        given = typed.get(_CONF_DURATION)
        duration = cv.positive_time_period_dict(given) if given else timedelta()
        if not timedelta() < duration <= LONGEST_MUTE:
            errors[_CONF_DURATION] = "no_duration"
            return None
        until = now + duration
    until_cleared = typed[_CONF_END] == _UNTIL_CLEARED
    mute = Mute(what=what, since=now, until=until, until_cleared=until_cleared)
    if mute.until_cleared and not any(
        mute.covers(fault.code, fault.related) for fault in coordinator.ledger.active
    ):
        errors[_CONF_END] = "no_such_fault"
        return None
    return mute


def _describe(mute: Mute, labels: dict[str, str]) -> str:
    """Return what is muted and until when, as an owner would say it."""
    if mute.until is not None:
        end = dt_util.as_local(mute.until).strftime("%Y-%m-%d %H:%M")
    else:
        end = labels[f"mute_end.options.{_UNTIL_CLEARED if mute.until_cleared else _FOR_GOOD}"]
    return f"{in_words(mute.what, labels)} ({end})"
