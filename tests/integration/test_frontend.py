"""How dashboards come to know the card: one resource of ours, and the owner's left alone.

The dashboards' own part of Home Assistant is real here; that a browser loads the card is for the
end-to-end tests.
"""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, UrlManager
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_hms import frontend
from tests.printer.conftest import SwitchOn

from .conftest import AddPrinter

STORED = "lovelace_resources"
OTHERS = [{"id": "1", "type": "module", "url": "/local/other-card.js"}]


@pytest.fixture
async def dashboards(hass: HomeAssistant, request: pytest.FixtureRequest) -> None:
    """Dashboards whose resources are in storage, or in YAML."""
    hass.data[DATA_EXTRA_MODULE_URL] = UrlManager(lambda *_: None, [])
    hass.config.components.add("frontend")
    mode = getattr(request, "param", "storage")
    assert await async_setup_component(hass, "lovelace", {"lovelace": {"resource_mode": mode}})


def keep(hass_storage: dict[str, Any], *urls: str) -> None:
    """Have resources in storage from before: the owner's, and these."""
    ours = [{"id": f"ours{at}", "type": "module", "url": url} for at, url in enumerate(urls)]
    hass_storage[STORED] = {"version": 1, "key": STORED, "data": {"items": [*OTHERS, *ours]}}


def resources(hass: HomeAssistant) -> list[str]:
    """Return the addresses of all resources."""
    return [item["url"] for item in hass.data[LOVELACE_DATA].resources.async_items()]


def ours(hass: HomeAssistant) -> list[str]:
    """Return the addresses of our resources."""
    return [url for url in resources(hass) if url.startswith("/bambu_hms_ui/")]


async def test_the_card_is_one_resource_beside_the_owners(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    dashboards: None,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
) -> None:
    keep(hass_storage)
    await add_printer(await switch_on())
    await add_printer(await switch_on("H2D"), "H2D")
    assert len(ours(hass)) == 1
    assert resources(hass)[0] == "/local/other-card.js"


async def test_an_older_version_is_replaced_and_what_was_doubled_is_single(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    dashboards: None,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
) -> None:
    keep(hass_storage, "/bambu_hms_ui/0.0.1-12345678/bambu-hms-card.js", "/bambu_hms_ui/0/old.js")
    await add_printer(await switch_on())
    (url,) = ours(hass)
    assert "0.0.1" not in url
    assert resources(hass)[0] == "/local/other-card.js"


async def test_the_card_goes_with_the_last_printer_and_comes_with_the_next(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    dashboards: None,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
) -> None:
    keep(hass_storage)
    first = await add_printer(await switch_on())
    second = await add_printer(await switch_on("H2D"), "H2D")
    await hass.config_entries.async_remove(first.entry_id)
    assert ours(hass)
    await hass.config_entries.async_remove(second.entry_id)
    assert resources(hass) == ["/local/other-card.js"]
    await add_printer(await switch_on("P1S"), "P1S")
    assert len(ours(hass)) == 1


@pytest.mark.parametrize("dashboards", ["yaml"], indirect=True)
async def test_where_resources_are_yaml_the_page_loads_the_card_by_itself(
    hass: HomeAssistant, dashboards: None, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    entry = await add_printer(await switch_on())
    await hass.config_entries.async_reload(entry.entry_id)
    extra = hass.data[DATA_EXTRA_MODULE_URL]
    (url,) = extra.urls
    assert url.startswith("/bambu_hms_ui/")
    await hass.config_entries.async_remove(entry.entry_id)
    assert not extra.urls


async def test_the_files_are_served_and_browsers_may_keep_them(
    hass: HomeAssistant,
    dashboards: None,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await add_printer(await switch_on())
    (url,) = ours(hass)
    client = await hass_client_no_auth()
    for path in sorted(frontend._FOLDER.glob("*.js")):
        answer = await client.get(url.replace("bambu-hms-card.js", path.name))
        assert answer.status == HTTPStatus.OK
        assert answer.content_type in {"text/javascript", "application/javascript"}
        assert "max-age" in answer.headers["Cache-Control"]
        assert await answer.text() == path.read_text(encoding="utf-8")


async def test_other_files_have_another_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = frontend._digest()
    for path in frontend._FOLDER.glob("*.js"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(frontend, "_FOLDER", tmp_path)
    assert frontend._digest() == before
    (tmp_path / "dom.js").write_text("// another one")
    assert frontend._digest() != before


async def test_without_dashboards_the_printer_works_on(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    entry: MockConfigEntry = await add_printer(await switch_on())
    assert LOVELACE_DATA not in hass.data
    await hass.config_entries.async_remove(entry.entry_id)


def test_no_file_of_the_card_is_too_long_or_loads_from_elsewhere() -> None:
    files = sorted(frontend._FOLDER.glob("*.js"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300, path.name
        assert "innerHTML" not in text, path.name
        assert "insertAdjacentHTML" not in text, path.name
        for line in text.splitlines():
            if line.startswith(("import ", "} from ")) or " from " in line[:60]:
                assert "http" not in line, path.name
