"""The demo's stage: simulated printers, and a Home Assistant that has them on its dashboard."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
import json
from pathlib import Path
from typing import Final

from tests.e2e.home import Home
from tests.e2e.home_socket import HomeError

from .bell import hang_the_bell
from .dashboard import make_dashboard
from .printers import WAITING, simulator, switch_off
from .story import say_now

_PACKAGE: Final = Path(__file__).with_name("package.yaml")


@asynccontextmanager
async def stage(
    folder: Path, port: int, say: Callable[[str], None]
) -> AsyncGenerator[tuple[Home, str]]:
    """Set everything up; yield Home Assistant and the address of the printers' control."""
    say("starting the simulated printers")
    async with simulator(folder, port) as (control, texts_port):
        _write_package(folder / "home-assistant" / "packages", control)
        async with Home(folder / "home-assistant", port, texts_port=texts_port) as home:
            say("starting Home Assistant")
            await home.start()
            await _add_printers(home, folder, say)
            await hang_the_bell(home)
            await make_dashboard(home)
            await say_now(home, "All is as it was when the day began.")
            await switch_off(control)
            yield home, control


def _write_package(folder: Path, control: str) -> None:
    """Write the scripts that tell the printers what to do, at the port of this start."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _PACKAGE.read_text(encoding="utf-8").replace("CONTROL", control)
    (folder / "demo.yaml").write_text(text, encoding="utf-8")


async def _add_printers(home: Home, folder: Path, say: Callable[[str], None]) -> None:
    """Add the printers that Home Assistant does not have yet, as their owner would."""
    entries = await home.get("/api/config/config_entries/entry?domain=bambu_hms")
    known = {entry["title"] for entry in entries}
    for printer in json.loads((folder / "printers.json").read_text()):
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
