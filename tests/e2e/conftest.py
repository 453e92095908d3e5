"""What the end-to-end tests share: a Home Assistant with an owner, and a simulated printer."""

from collections.abc import AsyncGenerator
from pathlib import Path
import socket

import pytest

from tests.simulator import AmsKind, PrinterConfig, SimulatedPrinter, Simulator

from .home import CONFIGURATION, PYTHON, Home
from .owner import Owner


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let the tests open sockets, which the harness forbids."""


@pytest.fixture
def home_port() -> int:
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def owner() -> AsyncGenerator[Owner]:
    """An owner whom automations can call."""
    async with Owner.reachable() as owner:
        yield owner


@pytest.fixture
async def home(tmp_path: Path, home_port: int, owner: Owner) -> AsyncGenerator[Home]:
    """A Home Assistant that has been set up by its owner."""
    assert PYTHON.exists(), "scripts/setup demo makes the environment of these tests"
    folder, configuration = tmp_path / "home-assistant", CONFIGURATION + owner.configuration
    async with Home(folder, home_port, configuration=configuration) as running:
        await running.start()
        yield running


@pytest.fixture
async def printer(tmp_path: Path) -> AsyncGenerator[SimulatedPrinter]:
    """An X1C with one AMS."""
    config = PrinterConfig(
        name="X1C",
        model="X1C",
        serial="00M00A000000001",
        access_code="12345678",
        ams=(AmsKind.AMS,),
    )
    async with Simulator(tmp_path / "printers", [config], interval=0.2) as simulator:
        yield simulator.printers["X1C"]
