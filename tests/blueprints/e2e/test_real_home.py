"""The blueprints as an owner has them: imported by link, filled in, and told of on a phone."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from tests.blueprints.conftest import BLUEPRINTS
from tests.e2e.home import Home
from tests.e2e.test_fault import add, complaints, until_state
from tests.simulator import SimulatedPrinter

from .conftest import App, device_of

pytestmark = pytest.mark.e2e

RAN_OUT = "0700_2100_0002_0001"
OVERHEATING = "0300_0100_0001_0001"
CONNECTION = "binary_sensor.x1c_left_connection"


async def import_all(home: Home) -> None:
    """Import all blueprints, each from a link."""
    app = web.Application()
    app.router.add_static("/", BLUEPRINTS)
    async with TestServer(app, host="127.0.0.1") as server, home.socket() as socket:
        for path in sorted(BLUEPRINTS.iterdir()):
            link = str(server.make_url(f"/{path.name}"))
            imported = await socket.call("blueprint/import", url=link)
            assert imported["validation_errors"] is None
            await socket.call(
                "blueprint/save",
                domain="automation",
                path=f"imported/{path.stem}",
                yaml=imported["raw_data"],
                source_url=link,
            )


async def automate(home: Home, blueprint: str, **inputs: Any) -> None:
    """Fill in a blueprint, and wait until Home Assistant has accepted it."""
    use = {"path": f"imported/{blueprint}.yaml", "input": inputs}

    def accepted(event: dict[str, Any]) -> bool:
        data = event["data"]
        is_it: bool = data["entity_id"] == f"automation.{blueprint}"
        return is_it and data["new_state"]["state"] == "on"

    async with home.socket() as socket:
        await socket.call("subscribe_events", event_type="state_changed")
        await home.add_automation(blueprint, {"alias": blueprint, "use_blueprint": use})
        await socket.event(accepted)


def says(message: str, tag: str) -> Callable[[dict[str, Any]], bool]:
    """Return whether a notification says something, under a tag that ends so."""
    return lambda push: message in push["message"] and push["data"]["tag"].endswith(tag)


async def test_from_an_import_to_a_press_on_a_phone(
    home: Home, printer: SimulatedPrinter, app: App
) -> None:
    await add(home, printer)
    phone = await app.register(home, "Ann's iPhone")
    await import_all(home)
    await automate(home, "notify", phones=[phone])
    await automate(home, "remind", phones=[phone])
    await automate(home, "filament_ran_out", phones=[phone])
    await automate(home, "printer_silent", phones=[phone], connections=[CONNECTION])
    await automate(
        home,
        "cut_power",
        phones=[phone],
        printer=await device_of(home, "X1C left"),
        switches=["switch.printer_power"],
        seconds=1,
    )

    printer.raise_fault(RAN_OUT)
    told = await app.until(says("filament has run out", RAN_OUT))
    assert told["title"] == "X1C left: AMS A slot 2"
    assert told["push_token"] == "token"

    # Faults that clear while Home Assistant is away are taken back when it is there again.
    await home.stop()
    printer.clear_all()
    await home.start()
    await app.until(says("clear_notification", RAN_OUT))

    app.pushes.clear()
    printer.raise_fault(RAN_OUT)
    told = await app.until(
        lambda push: says("", RAN_OUT)(push) and len(push["data"].get("actions", ())) == 2
    )
    await app.press(told, "Mute")
    await app.until(says("clear_notification", RAN_OUT))

    printer.raise_fault(OVERHEATING)
    warning = await app.until(says("The power will be cut in 1 seconds.", ":power"))
    assert warning["data"]["push"]["sound"]["critical"] == 1
    await app.until(says("The power has been cut.", ":power"))
    await until_state(home, "switch.printer_power", "off")

    await home.stop()
    assert not complaints(home.log)
    assert "automation" not in "".join(line for line in home.log.splitlines() if "ERROR" in line)
