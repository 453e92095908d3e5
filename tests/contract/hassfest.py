"""What hassfest lets stand in translations, icons and descriptions, written down as schemas.

hassfest itself is no part of the installed package and its image is not at hand without a network.
"""

from collections.abc import Mapping
import re
from string import Formatter
from typing import Any

from homeassistant.helpers import config_validation as cv, selector
import probatio
from probatio import Any as Either, Optional, Required, Schema

_KEY = re.compile(r"(?!.+[_-]{2})(?![_-])[a-z0-9-_]+(?<![_-])")
_QUOTED = re.compile(r"'{\w+}'")
_URL = re.compile(r"(?:https?|ftps?|mqtts?|socks5|scp)://|www\.\w", re.IGNORECASE)


def _key(value: str) -> str:
    """Refuse what cannot be the key of a text."""
    if _KEY.fullmatch(value) is None:
        raise probatio.Invalid(f"{value!r} cannot be the key of a text")
    return value


def _text(value: Any) -> str:
    """Refuse a text with markup, a link, a blank at its ends or a placeholder that is none."""
    text: str = cv.string_with_no_html(value)
    if text != text.strip():
        raise probatio.Invalid("a blank at an end")
    if _URL.search(text):
        raise probatio.Invalid("a link: pass it as a placeholder")
    if _QUOTED.search(text):
        raise probatio.Invalid("a placeholder in quotes")
    for name in placeholders(text):
        if not name.isidentifier():
            raise probatio.Invalid(f"{name!r} is no placeholder")
    return text


def _plain(value: Any) -> str:
    """Refuse also placeholders."""
    text = _text(value)
    if placeholders(text):
        raise probatio.Invalid("no placeholder can be filled in here")
    return text


def _icon(value: Any) -> str:
    """Refuse what is no icon of Material Design."""
    icon = cv.string_with_no_html(value)
    if not icon.startswith("mdi:"):
        raise probatio.Invalid("no icon of Material Design")
    return str(icon)


def placeholders(text: str) -> set[str]:
    """Return what is to be filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _keyed(value: Any, key: Any = _key) -> Any:
    """Return the schema of any number of things with keys."""
    return cv.schema_with_slug_keys(value, slug_validator=key)


def _explains_what_is_there(flow: dict[str, Any]) -> dict[str, Any]:
    """Refuse the explanation of a field that has no name."""
    for step in flow["step"].values():
        if extra := set(step.get("data_description", ())) - set(step.get("data", ())):
            raise probatio.Invalid(f"explained, but not named: {extra}")
    return flow


_TEXTS = {str: _text}
_FORM: dict[Any, Any] = {
    Optional("data"): _TEXTS,
    Optional("data_description"): _TEXTS,
    Optional("description"): _text,
}
_STEP: dict[Any, Any] = {
    **_FORM,
    Optional("title"): _text,
    Optional("menu_options"): _TEXTS,
    Optional("menu_option_descriptions"): _TEXTS,
    Optional("submit"): _text,
    Optional("sections"): {str: {**_FORM, Optional("name"): _text}},
}
_FLOW = probatio.All(
    Schema(
        {
            Optional("flow_title"): _text,
            Required("step"): {str: _STEP},
            **{Optional(key): _TEXTS for key in ("error", "abort", "progress", "create_entry")},
            Optional("initiate_flow"): {Required("user"): _text},
        }
    ),
    _explains_what_is_there,
)
_STATES = {Optional("name"): _plain, Optional("state"): _keyed(_plain)}
_ENTITY = {
    Optional("name"): _text,
    Optional("state"): _keyed(_plain),
    Optional("state_attributes"): _keyed(_STATES),
    Optional("unit_of_measurement"): _plain,
}
_NAMED: dict[Any, Any] = {Required("name"): _text, Required("description"): _text}
_FIELD = {**_NAMED, Optional("example"): _text}
_PICKED = {**_NAMED, Optional("fields"): _keyed(_FIELD)}
_ISSUE = probatio.All(
    cv.has_at_least_one_key("description", "fix_flow"),
    cv.has_at_most_one_key("description", "fix_flow"),
    Schema({Required("title"): _text, Optional("description"): _text, Optional("fix_flow"): _FLOW}),
)
_LABELS = {
    **{Optional(key): _keyed(_text) for key in ("choices", "options", "unit_of_measurement")},
    Optional("fields"): _keyed(_NAMED),
}


def _panel(value: Any) -> Any:
    """Check the texts of a panel, in which Home Assistant looks for keys at any depth."""
    if not isinstance(value, Mapping):
        return _text(value)
    return {key if key == "_" else _key(key): _panel(inner) for key, inner in value.items()}


TRANSLATIONS = Schema(
    {
        Optional("title"): _text,
        Optional("common"): {cv.slug: _text},
        Optional("conditions"): _keyed(_PICKED, cv.underscore_slug),
        Optional("config"): _FLOW,
        Optional("config_panel"): _panel,
        Optional("device"): _keyed({Optional("name"): _text}),
        Optional("entity"): _keyed(_keyed(_ENTITY), cv.slug),
        Optional("exceptions"): _keyed({Optional("message"): _text}, cv.slug),
        Optional("issues"): {str: _ISSUE},
        Optional("options"): _FLOW,
        Optional("selector"): _keyed(_LABELS, Either("_", cv.slug)),
        Optional("services"): _keyed({**_PICKED, Optional("sections"): _keyed(_NAMED)}),
        Optional("system_health"): {Optional("info"): _keyed(_text)},
        Optional("triggers"): _keyed(_PICKED, cv.underscore_slug),
    }
)


def _says_something(entities: dict[str, Any]) -> dict[str, Any]:
    """Refuse the icon of a state that is the same without it."""
    for key, icons in entities.items():
        if icons.get("default") in icons.get("state", {}).values():
            raise probatio.Invalid(f"a state of {key} has the default icon")
    return entities


_ICONS_OF_ENTITY = {
    Optional("default"): _icon,
    Optional("state"): _keyed(_icon),
    Optional("state_attributes"): _keyed(
        {Optional("default"): _icon, Optional("state"): _keyed(_icon)}
    ),
}
ICONS = Schema(
    {
        Optional("entity"): _keyed(
            probatio.All(_keyed(_ICONS_OF_ENTITY), _says_something), cv.slug
        ),
        Optional("conditions"): _keyed({Optional("condition"): _icon}, cv.underscore_slug),
        Optional("services"): _keyed(
            {Optional("service"): _icon, Optional("sections"): _keyed(_icon)}
        ),
        Optional("triggers"): _keyed({Optional("trigger"): _icon}, cv.underscore_slug),
    }
)


def _something(value: Any) -> Any:
    """Refuse nothing at all."""
    if value is None:
        raise probatio.Invalid("says nothing")
    return value


_OFFERED = {
    Optional("default"): _something,
    Optional("example"): _something,
    Optional("required"): bool,
    Optional("selector"): selector.validate_selector,
}
_DESCRIBED = {
    Optional("target"): selector.TargetSelector.CONFIG_SCHEMA,
    Optional("fields"): {str: _OFFERED},
}
SERVICES = Schema({cv.slug: Either(_DESCRIBED, None)})
PICKED = Schema({cv.underscore_slug: Either(_DESCRIBED, None)})
