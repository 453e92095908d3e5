"""Sessions with a printer: how they end, what they keep to themselves, and the very first one."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
import gc
import logging
from pathlib import Path
from types import CoroutineType

import pytest

from custom_components.bambu_hms.printer import identity
from custom_components.bambu_hms.printer.link import (
    Link,
    LinkError,
    Lost,
    Printer,
    PushallLimit,
    Reason,
    first_report,
)
from custom_components.bambu_hms.printer.report import Report

from .conftest import SwitchOn, address
from .listening import link_to, next_of


@pytest.fixture
def open_sockets() -> Callable[[], int]:
    """Count the sockets of this process."""

    def count() -> int:
        gc.collect()
        found = 0
        for descriptor in Path("/proc/self/fd").iterdir():
            try:
                found += str(descriptor.readlink()).startswith("socket:")
            except OSError:
                continue
        return found

    return count


class TestEnding:
    """Nothing is left when nobody listens any more; the harness looks for threads."""

    async def test_the_printer_hears_a_goodbye(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
        await simulated.until(lambda: not simulated.clients)

    async def test_cancelling_the_reader_leaves_nothing(
        self, switch_on: SwitchOn, open_sockets: Callable[[], int]
    ) -> None:
        simulated = await switch_on()
        sockets, tasks = open_sockets(), own_tasks()
        reader = asyncio.create_task(read(link_to(address(simulated))))
        await simulated.until(lambda: bool(simulated.clients))
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await simulated.until(lambda: not simulated.clients)
        await settled(lambda: not own_tasks() - tasks)
        await settled(lambda: open_sockets() <= sockets)

    @pytest.mark.parametrize("delay", [0.0, 0.001, 0.003, 0.01, 0.03])
    async def test_cancelling_while_connecting_leaves_nothing(
        self, switch_on: SwitchOn, open_sockets: Callable[[], int], delay: float
    ) -> None:
        simulated = await switch_on()
        sockets, tasks = open_sockets(), own_tasks()
        link = link_to(address(simulated))
        for _ in range(5):
            reader = asyncio.create_task(read(link))
            await asyncio.sleep(delay)
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
        await settled(lambda: not simulated.clients)
        await settled(lambda: not own_tasks() - tasks)
        await settled(lambda: open_sockets() <= sockets)

    async def test_cancelling_within_a_stalled_handshake_leaves_nothing(
        self,
        socket_enabled: None,
        open_sockets: Callable[[], int],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(identity, "_HANDSHAKE_SECONDS", 0.3)
        reached = asyncio.Event()

        async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            reached.set()
            while await reader.read(1024):
                pass

        server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        sockets, tasks = open_sockets(), own_tasks()
        port: int = server.sockets[0].getsockname()[1]
        reader = asyncio.create_task(
            read(link_to(Printer("127.0.0.1", "00M00A000000001", "1", port)))
        )
        await reached.wait()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await settled(lambda: not own_tasks() - tasks)
        await settled(lambda: open_sockets() <= sockets)
        server.close()
        await server.wait_closed()
        # The loop complains of a slow machine.
        complaints = [it for it in caplog.records if it.levelno >= logging.WARNING]
        assert [it for it in complaints if it.name != "asyncio"] == []

    async def test_failed_attempts_leave_nothing(
        self, switch_on: SwitchOn, open_sockets: Callable[[], int]
    ) -> None:
        simulated = await switch_on()
        sockets, tasks = open_sockets(), own_tasks()
        for changes in ({"access_code": "0"}, {"pin": "00" * 32}, {"port": 1}):
            async with aclosing(link_to(address(simulated, **changes)).messages()) as messages:
                for _ in range(3):
                    assert isinstance(await anext(messages), Lost)
        await settled(lambda: not own_tasks() - tasks)
        await settled(lambda: open_sockets() <= sockets)

    async def test_many_links_connect_one_at_a_time_where_told_so(
        self, switch_on: SwitchOn
    ) -> None:
        simulated = await switch_on()
        one = asyncio.Semaphore(1)
        link = Link(address(simulated), PushallLimit(), connects=one)
        async with one, aclosing(link.messages()) as messages:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await anext(messages)
        assert simulated.counts.logins == 0
        async with aclosing(link.messages()) as messages:
            assert await next_of(messages, Report)


class TestSecrets:
    """Neither access code nor serial number gets out."""

    async def test_nothing_of_them_is_logged(
        self, switch_on: SwitchOn, caplog: pytest.LogCaptureFixture
    ) -> None:
        simulated = await switch_on()
        caplog.set_level(logging.DEBUG, "custom_components.bambu_hms")
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
            simulated.cut()
            await next_of(messages, Lost)
            await next_of(messages, Report)
        logged = [
            record.getMessage()
            for record in caplog.records
            if record.name.startswith(("custom_components", "mqtt", "paho", "aiomqtt"))
        ]
        assert logged == []

    def test_nothing_of_them_is_in_the_text_of_an_address(self) -> None:
        printer = Printer("192.0.2.7", "00M00A000000001", "12345678", pin="ab" * 32)
        assert repr(printer) == "Printer(host='192.0.2.7', port=8883)"

    async def test_nothing_of_them_is_in_an_error(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        printer = address(simulated, access_code="87654321")
        with pytest.raises(LinkError) as error:
            await first_report(printer, PushallLimit())
        assert error.value.reason is Reason.ACCESS_CODE
        assert str(error.value) == "access_code"


class TestFirstReport:
    """The first words of a printer that is being set up."""

    @pytest.mark.parametrize("model", ["X1C", "P1S"])
    async def test_report_and_versions(self, switch_on: SwitchOn, model: str) -> None:
        simulated = await switch_on(model)
        heard = await first_report(address(simulated), PushallLimit())
        assert heard.report is not None
        assert heard.versions is not None

    @pytest.mark.parametrize("model", ["X1C", "P1S"])
    async def test_a_printer_that_talks_is_not_asked_for_everything(
        self, switch_on: SwitchOn, model: str
    ) -> None:
        simulated = await switch_on(model)
        limit = PushallLimit()
        await first_report(address(simulated), limit)
        assert simulated.counts.pushalls == 0
        assert limit.wait(simulated.serial) == 0.0

    async def test_a_printer_that_says_nothing_by_itself_is_asked(
        self, switch_on: SwitchOn
    ) -> None:
        simulated = await switch_on("P1S", interval=60.0)
        simulated.answers_versions = False
        limit = PushallLimit()
        heard = await first_report(address(simulated), limit, timeout=1.0)
        assert heard.report is not None
        assert heard.report.whole
        assert heard.versions is None
        assert limit.wait(simulated.serial) > 0

    async def test_a_wrong_serial_is_silence(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        printer = address(simulated, serial="00M00A000000009")
        with pytest.raises(LinkError) as error:
            await first_report(printer, PushallLimit(), timeout=0.4)
        assert error.value.reason is Reason.SILENT

    async def test_the_connection_is_given_back(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        await first_report(address(simulated), PushallLimit())
        await simulated.until(lambda: not simulated.clients)


async def read(link: Link) -> None:
    """Listen for ever."""
    async with aclosing(link.messages()) as messages:
        async for _ in messages:
            pass


def own_tasks() -> set[asyncio.Task[object]]:
    """Return the tasks that are not the simulated printer's broker's."""
    return {task for task in asyncio.all_tasks() if "/amqtt/" not in _source(task)}


def _source(task: asyncio.Task[object]) -> str:
    """Return the file that a task's coroutine was written in."""
    coroutine = task.get_coro()
    return coroutine.cr_code.co_filename if isinstance(coroutine, CoroutineType) else ""


async def settled(is_so: Callable[[], bool]) -> None:
    """Wait until the other side has noticed too."""
    async with asyncio.timeout(5):
        while not is_so():  # noqa: ASYNC110 -- neither tasks nor brokers say when they are gone
            await asyncio.sleep(0.01)
