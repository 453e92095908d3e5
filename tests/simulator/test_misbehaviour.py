"""The misbehaviours of simulated printers, and the truth about their faults."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt
import pytest

from . import PrinterConfig, SimulatedPrinter, Simulator
from .misbehaviour import INVENTED_SOURCE, Misbehaviour, behave, misbehave
from .test_simulator import client_of, report_of, running

CONFIG = PrinterConfig(name="left", model="X1C", serial="00M00A000000001", access_code="12345678")


@pytest.fixture
async def printer(socket_enabled: None, tmp_path: Path) -> AsyncGenerator[SimulatedPrinter]:
    """Switch on a printer that tells all."""
    async with running(tmp_path, "X1C") as printer:
        yield printer


def told(printer: SimulatedPrinter) -> list[tuple[str, str]]:
    """Return what a printer has told, without the times."""
    return [(entry.what, entry.code) for entry in printer.history]


class TestHistory:
    """What anybody was told of faults, in order."""

    async def test_what_comes_and_goes_is_in_it(self, printer: SimulatedPrinter) -> None:
        async with client_of(printer) as client:
            await report_of(client)
            for change, code in (
                (printer.raise_fault, "0300_0100_0001_0007"),
                (printer.raise_fault, "0700-8006"),
                (printer.clear_fault, "0300_0100_0001_0007"),
                (printer.clear_fault, "0700-8006"),
            ):
                change(code)
                await printer.told()
        assert told(printer) == [
            ("raised", "0300-0100-0001-0007"),
            ("raised", "0700-8006"),
            ("cleared", "0300-0100-0001-0007"),
            ("cleared", "0700-8006"),
        ]
        times = [entry.at for entry in printer.history]
        assert times == sorted(times)

    async def test_what_nobody_was_told_is_not_in_it(self, printer: SimulatedPrinter) -> None:
        printer.raise_fault("0300_0100_0001_0007")
        printer.raise_fault("0700_2000_0002_0001")
        await printer.told()
        printer.clear_fault("0700_2000_0002_0001")
        assert told(printer) == []
        async with client_of(printer) as client:
            await report_of(client)
        assert told(printer) == [("raised", "0300-0100-0001-0007")]

    async def test_late_deltas_are_told_once_more(self, printer: SimulatedPrinter) -> None:
        async with client_of(printer) as client:
            await report_of(client)
            printer.raise_fault("0300_0100_0001_0007")
            await printer.told()
            printer.clear_all()
            await printer.told()
            await misbehave(printer, Misbehaviour.LATE_DELTAS)
        assert [what for what, _ in told(printer)] == ["raised", "cleared", "raised", "cleared"]

    async def test_what_was_invented_can_be_told_from_the_rest(
        self, printer: SimulatedPrinter
    ) -> None:
        async with client_of(printer) as client:
            await report_of(client)
            await misbehave(printer, Misbehaviour.LONG_LIST, number=3)
        assert all(code.startswith(f"{INVENTED_SOURCE:02X}") for _, code in told(printer)[:3])


class TestMisbehaving:
    """What is not seen as well from the other side, in the tests of the link."""

    async def test_a_connection_stalls_after_just_so_many_reports(
        self, printer: SimulatedPrinter
    ) -> None:
        await misbehave(printer, Misbehaviour.STALLED, after=2)
        async with client_of(printer) as client:
            for _ in range(2):
                await report_of(client)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(client.messages), 0.3)
            # It is still there, for the printer never heard it go.
            assert len(printer.clients) == 1
        await behave(printer)
        async with client_of(printer) as client:
            for _ in range(3):
                await report_of(client)

    async def test_a_changed_access_code_can_be_read(self, printer: SimulatedPrinter) -> None:
        code = printer.access_code
        await misbehave(printer, Misbehaviour.WRONG_CODE)
        await misbehave(printer, Misbehaviour.WRONG_CODE)
        assert printer.access_code != code
        async with client_of(printer) as client:
            await report_of(client)
        await behave(printer)
        assert printer.access_code == code

    async def test_a_port_that_refuses_stays_its_own(self, printer: SimulatedPrinter) -> None:
        port = printer.port
        await misbehave(printer, Misbehaviour.REFUSED)
        with pytest.raises(aiomqtt.MqttError, match="refused"):
            async with client_of(printer):
                pass
        await behave(printer)
        assert printer.port == port
        async with client_of(printer) as client:
            await report_of(client)

    async def test_what_lasts_outlasts_a_restart(self, printer: SimulatedPrinter) -> None:
        await misbehave(printer, Misbehaviour.REFUSED)
        await misbehave(printer, Misbehaviour.RESTART)
        with pytest.raises(aiomqtt.MqttError, match="refused"):
            async with client_of(printer):
                pass

    @pytest.mark.parametrize("kind", Misbehaviour)
    async def test_one_that_is_off_can_be_told_to_misbehave(
        self, printer: SimulatedPrinter, kind: Misbehaviour
    ) -> None:
        await printer.power_off()
        await misbehave(printer, kind)
        await behave(printer)
        await printer.power_on()
        async with client_of(printer) as client:
            await report_of(client)


class TestControl:
    """The same over HTTP."""

    async def test_all_of_it_and_back(self, socket_enabled: None, tmp_path: Path) -> None:
        async with (
            Simulator(tmp_path, [CONFIG], interval=0.05) as simulator,
            aiohttp.ClientSession(f"http://127.0.0.1:{simulator.control_port}") as session,
        ):
            for kind in Misbehaviour:
                async with session.post("/printers/left/misbehave", json={"kind": kind}) as answer:
                    assert answer.status == 200
            async with session.post("/printers/left/behave") as answer:
                assert (await answer.json())["access_code"] == CONFIG.access_code
            printer = simulator.printers["left"]
            async with client_of(printer) as client:
                printer.raise_fault("0300_0100_0001_0007")
                await printer.told()
                await report_of(client)
            async with session.get("/printers/left/history") as answer:
                [[at, *entry]] = await answer.json()
            assert at > 0
            assert entry == ["raised", "0300-0100-0001-0007"]

    @pytest.mark.parametrize(
        "body",
        [{}, {"kind": "explode"}, {"kind": 5}, {"kind": "reset", "after": 3},
         {"kind": "stalled", "after": "soon"}, {"kind": "stalled", "after": None}],
    )  # fmt: skip
    async def test_a_mistake_does_not_go_unnoticed(
        self, socket_enabled: None, tmp_path: Path, body: dict[str, Any]
    ) -> None:
        async with (
            Simulator(tmp_path, [CONFIG]) as simulator,
            aiohttp.ClientSession(f"http://127.0.0.1:{simulator.control_port}") as session,
            session.post("/printers/left/misbehave", json=body) as answer,
        ):
            assert answer.status == 400
