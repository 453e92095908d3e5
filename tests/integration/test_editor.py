"""What the editor of automations offers, and what triggers and conditions take: the same."""

import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, trigger
import probatio
import pytest

from custom_components.bambu_hms import condition as conditions, matching, trigger as triggers
from custom_components.bambu_hms.hms.code import parse
from custom_components.bambu_hms.hms.location import Module
from custom_components.bambu_hms.hms.matcher import AMS_KEYS, Matcher
from custom_components.bambu_hms.hms.meaning import FAULT_TOPICS
from scripts.catalog import descriptions

from .automating import automate, on

ROOM = Path(triggers.__file__).parent
ENGLISH = json.loads((ROOM / "translations" / "en.json").read_text(encoding="utf-8"))
ICONS = json.loads((ROOM / "icons.json").read_text(encoding="utf-8"))

# Section of the texts -> what there is, and what it includes unless told otherwise.
KINDS: dict[str, tuple[set[str], dict[str, bool]]] = {
    "triggers": (set(triggers.TRIGGERS), matching.TRIGGER_INCLUDES),
    "conditions": (set(conditions.CONDITIONS), matching.CONDITION_INCLUDES),
}


@pytest.mark.parametrize("name", ["triggers.yaml", "conditions.yaml"])
def test_the_descriptions_are_what_the_generator_makes(name: str) -> None:
    assert (ROOM / name).read_text(encoding="utf-8") == descriptions.files()[name], (
        "run scripts/catalog/descriptions.py"
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_the_editor_offers_just_what_they_take(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    await automate(hass, [on("fault_raised")], [{"condition": "bambu_hms.is_fault_active"}])
    helper = {"triggers": trigger, "conditions": condition}[kind]
    described: dict[str, Any] = await helper.async_get_all_descriptions(hass)
    names, includes = KINDS[kind]
    schema = matching.option_fields(includes)
    assert {key for key in described if key.startswith("bambu_hms")} == {
        f"bambu_hms.{name}" for name in names
    }
    for name in names:
        description = described[f"bambu_hms.{name}"]
        (target,) = description["target"]["entity"]
        assert target == {"integration": "bambu_hms", "domain": ["event"]}
        assert set(description["fields"]) == {str(key) for key in schema}
        for key in schema:
            field = description["fields"][str(key)]
            required = isinstance(key, probatio.Required)
            assert field.get("required", False) is required
            if required:
                assert field.get("default", False) is key.default()
    assert "Unable to" not in caplog.text


@pytest.mark.parametrize("includes", [it[1] for it in KINDS.values()], ids=KINDS)
def test_the_editor_offers_every_choice_that_there_is(includes: dict[str, bool]) -> None:
    fields = descriptions.fields(includes)
    for key, choices in {
        "topics": list(FAULT_TOPICS),
        "modules": list(Module),
        "ams": list(AMS_KEYS),
        "slots": ["1", "2", "3", "4"],
        "min_severity": ["info", "common", "serious", "fatal"],
    }.items():
        assert fields[key]["selector"]["select"]["options"] == choices


def test_a_code_that_is_in_no_list_can_be_typed() -> None:
    codes = descriptions.fields(matching.TRIGGER_INCLUDES)["codes"]["selector"]["select"]
    assert codes["custom_value"] is True
    assert codes["multiple"] is True


def test_every_code_that_the_vendor_has_a_page_about_can_be_chosen() -> None:
    known = descriptions.known_codes()
    assert len(known) > 100
    assert len({choice["value"] for choice in known}) == len(known)
    for choice in known:
        page, _, text = choice["label"].partition(": ")
        chosen = Matcher.from_dict({"codes": [choice["value"]]})
        assert chosen.matches(parse(page)), choice
        assert text
        assert not set("{}") & set(text)
        if page.startswith("0700"):
            assert chosen.matches(parse(f"1883{page[4:]}")), "an AMS HT sends it, too"


@pytest.mark.parametrize("kind", KINDS)
def test_each_of_them_and_each_option_has_a_text_and_each_of_them_an_icon(kind: str) -> None:
    names, includes = KINDS[kind]
    assert set(ENGLISH[kind]) == set(ICONS[kind]) == names
    for texts in ENGLISH[kind].values():
        assert texts["name"]
        assert texts["description"]
        assert set(texts["fields"]) == set(descriptions.fields(includes))
        assert all(text["name"] and text["description"] for text in texts["fields"].values())
