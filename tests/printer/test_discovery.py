"""Printers on the network, heard over real sockets."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
import socket

import pytest

from custom_components.bambu_hms.printer.discovery import (
    PORTS,
    Announcement,
    Listener,
    discovery_ports,
)
from custom_components.bambu_hms.printer.models import model_of
from tests.simulator import SimulatedPrinter
from tests.simulator.broadcasts import JUNK, Broadcaster

from .conftest import SwitchOn

# Everybody on this machine, as 255.255.255.255 is everybody in the network.
EVERYBODY = "127.255.255.255"


@pytest.mark.parametrize(
    ("value", "ports"),
    [
        ("", PORTS),
        ("4001", (4001,)),
        ("4001,4002", (4001, 4002)),
        (" 4001 , 4002 ,", (4001, 4002)),
        ("4001,4001", (4001,)),
        ("4001,x,0,-1,65536,4.5", (4001,)),
        ("none", PORTS),
        ("192.0.2.7", PORTS),
        (",".join(map(str, range(4000, 5000))), tuple(range(4000, 4008))),
    ],
)
def test_other_ports_can_be_named(
    monkeypatch: pytest.MonkeyPatch, value: str, ports: tuple[int, ...]
) -> None:
    """Tests and demos on one machine must not hear each other's printers."""
    monkeypatch.setenv("BAMBU_HMS_DISCOVERY_PORTS", value)
    assert discovery_ports() == ports


def test_where_real_printers_broadcast_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to be set for them."""
    monkeypatch.delenv("BAMBU_HMS_DISCOVERY_PORTS", raising=False)
    assert discovery_ports() == (2021, 1990)


class Notes:
    """Everything that a listener has told, for tests to wait for."""

    def __init__(self) -> None:
        """Start with nothing told."""
        self.told: list[Announcement] = []
        self._more = asyncio.Event()

    def __call__(self, announcement: Announcement) -> None:
        """Be told."""
        self.told.append(announcement)
        self._more.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until enough was told."""
        async with asyncio.timeout(10):
            while not is_so():
                self._more.clear()
                await self._more.wait()

    async def until_named(self, name: str) -> None:
        """Wait until a printer of that name was told of."""
        await self.until(lambda: any(announcement.name == name for announcement in self.told))


@asynccontextmanager
async def heard_of(
    printer: SimulatedPrinter, host: str = EVERYBODY
) -> AsyncGenerator[tuple[Listener, Notes, Broadcaster]]:
    """Listen on a free port, and let a printer announce itself there."""
    notes = Notes()
    async with Listener(notes, (0,)) as listener:
        destinations = [(host, port) for port in listener.ports]
        async with Broadcaster(printer, destinations, interval=0.02) as broadcaster:
            yield listener, notes, broadcaster


def taken_port() -> tuple[socket.socket, int]:
    """Return a UDP port that a program has for itself alone, as long as the socket is open."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("", 0))
    return taken, taken.getsockname()[1]


def free_port() -> int:
    """Return a UDP port that nobody has."""
    taken, port = taken_port()
    taken.close()
    return port


def open_sockets() -> int:
    """Count the sockets of this process."""
    links = (link for link in Path("/proc/self/fd").iterdir() if link.is_symlink())
    return sum(str(link.readlink()).startswith("socket:") for link in links)


class TestListening:
    """Real datagrams on real sockets."""

    async def test_a_printer_is_heard(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        async with heard_of(simulated) as (listener, notes, broadcaster):
            await notes.until(lambda: bool(notes.told))
            found = notes.told[0]
            assert (found.serial, found.host, found.port) == (
                simulated.serial,
                "127.0.0.1",
                simulated.port,
            )
            assert (found.name, found.version) == (broadcaster.name, "01.09.00.01")
            assert model_of(found.serial, dev_model=found.dev_model).name == "X1 Carbon"
            assert listener.heard == (found,)

    async def test_a_printer_without_a_port_is_where_it_sends_from(
        self, switch_on: SwitchOn
    ) -> None:
        async with heard_of(await switch_on()) as (_, notes, broadcaster):
            broadcaster.with_port = False
            await notes.until(lambda: notes.told[-1:] != [] and notes.told[-1].port == 8883)
            assert notes.told[-1].host == "127.0.0.1"

    async def test_the_newest_word_of_a_printer_counts(self, switch_on: SwitchOn) -> None:
        async with heard_of(await switch_on()) as (listener, notes, broadcaster):
            await notes.until(lambda: bool(notes.told))
            broadcaster.name = "Renamed"
            await notes.until_named("Renamed")
            assert [found.name for found in listener.heard] == ["Renamed"]

    async def test_a_forged_name_makes_no_second_printer(self, switch_on: SwitchOn) -> None:
        async with heard_of(await switch_on()) as (listener, notes, broadcaster):
            broadcaster.forge("Free filament")
            await notes.until_named("Free filament")
            assert len(listener.heard) == 1

    async def test_a_printer_that_is_off_says_nothing(self, switch_on: SwitchOn) -> None:
        simulated, other = await switch_on("X1C"), await switch_on("P1S")
        async with heard_of(simulated) as (_, notes, broadcaster):
            await notes.until(lambda: bool(notes.told))
            await simulated.power_off()
            broadcaster.forge("The last word")
            await notes.until_named("The last word")
            notes.told.clear()
            async with Broadcaster(other, broadcaster.destinations, interval=0.02):
                await notes.until(lambda: len(notes.told) == 5)
            assert {found.serial for found in notes.told} == {other.serial}

    async def test_junk_is_counted_and_costs_nothing_else(self, switch_on: SwitchOn) -> None:
        async with heard_of(await switch_on()) as (listener, notes, broadcaster):
            broadcaster.send_junk()
            broadcaster.forge("After the junk")
            await notes.until_named("After the junk")
            assert listener.unread == len(JUNK)

    async def test_made_up_printers_are_forgotten(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        async with heard_of(simulated) as (listener, notes, broadcaster):
            # A few at a time: what nobody reads soon enough, the system throws away.
            for first in range(0, 400, 10):
                broadcaster.make_up(range(first, first + 10))
                await notes.until_named(f"Nobody {first + 9}")
            await notes.until(lambda: notes.told[-1].serial == simulated.serial)
            assert len(listener.heard) == 256
            assert listener.heard[-1].serial == simulated.serial

    async def test_several_programs_hear_the_same(self, switch_on: SwitchOn) -> None:
        async with heard_of(await switch_on()) as (listener, notes, _):
            other = Notes()
            async with Listener(other, listener.ports) as second:
                assert second.ports == listener.ports
                notes.told.clear()
                await notes.until(lambda: bool(notes.told))
                await other.until(lambda: bool(other.told))

    async def test_a_port_that_is_taken_is_said(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        taken, port = taken_port()
        notes = Notes()
        with taken:
            async with Listener(notes, (port, 0)) as listener:
                assert listener.refused == (port,)
                assert len(listener.ports) == 1
                async with Broadcaster(simulated, [("127.0.0.1", listener.ports[0])]):
                    await notes.until(lambda: bool(notes.told))

    async def test_an_impossible_port_is_refused(self, socket_enabled: None) -> None:
        async with Listener(ports=(70_000,)) as listener:
            assert (listener.ports, listener.refused) == ((), (70_000,))

    async def test_the_ports_of_the_environment(
        self, switch_on: SwitchOn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ports = (free_port(), free_port())
        monkeypatch.setenv("BAMBU_HMS_DISCOVERY_PORTS", ",".join(map(str, ports)))
        async with Listener() as listener:
            assert listener.ports == ports

    async def test_closing_leaves_no_socket(self, socket_enabled: None) -> None:
        before = open_sockets()
        listener = Listener(ports=(0, 0, free_port()))
        await listener.start()
        assert open_sockets() == before + len(listener.ports)
        await listener.close()
        assert open_sockets() == before
        assert listener.ports == ()
        await listener.close()

    async def test_giving_up_leaves_no_socket(self, socket_enabled: None) -> None:
        before = open_sockets()
        starting = asyncio.create_task(Listener(ports=(free_port(), free_port())).start())
        await asyncio.sleep(0)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        await asyncio.sleep(0)
        assert open_sockets() == before

    async def test_closing_can_be_cancelled(self, socket_enabled: None) -> None:
        before = open_sockets()
        listener = Listener(ports=(0,))
        await listener.start()
        closing = asyncio.create_task(listener.close())
        await asyncio.sleep(0)
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
        await asyncio.sleep(0)
        assert closing.cancelled()
        assert open_sockets() == before

    async def test_a_bug_of_the_callers_costs_one_broadcast(self, switch_on: SwitchOn) -> None:
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, it: failures.append(it))
        notes = Notes()

        def fail_once(announcement: Announcement) -> None:
            notes(announcement)
            if len(notes.told) == 1:
                raise RuntimeError("a bug")

        async with Listener(fail_once, (0,)) as listener:
            destinations = [("127.0.0.1", port) for port in listener.ports]
            async with Broadcaster(await switch_on(), destinations, interval=0.02):
                await notes.until(lambda: len(notes.told) >= 2)
        assert len(failures) == 1
