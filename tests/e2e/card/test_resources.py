"""Dashboards come to know the card by themselves, and nothing of the owner's is touched."""

from collections.abc import AsyncGenerator
import json
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, expect
import pytest
import pytest_asyncio

from tests.e2e.home import CONFIGURATION, Home
from tests.simulator import Simulator

from .browser import CARD, logged_in, visit
from .conftest import (
    DASHBOARD,
    add_dashboard,
    add_printer,
    add_printers,
    free_port,
    furnish,
    tokens,
)

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

OWNERS = [
    {"id": "1", "type": "module", "url": "/local/first.js"},
    {"id": "4", "type": "css", "url": "/local/last.css"},
]
OURS = "/bambu_hms_ui/"
LEFT = [
    {"id": "2", "type": "module", "url": f"{OURS}0.0.1/bambu-hms-card.js"},
    {"id": "3", "type": "module", "url": f"{OURS}0.0.2/bambu-hms-card.js"},
]
"""What earlier versions left; one of them too much."""
YAML = """\
lovelace:
  resource_mode: yaml
  resources:
    - {url: /local/first.js, type: module}
"""


async def resources(home: Home) -> list[dict[str, Any]]:
    """Return what dashboards load."""
    async with home.socket() as socket:
        found: list[dict[str, Any]] = await socket.call("lovelace/resources")
    return found


async def remove(home: Home, entry_id: str) -> None:
    """Remove a printer from Home Assistant."""
    await home._call("DELETE", f"/api/config/config_entries/entry/{entry_id}")


async def card_is_shown(home: Home, browser: Browser) -> None:
    """Open a dashboard with a card, and wait for the card."""
    await furnish(home, {"type": CARD})
    async with logged_in(browser, home, await tokens(home)) as context:
        page = await visit(context, f"/{DASHBOARD}")
        await page.locator("bambu-hms-card[data-state=ok]").wait_for()
        # The first one that a page loads defines the elements: there is just one.
        names = "customCards.filter((it) => it.type === 'bambu-hms-card').length"
        assert await page.evaluate(names) == 1


@pytest_asyncio.fixture(loop_scope="session")
async def folder(tmp_path: Path) -> AsyncGenerator[Path]:
    """Where a Home Assistant lives that has resources already."""
    storage = tmp_path / ".storage"
    storage.mkdir()
    items = [OWNERS[0], *LEFT, OWNERS[1]]
    document = {"version": 1, "minor_version": 1, "key": "lovelace_resources"}
    (storage / "lovelace_resources").write_text(json.dumps(document | {"data": {"items": items}}))
    yield tmp_path


async def test_there_is_one_resource_of_ours_as_long_as_there_is_a_printer(
    folder: Path, simulator: Simulator, browser: Browser
) -> None:
    async with Home(folder, free_port()) as home:
        await home.start()
        await add_dashboard(home)
        entries = []
        for name, printer in simulator.printers.items():
            entries.append(await add_printer(home, printer, name))
            # One is enough: nothing is mended by another one.
            found = await resources(home)
            assert len(found) == len(OWNERS) + 1
        [ours] = [item for item in found if item["url"].startswith(OURS)]
        assert [item for item in found if item is not ours] == OWNERS
        assert ours["url"] not in {item["url"] for item in LEFT}
        await card_is_shown(home, browser)
        await home.stop()
        await home.start()
        assert await resources(home) == found, "a restart changes nothing"
        for at, entry in enumerate(entries):
            assert (ours in await resources(home)) is True, f"{at} of {len(entries)} are gone"
            await remove(home, entry)
        assert await resources(home) == OWNERS


async def test_in_yaml_mode_the_card_is_there_too(
    folder: Path, simulator: Simulator, browser: Browser
) -> None:
    kept = (folder / ".storage" / "lovelace_resources").read_text()
    async with Home(folder, free_port(), configuration=CONFIGURATION + YAML) as home:
        await home.start()
        [first, *others] = await add_printers(home, simulator)
        await add_dashboard(home)
        assert [item["url"] for item in await resources(home)] == ["/local/first.js"]
        await card_is_shown(home, browser)
        for entry in others:
            await remove(home, entry)
        await card_is_shown(home, browser)
        await remove(home, first)
        async with logged_in(browser, home, await tokens(home)) as context:
            page = await visit(context, f"/{DASHBOARD}")
            await expect(page.locator("hui-card")).to_have_count(1)
            assert not await page.evaluate("Boolean(customElements.get('bambu-hms-card'))")
    assert (folder / ".storage" / "lovelace_resources").read_text() == kept
