"""How owners say which faults they mean: in forms, actions, triggers and conditions alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
from homeassistant.helpers.translation import async_get_translations
import probatio

from .const import DOMAIN
from .hms.code import Severity
from .hms.location import Module
from .hms.matcher import AMS_KEYS, INCLUDES, Interest, Matcher
from .hms.meaning import FAULT_TOPICS

CONF_CODES = "codes"
CONF_TOPICS = "topics"
CONF_MODULES = "modules"
CONF_AMS = "ams"
CONF_SLOTS = "slots"
CONF_MIN_SEVERITY = "min_severity"
CONF_SAFETY_ONLY = "safety_only"

SLOTS = ("1", "2", "3", "4")

SEVERITIES = (Severity.INFO, Severity.COMMON, Severity.SERIOUS, Severity.FATAL)

# Where the labels of the choices stand in the translations.
LABELS = {
    CONF_TOPICS: "topic",
    CONF_MODULES: "module",
    CONF_AMS: "ams",
    CONF_SLOTS: "slot",
    CONF_MIN_SEVERITY: "severity",
}

# What triggers and conditions leave out unless told otherwise; `Interest` gives the reasons.
TRIGGER_INCLUDES: dict[str, bool] = {key: getattr(Interest(), key) for key in INCLUDES}
# A condition asks what is wrong, and what was wrong when the printer was added still is.
CONDITION_INCLUDES = TRIGGER_INCLUDES | {"include_standing": True}


def _choice(key: str, options: Iterable[str], *, multiple: bool = True) -> SelectSelector:
    """Return a field that offers one or some of these."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            multiple=multiple,
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=LABELS[key],
        )
    )


# In the order in which owners think: what, where, and only then numbers.
_CHOICES = {
    CONF_TOPICS: _choice(CONF_TOPICS, FAULT_TOPICS),
    CONF_MODULES: _choice(CONF_MODULES, Module),
    CONF_AMS: _choice(CONF_AMS, AMS_KEYS),
    CONF_SLOTS: _choice(CONF_SLOTS, SLOTS),
}
FORM = {
    **{probatio.Optional(key): choice for key, choice in _CHOICES.items()},
    probatio.Optional(CONF_CODES): TextSelector(TextSelectorConfig(multiple=True)),
}


def _code(value: Any) -> str:
    """Refuse a code that lost its quotes: to YAML, 0300_0100_0001_0007 is an octal number."""
    if not isinstance(value, str):
        raise probatio.Invalid("a code is a text: write it in quotes")
    return value


_TEXTS = probatio.All(cv.ensure_list, [cv.string])
_CODES = probatio.All(cv.ensure_list, [_code])

# In YAML a list of one may be written without its brackets.
FIELDS: dict[Any, Any] = {
    **{probatio.Optional(key): _TEXTS for key in _CHOICES},
    probatio.Optional(CONF_CODES): _CODES,
}

SEVERITY = probatio.In([each.value for each in SEVERITIES])

# What the editor of automations offers but codes, of which it has a list; see `scripts/catalog`.
EDITOR: dict[str, SelectSelector | BooleanSelector] = {
    CONF_TOPICS: _CHOICES[CONF_TOPICS],
    CONF_MIN_SEVERITY: _choice(CONF_MIN_SEVERITY, SEVERITIES, multiple=False),
    CONF_SAFETY_ONLY: BooleanSelector(),
    **{key: _CHOICES[key] for key in (CONF_MODULES, CONF_AMS, CONF_SLOTS)},
}


def option_fields(includes: Mapping[str, bool]) -> dict[Any, Any]:
    """Return what triggers or conditions take, with what they include unless told otherwise."""
    # What has a default is required in the editor, which then shows a switch without a box to tick.
    return {
        **FIELDS,
        probatio.Optional(CONF_MIN_SEVERITY): SEVERITY,
        probatio.Required(CONF_SAFETY_ONLY, default=False): cv.boolean,
        **{probatio.Required(key, default=usual): cv.boolean for key, usual in includes.items()},
    }


async def async_labels(hass: HomeAssistant) -> dict[str, str]:
    """Return the labels of all choices, in the owner's language."""
    prefix = f"component.{DOMAIN}.selector."
    texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})
    return {key.removeprefix(prefix): text for key, text in texts.items()}


def in_words(what: Matcher, labels: Mapping[str, str]) -> str:
    """Return what is meant, as an owner would say it."""
    return ", ".join(
        labels.get(f"{LABELS[key]}.options.{value}", str(value)) if key in LABELS else str(value)
        for key, values in what.as_dict().items()
        for value in values
    )
