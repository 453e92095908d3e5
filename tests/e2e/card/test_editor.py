"""An owner finds the card in Home Assistant's picker, and changes it in its editor."""

from collections.abc import AsyncGenerator

from playwright.async_api import BrowserContext, Page, expect
import pytest
import pytest_asyncio

from tests.e2e.home import Home

from .browser import CARD, visit
from .conftest import DASHBOARD, device_of, furnish
from .printers import Data

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def page(home: Home, context: BrowserContext) -> AsyncGenerator[Page]:
    """An empty dashboard that is being edited."""
    await furnish(home)
    page = await visit(context, f"/{DASHBOARD}?edit=1")
    await page.get_by_text("Add card").click()
    await page.locator("hui-dialog-create-card ha-input-search").first.wait_for()
    yield page
    await page.close()


async def cards_of(home: Home) -> list[Data]:
    """Return the cards of the dashboard, as they are saved."""
    async with home.socket() as socket:
        config = await socket.call("lovelace/config", url_path=DASHBOARD)
    cards: list[Data] = config["views"][0]["cards"]
    return cards


async def test_the_picker_shows_the_card_and_the_editor_changes_it(home: Home, page: Page) -> None:
    await page.get_by_text("By card").click()
    offered = page.locator("hui-card-picker .card").filter(has_text="Bambu Lab HMS")
    await expect(offered).to_have_count(1)
    # It shows itself instead of a description.
    await offered.locator("bambu-hms-card").wait_for()
    await offered.click()
    editor = page.locator("hui-dialog-edit-card")
    preview = editor.locator("bambu-hms-card")
    await preview.locator("bambu-hms-full").wait_for()
    labels = await editor.locator("ha-form ha-selector").evaluate_all(
        "(them) => them.map((it) => it.label)"
    )
    assert labels == [
        "Layout",
        "Printer",
        "Name",
        "Hide when all is well",
        "Show the machine",
        "Show AMS units and slots",
    ]
    await editor.locator("ha-selector-text input").fill("By the window")
    await expect(preview.locator("h2")).to_have_text("By the window")
    await editor.locator("ha-selector-boolean").nth(1).locator("ha-switch").click()
    await expect(preview.locator("bambu-hms-machine")).to_be_hidden()
    await editor.locator("ha-selector-boolean").nth(0).locator("ha-switch").click()
    await editor.locator("ha-selector-select ha-picker-field").click()
    await page.get_by_text("Compact", exact=True).click()
    # It would hide now, because all is well; but not while it is edited.
    await preview.locator("bambu-hms-compact").wait_for()
    await editor.locator("ha-button").get_by_text("Save").click()
    await page.locator("hui-view bambu-hms-compact").wait_for()
    [card] = await cards_of(home)
    assert card == {
        "type": CARD,
        "layout": "compact",
        "device_id": card["device_id"],
        "name": "By the window",
        "hide_when_ok": True,
        "show_machine": False,
    }
    assert card["device_id"] in {await device_of(home, name) for name in ("X1C left", "A1 mini")}


async def test_the_card_is_suggested_for_an_entity_of_an_ams_unit(home: Home, page: Page) -> None:
    await page.locator("hui-suggestion-entity-tree input").fill("AMS A slot 2 problem")
    entity = page.locator("hui-suggestion-entity-tree ha-list-item-button")
    await entity.filter(has_text="Slot 2 problem").click()
    suggested = page.locator("hui-suggestion-card").filter(has=page.locator("bambu-hms-card"))
    await expect(suggested).to_have_count(2)
    for layout in ("Full", "Compact"):
        await expect(suggested.filter(has_text=layout)).to_have_count(1)
    await suggested.filter(has_text="Compact").click()
    await page.locator("hui-view bambu-hms-compact").wait_for()
    # An AMS unit hangs on its printer, which is what the card is about.
    device = await device_of(home, "X1C left")
    assert await cards_of(home) == [{"type": CARD, "layout": "compact", "device_id": device}]
