"""How it ends, and why."""

import asyncio
import os
import re
import signal
import subprocess
import sys

import pytest

from tests.printer.conftest import ACCESS_CODE, SwitchOn
from tests.printer.test_discovery import free_port

from .conftest import HEATBED, SCRIPT, Start, address


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
async def test_a_signal_ends_it_with_a_goodbye(
    switch_on: SwitchOn, start: Start, number: signal.Signals, status: int
) -> None:
    simulated = await switch_on()
    watching = await start(address(simulated), "--json")
    await watching.change("heard")
    assert await watching.interrupt(number) == (status, "")
    await simulated.until(lambda: not simulated.clients)


async def test_a_printer_that_takes_no_answer_holds_nobody(
    switch_on: SwitchOn, start: Start
) -> None:
    simulated = await switch_on()
    watching = await start(address(simulated), "--json")
    await watching.change("heard")
    port = simulated.port
    await simulated.power_off()
    came, over = asyncio.Event(), asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.set()
        await over.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, simulated.host, port):
        await watching.change("lost")
        await came.wait()
        assert await watching.interrupt() == (130, "")
        over.set()


async def test_a_reader_that_leaves_is_no_error(switch_on: SwitchOn) -> None:
    simulated = await switch_on()
    reader, writer = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        SCRIPT,
        address(simulated),
        stdout=writer,
        stderr=subprocess.PIPE,
        env=os.environ | {"BAMBU_ACCESS_CODE": ACCESS_CODE},
    )
    os.close(writer)
    assert b"heard" in await asyncio.to_thread(os.read, reader, 1024)
    os.close(reader)
    simulated.raise_fault(HEATBED)
    async with asyncio.timeout(30):
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    await simulated.until(lambda: not simulated.clients)


async def test_a_wrong_access_code(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    status, errors = await (await start(address(simulated), BAMBU_ACCESS_CODE="wrong!")).end()
    assert status == 1
    assert re.fullmatch(r"watch: the printer refuses the access code.*\n", errors)
    assert simulated.counts.refused == 1


async def test_nobody_answers(start: Start) -> None:
    status, errors = await (await start(f"127.0.0.1:{free_port()}")).end()
    assert status == 1
    assert re.fullmatch(r"watch: no connection; .*\n", errors)


async def test_what_answers_is_no_printer(start: Start) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        status, errors = await (await start(f"127.0.0.1:{port}")).end()
    assert status == 1
    assert re.fullmatch(r"watch: what answers there is no printer.*\n", errors)


async def test_an_access_code_that_was_changed(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    watching = await start(address(simulated), "--json")
    await watching.change("heard")
    simulated.access_code = "87654321"
    simulated.cut()
    await watching.change("lost")
    status, errors = await watching.end()
    assert status == 1
    assert errors.startswith("watch: the printer refuses the access code")


async def test_a_certificate_that_was_changed(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    watching = await start(address(simulated), "--json")
    await watching.change("heard")
    await simulated.power_off()
    await simulated.change_certificate()
    await simulated.power_on()
    await watching.change("lost")
    status, errors = await watching.end()
    assert status == 1
    assert errors.startswith("watch: the printer shows another certificate")
    assert simulated.counts.logins == 1


@pytest.mark.parametrize(
    "arguments",
    [[], ["127.0.0.1:0"], ["127.0.0.1:99999"], ["h", "--settle", "soon"], ["h", "--discover"]],
)
async def test_what_makes_no_sense(start: Start, arguments: list[str]) -> None:
    status, errors = await (await start(*arguments)).end()
    assert status == 2
    assert errors.startswith("usage: scripts/watch")
