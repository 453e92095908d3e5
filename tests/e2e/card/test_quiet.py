"""The card is quiet: it draws, asks and speaks only when there is something new."""

from typing import Any

import pytest

from .browser import BADGE, CARD, Bench
from .printers import (
    LAST_FAULT,
    NOTICE,
    OTHER,
    RAN_OUT,
    SAFETY,
    SERIOUS,
    STATES,
    printer,
)

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

LAYOUTS: tuple[dict[str, str], ...] = (
    {"type": CARD},
    {"type": CARD, "layout": "compact"},
    {"type": CARD, "layout": "farm"},
    {"type": BADGE},
)


async def spoken(bench: Bench, role: str) -> str:
    """Return what a screen reader is told."""
    return await bench.locate(f"[role={role}]").first.text_content() or ""


@pytest.mark.parametrize("config", LAYOUTS, ids=str)
async def test_nothing_is_drawn_when_nothing_is_new(bench: Bench, config: dict[str, str]) -> None:
    await bench.open()
    for script in STATES.values():
        await bench.add(script, config)
    await bench.drawn()
    same = """async () => {
        const many = bench.cards.map((card, at) => [card, at]);
        for (let time = 0; time < 100; time++) {
            for (const [card, at] of many) card.hass = bench.hass(at);
        }
        for (const connection of bench.connections) {
            for (const printer of connection.script.printers ?? []) connection.tell({printer});
        }
    }"""
    assert await bench.page.evaluate(f"bench.changes({same})") == 0


async def test_something_new_is_drawn_and_only_that(bench: Bench) -> None:
    await bench.open()
    await bench.show({"printers": [printer(SERIOUS, RAN_OUT)]})
    await bench.page.evaluate(
        "window.row = bench.cards[0].shadowRoot.querySelectorAll('.message')[0]"
    )
    await bench.tell({"printer": printer(SERIOUS, RAN_OUT | {"occurrences": 7})})
    assert await bench.page.get_by_text("7 times").count() == 1
    assert await bench.page.evaluate("row.isConnected"), "the other row was not drawn anew"


@pytest.mark.parametrize("config", LAYOUTS, ids=str)
async def test_a_status_is_told_and_danger_only_when_it_is_new(
    bench: Bench, config: dict[str, str]
) -> None:
    await bench.open()
    await bench.show({"printers": [printer(SAFETY)]}, config)
    assert await spoken(bench, "status") == "X1C left: Danger, faults: 1"
    assert await spoken(bench, "alert") == "", "it was there before"
    await bench.tell({"printer": printer(SAFETY, SERIOUS)})
    assert await spoken(bench, "status") == "X1C left: Danger, faults: 2"
    assert await spoken(bench, "alert") == "", "no danger"
    another = SAFETY | {"code": "HMS_0300_9500_0003_0001", "message": "Too hot."}
    await bench.tell({"printer": printer(SAFETY, another)})
    assert await spoken(bench, "alert") == "X1C left: Danger. Nozzle: Too hot."


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"connected": False, "reason": "silent"},
        {"faults": [SAFETY | {"settling": True}]},
        {"faults": [SERIOUS, SAFETY]},
    ],
    ids=["printer silent", "gone for a moment", "another one came"],
)
async def test_danger_is_not_told_twice(bench: Bench, meanwhile: dict[str, Any]) -> None:
    await bench.open()
    await bench.show({"printers": [printer()]})
    await bench.tell({"printer": printer(SAFETY)})
    assert "Danger" in await spoken(bench, "alert")
    count = """async (printers) => {
        let told = 0;
        const alert = bench.cards[0].shadowRoot.querySelector("[role=alert]");
        const observer = new MutationObserver((records) => (told += records.length));
        observer.observe(alert, {childList: true, characterData: true, subtree: true});
        for (const printer of printers) {
            bench.connections[0].tell({printer});
            await bench.drawn();
        }
        observer.disconnect();
        return told;
    }"""
    again = printer(SAFETY)
    assert await bench.page.evaluate(count, [again | meanwhile, again]) == 0
    # It is over, and comes anew.
    assert await bench.page.evaluate(count, [printer(), again]) > 0


async def test_danger_is_not_told_again_when_the_connection_comes_back(bench: Bench) -> None:
    await bench.open()
    await bench.show({"printers": [printer(SAFETY)]})
    await bench.page.evaluate("bench.connections[0].lose()")
    assert await bench.states() == ["offline"]
    await bench.page.evaluate("bench.connections[0].comeBack()")
    await bench.page.wait_for_function("bench.cards[0].dataset.state === 'safety'")
    assert await spoken(bench, "alert") == ""


async def test_several_cards_share_one_subscription_which_ends_with_the_last(
    bench: Bench,
) -> None:
    await bench.open()
    at = await bench.connect({"printers": [printer(SERIOUS), OTHER]})
    for config in LAYOUTS:
        await bench.mount(config, at)
    await bench.drawn()
    counted = "[bench.connections[0].asked, bench.connections[0].ended]"
    assert await bench.page.evaluate(counted) == [1, 0]
    ended = "async (number) => { for (const it of bench.cards.slice(0, number)) it.remove(); }"
    await bench.page.evaluate(ended, 3)
    assert await bench.page.evaluate(counted) == [1, 0]
    await bench.page.evaluate(ended, 4)
    assert await bench.page.evaluate(counted) == [1, 1]
    # Another page of the dashboard: it starts over.
    await bench.mount(LAYOUTS[0], at)
    await bench.drawn()
    assert await bench.page.evaluate(counted) == [2, 1]


async def test_a_card_that_moves_goes_on(bench: Bench) -> None:
    await bench.open()
    await bench.show({"printers": [printer(SERIOUS)]})
    await bench.page.evaluate("document.querySelector('#bench').append(bench.cards[0])")
    await bench.tell({"printer": printer(RAN_OUT)})
    assert await bench.locate("bambu-hms-fault").get_attribute("data-code") == RAN_OUT["code"]


async def test_a_back_end_that_does_not_know_the_card_yet_is_asked_again(bench: Bench) -> None:
    await bench.open()
    await bench.show({"refuses": True})
    assert await bench.states() == ["not_loaded"]
    await bench.page.evaluate(
        "(printer) => (bench.connections[0].script = {printers: [printer]})", printer()
    )
    await bench.page.wait_for_function("bench.cards[0].dataset.state === 'ok'")


@pytest.mark.parametrize(
    ("config", "event"),
    [
        ({"type": CARD}, "card-visibility-changed"),
        ({"type": CARD, "layout": "farm"}, "card-visibility-changed"),
        ({"type": BADGE}, "badge-visibility-changed"),
    ],
    ids=str,
)
async def test_it_hides_when_all_is_well_and_says_so(
    bench: Bench, config: dict[str, str], event: str
) -> None:
    await bench.open()
    well = printer(last_fault=LAST_FAULT)
    await bench.show({"printers": [well]}, config | {"hide_when_ok": True})
    card = bench.locate(config["type"].removeprefix("custom:"))
    assert not await card.is_visible()
    assert await bench.page.evaluate("bench.visible") == [[event, False]]
    await bench.tell({"printer": printer(NOTICE)})
    assert await card.is_visible()
    await bench.tell({"printer": well})
    assert not await card.is_visible()
    await bench.tell({"printer": well | {"connected": False, "reason": "silent"}})
    assert await card.is_visible(), "silence is not health"
    told = [[event, value] for value in (False, True, False, True)]
    assert await bench.page.evaluate("bench.visible") == told


async def test_it_does_not_hide_in_the_editor(bench: Bench) -> None:
    await bench.open()
    config = {"hide_when_ok": True}
    await bench.show({"printers": [printer()]}, config, preview=True)
    assert await bench.locate("bambu-hms-card").is_visible()
    await bench.page.evaluate("bench.cards[0].preview = false")
    assert not await bench.locate("bambu-hms-card").is_visible()


@pytest.mark.parametrize(
    "config",
    [
        {"layout": "huge"},
        {"layout": 1},
        {"hide_when_ok": "yes"},
        {"show_machine": 1},
        {"show_ams": "no"},
        {"device_id": ["one", "two"]},
        {"name": {"first": "X1C"}},
    ],
    ids=str,
)
async def test_nonsense_is_refused_with_the_name_of_the_option(
    bench: Bench, config: dict[str, object]
) -> None:
    await bench.open()
    refused = """(config) => {
        try { document.createElement("bambu-hms-card").setConfig(config); }
        catch (err) { return err.message; }
    }"""
    message = await bench.page.evaluate(refused, config)
    assert next(iter(config)) in message
    assert await bench.page.evaluate(refused, {"layout": "farm"}) is None


async def test_what_is_switched_off_is_not_shown(bench: Bench) -> None:
    await bench.open()
    script = {"printers": [printer(RAN_OUT)]}
    await bench.show(script, {"show_machine": False, "show_ams": False, "name": "My printer"})
    await bench.show(script)
    one, other = (bench.locate("bambu-hms-card").nth(at) for at in (0, 1))
    for part in ("bambu-hms-machine", "bambu-hms-strip"):
        assert not await one.locator(part).is_visible()
        assert await other.locator(part).is_visible()
    assert await one.locator("h2").text_content() == "My printer"
    assert await other.locator("h2").text_content() == "X1C left"
