"""The README's pictures; see scripts/screenshots."""

import argparse
import asyncio
from dataclasses import dataclass
from io import BytesIO
import json
from pathlib import Path
import shutil
import sys
import tempfile
from typing import Any, Final, Literal

import aiohttp
from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.demonstration.dashboard import card  # noqa: E402 -- found through the path above
from scripts.demonstration.printers import free_ports  # noqa: E402
from scripts.demonstration.stage import stage  # noqa: E402
from tests.e2e.home import Home  # noqa: E402

IMAGES: Final = ROOT / "docs" / "images"
URL_PATH: Final = "readme-pictures"
MOST_BYTES: Final = 150_000
# Pixels around what is shown, at twice the size.
EDGE: Final = 12

type Json = dict[str, Any]
type Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")

# What the printers do for the pictures, after the demo has begun: a path of their control and data.
DOINGS: Final = (
    # The slot that ran out is the one in use, so the printer waits.
    ("X1C left/job", {"state": "pause", "tray": 6}),
    ("X1C left/raise", {"code": "0C00_0100_0001_0004"}),
)


def views(devices: dict[str, str]) -> dict[str, Json]:
    """Return what is shown of us on a dashboard, by the name of the picture."""
    return {
        "full-fatal": card("full", devices["H2D"]),
        "full-ran-out": card("full", devices["X1C left"]),
        "compact": card("compact", devices["X1C left"]),
        "farm": card("farm"),
    }


async def make_dashboard(home: Home) -> list[str]:
    """Make a dashboard with a view for each picture; return their names."""
    async with home.socket() as connection:
        registry = await connection.call("config/device_registry/list")
        shown = views({device["name"]: device["id"] for device in registry})
        pages = [
            {"path": name, "title": name, "type": "sections", "sections": [_section(card)]}
            for name, card in shown.items()
        ]
        badges = [{"type": "custom:bambu-hms-badge"}]
        pages.append({"path": "badge", "title": "badge", "type": "sections", "badges": badges})
        await connection.call(
            "lovelace/dashboards/create",
            url_path=URL_PATH,
            title="Pictures",
            mode="storage",
            show_in_sidebar=False,
        )
        await connection.call("lovelace/config/save", url_path=URL_PATH, config={"views": pages})
    return [str(page["path"]) for page in pages]


def _section(shown: Json) -> Json:
    return {"type": "grid", "cards": [shown]}


@dataclass(frozen=True, slots=True)
class Picture:
    """A part of a page of the front end."""

    name: str
    path: str
    shown: str
    """What is cropped to, as a selector."""
    width: int = 520
    """Of the window."""
    ready: str | None = None
    """What must be there before, where that is something else."""


def pictures() -> tuple[Picture, ...]:
    """Return what there is to take."""
    ours = "bambu-hms-card[data-state]"
    return (
        *(
            Picture(name, f"/{URL_PATH}/{name}", ours)
            for name in ("full-fatal", "full-ran-out", "compact", "farm")
        ),
        Picture("badge", f"/{URL_PATH}/badge", "bambu-hms-badge[data-state]"),
        Picture(
            "add-printer",
            "/config/integrations/dashboard/add?domain=bambu_hms",
            "ha-dialog",
            width=700,
        ),
        Picture(
            "trigger",
            "/config/automation/edit/demo_bell",
            "ha-automation-trigger-row",
            width=1280,
        ),
    )


async def open_page(browser: Browser, home: Home, picture: Picture, scheme: Scheme) -> Page:
    """Open a page of the front end as the owner sees it, and wait until it is there."""
    context = await browser.new_context(
        viewport={"width": picture.width, "height": 1400},
        device_scale_factor=2,
        color_scheme=scheme,
        reduced_motion="reduce",
        service_workers="block",
        locale="en-GB",
    )
    tokens = json.dumps(home.tokens)
    await context.add_init_script(f"localStorage.setItem('hassTokens', {tokens})")
    page = await context.new_page()
    await page.goto(home.url + picture.path)
    await page.wait_for_function(
        "document.querySelector('home-assistant')?.hass?.config?.state === 'RUNNING'"
        " && !document.querySelector('#ha-launch-screen')"
    )
    return page


async def take(browser: Browser, home: Home, picture: Picture, scheme: Scheme) -> None:
    """Take a picture, and write it as small as it gets without looking worse."""
    page = await open_page(browser, home, picture, scheme)
    shown = page.locator(picture.shown).first
    await shown.wait_for()
    for opener in picture.opened:
        await page.locator(opener).first.click()
    await page.evaluate("document.fonts.ready")
    # What moves although it was asked not to.
    await page.wait_for_timeout(SETTLE_MS)
    box = await shown.bounding_box()
    assert box is not None
    image = await page.screenshot(
        clip={
            "x": max(box["x"] - EDGE, 0),
            "y": max(box["y"] - EDGE, 0),
            "width": box["width"] + 2 * EDGE,
            "height": box["height"] + 2 * EDGE,
        }
    )
    await page.context.close()
    path = IMAGES / f"{picture.name}-{scheme}.png"
    colours = Image.open(BytesIO(image)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    colours.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {colours.width} x {colours.height}, {path.stat().st_size} bytes")
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} is too large for a README")
