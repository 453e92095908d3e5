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


def _choice(key: str, options: Iterable[str]) -> SelectSelector:
    """Return a field that offers some of these; the labels are in the translations."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            multiple=True,
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=key,
        )
    )


# In the order in which owners think: what, where, and only then numbers.
FORM = {
    probatio.Optional(CONF_TOPICS): _choice("topic", FAULT_TOPICS),
    probatio.Optional(CONF_MODULES): _choice("module", Module),
    probatio.Optional(CONF_AMS): _choice("ams", AMS_KEYS),
    probatio.Optional(CONF_SLOTS): _choice("slot", SLOTS),
    probatio.Optional(CONF_CODES): TextSelector(TextSelectorConfig(multiple=True)),
}

_TEXTS = probatio.All(cv.ensure_list, [cv.string])

# In YAML a list of one may be written without its brackets.
FIELDS: dict[Any, Any] = dict.fromkeys(FORM, _TEXTS)
