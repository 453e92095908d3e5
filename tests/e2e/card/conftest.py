"""What the tests of the card share: one Home Assistant, one browser, and a bench."""

from collections.abc import AsyncGenerator
from pathlib import Path
import socket
import time

from playwright.async_api import Browser, BrowserContext
import pytest
import pytest_asyncio
import pytest_socket

from tests.e2e.home import PASSWORD, USER, Home
from tests.simulator import AmsKind, PrinterConfig, Simulator

from .browser import Bench, chromium, logged_in, visit
from .printers import Data

PRINTERS = (
    PrinterConfig(
        name="X1C left",
        model="X1C",
        serial="00M00A000000001",
        access_code="12345678",
        ams=(AmsKind.AMS,),
    ),
    PrinterConfig(
        name="A1 mini", model="A1 mini", serial="03000A000000002", access_code="12345678"
    ),
)
DASHBOARD = "bambu-test"


@pytest.fixture(autouse=True)
def verify_cleanup() -> None:
    """Let browser and Home Assistant outlive a test: one of each serves all tests of this room."""


@pytest.fixture(scope="package")
def _open_sockets() -> None:
    """Let what serves all tests open sockets before the first of them may."""
    pytest_socket.enable_socket()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def simulator(
    tmp_path_factory: pytest.TempPathFactory, _open_sockets: None
) -> AsyncGenerator[Simulator]:
    """An X1C with an AMS, and an A1 mini."""
    folder = tmp_path_factory.mktemp("printers")
    async with Simulator(folder, PRINTERS, interval=0.2) as simulator:
        yield simulator


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def home(
    tmp_path_factory: pytest.TempPathFactory, simulator: Simulator
) -> AsyncGenerator[Home]:
    """A Home Assistant with these printers, and an empty dashboard."""
    async with Home(tmp_path_factory.mktemp("home"), free_port()) as home:
        await home.start()
        await add_printers(home, simulator)
        await add_dashboard(home)
        yield home


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser(_open_sockets: None) -> AsyncGenerator[Browser]:
    """The browser."""
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def context(browser: Browser, home: Home) -> AsyncGenerator[BrowserContext]:
    """The owner's browser, logged in."""
    async with logged_in(browser, home, await tokens(home)) as context:
        yield context


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def bench(context: BrowserContext) -> AsyncGenerator[Bench]:
    """The bench; a test opens it anew."""
    page = await visit(context, f"/{DASHBOARD}")
    bench = Bench(page)
    await bench.prepare()
    yield bench
    await page.close()


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def tokens(home: Home, user: str = USER, password: str = PASSWORD) -> Data:
    """Log somebody in; return what the front end keeps of it."""
    tokens = await home.log_in(user, password)
    return tokens | {"expires": (time.time() + tokens["expires_in"]) * 1000}


async def add_printers(home: Home, simulator: Simulator) -> None:
    """Add all printers."""
    for name, printer in simulator.printers.items():
        await home.add_printer(f"127.0.0.1:{printer.port}", printer.access_code, name)


async def add_dashboard(home: Home, cards: list[Data] | None = None) -> None:
    """Make a dashboard with these cards in its one view."""
    async with home.socket() as socket:
        await socket.call(
            "lovelace/dashboards/create", url_path=DASHBOARD, title="Test", mode="storage"
        )
        await show_on_dashboard(home, cards or [])


async def show_on_dashboard(home: Home, cards: list[Data], **more: Data | list[Data]) -> None:
    """Have the dashboard show these cards."""
    view = {"title": "Test", "cards": cards} | more
    async with home.socket() as socket:
        await socket.call("lovelace/config/save", url_path=DASHBOARD, config={"views": [view]})
