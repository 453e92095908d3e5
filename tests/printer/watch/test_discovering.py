"""Who is there."""

import asyncio
import json
import subprocess

import pytest

from tests.printer.conftest import SwitchOn
from tests.printer.test_discovery import free_port, taken_port
from tests.simulator.broadcasts import Broadcaster

from .conftest import ROOT, Start, address


async def test_printers_that_announce_themselves(switch_on: SwitchOn, start: Start) -> None:
    port = free_port()
    first, second = await switch_on("X1C"), await switch_on("P1S")
    everybody = [("127.0.0.1", port)]
    async with (
        Broadcaster(first, everybody, name=f"My {first.serial}", interval=0.05),
        Broadcaster(second, everybody, name="Right\x1b[2J", interval=0.05) as broadcaster,
    ):
        broadcaster.with_port = False
        watching = await start("--discover", "2", "--json", BAMBU_HMS_DISCOVERY_PORTS=str(port))
        status, errors = await watching.end()
    assert (status, errors) == (0, "")
    assert [json.loads(line) for line in watching.said.splitlines()] == [
        {
            "model": "P1S",
            "name": "Right[2J",
            "address": "127.0.0.1",
            "serial": "01P…",
            "firmware": "01.08.00.00",
        },
        {
            "model": "X1 Carbon",
            "name": "My 00M…",
            "address": address(first),
            "serial": "00M…",
            "firmware": "01.09.00.01",
        },
    ]


async def test_a_line_for_people(switch_on: SwitchOn, start: Start) -> None:
    port = free_port()
    simulated = await switch_on()
    async with Broadcaster(simulated, [("127.0.0.1", port)], name="Left", interval=0.05):
        watching = await start("--discover", "2", BAMBU_HMS_DISCOVERY_PORTS=str(port))
        await watching.end()
    assert watching.said == f"X1 Carbon  Left  {address(simulated)}  00M…  01.09.00.01\n"


async def test_nobody_there(start: Start) -> None:
    port = str(free_port())
    status, errors = await (await start("--discover", "0", BAMBU_HMS_DISCOVERY_PORTS=port)).end()
    assert status == 1
    assert errors.startswith("watch: no printer was heard in 0 s")


async def test_without_any_port(start: Start) -> None:
    taken, port = taken_port()
    with taken:
        status, errors = await (
            await start("--discover", BAMBU_HMS_DISCOVERY_PORTS=str(port))
        ).end()
    assert status == 1
    assert errors.endswith("watch: there is no port to listen on\n")


async def test_it_says_which_port_it_cannot_have_and_can_be_interrupted(start: Start) -> None:
    taken, port = taken_port()
    with taken:
        watching = await start(
            "--discover", "3600", BAMBU_HMS_DISCOVERY_PORTS=f"{port},{free_port()}"
        )
        assert watching.process.stderr
        complaint = (await watching.process.stderr.readline()).decode()
        assert complaint == f"watch: UDP port {port} cannot be had; another program may have it\n"
        assert await watching.interrupt() == (130, "")


async def test_the_shell_script_finds_a_python(socket_enabled: None) -> None:
    """Where the tests run from the project's own environment, that one will do."""
    if not (ROOT / ".env" / "test" / "bin" / "python").exists():
        pytest.skip("another environment than scripts/setup makes")
    process = await asyncio.create_subprocess_exec(
        ROOT / "scripts" / "watch", "--help", stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert (process.returncode, out[:20]) == (0, b"usage: scripts/watch")
