"""The card for people who read, see or move otherwise than most."""

import json

from playwright.async_api import Browser
import pytest

from tests.e2e.home import INTEGRATION, Home

from .browser import BADGE, CARD, Bench, logged_in, visit
from .conftest import DASHBOARD, tokens
from .printers import (
    COMMON,
    FATAL,
    MUTE,
    NOTICE,
    OFFLINE,
    SAFETY,
    SERIOUS,
    SETTLING,
    STATES,
    printer,
)

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

SEVERITIES = {
    "safety": (SAFETY, "Danger"),
    "fatal": (FATAL, "Fatal"),
    "serious": (SERIOUS, "Serious"),
    "common": (COMMON, "Common"),
    "notice": (NOTICE, "Info"),
    "settling": (SETTLING, "Gone, confirming"),
}


async def test_severity_is_told_by_a_shape_and_a_word_of_its_own(bench: Bench) -> None:
    await bench.open()
    for fault, _ in SEVERITIES.values():
        await bench.add({"printers": [printer(fault)]})
    await bench.drawn()
    rows = bench.locate("bambu-hms-fault")
    shapes = []
    for at, (_, word) in enumerate(SEVERITIES.values()):
        row = rows.nth(at)
        assert word in await row.locator(".chip").all_text_contents()
        shapes.append(await row.locator(".shape ha-icon").get_attribute("icon"))
    assert len(set(shapes)) == len(SEVERITIES)


async def test_severity_is_told_in_the_narrowest_tile_too(bench: Bench) -> None:
    await bench.open()
    for fault, _ in SEVERITIES.values():
        await bench.add({"printers": [printer(fault)]}, {"layout": "compact"}, 160, height=56)
    await bench.add({"printers": [printer(SERIOUS, **OFFLINE)]}, {"layout": "compact"}, 160)
    await bench.drawn()
    tiles = await bench.locate(".tile .doing").all()
    said = [await tile.inner_text() for tile in tiles]
    words = ["Danger", "Fatal", "Serious", "Common", "Notice", "Gone, confirming", "Not heard"]
    assert [text.startswith(word) for text, word in zip(said, words, strict=True)] == [True] * 7


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_what_is_wrong_within_the_card(bench: Bench, dark: bool) -> None:
    # The other tests would find nothing if axe did not look there.
    await bench.open(dark=dark)
    await bench.show({"printers": [printer(SERIOUS)]})
    await bench.locate(".message").evaluate("(it) => (it.style.color = '#888')")
    await bench.locate("[data-key=copy]").evaluate(
        "(it) => (it.removeAttribute('aria-label'), it.removeAttribute('title'))"
    )
    await bench.locate("bambu-hms-fault").evaluate("(it) => (it.style.backgroundColor = '#777')")
    found = {violation.partition(":")[0] for violation in await bench.violations()}
    assert found >= {"color-contrast", "button-name"}


@pytest.mark.parametrize("width", [320, 420, 800])
@pytest.mark.parametrize("layout", ["full", "compact", "farm", "badge"])
async def test_right_to_left_fits_and_is_mirrored(bench: Bench, layout: str, width: int) -> None:
    await bench.open(width=4 * (width + 16) + 16, direction="rtl")
    config = {"type": BADGE} if layout == "badge" else {"type": CARD, "layout": layout}
    height = 56 if layout == "compact" else None
    for state, script in STATES.items():
        await bench.add(script, config, width, label=state, height=height)
    await bench.drawn()
    await bench.picture(f"rtl-{layout}-{width}")
    assert await bench.flaws() == []
    if layout in {"compact", "farm"}:
        # What is cut is the end of an English sentence, not its beginning.
        sentence = bench.locate(".sentence").first
        assert await sentence.evaluate("(it) => getComputedStyle(it).direction") == "ltr"
        assert await sentence.evaluate("(it) => getComputedStyle(it).textOverflow") == "ellipsis"
    if layout == "full":
        row = bench.locate("bambu-hms-fault").first
        bars = (
            "(it) => [getComputedStyle(it).borderLeftWidth, getComputedStyle(it).borderRightWidth]"
        )
        assert await row.evaluate(bars) == ["1px", "4px"]
        place = "(it) => it.getBoundingClientRect().x"
        assert await row.locator(".shape").evaluate(place) > await row.locator(".body").evaluate(
            place
        )
        chip = row.locator(".chip").first
        assert await row.locator(".place").evaluate(place) > await chip.evaluate(place)
        # A text that is written the other way begins where all others do.
        name = bench.locate(".titles .name").first
        assert await name.evaluate("(it) => getComputedStyle(it).textAlign") == "right"


@pytest.mark.parametrize("motion", [True, False])
async def test_nothing_moves_for_whom_it_should_not(bench: Bench, motion: bool) -> None:
    await bench.open(motion=motion)
    await bench.show({"printers": [printer(SAFETY)]})
    moving = (
        "bench.cards[0].shadowRoot.getAnimations()"
        ".filter((it) => it.effect.target.closest('.loud'))"
    )
    assert bool(await bench.page.evaluate(f"{moving}.length")) is motion
    passing = (
        "getComputedStyle(bench.cards[0].shadowRoot.querySelector('.button')).transitionDuration"
    )
    assert (await bench.page.evaluate(passing) != "0s") is motion


@pytest.mark.parametrize("language", ["de", "pl", "zh-Hans"])
async def test_the_card_speaks_the_users_language(
    browser: Browser, home: Home, language: str
) -> None:
    file = INTEGRATION / "translations" / f"{language}.json"
    words = json.loads(file.read_text(encoding="utf-8"))["config_panel"]["card"]
    async with logged_in(browser, home, await tokens(home), language) as context:
        bench = Bench(await visit(context, f"/{DASHBOARD}"))
        await bench.prepare()
        await bench.open()
        await bench.show({"printers": [printer(SERIOUS, COMMON | {"muted": True}, mutes=[MUTE])]})
        assert await bench.locate("[data-key=fix]").inner_text() == words["fix"]
        assert await bench.locate("[data-key=mute]").get_attribute("title") == words["mute"]
        assert await bench.locate("[data-key=history]").inner_text() == words["history"]
        assert await bench.locate(".doing").inner_text() == words["doing_running"]
        await bench.open()
        await bench.show({"refuses": True})
        assert await bench.locate(".nothing .name").inner_text() == words["not_loaded"]
        for width in (320, 800):
            await bench.open(width=4 * (width + 16) + 16)
            for state, script in STATES.items():
                await bench.add(script, width=width, label=state)
            await bench.drawn()
            await bench.picture(f"{language}-{width}")
            assert await bench.flaws() == []
