"""Home Assistant with simulated printers, set up and ready to look at; see scripts/demo."""

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import signal
import socket
import sys
import time
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.e2e.home import Home, HomeError, forget  # noqa: E402 -- found through the path above

STATE = ROOT / ".demo"
DASHBOARD = "bambu-printers"

# What is wrong with each printer, and how it is called; ports are added when the demo is new.
PRINTERS: list[dict[str, Any]] = [
    {
        "name": "P1S right",
        "model": "P1S",
        "serial": "01P00A000000001",
        "access_code": "11111111",
        "ams": [],
        "faults": [],
        "on": True,
    },
    {
        "name": "X1C left",
        "model": "X1C",
        "serial": "00M00A000000002",
        "access_code": "22222222",
        "ams": ["ams", "ams"],
        "faults": ["0701_2200_0002_0001"],
        "on": True,
    },
    {
        "name": "H2D",
        "model": "H2D",
        "serial": "09400A000000003",
        "access_code": "33333333",
        "ams": ["ams_2_pro"],
        "faults": ["0300_0100_0001_0007"],
        "on": True,
    },
    {
        "name": "A1 mini",
        "model": "A1 mini",
        "serial": "03000A000000004",
        "access_code": "44444444",
        "ams": ["ams_lite"],
        "faults": [],
        "on": False,
    },
    {
        "name": "Workshop",
        "model": "P1S",
        "serial": "01P00A000000005",
        "access_code": "55555555",
        "ams": ["ams_ht"],
        "faults": ["0C00_0300_0003_0008"],
        "on": True,
    },
]

# The one that waits to be found and added; its access code is 55555555.
WAITING = "Workshop"

_started = time.monotonic()


def say(text: str) -> None:
    """Tell the person at the terminal how far it is."""
    print(f"{time.monotonic() - _started:5.0f} s  {text}", flush=True)


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


def printers_of(state: Path) -> list[dict[str, Any]]:
    """Return the printers of this demo, at the ports that Home Assistant knows them by."""
    path = state / "printers.json"
    if not path.exists():
        state.mkdir(parents=True, exist_ok=True)
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
async def simulator(state: Path, port: int) -> AsyncGenerator[tuple[str, int]]:
    """Run the simulated printers, announced at a UDP port; yield their control's address.

    With it comes the port of the simulated text service.
    """
    printers = printers_of(state)
    config = state / "simulator.json"
    config.write_text(json.dumps(printers, indent=2))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.simulator",
        "--config",
        config,
        "--folder",
        state / "certificates",
        "--broadcast-port",
        str(port),
        cwd=ROOT,
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


async def add_printers(home: Home, printers: list[dict[str, Any]]) -> None:
    """Add the printers that Home Assistant does not have yet, as their owner would."""
    entries = await home.get("/api/config/config_entries/entry?domain=bambu_hms")
    known = {entry["title"] for entry in entries}
    for printer in printers:
        if printer["name"] in known or printer["name"] == WAITING:
            continue
        say(f"adding {printer['name']}")
        result = await home.add_printer(
            f"127.0.0.1:{printer['port']}",
            printer["access_code"],
            printer["name"],
            official_texts=True,
        )
        if result["type"] != "create_entry":
            raise HomeError(f"{printer['name']} was not added: {result.get('errors') or result}")


async def make_dashboard(home: Home, printers: list[dict[str, Any]]) -> None:
    """Show each printer: what is wrong, where, and whether it is heard."""
    async with home.socket() as connection:
        if DASHBOARD in [
            dashboard["url_path"] for dashboard in await connection.call("lovelace/dashboards/list")
        ]:
            return
        registry = await connection.call("config/entity_registry/list")
        devices = {
            device["id"]: device for device in await connection.call("config/device_registry/list")
        }
        await connection.call(
            "lovelace/dashboards/create",
            url_path=DASHBOARD,
            title="Printers",
            icon="mdi:printer-3d",
            mode="storage",
            show_in_sidebar=True,
            require_admin=False,
        )
        sections = [
            _section(printer["name"], registry, devices)
            for printer in printers
            if printer["name"] != WAITING
        ]
        await connection.call(
            "lovelace/config/save",
            url_path=DASHBOARD,
            config={"views": [{"title": "Printers", "type": "sections", "sections": sections}]},
        )


def _section(
    name: str, registry: list[dict[str, Any]], devices: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return the part of the dashboard that shows one printer and its AMS units."""
    ids = {device_id: device["name"] for device_id, device in devices.items()}
    entities = [
        entity
        for entity in registry
        if entity["platform"] == "bambu_hms"
        and not entity["disabled_by"]
        and (ids[entity["device_id"]] == name or ids[entity["device_id"]].startswith(f"{name} AMS"))
    ]
    summary = [
        entity["entity_id"]
        for key in ("connection", "severity", "active_faults", "problem", "fault")
        for entity in entities
        if ids[entity["device_id"]] == name
        and entity["translation_key"] == key
        and not entity["entity_id"].startswith("event.")
    ]
    problems = [
        entity["entity_id"] for entity in entities if entity["entity_id"].endswith("_problem")
    ]
    slots = [
        entity["entity_id"] for entity in entities if entity["translation_key"] == "slot_fault"
    ]
    return {
        "type": "grid",
        "cards": [
            {"type": "heading", "heading": name, "icon": "mdi:printer-3d"},
            {"type": "entities", "entities": summary},
            {
                "type": "entity-filter",
                "entities": problems,
                "conditions": [{"condition": "state", "state": "on"}],
                "card": {"type": "entities", "title": "Where"},
                "show_empty": False,
            },
            *([{"type": "entities", "title": "AMS", "entities": slots}] if slots else []),
        ],
    }


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


async def demo(folder: Path, *, fresh: bool, port: int) -> None:
    """Start everything, and keep it until it is interrupted."""
    if not is_free(port):
        raise HomeError(f"port {port} is taken; choose another one with --port")
    if fresh:
        forget(folder)
    say("starting the simulated printers")
    async with (
        simulator(folder, port) as (control, texts_port),
        Home(folder / "home-assistant", port, texts_port=texts_port) as home,
    ):
        say("starting Home Assistant")
        await home.start()
        printers = json.loads((folder / "printers.json").read_text())
        await add_printers(home, printers)
        await make_dashboard(home, printers)
        await switch_off(control)
        say("ready")
        x1c = f"{control}/printers/X1C%20left"
        new = '{"kind": "new_certificate"}'
        code, off = '{"code": "0700_2100_0002_0001"}', '{"on": false}'
        print(
            f"\n    {home.url}/{DASHBOARD}\n\n"
            "opens in a browser on this machine, without a password. Ctrl-C ends it all.\n\n"
            f"A fifth printer, {WAITING}, waits to be added under Settings > Devices & services;"
            " its access code is 55555555.\n\n"
            "Raise a fault, clear it, switch a printer off:\n"
            f"    curl -d '{code}' '{x1c}/raise'\n"
            f"    curl -d '{code}' '{x1c}/clear'\n"
            f"    curl -d '{off}' '{x1c}/power'\n"
            "\nHave it misbehave, and behave again (tests/simulator/misbehaviour.py lists how):\n"
            f"    curl -d '{new}' '{x1c}/misbehave'\n"
            f"    curl -X POST '{x1c}/behave'\n",
            flush=True,
        )
        await home.ended()
        raise HomeError("Home Assistant ended by itself; see printed.log beside its configuration")


def main() -> int:
    """Read the arguments and run the demo."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description="Home Assistant with four simulated printers."
    )
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier demo left")
    parser.add_argument("--port", type=int, default=8123, help="of Home Assistant (default 8123)")
    parser.add_argument(
        "--folder", type=Path, default=STATE, help="what is kept between demos (default .demo)"
    )
    arguments = parser.parse_args()
    # Whatever ends the demo must let it end what it started.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        asyncio.run(demo(arguments.folder, fresh=arguments.fresh, port=arguments.port))
    except KeyboardInterrupt:
        print("\nended")
    except HomeError as err:
        print(f"demo: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
