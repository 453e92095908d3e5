"""Everything can be reached and used with the keyboard alone."""

import pytest

from .browser import Bench
from .printers import (
    COMMON,
    FATAL,
    MUTE,
    OTHER,
    PRINTER,
    RAN_OUT,
    SERIOUS,
    Data,
    fault,
    printer,
)

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

MUTED = printer(SERIOUS, COMMON | {"muted": True}, mutes=[MUTE])
ANSWERS: Data = {"bambu_hms/history": {"faults": []}, "bambu_hms.mute": {}}


async def tab(bench: Bench, times: int) -> list[str | None]:
    """Press Tab, and return where that leads."""
    keys = []
    for _ in range(times):
        await bench.page.keyboard.press("Tab")
        keys.append(await bench.focused())
    return keys


async def test_tab_leads_to_every_button_in_order(bench: Bench) -> None:
    await bench.open()
    await bench.show({"printers": [MUTED], "answers": ANSWERS})
    assert await tab(bench, 6) == ["fix", "qr", "copy", "mute", "muted", "history"]
    outline = "getComputedStyle(bench.cards[0].shadowRoot.activeElement).outlineStyle"
    assert await bench.page.evaluate(outline) == "solid"


async def test_enter_and_space_open_and_close(bench: Bench) -> None:
    await bench.open()
    await bench.show({"printers": [MUTED], "answers": ANSWERS})
    await bench.locate("[data-key=mute]").focus()
    await bench.page.keyboard.press("Enter")
    assert await bench.locate("[data-key=mute][aria-expanded=true]").count() == 1
    assert await bench.focused() == "mute"
    assert await tab(bench, 3) == ["mute_hour", "mute_until_cleared", "mute_always"]
    await bench.locate("[data-key=mute]").focus()
    await bench.page.keyboard.press("Space")
    assert await bench.locate(".choices").count() == 0
    assert await bench.focused() == "mute"


async def test_a_choice_leads_back_to_the_button_that_offered_it(bench: Bench) -> None:
    await bench.open()
    await bench.show({"printers": [MUTED], "answers": ANSWERS})
    await bench.locate("[data-key=mute]").click()
    await bench.locate("[data-key=mute_hour]").focus()
    await bench.page.keyboard.press("Enter")
    await bench.locate(".choices").wait_for(state="detached")
    assert await bench.focused() == "mute"


async def test_the_focus_stays_when_data_change(bench: Bench) -> None:
    await bench.open()
    await bench.show({"printers": [printer(SERIOUS)]})
    await bench.locate("[data-key=mute]").focus()
    await bench.tell({"printer": printer(SERIOUS | {"occurrences": 2})})
    assert await bench.focused() == "mute"
    await bench.tell({"printer": printer(FATAL, SERIOUS | {"occurrences": 2}, RAN_OUT)})
    assert await bench.locate("bambu-hms-fault").count() == 3
    assert await bench.focused() == "mute"
    row = "bench.cards[0].shadowRoot.activeElement.closest('bambu-hms-fault').dataset.code"
    assert await bench.page.evaluate(row) == SERIOUS["code"]


@pytest.mark.parametrize("key", ["Enter", "Space"])
@pytest.mark.parametrize(
    "config",
    [{"layout": "compact"}, {"layout": "farm"}, {"type": "custom:bambu-hms-badge"}],
    ids=str,
)
async def test_a_dialog_opens_shows_everything_and_closes_with_escape(
    bench: Bench, config: dict[str, str], key: str
) -> None:
    await bench.open()
    await bench.show({"printers": [printer(SERIOUS)], "answers": ANSWERS}, config)
    await tab(bench, 1)
    opener = await bench.focused()
    assert opener
    await bench.page.keyboard.press(key)
    dialog = bench.locate("dialog[open]")
    await dialog.wait_for()
    assert await dialog.get_attribute("aria-label") == "X1C left"
    assert await dialog.locator("bambu-hms-fault").count() == 1
    # Behind it nothing can be reached.
    assert set(await tab(bench, 8)) >= {"fix", "qr", "copy", "mute", "history"}
    assert opener not in await tab(bench, 8)
    await dialog.locator("[data-key=mute]").focus()
    await bench.tell({"printer": printer(SERIOUS | {"occurrences": 2}, RAN_OUT)})
    assert await bench.focused() == "mute"
    await bench.page.keyboard.press("Escape")
    await dialog.wait_for(state="detached")
    await bench.until_focused(opener)


async def test_a_dialog_closes_when_its_printer_is_gone(bench: Bench) -> None:
    await bench.open()
    script = {"printers": [printer(SERIOUS), OTHER]}
    await bench.show(script, {"layout": "farm"})
    await bench.locate(".tile").click()
    await bench.locate("dialog[open]").wait_for()
    await bench.tell({"removed": "entry-x1c"})
    await bench.locate("dialog[open]").wait_for(state="detached")


async def test_the_button_of_a_dialog_closes_it(bench: Bench) -> None:
    await bench.open()
    await bench.show({"printers": [printer(SERIOUS)]}, {"layout": "compact"})
    await bench.locate(".tile").click()
    await bench.locate("dialog .close").click()
    await bench.locate("dialog[open]").wait_for(state="detached")
    await bench.until_focused("entry-x1c")


async def test_a_fault_can_only_be_muted_by_whom_the_printer_obeys(bench: Bench) -> None:
    await bench.open()
    faults = (SERIOUS, fault(code="HMS_0300_0200_0001_0001", muted=True))
    await bench.show(
        {"printers": [printer(*faults, mutes=[MUTE], can_control=False, device_id=PRINTER)]}
    )
    await bench.locate("[data-key=muted]").click()
    assert await bench.locate("[data-key=mute]").count() == 0
    assert await bench.locate("[data-mute]").count() == 1
    assert await bench.locate("[data-mute] button").count() == 0
