"""The card on a dashboard of a real Home Assistant with printers that are switched on and off."""

import time
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect
import pytest
import segno

from tests.e2e.home import PASSWORD, Home
from tests.e2e.test_fault import until_state
from tests.simulator import SimulatedPrinter

from .browser import BADGE, CARD, logged_in, visit
from .conftest import DASHBOARD, device_of, open_dashboard, tokens
from .printers import NOTICE, fault, printer

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

RAN_OUT = "0700_2100_0002_0001"
HEATBED = "0300_0100_0001_0007"
LONG_ENOUGH = 60_000


def row(page: Page, code: str) -> Any:
    """Return where a fault is shown."""
    return page.locator(f"bambu-hms-card bambu-hms-fault[data-code=HMS_{code}]")


async def until_card(page: Page, state: str) -> None:
    """Wait until the card is in a state."""
    card = page.locator(f"bambu-hms-card[data-state={state}]").first
    await card.wait_for(timeout=LONG_ENOUGH)


async def card_of_the_x1c(home: Home) -> dict[str, str]:
    """Return what an owner writes for a card of the X1C."""
    return {"type": CARD, "device_id": await device_of(home, "X1C left")}


async def test_a_fault_appears_when_the_printer_reports_it_and_goes_with_it(
    home: Home, context: BrowserContext, machine: SimulatedPrinter
) -> None:
    page = await open_dashboard(home, context, await card_of_the_x1c(home))
    await until_card(page, "ok")
    began = time.monotonic()
    machine.raise_fault(RAN_OUT)
    await row(page, RAN_OUT).wait_for()
    print(f"\nOn the card {time.monotonic() - began:.2f} s after it was raised")  # noqa: T201
    await until_card(page, "serious")
    slot = page.locator("bambu-hms-strip [data-unit='0'] [data-slot='2']")
    assert await slot.get_attribute("data-look") == "serious"
    machine.raise_fault(HEATBED)
    await row(page, HEATBED).wait_for()
    region = page.locator("bambu-hms-machine [data-region=heatbed].faulty")
    await expect(region).to_have_count(1)
    machine.clear_all()
    await until_card(page, "ok")
    assert "Last fault" in (await page.locator("bambu-hms-word").text_content() or "")
    await page.locator("[data-key=history]").click()
    await row_in_history(page, RAN_OUT).wait_for()
    await page.close()


def row_in_history(page: Page, code: str) -> Any:
    """Return where a fault of the past is shown, the newest time."""
    return page.locator(f"bambu-hms-footer .row[data-code=HMS_{code}]").first


async def test_a_fault_is_muted_and_unmuted_in_all_tabs(
    home: Home, context: BrowserContext, machine: SimulatedPrinter
) -> None:
    page = await open_dashboard(home, context, await card_of_the_x1c(home))
    other = await visit(context, f"/{DASHBOARD}")
    machine.raise_fault(HEATBED)
    for each in (page, other):
        await row(each, HEATBED).wait_for()
    await page.locator("bambu-hms-fault [data-key=mute]").click()
    await page.locator("[data-key=mute_always]").click()
    for each in (page, other):
        await row(each, HEATBED).wait_for(state="detached")
        await until_card(each, "ok")
        assert "Muted: 1" in await each.locator("[data-key=muted]").inner_text()
    state = await home.state("sensor.x1c_left_active_faults")
    assert (state["state"], state["attributes"]["muted"]) == ("0", 1)
    await other.locator("[data-key=muted]").click()
    await other.locator("[data-mute] button").click()
    for each in (page, other):
        await row(each, HEATBED).wait_for()
        await each.locator("[data-key=muted]").wait_for(state="detached")
    state = await home.state("sensor.x1c_left_active_faults")
    assert (state["state"], state["attributes"]["muted"]) == ("1", 0)
    await other.close()
    await page.close()


MODULES = """async (image) => {
    await image.decode();
    const {naturalWidth: width, naturalHeight: height} = image;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const dark = (x, y) => context.getImageData(x, y, 1, 1).data[0] < 128;
    const steps = (length) => Array.from({length: length / 4}, (_, at) => 4 * at + 2);
    return steps(height).map((y) => steps(width).map((x) => Number(dark(x, y))));
}"""


async def test_the_qr_code_is_the_link_dark_on_white_with_its_quiet_zone(
    home: Home, context: BrowserContext, machine: SimulatedPrinter
) -> None:
    page = await open_dashboard(home, context, await card_of_the_x1c(home))
    machine.raise_fault(HEATBED)
    await row(page, HEATBED).wait_for()
    link = await row(page, HEATBED).locator("a").get_attribute("href")
    assert link
    await page.locator("[data-key=qr]").click()
    drawn = await page.locator("bambu-hms-fault img").evaluate(MODULES)
    expected = segno.make_qr(link, error="m").matrix_iter(border=4)
    assert drawn == [list(line) for line in expected]
    await page.close()


async def test_a_printer_that_is_off_is_grey_and_never_green(
    home: Home, context: BrowserContext, machine: SimulatedPrinter
) -> None:
    device = await card_of_the_x1c(home)
    cards = [device | {"layout": layout} for layout in ("full", "compact", "farm")]
    page = await open_dashboard(home, context, *cards, badges=[device | {"type": BADGE}])
    machine.raise_fault(HEATBED)
    await row(page, HEATBED).wait_for()
    await machine.power_off()
    grey = page.locator(":is(bambu-hms-card, bambu-hms-badge)[data-state=offline]")
    await expect(grey).to_have_count(4, timeout=LONG_ENOUGH)
    await expect(page.locator("bambu-hms-fault.dimmed")).to_have_count(1)
    assert "Unreachable" in await page.locator("bambu-hms-head .doing").inner_text()
    tones = "(them) => [...new Set(them.map((it) => it.dataset.tone))]"
    for part in ("bambu-hms-head", "bambu-hms-compact", "bambu-hms-badge"):
        assert await page.locator(f"{part} [data-tone]").evaluate_all(tones) == ["neutral"]
    await machine.power_on()
    await until_card(page, "fatal")
    await page.close()


async def test_the_card_comes_back_with_the_back_end(
    home: Home, context: BrowserContext, machine: SimulatedPrinter
) -> None:
    page = await open_dashboard(home, context, await card_of_the_x1c(home))
    await until_card(page, "ok")
    await page.evaluate("window.sameAsBefore = true")
    await home.stop()
    await until_card(page, "offline")
    machine.raise_fault(HEATBED)
    await home.start()
    await row(page, HEATBED).wait_for(timeout=LONG_ENOUGH)
    await until_card(page, "fatal")
    assert await page.evaluate("window.sameAsBefore"), "without loading the page anew"
    await page.close()


async def test_a_card_that_hides_is_there_when_there_is_something_to_say(
    home: Home, context: BrowserContext, machine: SimulatedPrinter
) -> None:
    device = await card_of_the_x1c(home) | {"hide_when_ok": True}
    badge = device | {"type": BADGE}
    page = await open_dashboard(home, context, device, badges=[badge])
    await until_card_hides(page)
    machine.raise_fault(HEATBED)
    await row(page, HEATBED).wait_for()
    await page.locator("bambu-hms-badge .pill").wait_for()
    machine.clear_all()
    await until_card_hides(page)
    await page.close()


async def until_card_hides(page: Page) -> None:
    """Wait until neither card nor badge is to be seen, though both are there."""
    await page.wait_for_function("Boolean(customElements.get('bambu-hms-card'))")
    for name in ("card", "badge"):
        await page.locator(f"bambu-hms-{name} >> visible=true").wait_for(state="detached")
        await page.locator(f"bambu-hms-{name}[data-state=ok]").wait_for(state="attached")


async def test_everybody_sees_what_they_may(
    home: Home, browser: Browser, machine: SimulatedPrinter
) -> None:
    machine.raise_fault(HEATBED)
    await until_state(home, "sensor.x1c_left_active_faults", "1")
    for name, groups in (("reader", ["system-read-only"]), ("stranger", [])):
        async with home.socket() as socket:
            user = (await socket.call("config/auth/create", name=name, group_ids=groups))["user"]
            await socket.call(
                "config/auth_provider/homeassistant/create",
                user_id=user["id"],
                username=name,
                password=PASSWORD,
            )
    cards = [{"type": CARD, "device_id": await device_of(home, "X1C left")}]
    async with logged_in(browser, home, await tokens(home, "reader")) as reader:
        page = await open_dashboard(home, reader, *cards)
        await row(page, HEATBED).wait_for()
        assert await page.locator("bambu-hms-fault [data-key=copy]").count() == 1
        assert await page.locator("bambu-hms-fault [data-key=mute]").count() == 0
    async with logged_in(browser, home, await tokens(home, "stranger")) as stranger:
        page = await open_dashboard(home, stranger, *cards)
        await until_card(page, "no_printer")
        assert "X1C" not in await page.locator("bambu-hms-card").inner_text()


async def test_the_bench_tells_what_the_back_end_tells(
    home: Home, context: BrowserContext, machine: SimulatedPrinter
) -> None:
    machine.raise_fault(HEATBED)
    machine.raise_fault(NOTICE["code"].removeprefix("HMS_"))
    page = await open_dashboard(home, context, await card_of_the_x1c(home))
    await row(page, HEATBED).wait_for()
    told = await page.evaluate(
        """() => new Promise((resolve) => document.querySelector("home-assistant").hass.connection
            .subscribeMessage((event) => resolve(event), {type: "bambu_hms/subscribe"}))"""
    )
    [x1c] = [each for each in told["printers"] if each["name"] == "X1C left"]
    assert x1c.keys() == printer().keys()
    assert x1c["print_state"] == printer()["print_state"].replace("running", "idle")
    assert {frozenset(each) for each in x1c["faults"]} == {frozenset(fault())}
    assert x1c["units"][0].keys() == printer()["units"][0].keys()
    await page.close()
