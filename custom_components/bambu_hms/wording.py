"""The words of the owner's language, from the integration's own translations."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .hms.words import ENGLISH, Words

_CATEGORY = "common"


async def async_words(hass: HomeAssistant, language: str) -> Words:
    """Return the words of a language, in English what it lacks."""
    translations = await async_get_translations(hass, language, _CATEGORY, {DOMAIN})

    def table[Key: str](kind: str, english: Mapping[Key, str]) -> dict[Key, str]:
        prefix = f"component.{DOMAIN}.{_CATEGORY}.{kind}_"
        return {key: translations.get(f"{prefix}{key}", text) for key, text in english.items()}

    return Words(
        modules=table("module", ENGLISH.modules),
        parts=table("part", ENGLISH.parts),
        ams_parts=table("ams_part", ENGLISH.ams_parts),
        topics=table("topic", ENGLISH.topics),
        severities=table("severity", ENGLISH.severities),
        patterns=table("pattern", ENGLISH.patterns),
    )
