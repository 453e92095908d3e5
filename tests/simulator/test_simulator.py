"""The simulated printers themselves, seen with a plain MQTT client."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import signal
import ssl
import sys
from typing import Any

import aiohttp
import aiomqtt
import pytest

from . import AmsKind, PrinterConfig, SimulatedPrinter, Simulator
from .certificates import Authority
from .models import MODELS, numbered

PUSHALL = '{"pushing":{"sequence_id":"0","command":"pushall","version":1,"push_target":1}}'
PROJECT = Path(__file__).parents[2]


@asynccontextmanager
async def running(
    folder: Path, model: str, ams: tuple[AmsKind, ...] = (), interval: float = 0.05
) -> AsyncGenerator[SimulatedPrinter]:
    """Run one printer."""
    printer = SimulatedPrinter(
        model,
        f"{MODELS[model].prefix}00A000000001",
        "12345678",
        Authority.in_folder(folder),
        ams=ams,
        interval=interval,
    )
    await printer.start()
    try:
        yield printer
    finally:
        await printer.stop()


@asynccontextmanager
async def client_of(printer: SimulatedPrinter) -> AsyncGenerator[aiomqtt.Client]:
    """Connect to a printer and subscribe to its reports."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with aiomqtt.Client(
        printer.host,
        printer.port,
        username="bblp",
        password=printer.access_code,
        tls_context=context,
        tls_insecure=True,
    ) as client:
        await client.subscribe(f"device/{printer.serial}/report")
        yield client


async def report_of(client: aiomqtt.Client) -> tuple[int, dict[str, Any]]:
    """Return the size and the content of the next report."""
    async with asyncio.timeout(5):
        message = await anext(client.messages)
    assert isinstance(message.payload, bytes)
    return len(message.payload), json.loads(message.payload)["print"]


@pytest.mark.parametrize(
    ("model", "ams", "least", "most"),
    [
        ("X1C", (AmsKind.AMS, AmsKind.AMS), 20_000, 30_000),
        ("H2D", (AmsKind.AMS_2_PRO, AmsKind.AMS_HT), 8_000, 33_000),
        ("P1S", (AmsKind.AMS,), 4_000, 8_000),
        ("A1 mini", (AmsKind.AMS_LITE,), 4_000, 8_000),
    ],
)
async def test_a_whole_report_has_the_size_of_a_real_one(
    socket_enabled: None,
    tmp_path: Path,
    model: str,
    ams: tuple[AmsKind, ...],
    least: int,
    most: int,
) -> None:
    """Parsers are measured with these."""
    async with running(tmp_path, model, ams) as printer, client_of(printer) as client:
        await client.publish(f"device/{printer.serial}/request", PUSHALL)
        size, report = await report_of(client)
        while report.get("msg", 0):
            size, report = await report_of(client)
    assert least <= size <= most
    assert len(report["ams"]["ams"]) == len(ams)


async def test_deltas_hold_only_what_changed(socket_enabled: None, tmp_path: Path) -> None:
    """P1 and A1 say little."""
    async with running(tmp_path, "P1S") as printer, client_of(printer) as client:
        _, report = await report_of(client)
        assert set(report) == {"command", "msg", "sequence_id", "wifi_signal"}
        printer.raise_fault("0700_2000_0002_0001")
        while "hms" not in report:
            _, report = await report_of(client)
    assert report["hms"] == [{"attr": 0x0700_2000, "code": 0x0002_0001}]
    assert report["msg"] == 1


async def test_both_channels(socket_enabled: None, tmp_path: Path) -> None:
    """HMS codes and print errors come and go by their text."""
    async with running(tmp_path, "X1C") as printer:
        printer.raise_fault("HMS_0300_0100_0001_0007")
        printer.raise_fault("0700-8006")
        assert printer.faults == ("0300-0100-0001-0007", "0700-8006")
        async with client_of(printer) as client:
            _, report = await report_of(client)
            assert report["print_error"] == 0x0700_8006
        printer.clear_fault("0300-0100-0001-0007")
        assert printer.faults[:1] == ("0700-8006",)
        printer.clear_fault("0700-8006")
        assert not printer.faults


async def test_a_client_that_listens_to_requests_is_dropped(
    socket_enabled: None, tmp_path: Path
) -> None:
    """P1 and A1 do that."""
    async with running(tmp_path, "P1S") as printer:
        with pytest.raises(aiomqtt.MqttError):
            await spy_on(printer)
        await printer.until(lambda: printer.counts.dropped == 1 and not printer.clients)


async def spy_on(printer: SimulatedPrinter) -> None:
    """Listen to what others ask a printer."""
    async with client_of(printer) as client:
        await client.subscribe(f"device/{printer.serial}/request", timeout=0.5)


async def test_a_silent_printer_says_nothing(socket_enabled: None, tmp_path: Path) -> None:
    """Connected is not heard."""
    async with running(tmp_path, "X1C") as printer, client_of(printer) as client:
        await report_of(client)
        printer.silent = True
        await asyncio.sleep(0.1)
        while len(client.messages):
            await anext(client.messages)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(client.messages), 0.2)


async def test_what_else_is_asked_is_kept(socket_enabled: None, tmp_path: Path) -> None:
    """A test can tell that nothing but the two requests was ever sent."""
    async with running(tmp_path, "X1C") as printer, client_of(printer) as client:
        await client.publish(f"device/{printer.serial}/request", '{"print":{"command":"stop"}}')
        await printer.until(lambda: bool(printer.counts.others))
    assert printer.counts.others == ['{"print":{"command":"stop"}}']


def test_ams_units_are_numbered_as_printers_do() -> None:
    """An AMS HT counts on its own."""
    units = numbered((AmsKind.AMS, AmsKind.AMS_HT, AmsKind.AMS_2_PRO, AmsKind.AMS_HT))
    assert [unit.id for unit in units] == [0, 128, 1, 129]


CONFIG = PrinterConfig(name="left", model="X1C", serial="00M00A000000001", access_code="12345678")


async def test_the_control_interface(socket_enabled: None, tmp_path: Path) -> None:
    """Scripts in other processes drive printers with it."""
    async with (
        Simulator(tmp_path, [CONFIG], interval=0.05) as simulator,
        aiohttp.ClientSession(f"http://127.0.0.1:{simulator.control_port}") as session,
    ):
        port = simulator.printers["left"].port
        for command, body, faults, on in (
            ("raise", {"code": "0700_2000_0002_0001"}, ["0700-2000-0002-0001"], True),
            ("raise", {"code": "0700-8006"}, ["0700-2000-0002-0001", "0700-8006"], True),
            ("clear", {"code": "0700_2000_0002_0001"}, ["0700-8006"], True),
            ("clear_all", None, [], True),
            ("power", {"on": False}, [], False),
            ("power", {"on": True}, [], True),
        ):
            async with session.post(f"/printers/left/{command}", json=body) as answer:
                shown = await answer.json()
            assert (shown["faults"], shown["on"], shown["port"]) == (faults, on, port)
        async with session.get("/printers/left") as answer:
            assert (await answer.json())["counts"]["logins"] == 0
        async with session.get("/printers") as answer:
            assert [each["name"] for each in await answer.json()] == ["left"]


async def test_what_a_printer_is_doing_can_be_changed(socket_enabled: None, tmp_path: Path) -> None:
    """State and tray change alone or together, and a print error pauses."""
    async with (
        Simulator(tmp_path, [CONFIG], interval=0.05) as simulator,
        aiohttp.ClientSession(f"http://127.0.0.1:{simulator.control_port}") as session,
        client_of(printer := simulator.printers["left"]) as client,
    ):
        for command, body, state, tray in (
            ("job", {"state": "running", "tray": 1}, "RUNNING", "1"),
            ("job", {"tray": 3}, "RUNNING", "3"),
            ("job", {"state": "FINISH"}, "FINISH", "3"),
            ("raise", {"code": "0700-8011"}, "PAUSE", "3"),
            ("clear_all", None, "FINISH", "3"),
        ):
            async with session.post(f"/printers/left/{command}", json=body) as answer:
                assert answer.status == 200
            await printer.told()
            while True:
                _, report = await report_of(client)
                if (report["gcode_state"], report["ams"]["tray_now"]) == (state, tray):
                    break
        assert simulator.describe("left")["job"] == {"state": "FINISH", "tray": 3}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/printers/left/job", '{"state": "dancing"}', 400),
        ("/printers/left/job", '{"tray": -1}', 400),
        ("/printers/left/job", '{"plate": 1}', 400),
        ("/printers/left/job", '{"state": 5}', 400),
        ("/printers/left/job", "[]", 400),
        ("/printers/right/clear_all", "{}", 404),
        ("/printers/left/explode", "{}", 400),
        ("/printers/left/raise", '{"code": "0700"}', 400),
        ("/printers/left/raise", '{"code": 7}', 400),
        ("/printers/left/raise", "junk", 400),
        ("/printers/left/power", '{"on": "yes"}', 400),
    ],
)
async def test_the_control_interface_refuses(
    socket_enabled: None, tmp_path: Path, path: str, body: str, status: int
) -> None:
    """A script's mistake does not go unnoticed."""
    async with (
        Simulator(tmp_path, [CONFIG]) as simulator,
        aiohttp.ClientSession(f"http://127.0.0.1:{simulator.control_port}") as session,
        session.post(path, data=body) as answer,
    ):
        assert answer.status == status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_program_starts_and_ends(
    socket_enabled: None, tmp_path: Path, number: signal.Signals
) -> None:
    """One line says that it is up; a signal ends it cleanly."""
    config = tmp_path / "printers.json"
    config.write_text(
        json.dumps(
            [{"name": "left", "model": "P1S", "serial": "01P00A000000001", "access_code": "1",
              "ams": ["ams"], "faults": ["0300_0100_0001_0007"], "on": False,
              "job": {"state": "running", "tray": 2}}]
        )
    )  # fmt: skip
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.simulator", "--config", str(config)),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert program.stdout is not None
        async with asyncio.timeout(30):
            line = (await program.stdout.readline()).decode()
        word, up = line.split(maxsplit=1)
        assert word == "ready"
        left = json.loads(up)["printers"]["left"]
        assert left["job"] == {"state": "RUNNING", "tray": 2}
        assert (left["on"], left["faults"]) == (False, ["0300-0100-0001-0007"])
        program.send_signal(number)
        async with asyncio.timeout(30):
            _, errors = await program.communicate()
        assert (program.returncode, errors) == (0, b"")
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
