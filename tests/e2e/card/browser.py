"""A real browser on a real Home Assistant, and the bench that cards are tried on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import shutil
from typing import Any, cast

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

from tests.e2e.home import Home

from .printers import Data

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
CARD = "custom:bambu-hms-card"
BADGE = "custom:bambu-hms-badge"

_CHROMIUM = shutil.which("chromium")
_STARTED = """() => {
    const home = document.querySelector("home-assistant");
    return home?.hass?.config?.state === "RUNNING" && !document.querySelector("#ha-launch-screen");
}"""


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """Start the browser."""
    assert _CHROMIUM, "these tests need Chromium: scripts/setup installs it on Debian"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def logged_in(
    browser: Browser, home: Home, tokens: Data, language: str = "en"
) -> AsyncGenerator[BrowserContext]:
    """Open a browser for one person, who is logged in and has chosen a language."""
    context = await browser.new_context(
        viewport={"width": 1000, "height": 900},
        service_workers="block",
        reduced_motion="reduce",
        base_url=home.url,
    )
    stored = {
        "hassTokens": json.dumps(tokens | {"hassUrl": home.url, "clientId": f"{home.url}/"}),
        "selectedLanguage": json.dumps(language),
    }
    # Only where there is nothing yet: the front end itself renews its tokens.
    await context.add_init_script(
        f"for (const [key, value] of Object.entries({json.dumps(stored)})) "
        "localStorage.getItem(key) ?? localStorage.setItem(key, value);"
    )
    try:
        yield context
    finally:
        await context.close()


async def visit(context: BrowserContext, path: str) -> Page:
    """Open a page of Home Assistant, and wait until it is there."""
    page = await context.new_page()
    await page.goto(path)
    await page.wait_for_function(_STARTED, timeout=60_000)
    return page


class Bench:
    """Where cards are shown one by one or many at a time, with what a test has them told."""

    def __init__(self, page: Page) -> None:
        """Take a page of Home Assistant on which the card is known."""
        self.page = page

    async def prepare(self) -> None:
        """Load what the page needs; once is enough."""
        await self.page.wait_for_function("Boolean(customElements.get('bambu-hms-card'))")
        script = (HERE / "bench.js").read_text(encoding="utf-8")
        await self.page.evaluate(
            """async (script) => {
                const address = URL.createObjectURL(new Blob([script], {type: "text/javascript"}));
                window.bench = (await import(address)).bench;
            }""",
            script,
        )
        await self.page.evaluate(AXE_SCRIPT)

    async def open(
        self, *, dark: bool = False, width: int = 1000, direction: str = "ltr", motion: bool = False
    ) -> None:
        """Clear the bench, and choose how the page looks."""
        await self.page.set_viewport_size({"width": width, "height": 900})
        await self.page.emulate_media(
            color_scheme="dark" if dark else "light",
            reduced_motion="no-preference" if motion else "reduce",
        )
        await self.page.evaluate("direction => (bench.clear(), bench.open(direction))", direction)
        await self.page.wait_for_function(
            "dark => !!document.querySelector('home-assistant').hass.themes?.darkMode === dark",
            arg=dark,
        )

    async def connect(self, script: Data) -> int:
        """Make a connection that says what the script says."""
        return cast(int, await self.page.evaluate("script => bench.connect(script)", script))

    async def mount(self, config: Data, at: int, width: int = 420, **more: Any) -> int:
        """Show a card."""
        spec = {"config": config, "at": at, "width": width} | more
        return cast(int, await self.page.evaluate("spec => bench.mount(spec)", spec))

    async def show(
        self, script: Data, config: Data | None = None, width: int = 420, **more: Any
    ) -> None:
        """Show one card with a connection of its own, and wait until it is drawn."""
        await self.add(script, config, width, **more)
        await self.drawn()

    async def add(
        self, script: Data, config: Data | None = None, width: int = 420, **more: Any
    ) -> None:
        """Show one card with a connection of its own; a script may have the connection lost."""
        device = {"device_id": script["device_id"]} if "device_id" in script else {}
        config = {"type": CARD} | (config or {}) | device
        at = await self.connect(script)
        card = await self.mount(config, at, width, **more)
        if script.get("loses"):
            await self.page.wait_for_function("card => bench.cards[card].dataset.state", arg=card)
            await self.page.evaluate("at => bench.connections[at].lose()", at)

    async def drawn(self) -> None:
        """Wait until all that is shown is drawn."""
        await self.page.evaluate("bench.drawn()")

    async def tell(self, event: Data, at: int = 0) -> None:
        """Have a connection tell something, and wait until it is drawn."""
        await self.page.evaluate(
            "([at, event]) => (bench.connections[at].tell(event), bench.drawn())", [at, event]
        )

    async def calls(self) -> list[Data]:
        """Return what the back end was asked for."""
        return cast(list[Data], await self.page.evaluate("bench.calls"))

    async def toasts(self) -> list[str]:
        """Return what was said at the foot of the screen."""
        return cast(list[str], await self.page.evaluate("bench.toasts"))

    def locate(self, selector: str) -> Locator:
        """Return what is found within the cards."""
        return self.page.locator(f"#bench {selector}")

    async def focused(self) -> str | None:
        """Return the key of the button that has the focus."""
        return cast(
            str | None,
            await self.page.evaluate(
                "document.activeElement?.shadowRoot?.activeElement?.dataset.key ?? null"
            ),
        )

    async def until_focused(self, key: str) -> None:
        """Wait until that button has the focus."""
        await self.page.wait_for_function(
            "key => document.activeElement?.shadowRoot?.activeElement?.dataset.key === key", arg=key
        )

    async def states(self) -> list[str]:
        """Return the states that the cards say they are in."""
        return cast(
            list[str], await self.page.evaluate("bench.cards.map((card) => card.dataset.state)")
        )

    async def flaws(self) -> list[str]:
        """Return what sticks out, is cut, covers something or is too small to be touched."""
        return cast(list[str], await self.page.evaluate("bench.flaws()"))

    async def violations(self) -> list[str]:
        """Return what axe-core finds wrong, and what contrast it cannot tell."""
        found = await self.page.evaluate(
            "axe.run('#bench', {resultTypes: ['violations', 'incomplete']})"
        )
        doubts = [rule for rule in found["incomplete"] if rule["id"] == "color-contrast"]
        return [
            f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}"
            for rule in found["violations"] + doubts
            for node in rule["nodes"]
        ]

    @staticmethod
    def picture_path(name: str) -> Path:
        """Return where a picture goes that somebody may want to look at."""
        PICTURES.mkdir(exist_ok=True)
        return PICTURES / f"{name}.png"

    async def picture(self, name: str) -> None:
        """Take a picture of all that is on the bench."""
        await self.page.locator("#bench").screenshot(path=self.picture_path(name))
