"""What it is told, and what it tells nobody."""

import asyncio
import os
import pty
import subprocess
import sys

import pytest

from tests.printer.conftest import ACCESS_CODE, SwitchOn

from .conftest import HEATBED, SCRIPT, Start, Watching, address


async def test_neither_serial_number_nor_access_code_is_said(
    switch_on: SwitchOn, start: Start
) -> None:
    simulated = await switch_on()
    simulated.raise_fault(HEATBED)
    watching = await start(address(simulated), "--json")
    await watching.change("heard")
    await watching.change("standing")
    simulated.cut()
    await watching.change("lost")
    await watching.interrupt()
    assert simulated.serial not in watching.said
    assert simulated.access_code not in watching.said


async def test_without_an_access_code(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    status, errors = await (await start(address(simulated), BAMBU_ACCESS_CODE="")).end()
    assert (status, simulated.counts.logins) == (1, 0)
    assert "BAMBU_ACCESS_CODE" in errors


async def test_a_serial_number_that_the_certificate_does_not_tell(
    switch_on: SwitchOn, start: Start
) -> None:
    simulated = await switch_on()
    await simulated.show_certificate("printer")
    watching = await start(address(simulated), "--json", BAMBU_SERIAL=simulated.serial.lower())
    assert (await watching.change("heard"))["model"] == "X1 Carbon"


@pytest.mark.parametrize("serial", ["", "+/report"])
async def test_no_serial_number_at_all(switch_on: SwitchOn, start: Start, serial: str) -> None:
    simulated = await switch_on()
    await simulated.show_certificate("printer")
    status, errors = await (await start(address(simulated), BAMBU_SERIAL=serial)).end()
    assert (status, simulated.counts.logins) == (1, 0)
    assert "serial number" in errors


async def test_the_access_code_is_asked_for_unseen(switch_on: SwitchOn) -> None:
    simulated = await switch_on()
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        SCRIPT,
        address(simulated),
        "--json",
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        # With no terminal of its own it has the one that we hold.
        start_new_session=True,
        env=os.environ | {"BAMBU_ACCESS_CODE": ""},
    )
    watching = Watching(process)
    try:
        os.close(theirs)
        seen = b""
        while b"Access code: " not in seen:
            seen += await asyncio.to_thread(os.read, ours, 1024)
        os.write(ours, f"{ACCESS_CODE}\n".encode())
        await watching.change("heard")
        seen += await asyncio.to_thread(os.read, ours, 1024)
        assert ACCESS_CODE.encode() not in seen
    finally:
        process.terminate()
        await process.communicate()
        os.close(ours)
