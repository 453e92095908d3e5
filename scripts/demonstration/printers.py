"""The demo's simulated printers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import signal
import socket
import sys
from typing import Any, Final

import aiohttp

from tests.e2e.home_socket import HomeError

_ROOT: Final = Path(__file__).parents[2]

# What is wrong with each printer, what it prints, and how it is called; ports are added when the
# demo is new.
PRINTERS: Final[list[dict[str, Any]]] = [
    {
        "name": "P1S right",
        "model": "P1S",
        "serial": "01P00A000000001",
        "access_code": "11111111",
        "ams": [],
        "faults": [],
        "job": {"state": "running", "tray": 254},
        "on": True,
    },
    {
        "name": "X1C left",
        "model": "X1C",
        "serial": "00M00A000000002",
        "access_code": "22222222",
        "ams": ["ams", "ams"],
        "faults": ["0701_2200_0002_0001"],
        "job": {"state": "running", "tray": 1},
        "on": True,
    },
    {
        "name": "H2D",
        "model": "H2D",
        "serial": "09400A000000003",
        "access_code": "33333333",
        "ams": ["ams_2_pro"],
        "faults": ["0300_0100_0001_0007"],
        "job": {"state": "failed"},
        "on": True,
    },
    {
        "name": "A1 mini",
        "model": "A1 mini",
        "serial": "03000A000000004",
        "access_code": "44444444",
        "ams": ["ams_lite"],
        "faults": [],
        "job": {"state": "finish"},
        "on": False,
    },
    {
        "name": "Workshop",
        "model": "P1S",
        "serial": "01P00A000000005",
        "access_code": "55555555",
        "ams": ["ams_ht"],
        "faults": ["0C00_0300_0003_0008"],
        "job": {"state": "pause", "tray": 128},
        "on": True,
    },
]

WAITING: Final = "Workshop"
"""The one that waits to be found and added; its access code is 55555555."""


def is_free(port: int) -> bool:
    """Whether a server can listen on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def printers_of(folder: Path) -> list[dict[str, Any]]:
    """Return the printers of this demo, at the ports that Home Assistant knows them by."""
    path = folder / "printers.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        printers = [
            printer | {"port": port}
            for printer, port in zip(PRINTERS, free_ports(len(PRINTERS)), strict=True)
        ]
        path.write_text(json.dumps(printers, indent=2))
    printers = json.loads(path.read_text())
    if busy := [printer["port"] for printer in printers if not is_free(printer["port"])]:
        raise HomeError(
            f"port {busy[0]} of a simulated printer is taken, perhaps by another demo that runs;"
            " end it, or start over with --fresh"
        )
    return [printer | {"on": True} for printer in printers]


@asynccontextmanager
async def simulator(folder: Path, port: int) -> AsyncGenerator[tuple[str, int]]:
    """Run the simulated printers, announced at a UDP port; yield their control's address.

    With it comes the port of the simulated text service.
    """
    printers = printers_of(folder)
    config = folder / "simulator.json"
    config.write_text(json.dumps(printers, indent=2))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulator",
        "--config",
        config,
        "--folder",
        folder / "certificates",
        "--broadcast-port",
        str(port),
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
        # Ctrl-C is for the demo alone, which ends the printers last.
        start_new_session=True,
    )
    try:
        line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise HomeError("the simulated printers did not start")
        ports = json.loads(line.removeprefix(b"ready"))
        yield f"http://127.0.0.1:{ports['control']}", ports["texts"]
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def switch_off(control: str) -> None:
    """Switch off the printers that are off in this demo; they had to be on to be added."""
    async with aiohttp.ClientSession() as session:
        for printer in PRINTERS:
            if printer["on"]:
                continue
            async with session.post(
                f"{control}/printers/{printer['name']}/power", json={"on": False}
            ) as response:
                response.raise_for_status()
