"""What the buttons of a card do, and how what they open looks."""

from typing import Any

from playwright.async_api import BrowserContext
import pytest

from .browser import Bench
from .printers import COMMON, FATAL, MUTE, RAN_OUT, SERIOUS, Data, ago, printer

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

# One dark module on white, as small as a picture can be.
IMAGE = (
    "data:image/svg+xml;charset=utf-8,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'"
    "%3E%3Cpath d='M4 4h1v1h-1z'/%3E%3C/svg%3E"
)
PAST = [
    SERIOUS | {"raised": ago(260), "cleared": None, "duration": None},
    RAN_OUT | {"raised": ago(90_000), "cleared": ago(80_000), "duration": 10_020},
    FATAL | {"raised": ago(900_000), "cleared": ago(899_955), "duration": 45},
]
ANSWERS: dict[str, Any] = {
    "bambu_hms/history": {"faults": PAST},
    "bambu_hms/qr": {"image": IMAGE, "url": SERIOUS["wiki_url"]},
    "bambu_hms.mute": {},
    "bambu_hms.unmute": {},
}
SCRIPT: Data = {
    "printers": [printer(SERIOUS, COMMON | {"muted": True}, mutes=[MUTE])],
    "answers": ANSWERS,
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 420, 800])
async def test_what_opens_fits_and_can_be_read(bench: Bench, width: int, dark: bool) -> None:
    await bench.open(dark=dark, width=4 * (width + 16) + 16)
    for key in ("mute", "qr", "muted", "history"):
        await bench.add(SCRIPT, width=width, label=key)
    await bench.drawn()
    for at, key in enumerate(("mute", "qr", "muted", "history")):
        card = bench.locate("bambu-hms-card").nth(at)
        await card.locator(f"[data-key={key}]").click()
    await bench.locate("img").wait_for()
    await bench.locate(".rows code").first.wait_for()
    await bench.drawn()
    await bench.picture(f"open-{width}-{'dark' if dark else 'light'}")
    assert await bench.flaws() == []
    assert await bench.violations() == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
async def test_a_dialog_fits_and_can_be_read(bench: Bench, width: int, dark: bool) -> None:
    await bench.open(dark=dark, width=width)
    await bench.show(SCRIPT, {"layout": "compact"}, width - 32)
    await bench.locate(".tile").click()
    dialog = bench.locate("dialog[open]")
    await dialog.wait_for()
    await bench.drawn()
    await dialog.screenshot(
        path=bench.picture_path(f"dialog-{width}-{'dark' if dark else 'light'}")
    )
    box = await dialog.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert not await dialog.evaluate("(it) => it.scrollWidth > it.clientWidth")
    assert await bench.violations() == []


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("mute_hour", {"duration": {"hours": 1}}),
        ("mute_until_cleared", {"until_cleared": True}),
        ("mute_always", {}),
    ],
)
async def test_a_fault_is_muted_for_as_long_as_one_says(bench: Bench, how: str, said: Data) -> None:
    await bench.open()
    await bench.show(SCRIPT)
    await bench.locate("[data-key=mute]").click()
    await bench.locate(f"[data-key={how}]").click()
    fault = {"device_id": SERIOUS["printer_device_id"], "codes": [SERIOUS["code"]]}
    assert await bench.calls() == [{"type": "bambu_hms.mute", **fault, **said}]
    assert await bench.locate(".choices").count() == 0


async def test_a_mute_is_ended_as_it_was_made(bench: Bench) -> None:
    await bench.open()
    await bench.show(SCRIPT)
    await bench.locate("[data-key=muted]").click()
    assert "until it clears" in (await bench.locate("[data-mute]").text_content() or "")
    await bench.locate("[data-mute] button").click()
    device = {"device_id": SERIOUS["printer_device_id"]}
    assert await bench.calls() == [{"type": "bambu_hms.unmute", **device, **MUTE["what"]}]


async def test_history_has_durations_and_is_asked_for_only_when_it_is_wanted(
    bench: Bench,
) -> None:
    await bench.open()
    await bench.show(SCRIPT)
    assert await bench.calls() == []
    await bench.locate("[data-key=history]").click()
    rows = bench.locate(".rows .row")
    await rows.nth(2).wait_for()
    texts = await rows.all_text_contents()
    ends = ("still there", "2 hr 47 min", "45 sec")
    assert [text.endswith(end) for end, text in zip(ends, texts, strict=True)] == [True] * 3
    # Once there is something new, it is another one.
    await bench.tell({"printer": printer(SERIOUS, RAN_OUT)})
    await bench.page.wait_for_function("bench.calls.length === 2")


@pytest.mark.parametrize("key", ["qr", "mute", "history", "unmute"])
async def test_what_does_not_work_is_said(bench: Bench, key: str) -> None:
    await bench.open()
    failing = {name: {"error": "not today"} for name in ANSWERS}
    await bench.show(SCRIPT | {"answers": failing})
    if key == "unmute":
        await bench.locate("[data-key=muted]").click()
        await bench.locate("[data-mute] button").click()
    else:
        await bench.locate(f"[data-key={key}]").click()
    if key == "mute":
        await bench.locate("[data-key=mute_hour]").click()
    await bench.page.wait_for_function("bench.toasts.length")
    assert await bench.toasts() == ["That did not work: not today"]
    assert await bench.locate(".qr, .choices, .rows:has(code)").count() == 0


@pytest.mark.parametrize("secure", [True, False])
async def test_a_fault_is_copied_with_or_without_tls(
    bench: Bench, context: BrowserContext, secure: bool
) -> None:
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    await bench.open()
    await bench.show(SCRIPT)
    await bench.page.evaluate("navigator.clipboard.writeText('nothing yet')")
    await bench.page.evaluate(
        "(value) => Object.defineProperty(window, 'isSecureContext', {value, configurable: true})",
        secure,
    )
    await bench.locate("[data-key=copy]").click()
    await bench.locate("[data-key=copy][aria-label=Copied]").wait_for()
    await bench.page.evaluate("delete window.isSecureContext")
    copied = await bench.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == [
        f"{SERIOUS['location']}: {SERIOUS['message']}",
        "0300-0100-0001-0007",
        SERIOUS["wiki_url"],
    ]
    assert await bench.locate("[role=status]").first.text_content() == "Copied"
    await bench.locate("[data-key=copy][aria-label=Copy]").wait_for()
    assert await bench.toasts() == []
