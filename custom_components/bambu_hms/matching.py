"""How owners say which faults they mean: the same keys in forms, actions and triggers."""

from collections.abc import Iterable
from typing import Any

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio

from .hms.location import Module
from .hms.matcher import AMS_KEYS
from .hms.meaning import FAULT_TOPICS

CONF_CODES = "codes"
CONF_TOPICS = "topics"
CONF_MODULES = "modules"
CONF_AMS = "ams"
CONF_SLOTS = "slots"

SLOTS = ("1", "2", "3", "4")

# Where the labels of the choices stand in the translations.
LABELS = {CONF_TOPICS: "topic", CONF_MODULES: "module", CONF_AMS: "ams", CONF_SLOTS: "slot"}


def _choice(key: str, options: Iterable[str]) -> SelectSelector:
    """Return a field that offers some of these."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            multiple=True,
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=LABELS[key],
        )
    )


# In the order in which owners think: what, where, and only then numbers.
FORM = {
    probatio.Optional(CONF_TOPICS): _choice(CONF_TOPICS, FAULT_TOPICS),
    probatio.Optional(CONF_MODULES): _choice(CONF_MODULES, Module),
    probatio.Optional(CONF_AMS): _choice(CONF_AMS, AMS_KEYS),
    probatio.Optional(CONF_SLOTS): _choice(CONF_SLOTS, SLOTS),
    probatio.Optional(CONF_CODES): TextSelector(TextSelectorConfig(multiple=True)),
}

_TEXTS = probatio.All(cv.ensure_list, [cv.string])

# In YAML a list of one may be written without its brackets.
FIELDS: dict[Any, Any] = dict.fromkeys(FORM, _TEXTS)
