"""The blueprints themselves: what an owner imports, and whether it fits the integration."""

import json
from pathlib import Path
import re
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.bambu_hms.hms.meaning import FAULT_TOPICS
from custom_components.bambu_hms.matching import SEVERITIES
from custom_components.bambu_hms.printer.reason import Reason

from .conftest import BLUEPRINTS

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "bambu_hms"
LABELS = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))[
    "selector"
]
NAMES = ("cut_power", "filament_ran_out", "notify", "printer_silent", "remind")
# An id of an entity of ours: they are in Home Assistant's language, so a blueprint knows none.
ENTITY_ID = re.compile(r"[\"'](?:binary_sensor|sensor|event)[.]")


def load(name: str, folder: Path = BLUEPRINTS) -> Blueprint:
    """Read one of the blueprints."""
    path = str(folder / f"{name}.yaml")
    return Blueprint(
        load_yaml_dict(path), path=path, expected_domain="automation", schema=BLUEPRINT_SCHEMA
    )


def options(name: str, given: str) -> dict[str, str]:
    """Return what can be chosen for an input, and what that is called."""
    chosen = load(name).inputs[given]["selector"]["select"]["options"]
    return {option["value"]: option["label"] for option in chosen}


def test_there_are_five() -> None:
    assert sorted(path.stem for path in BLUEPRINTS.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_knows_where_it_comes_from_and_what_it_needs(name: str) -> None:
    manifest = json.loads((INTEGRATION / "manifest.json").read_text(encoding="utf-8"))
    hacs = json.loads((ROOT / "hacs.json").read_text(encoding="utf-8"))
    repository = manifest["documentation"].removeprefix("https://github.com/")
    path = (BLUEPRINTS / f"{name}.yaml").relative_to(ROOT).as_posix()
    about = load(name).metadata
    assert about["source_url"] == f"https://raw.githubusercontent.com/{repository}/main/{path}"
    assert about["homeassistant"]["min_version"] == hacs["homeassistant"]
    assert about["name"].startswith("Bambu Lab HMS: ")
    assert about["description"]
    assert load(name).validate() is None


@pytest.mark.parametrize("name", NAMES)
def test_each_input_is_named_and_explained(name: str) -> None:
    for key, given in load(name).inputs.items():
        assert given["name"], key
        assert given["description"], key
        assert given["selector"], key


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("notify", set()),
        ("remind", set()),
        ("filament_ran_out", set()),
        ("printer_silent", {"connections"}),
        ("cut_power", {"printer", "switches"}),
    ],
)
def test_only_what_nobody_can_guess_has_to_be_chosen(name: str, required: set[str]) -> None:
    assert {key for key, given in load(name).inputs.items() if "default" not in given} == required


@pytest.mark.parametrize("name", NAMES)
def test_it_knows_no_entity_by_its_id(name: str) -> None:
    text = (BLUEPRINTS / f"{name}.yaml").read_text(encoding="utf-8")
    assert not ENTITY_ID.search(text)


@pytest.mark.parametrize("name", ["notify", "remind"])
def test_it_offers_every_topic_and_severity_under_its_usual_name(name: str) -> None:
    topics, severities = options(name, "topics"), options(name, "min_severity")
    assert topics == LABELS["topic"]["options"]
    assert list(topics) == list(FAULT_TOPICS)
    assert severities == LABELS["severity"]["options"]
    assert list(severities) == list(SEVERITIES)


def test_every_reason_why_a_printer_is_not_heard_has_words() -> None:
    steps: list[dict[str, Any]] = load("printer_silent").data["actions"]
    (reasons,) = [it["variables"]["reasons"] for it in steps if "variables" in it]
    assert set(reasons) == set(Reason)


async def test_it_stays_what_it_is_when_home_assistant_imports_it_from_a_link(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    app = web.Application()
    app.router.add_static("/", BLUEPRINTS)
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)
    async with TestServer(app, host="127.0.0.1") as server:
        for name in NAMES:
            link = str(server.make_url(f"/{name}.yaml"))
            await client.send_json_auto_id({"type": "blueprint/import", "url": link})
            imported = (await client.receive_json())["result"]
            assert imported["validation_errors"] is None
            save = {
                "type": "blueprint/save",
                "domain": "automation",
                "path": f"imported/{name}",
                "yaml": imported["raw_data"],
                "source_url": link,
            }
            await client.send_json_auto_id(save)
            assert (await client.receive_json())["success"]
            # Home Assistant writes it anew, in its own style.
            saved = load(name, Path(hass.config.path("blueprints/automation/imported")))
            assert saved.metadata.pop("source_url") == link
            original = load(name)
            del original.metadata["source_url"]
            assert saved.data == original.data
