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
from playwright.async_api import Browser, Page, async_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scripts.demonstration.dashboard import card  # noqa: E402 -- found through the path above
from scripts.demonstration.printers import free_ports  # noqa: E402
from scripts.demonstration.stage import stage  # noqa: E402
from tests.e2e.home import Home  # noqa: E402

IMAGES: Final = ROOT / "docs" / "images"
URL_PATH: Final = "readme-pictures"
MOST_BYTES: Final = 150_000
# For what still moves although it was asked not to, in milliseconds.
SETTLE_MS: Final = 1500

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
        "compact": card("compact", devices["X1C left"], grid_options={"columns": "full"}),
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
        # A badge is shown above something.
        badge = {"badges": [{"type": "custom:bambu-hms-badge"}], "path": "badge", "title": "badge"}
        pages.append(pages[-1] | badge)
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
    height: int = 1400
    """Of the window, in pixels."""
    edge: int = 12
    """What is seen around it, in pixels."""
    opened: tuple[str, ...] = ()
    """What is clicked before, as selectors."""


def pictures() -> tuple[Picture, ...]:
    """Return what there is to take."""
    ours = "bambu-hms-card[data-state]"
    return (
        *(
            Picture(name, f"/{URL_PATH}/{name}", ours)
            for name in ("full-fatal", "full-ran-out", "compact", "farm")
        ),
        Picture("badge", f"/{URL_PATH}/badge", "bambu-hms-badge[data-state] .pill"),
        Picture(
            "add-printer",
            "/config/integrations/dashboard/add?domain=bambu_hms",
            "dialog[open]",
            edge=0,
            # There is one already, and one that has been found.
            opened=('role=button[name="OK"]', "text=Set up another instance"),
            width=700,
        ),
        Picture(
            "trigger",
            "/config/automation/edit/demo_bell",
            "ha-automation-sidebar",
            opened=("ha-automation-trigger-row ha-trigger-icon",),
            width=1280,
            height=1000,
        ),
    )


async def open_page(browser: Browser, home: Home, picture: Picture, scheme: Scheme) -> Page:
    """Open a page of the front end as the owner sees it, and wait until it is there."""
    context = await browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        device_scale_factor=2,
        color_scheme=scheme,
        reduced_motion="reduce",
        service_workers="block",
        locale="en-GB",
    )
    tokens = json.dumps(json.dumps(await home.log_in()))
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
    for opener in picture.opened:
        await page.locator(opener).first.wait_for()
        # What has just been drawn does not listen yet.
        await page.wait_for_timeout(SETTLE_MS)
        await page.locator(opener).first.click()
    await shown.wait_for()
    await page.evaluate("document.fonts.ready")
    # What moves although it was asked not to.
    await page.wait_for_timeout(SETTLE_MS)
    edge = picture.edge
    box = await shown.bounding_box()
    if box is None:
        raise SystemExit(f"{picture.name} is not to be seen")
    image = await page.screenshot(
        clip={
            "x": max(box["x"] - edge, 0),
            "y": max(box["y"] - edge, 0),
            "width": box["width"] + 2 * edge,
            "height": box["height"] + 2 * edge,
        }
    )
    await page.context.close()
    path = IMAGES / f"{picture.name}-{scheme}.png"
    colours = Image.open(BytesIO(image)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    colours.save(path, optimize=True)
    print(
        f"{path.relative_to(ROOT)}  {colours.width} x {colours.height}, {path.stat().st_size} bytes"
    )
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path.name} is too large for a README")


async def take_all(home: Home, control: str, prefix: str) -> None:
    """Play what is needed, and take the pictures whose names begin so."""
    async with aiohttp.ClientSession() as session:
        for path, data in DOINGS:
            async with session.post(f"{control}/printers/{path}", json=data) as response:
                response.raise_for_status()
    await make_dashboard(home)
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in pictures():
            for scheme in SCHEMES:
                if picture.name.startswith(prefix):
                    await take(browser, home, picture, scheme)
        await browser.close()


async def run(prefix: str) -> None:
    """Start a demo of its own for the pictures, and end it."""
    with tempfile.TemporaryDirectory() as folder:
        async with stage(Path(folder), free_ports(1)[0], print) as (home, control):
            await take_all(home, control, prefix)


def main() -> int:
    """Read the arguments and take the pictures."""
    parser = argparse.ArgumentParser(
        prog="scripts/screenshots", description="The README's pictures."
    )
    parser.add_argument("prefix", nargs="?", default="", help="only those whose names begin so")
    asyncio.run(run(parser.parse_args().prefix))
    return 0


if __name__ == "__main__":
    sys.exit(main())
