"""The README's first command: scripts/demo."""

import asyncio
from pathlib import Path
import re
import signal
import socket

import aiohttp
import pytest

from .home import ROOT

pytestmark = pytest.mark.e2e

URL = re.compile(r"http://127\.0\.0\.1:\d+/bambu-printers")


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


async def test_four_printers_and_one_address(tmp_path: Path, home_port: int) -> None:
    process = await demo("--port", home_port, "--folder", tmp_path / "demo")
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
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            await process.communicate()
    assert process.returncode == 0
    with socket.create_server(("127.0.0.1", home_port), reuse_port=True):
        pass  # The port is free again: nothing that was started is left.


async def test_a_port_that_is_taken_is_said_in_plain_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await demo("--port", port, "--folder", tmp_path / "demo")
        printed, _ = await process.communicate()
    assert process.returncode == 1
    assert f"port {port} is taken; choose another one with --port" in printed.decode()
