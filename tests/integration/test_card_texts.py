"""The dashboard card asks for no text that is not there, and no text is there in vain."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import pytest

from custom_components.bambu_hms import frontend

ROOM = Path(frontend.__file__).parent
SCRIPTS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOM / "frontend").glob("*.js")}
ALL = "\n".join(SCRIPTS.values())
LANGUAGES = sorted(path.stem for path in (ROOM / "translations").iterdir())


def load(language: str) -> dict[str, Any]:
    """Read the texts of a language."""
    path = ROOM / "translations" / f"{language}.json"
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


ENGLISH = load("en")
CARD: dict[str, str] = ENGLISH["config_panel"]["card"]
EDITOR: dict[str, str] = ENGLISH["config_panel"]["editor"]

# `texts.say("fix")` and the like: the first argument, as it is written.
SAID = re.compile(r"\.say\(\s*([^,()]+)")
EDITED = re.compile(r"(?:\.edit|\bword)\(\s*([^,()]+)")
# What the card as a whole says where it has no printer to show.
SAID_INSTEAD = re.compile(r"\bthis\.say\(\s*([^,()]+)")
COMPARED = re.compile(r'[!=]== "\w+"')
WORD = re.compile(r'"(\w+)"')
# `say("slot", { slot })`: the text, and the names of what is put in.
FILLED = re.compile(r'\.say\(\s*"(\w+)"(?:,\s*\{([^}]*)\})?')
VALUE = re.compile(r"(?:^|,)\s*(\w+)\s*(?=[:,]|$)")


def words_of(argument: str) -> set[str]:
    """Return the keys that an argument may be; what it is only compared with is none."""
    return set(WORD.findall(COMPARED.sub("", argument)))


def is_built(argument: str) -> bool:
    """Tell whether an argument may be something else than the words written in it."""
    _, asks, answers = argument.partition("?")
    chosen = answers.split(":") if asks else [argument]
    return not all(WORD.fullmatch(each.strip()) for each in chosen)


def table(script: str, name: str) -> set[str]:
    """Return the keys of a table, which has each on a line of its own."""
    found = re.search(rf"const {name} = \{{\n(.*?)\n\}};", SCRIPTS[script], re.DOTALL)
    assert found, name
    return set(re.findall(r"^  (\w+):", found[1], re.MULTILINE))


def placeholders(text: str) -> set[str]:
    """Return what a text has to be filled with."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


# A fault's severity is said in the words of the sensor, and safety as danger.
STATES = table("states", "LOOKS") - {"safety", "fatal", "serious", "common"}
MUTES = table("actions", "ENDS")
LAYOUTS = set(WORD.findall(SCRIPTS["form"].partition("LAYOUTS = [")[2].partition("]")[0]))
FIELDS = set(re.findall(r'(?:name: |flag\()"(\w+)"', SCRIPTS["form"]))
INSTEAD = {word for said in SAID_INSTEAD.findall(ALL) for word in words_of(said)}
# The words of the protocol for what a printer is doing.
DOING = {"failed", "finish", "idle", "init", "pause", "prepare", "running", "slicing"}

# The arguments that are no plain words, as they are written, and the keys that they may be.
BUILT: dict[str, set[str]] = {
    "state": INSTEAD | STATES,
    "`${state}_hint`": {f"{state}_hint" for state in INSTEAD - {"loading"}},
    "how": MUTES,
}
BUILT_IN_EDITOR: dict[str, set[str]] = {
    "name": FIELDS,
    "`layout_${value}`": {f"layout_{layout}" for layout in LAYOUTS},
    "`layout_${layout}`": {f"layout_{layout}" for layout in LAYOUTS},
    # Not every field needs help.
    "`${name}_help`": {f"{field}_help" for field in FIELDS} & set(EDITOR),
}


def asked_for(call: re.Pattern[str], built: dict[str, set[str]]) -> set[str]:
    """Return all keys that the scripts ask for in this way."""
    arguments = [argument.strip() for argument in call.findall(ALL)]
    return {
        key for argument in arguments for key in words_of(argument) | built.get(argument, set())
    }


def test_the_tables_were_found() -> None:
    assert {"notice", "settling", "ok", "offline", "loading"} <= STATES
    assert {"no_printer", "not_loaded", "removed", "loading"} == INSTEAD
    assert MUTES
    assert LAYOUTS
    assert {"layout", "device_id", "name", "hide_when_ok"} <= FIELDS


@pytest.mark.parametrize(
    ("call", "built"), [(SAID, BUILT), (EDITED, BUILT_IN_EDITOR)], ids=["card", "editor"]
)
def test_every_built_key_is_known_here_and_no_other(
    call: re.Pattern[str], built: dict[str, set[str]]
) -> None:
    arguments = {argument.strip() for argument in call.findall(ALL)}
    assert {argument for argument in arguments if is_built(argument)} == set(built)


def test_the_card_asks_for_the_texts_that_are_there() -> None:
    assert "card.doing_${state}" in SCRIPTS["texts"]
    doing = {f"doing_{state}" for state in DOING}
    assert asked_for(SAID, BUILT) | doing == set(CARD)


def test_the_editor_asks_for_the_texts_that_are_there() -> None:
    assert asked_for(EDITED, BUILT_IN_EDITOR) == set(EDITOR)


def test_a_text_is_given_what_it_has_to_be_filled_with() -> None:
    given = {(key, frozenset(VALUE.findall(values))) for key, values in FILLED.findall(ALL)}
    assert {key for key, _ in given} <= set(CARD)
    assert given == {(key, frozenset(placeholders(CARD[key]))) for key, _ in given}
    # A key that is built or chosen is given nothing.
    assert {key for key, values in given if values} == {
        key for key, text in CARD.items() if placeholders(text)
    }


@pytest.mark.parametrize(
    "path", ["sensor.severity.state", "binary_sensor.connection.state_attributes.reason.state"]
)
def test_the_words_that_the_card_takes_from_entities_are_there(path: str) -> None:
    assert path in SCRIPTS["texts"]
    texts = ENGLISH["entity"]
    for key in path.split("."):
        texts = texts[key]
    assert texts


def all_texts(part: dict[str, Any]) -> Iterator[str]:
    """Yield every text."""
    for value in part.values():
        if isinstance(value, dict):
            yield from all_texts(value)
        else:
            yield value


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_apostrophe_stands_beside_a_placeholder(language: str) -> None:
    # It would begin a quotation, in which the browser fills in nothing.
    assert not [text for text in all_texts(load(language)) if "'{" in text or "'}" in text]
