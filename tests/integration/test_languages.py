"""Every language says all that English says, and the words make sentences that read well."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from string import Formatter
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.bambu_hms import wording
from custom_components.bambu_hms.hms.code import Severity
from custom_components.bambu_hms.hms.location import AmsType, Location, Module
from custom_components.bambu_hms.hms.meaning import Topic
from custom_components.bambu_hms.hms.words import ENGLISH as ENGLISH_WORDS
from custom_components.bambu_hms.wording import async_words

ROOM = Path(wording.__file__).parent / "translations"
LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "pt-BR", "zh-Hans")
# Names and what is no word: no language translates them.
NAMES = ("AMS", "Bambu Lab", "e.bambulab.com", "Home Assistant", "Micro Lidar", "LAN", "RFID")


def flat(part: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text with the path to it, in the order of the file."""
    for key, value in part.items():
        if isinstance(value, dict):
            yield from flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def load(language: str) -> dict[str, str]:
    """Read the texts of a language."""
    return dict(flat(json.loads((ROOM / f"{language}.json").read_text(encoding="utf-8"))))


def fields(text: str) -> set[str]:
    """Return the placeholders of a text; `ValueError` where a brace stands alone."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


ENGLISH = load("en")


@pytest.fixture(params=LANGUAGES)
def texts(request: pytest.FixtureRequest) -> dict[str, str]:
    """Take the texts of one language after the other."""
    return load(request.param)


def test_no_file_is_of_another_language() -> None:
    assert {path.stem for path in ROOM.iterdir()} == {"en", *LANGUAGES}


def test_a_language_has_the_keys_of_english_in_their_order(texts: dict[str, str]) -> None:
    assert list(texts) == list(ENGLISH)


def test_a_text_has_the_placeholders_of_the_english_one(texts: dict[str, str]) -> None:
    assert {key: fields(text) for key, text in texts.items()} == {
        key: fields(text) for key, text in ENGLISH.items()
    }


def test_no_text_is_empty_or_padded(texts: dict[str, str]) -> None:
    assert not {key for key, text in texts.items() if not text or text != text.strip()}


@pytest.mark.parametrize("sign", ["<", "http"])
def test_no_text_has_markup_or_a_link(texts: dict[str, str], sign: str) -> None:
    assert not {key for key, text in texts.items() if sign in text}


def test_no_long_text_was_left_in_english(texts: dict[str, str]) -> None:
    long = {key for key, text in ENGLISH.items() if len(text) > 60}
    assert long
    assert not {key for key in long if texts[key] == ENGLISH[key]}


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_as_they_are(texts: dict[str, str], name: str) -> None:
    keys = {key for key, text in ENGLISH.items() if name in text}
    assert keys
    assert not {key for key in keys if name not in texts[key]}


def test_a_severity_has_one_word_wherever_it_stands(texts: dict[str, str]) -> None:
    states = {key: text for key, text in texts.items() if ".severity.state." in key}
    assert states
    for key, text in states.items():
        severity = key.rpartition(".")[2]
        expected = "state.ok" if severity == "ok" else f"common.severity_{severity}"
        words = {word for other, word in texts.items() if other.endswith(expected)}
        assert {word.casefold() for word in words} == {text.casefold()}, key


def test_entities_that_english_tells_apart_have_different_names(texts: dict[str, str]) -> None:
    names = [
        (key.split(".")[1], text)
        for key, text in texts.items()
        if key.startswith("entity.") and key.count(".") == 3 and key.endswith(".name")
    ]
    assert names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_file_is_written_as_the_others(language: str) -> None:
    written = (ROOM / f"{language}.json").read_text(encoding="utf-8")
    assert written == json.dumps(json.loads(written), ensure_ascii=False, indent=2) + "\n"


def test_the_english_words_are_those_that_need_no_home_assistant() -> None:
    words: dict[str, Mapping[Any, str]] = {
        "module": ENGLISH_WORDS.modules,
        "part": ENGLISH_WORDS.parts,
        "ams_part": ENGLISH_WORDS.ams_parts,
        "topic": ENGLISH_WORDS.topics,
        "severity": ENGLISH_WORDS.severities,
        "pattern": ENGLISH_WORDS.patterns,
    }
    common = {
        f"common.{kind}_{key}": text for kind, table in words.items() for key, text in table.items()
    }
    assert common == {key: text for key, text in ENGLISH.items() if key.startswith("common.")}


SLOT = Location(Module.AMS, None, AmsType.AMS, "B", 3)
BUFFER = Location(Module.AMS, "buffer", AmsType.AMS_HT, "A")
MOTOR = Location(Module.MOTORS, "motor_z")
HEATBED = Location(Module.HEATBED)


@pytest.mark.parametrize(
    ("language", "location", "topic", "severity", "sentence"),
    [
        ("de", SLOT, "filament_stuck", "serious", "AMS B Slot 3: Filament klemmt (ernst)"),
        ("de", BUFFER, "ams_hardware", "common", "AMS HT A Filamentpuffer: Störung (gewöhnlich)"),
        ("de", MOTOR, "motor", "fatal", "Motor Z: Störung (fatal)"),
        ("de", HEATBED, "overheating", "fatal", "Heizbett: Überhitzung (fatal)"),
        # French has a space before the colon, Chinese its own signs.
        ("fr", BUFFER, "ams_hardware", "info", "AMS HT A, tampon de filament : défaut (info)"),
        ("zh-Hans", SLOT, "filament_stuck", "serious", "AMS B 槽位 3：耗材丝卡住（严重）"),  # noqa: RUF001 -- the signs of Chinese
    ],
)
async def test_a_fault_without_a_text_is_told_in_the_language_of_the_owner(
    hass: HomeAssistant,
    language: str,
    location: Location,
    topic: str,
    severity: str,
    sentence: str,
) -> None:
    words = await async_words(hass, language)
    assert words.sentence(location, Topic(topic), Severity(severity)) == sentence


@pytest.mark.parametrize("language", ["en", "eo", "no language at all"])
async def test_an_unknown_language_gives_english(hass: HomeAssistant, language: str) -> None:
    assert await async_words(hass, language) == ENGLISH_WORDS
