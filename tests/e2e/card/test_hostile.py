"""Whatever a printer or a text service says stays text, and stays within the card."""

import pytest

from .browser import BADGE, CARD, Bench
from .printers import LAST_FAULT, MUTE, OFFLINE, PRINTER, RAN_OUT, fault, printer, unit

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

MARKUP = (
    "<img src=x onerror=\"window.hit = 'img'\">",
    "<script>window.hit = 'script'</script>",
    "<svg onload=\"window.hit = 'svg'\"><b>bold</b></svg>",
    '"><a href="javascript:window.hit = \'link\'">Click</a>',
    "${window.hit = 'template'}{{ window.hit }}",
    "&lt;b&gt;",
)
LONG = "W" * 2000
RIGHT_TO_LEFT = "\u202eנגמר החוט בחריץ 2 של AMS A. נא להכניס חוט חדש."
LAYOUTS = ({"layout": "full"}, {"layout": "compact"}, {"layout": "farm"}, {"type": BADGE})
NO_LINKS = (
    "javascript:window.hit='link'",
    "JaVaScRiPt:window.hit='link'",
    "data:text/html,<script>window.hit='link'</script>",
    "http://wiki.bambulab.com/en/x1",
    "https://wiki.bambulab.com.example.org/en/x1",
    "https://wiki.bambulab.com@example.org/en/x1",
    "https://wiki.bambulab.com:8443/en/x1",
    "https://example.org/?https://wiki.bambulab.com/",
    "//example.org",
    "/config/dashboard",
    "",
    None,
    17,
)


def everything_says(text: str, **changes: object) -> dict[str, object]:
    """Return a script in which all that comes from outside says this."""
    bad = {"message": text, "location": text}
    said = printer(
        fault(**bad),
        RAN_OUT | bad | {"muted": True},
        name=text,
        print_state=text,
        slot_in_use=text,
        units=[unit(name=text)],
        mutes=[MUTE | {"label": text}],
        last_fault=LAST_FAULT | bad,
        **changes,
    )
    past = fault(**bad, raised=said["faults"][0]["first_seen"], cleared=None, duration=None)
    return {"printers": [said], "answers": {"bambu_hms/history": {"faults": [past]}}}


@pytest.mark.parametrize("config", LAYOUTS, ids=lambda it: it.get("layout", "badge"))
async def test_markup_is_text(bench: Bench, config: dict[str, str]) -> None:
    await bench.open(width=1400)
    for text in MARKUP:
        for changes in ({}, OFFLINE | {"reason": text}):
            await bench.add(everything_says(text, **changes), config, 420)
    await bench.drawn()
    if config.get("layout") == "full":
        # Open what there is to be opened, too.
        for key in ("muted", "history"):
            for button in await bench.locate(f"[data-key={key}]").all():
                await button.click()
                await bench.drawn()
    made = "img, script, b, iframe, object, a:not(.button), [onerror], [onload]"
    assert await bench.locate(f"bambu-hms-card :is({made})").count() == 0
    assert await bench.page.evaluate("window.hit ?? null") is None
    for text in MARKUP:
        assert await bench.locate(".name").get_by_text(text, exact=True).count() >= 1


@pytest.mark.parametrize("text", [LONG, RIGHT_TO_LEFT], ids=["long", "right to left"])
@pytest.mark.parametrize("width", [320, 800])
async def test_any_text_stays_within_the_card(bench: Bench, text: str, width: int) -> None:
    await bench.open(width=4 * (width + 16) + 16)
    for config in LAYOUTS:
        for changes in ({}, OFFLINE | {"reason": text}):
            height = 56 if config.get("layout") == "compact" else None
            await bench.add(
                everything_says(text, **changes), config, width, label=str(config), height=height
            )
    await bench.drawn()
    for key in ("muted", "history"):
        for button in await bench.locate(f"[data-key={key}]").all():
            await button.click()
            await bench.drawn()
            assert await bench.flaws() == []
    await bench.picture(f"hostile-{width}-{'long' if text == LONG else 'rtl'}")
    assert await bench.violations() == []


@pytest.mark.parametrize("url", NO_LINKS)
async def test_a_link_leads_to_the_vendor_or_nowhere(bench: Bench, url: object) -> None:
    await bench.open()
    await bench.show({"printers": [printer(fault(wiki_url=url))]}, {"type": CARD})
    assert await bench.locate("bambu-hms-fault").count() == 1
    assert await bench.locate("a").count() == 0
    assert await bench.locate("[data-key=qr]").count() == 0
    assert await bench.locate("[data-key=copy]").count() == 1


@pytest.mark.parametrize("host", ["wiki.bambulab.com", "e.bambulab.com"])
async def test_the_vendors_pages_are_linked_safely(bench: Bench, host: str) -> None:
    await bench.open()
    await bench.show({"printers": [printer(fault(wiki_url=f"https://{host}/en/x1"))]})
    link = bench.locate("a")
    assert await link.get_attribute("href") == f"https://{host}/en/x1"
    assert await link.get_attribute("target") == "_blank"
    assert await link.get_attribute("rel") == "noopener noreferrer"


async def test_a_device_that_is_named_like_a_selector_breaks_nothing(bench: Bench) -> None:
    await bench.open()
    name = '"]\\ x'
    mute = MUTE | {"label": name}
    script = {
        "printers": [printer(id=name, device_id=PRINTER, mutes=[mute])],
        "answers": {"bambu_hms.unmute": {}},
    }
    await bench.show(script)
    await bench.locate("[data-key=muted]").click()
    await bench.locate("[data-mute] button").focus()
    await bench.tell({"printer": printer(id=name, mutes=[mute, MUTE])})
    assert await bench.focused() == f"unmute {name}"
