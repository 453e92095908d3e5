"""The README's first command: scripts/demo."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
import re
import signal
import socket
from typing import Any

import aiohttp
import pytest

from .home import ROOT, Home
from .test_fault import until_state

pytestmark = pytest.mark.e2e

URL = re.compile(r"http://127\.0\.0\.1:\d+/bambu-printers")
CONTROL = re.compile(r"(http://127\.0\.0\.1:\d+)/printers/X1C%20left/power")
THE_DAY = [
    "a day with X1C left",
    "A slot runs out, another goes on: quiet",
    "Spaghetti: the bell rings",
    "Home Assistant restarts: nothing repeats",
    "The cable is pulled: grey",
    "All is put right: gone, after a while",
    "the day is over",
]
SPAGHETTI = "HMS_0C00_0300_0003_0008"


async def demo(*arguments: object) -> asyncio.subprocess.Process:
    """Start the demo as a person at a terminal would."""
    return await asyncio.create_subprocess_exec(
        ROOT / "scripts" / "demo",
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )


async def read_until(process: asyncio.subprocess.Process, text: re.Pattern[str]) -> str:
    """Read what the demo prints until this comes; return all of it."""
    assert process.stdout
    printed = ""
    async with asyncio.timeout(240):
        while not text.search(printed):
            line = await process.stdout.readline()
            assert line, printed
            printed += line.decode()
    return printed


async def end(process: asyncio.subprocess.Process) -> None:
    """Press Ctrl-C, and wait until all is over."""
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(60):
        await process.communicate()
    assert process.returncode == 0


@asynccontextmanager
async def owner_of(folder: Path, port: int) -> AsyncGenerator[Home]:
    """Log in to the Home Assistant of a demo that runs."""
    async with Home(folder / "home-assistant", port) as home:
        await home.enter()
        yield home


def cards_of(config: Any) -> Iterator[dict[str, Any]]:
    """Yield every card and badge of a dashboard."""
    for value in config.values() if isinstance(config, dict) else config:
        if isinstance(value, dict | list):
            yield from cards_of(value)
    if isinstance(config, dict) and isinstance(config.get("type"), str):
        yield config


async def dashboard_of(home: Home) -> list[dict[str, Any]]:
    """Return the cards of the demo's dashboard."""
    async with home.socket() as connection:
        return list(cards_of(await connection.call("lovelace/config", url_path="bambu-printers")))


async def press(home: Home, button: dict[str, Any]) -> None:
    """Do what the front end does when a button of the dashboard is tapped."""
    tap = button["tap_action"]
    assert tap["action"] == "perform-action"
    await home.post(f"/api/services/{tap['perform_action'].replace('.', '/')}", tap["data"])


def reports(printer: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether a printer reports the code of a button."""
    return data["code"].replace("_", "-") in printer["faults"]


# What a simulated printer is after each script; a raised fault is in its list.
DOES: dict[str, Callable[[dict[str, Any], dict[str, Any]], bool]] = {
    "script.demo_raise": reports,
    "script.demo_clear": lambda printer, _: not printer["faults"],
    "script.demo_unplug": lambda printer, _: not printer["on"],
    "script.demo_plug_in": lambda printer, _: printer["on"],
}


@asynccontextmanager
async def visited(folder: Path, port: int, *arguments: str) -> AsyncGenerator[tuple[Home, str]]:
    """Run a demo; yield its Home Assistant, logged in, and the printers' control."""
    process = await demo("--port", port, "--folder", folder, *arguments)
    try:
        found = CONTROL.search(await read_until(process, CONTROL))
        assert found
        async with owner_of(folder, port) as home:
            yield home, found[1]
    finally:
        await end(process)


async def test_four_printers_and_one_address(tmp_path: Path, home_port: int) -> None:
    process = await demo("--port", home_port, "--folder", tmp_path / "demo", "--no-story")
    try:
        printed = await read_until(process, URL)
        assert "minute" in printed, "a time estimate"
        assert printed.count("adding") == 4
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{home_port}/") as response:
                assert response.status == 200
            # Whoever opens it on this machine is let in: the first provider asks for no password.
            async with session.get(f"http://127.0.0.1:{home_port}/auth/providers") as response:
                assert (await response.json())["providers"][0]["type"] == "trusted_networks"
    finally:
        await end(process)
    with socket.create_server(("127.0.0.1", home_port), reuse_port=True):
        pass  # The port is free again: nothing that was started is left.


async def test_the_dashboard_is_made_of_our_cards(tmp_path: Path, home_port: int) -> None:
    async with visited(tmp_path / "demo", home_port, "--no-story") as (home, _):
        ours = [card for card in await dashboard_of(home) if card["type"].startswith("custom:")]
        assert {(card["type"], card.get("layout")) for card in ours} == {
            ("custom:bambu-hms-badge", None),
            ("custom:bambu-hms-card", "full"),
            ("custom:bambu-hms-card", "compact"),
            ("custom:bambu-hms-card", "farm"),
        }
        shown = {card["device_id"] for card in ours if "device_id" in card}
        assert shown == {
            await device_of(home, name) for name in ("X1C left", "P1S right", "H2D", "A1 mini")
        }


async def test_every_button_does_what_it_says(tmp_path: Path, home_port: int) -> None:
    async with (
        visited(tmp_path / "demo", home_port, "--no-story") as (home, control),
        aiohttp.ClientSession() as session,
    ):
        buttons = [card for card in await dashboard_of(home) if card["type"] == "button"]
        pressed: Counter[tuple[str, str]] = Counter()
        for button in buttons:
            tap = button["tap_action"]
            action, name = tap["perform_action"], tap["data"]["printer"]
            await press(home, button)
            async with session.get(f"{control}/printers/{name}") as response:
                printer = await response.json()
            pressed[name, action] += 1
            assert DOES[action](printer, tap["data"]), (button, printer)
        assert pressed == {
            (name, action): 3 if action == "script.demo_raise" else 1
            for name in ("X1C left", "P1S right", "H2D", "A1 mini", "Workshop")
            for action in DOES
        }
        # And the integration hears of it.
        await until_state(home, "sensor.a1_mini_severity", "ok")
        await press(home, next(button for button in buttons if button["name"] == "Fan stopped"))
        await until_state(home, "binary_sensor.a1_mini_problem", "on")
        now = await home.state("input_text.demo_now")
        assert now["state"] == "A1 mini reports 0300_0300_0001_0001."


async def test_a_day_is_played_once_and_rings_once(tmp_path: Path, home_port: int) -> None:
    folder = tmp_path / "demo"
    arguments = ("--port", home_port, "--folder", folder, "--story-seconds", "10")
    process = await demo(*arguments)
    try:
        printed = await read_until(process, URL)
        assert "a day with" not in printed, "the address comes first, so that one can watch"
        printed += await read_until(process, re.compile("the day (is over|ended)"))
        said = [line.split(" s  ", 1)[1].strip() for line in printed.splitlines() if " s  " in line]
        day = said[said.index("ready") + 1 :]
        assert len(day) == len(THE_DAY)
        assert all(text.startswith(start) for text, start in zip(day, THE_DAY, strict=True))
        async with owner_of(folder, home_port) as home:
            await until_state(home, "binary_sensor.x1c_left_connection", "on")
            assert await bell(home) == "1"
            # The step that is a button, too: the printer is back, what was put right settles.
            await home.post("/api/services/script/demo_cable_pulled")
            await until_state(home, "sensor.x1c_left_severity", "unavailable")
            await home.post("/api/services/script/demo_put_right")
            await until_state(home, "sensor.x1c_left_severity", "serious")
            # Slot 3 of AMS B is empty as it was at first, and all else has been gone for a while.
            fault = await until_state(home, "sensor.x1c_left_active_faults", "1", wait=60)
            assert fault["attributes"]["muted"] == 0
            answer = await home.post(
                "/api/services/bambu_hms/get_history?return_response",
                {"device_id": await device_of(home, "X1C left")},
            )
            assert sorted(
                (row["code"], row["standing"], row["occurrences"]) for row in rows(answer)
            ) == [
                ("HMS_0700_2100_0003_0002", False, 1),
                ("HMS_0701_2200_0002_0001", True, 1),
                (SPAGHETTI, False, 1),
            ]
            assert await bell(home) == "1"
    finally:
        await end(process)

    process = await demo(*arguments)
    try:
        printed = await read_until(process, re.compile("behave'"))
        async with owner_of(folder, home_port) as home:
            await until_state(home, "binary_sensor.x1c_left_connection", "on")
            assert await bell(home) == "0"
    finally:
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            rest, _ = await process.communicate()
    assert "a day with" not in printed + rest.decode()


async def bell(home: Home) -> str:
    """Return how often the bell has rung."""
    return str((await home.state("counter.demo_bell"))["state"])


async def device_of(home: Home, name: str) -> str:
    """Return the id of a device."""
    async with home.socket() as connection:
        registry = await connection.call("config/device_registry/list")
    return next(str(device["id"]) for device in registry if device["name"] == name)


def rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the faults of an action's answer."""
    faults: list[dict[str, Any]] = answer["service_response"]["faults"]
    return faults


async def test_ctrl_c_ends_the_day(tmp_path: Path, home_port: int) -> None:
    process = await demo("--port", home_port, "--folder", tmp_path / "demo")
    await read_until(process, re.compile("a day with"))
    await end(process)
    with socket.create_server(("127.0.0.1", home_port), reuse_port=True):
        pass


async def test_a_port_that_is_taken_is_said_in_plain_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await demo("--port", port, "--folder", tmp_path / "demo")
        printed, _ = await process.communicate()
    assert process.returncode == 1
    assert f"port {port} is taken; choose another one with --port" in printed.decode()
