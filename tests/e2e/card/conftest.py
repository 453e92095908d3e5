"""What the tests of the card share: one Home Assistant, one browser, and a bench."""

from collections.abc import AsyncGenerator
from contextlib import suppress
import socket
import time

from playwright.async_api import Browser, BrowserContext, Page
import pytest
import pytest_asyncio
import pytest_socket

from tests.e2e.home import PASSWORD, USER, Home
from tests.e2e.home_socket import HomeError
from tests.e2e.test_fault import complaints, until_state
from tests.simulator import AmsKind, PrinterConfig, SimulatedPrinter, Simulator

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
        assert complaints(home.log) == []


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


@pytest_asyncio.fixture(loop_scope="session")
async def machine(home: Home, simulator: Simulator) -> AsyncGenerator[SimulatedPrinter]:
    """The X1C, which is well again after each test."""
    printer = simulator.printers["X1C left"]
    yield printer
    await printer.power_on()
    printer.clear_all()
    # It says so when there is nothing to unmute.
    with suppress(HomeError):
        await call(home, "unmute", device_id=await device_of(home, "X1C left"))
    await until_state(home, "sensor.x1c_left_fault", "ok")


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def tokens(home: Home, user: str = USER, password: str = PASSWORD) -> Data:
    """Log somebody in; return what the front end keeps of it."""
    tokens = await home.log_in(user, password)
    return tokens | {"expires": (time.time() + tokens["expires_in"]) * 1000}


async def add_printers(home: Home, simulator: Simulator) -> list[str]:
    """Add all printers; return their entries."""
    return [await add_printer(home, printer, name) for name, printer in simulator.printers.items()]


async def add_printer(home: Home, printer: SimulatedPrinter, name: str) -> str:
    """Add a printer whose faults are cleared at once; return its entry."""
    address = f"127.0.0.1:{printer.port}"
    answer = await home.add_printer(address, printer.access_code, name)
    entry_id: str = answer["result"]["entry_id"]
    await home.set_options(entry_id, settle_time=0)
    return entry_id


async def call(home: Home, action: str, **data: str) -> None:
    """Use an action of ours."""
    async with home.socket() as socket:
        await socket.call("call_service", domain="bambu_hms", service=action, service_data=data)


async def device_of(home: Home, name: str) -> str:
    """Return the id of a device."""
    async with home.socket() as socket:
        devices = await socket.call("config/device_registry/list")
    found: str = next(device["id"] for device in devices if device["name"] == name)
    return found


async def add_dashboard(home: Home) -> None:
    """Make an empty dashboard."""
    async with home.socket() as socket:
        await socket.call(
            "lovelace/dashboards/create", url_path=DASHBOARD, title="Test", mode="storage"
        )
    await furnish(home)


async def furnish(home: Home, *cards: Data, **more: list[Data]) -> None:
    """Have the dashboard show these cards, and no others."""
    view = {"title": "Test", "cards": cards} | more
    async with home.socket() as socket:
        await socket.call("lovelace/config/save", url_path=DASHBOARD, config={"views": [view]})


async def open_dashboard(
    home: Home, context: BrowserContext, *cards: Data, **more: list[Data]
) -> Page:
    """Show these cards on the dashboard, and open it."""
    await furnish(home, *cards, **more)
    return await visit(context, f"/{DASHBOARD}")
