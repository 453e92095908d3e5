"""Two printers do everything wrong at random; nothing is lost, nothing is heard twice.

`scripts/chaos` runs it for longer. The seed decides what is done, not when each byte arrives, so
the same seed does the same things and may still meet another moment.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
import json
import os
from pathlib import Path
import random
import time
from typing import Any

import pytest

from tests.simulator import AmsKind, PrinterConfig, SimulatedPrinter, Simulator
from tests.simulator.history import Told
from tests.simulator.misbehaviour import Misbehaviour, behave, misbehave

from .home import CONFIGURATION, Home
from .owner import Owner
from .test_fault import complaints, until_state

pytestmark = pytest.mark.e2e

SECONDS = int(os.environ.get("CHAOS_SECONDS", "40"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))

# How long what was sent may take to arrive and be read, on a busy machine.
_ARRIVES = 1.5

# None of them has a partner on the other channel, so that each is heard at once.
CODES = {
    "X1C": ["0300_0600_0001_0002", "0300_0700_0001_0002", "0C00_0100_0001_0004", "0500-4001"],
    # It tells changes, and may be asked for everything once in five minutes: a print error that it
    # told nobody of is known only then. Its HMS codes it tells all whenever one of them changes.
    "P1S": ["0300_0800_0001_0002", "0300_0900_0001_0002", "0300_0600_0001_0003"],
}
# What is raised when all is over, so that whatever was to be heard before has been heard.
LAST = {"X1C": "0300_0F00_0001_0001", "P1S": "0300_0300_0001_0001"}
TITLES = {"X1C": "X1C left", "P1S": "P1S right"}
# An entry that invents a thousand faults is heard a thousand times: that is tried elsewhere.
ONCE: dict[Misbehaviour, dict[str, Any]] = {
    Misbehaviour.CUT: {},
    Misbehaviour.RESET: {},
    Misbehaviour.RESTART: {"seconds": 1},
    Misbehaviour.JUNK: {},
    Misbehaviour.JUNK_PACKETS: {"which": 3},
    Misbehaviour.HUGE_REPORT: {},
    Misbehaviour.THOUSAND_REPORTS: {},
    Misbehaviour.LATE_DELTAS: {},
}
LASTING = [
    Misbehaviour.WRONG_CODE,
    Misbehaviour.WRONG_CN,
    Misbehaviour.NEW_CERTIFICATE,
    Misbehaviour.REFUSED,
    Misbehaviour.ACCEPTED_AND_SILENT,
    Misbehaviour.NO_TLS,
    Misbehaviour.SLOW_TLS,
    Misbehaviour.STALLED,
    Misbehaviour.OTHER_CASE,
]

# A part of Home Assistant that counts what is in it; none of ours could be asked for that.
CENSUS = """\
import asyncio, threading
from homeassistant.core import SupportsResponse

async def async_setup(hass, config):
    async def take(call):
        ours = [task for task in asyncio.all_tasks() if "bambu_hms" in repr(task)]
        names = [thread.name for thread in threading.enumerate()]
        # Workers come and go as there is work.
        others = [name for name in names if "Executor" not in name and "Worker" not in name]
        return {"tasks": len(ours), "threads": others}
    hass.services.async_register("census", "take", take, supports_response=SupportsResponse.ONLY)
    return True
"""


@pytest.fixture
async def printers(tmp_path: Path) -> AsyncGenerator[dict[str, SimulatedPrinter]]:
    """One that tells everything each time, and one that tells changes."""
    configs = [
        PrinterConfig(
            name="X1C",
            model="X1C",
            serial="00M00A000000001",
            access_code="12345678",
            ams=(AmsKind.AMS,),
        ),
        PrinterConfig(name="P1S", model="P1S", serial="01P00A000000002", access_code="87651234"),
    ]
    async with Simulator(tmp_path / "printers", configs, interval=0.2) as simulator:
        yield simulator.printers


@pytest.fixture
async def home(tmp_path: Path, home_port: int, owner: Owner) -> AsyncGenerator[Home]:
    """A Home Assistant that counts itself."""
    folder = tmp_path / "home-assistant"
    census = folder / "custom_components" / "census"
    census.mkdir(parents=True)
    (census / "__init__.py").write_text(CENSUS)
    manifest = {"domain": "census", "name": "Census", "version": "1.0.0"}
    (census / "manifest.json").write_text(json.dumps(manifest))
    configuration = f"{CONFIGURATION}{owner.configuration}census:\n"
    async with Home(folder, home_port, configuration=configuration) as running:
        await running.start()
        yield running


class Chaos:
    """Does things to one printer, and knows when nothing it said can have got lost."""

    def __init__(self, printer: SimulatedPrinter, key: str) -> None:
        """Decide by the seed."""
        self.printer = printer
        self.codes = CODES[key]
        self.last_code = LAST[key]
        self.connection = f"binary_sensor.{TITLES[key].lower().replace(' ', '_')}_connection"
        self.random = random.Random(f"{SEED} {key}")
        self.done: list[str] = []
        self.troubles: list[tuple[float, float]] = []
        """From when to when something was wrong, in seconds of the monotonic clock."""

    async def go_on(self, home: Home, seconds: float) -> None:
        """Do one thing after the other."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            await self.random.choice([self.change, self.change, self.once, self.last])(home)
            await asyncio.sleep(self.random.uniform(0.1, 0.6))

    async def change(self, home: Home) -> None:
        """Raise a fault or clear one."""
        code = self.random.choice(self.codes)
        printer = self.printer
        if plain(code) in map(plain, printer.faults):
            printer.clear_fault(code)
            self.done.append(f"clear {code}")
        else:
            printer.raise_fault(code)
            self.done.append(f"raise {code}")

    async def once(self, home: Home) -> None:
        """Do something wrong that is over at once."""
        kind = self.random.choice(list(ONCE))
        self.done.append(kind)
        start = time.monotonic()
        await misbehave(self.printer, kind, **ONCE[kind])
        self.troubles.append((start, time.monotonic()))

    async def last(self, home: Home) -> None:
        """Do something wrong for a while."""
        kind = self.random.choice(LASTING)
        self.done.append(kind)
        start = time.monotonic()
        await misbehave(self.printer, kind)
        await asyncio.sleep(self.random.uniform(0.5, 3.0))
        await behave(self.printer)
        self.troubles.append((start, time.monotonic()))

    def is_sure(self, told: Told) -> bool:
        """Whether what was told must have arrived: nothing went wrong soon after."""
        return not any(start < told.at + _ARRIVES and told.at < end for start, end in self.troubles)

    def must_have_been_heard(self) -> Counter[str]:
        """Return how often each fault must have been raised at least.

        Where a report got lost that a fault is gone, its coming back is no other fault.
        """
        at_least: Counter[str] = Counter()
        for told in self.printer.history:
            if told.what == "raised" and self.is_sure(told):
                at_least[plain(told.code)] += 1
            elif told.what == "cleared" and not self.is_sure(told):
                at_least[plain(told.code)] -= 1
        return at_least


def plain(code: str) -> str:
    """Return a code without what groups it."""
    return code.replace("_", "").replace("-", "")


def faults_in(words: list[str]) -> Counter[str]:
    """Return how often each fault was raised."""
    return Counter(plain(word.split()[1]) for word in words if word.startswith("raised"))


def count_sockets(pid: int, ports: set[int]) -> int:
    """Return how many connections a process has to these ports of this machine."""
    of_process = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            of_process.add(str(each.readlink()))
    connections = 0
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        remote, inode = int(words[2].partition(":")[2], 16), words[9]
        connections += remote in ports and f"socket:[{inode}]" in of_process
    return connections


async def come_and_go(owner: Owner, chaos: list[Chaos]) -> None:
    """Have each printer raise and clear a fault, so that all before that has been heard, too."""
    for each in chaos:
        raise_it, clear_it = each.printer.raise_fault, each.printer.clear_fault
        await until_heard(owner, f"raised {each.last_code}", raise_it, clear_it)
        await until_heard(owner, f"cleared {each.last_code}", clear_it, raise_it)


async def until_heard(
    owner: Owner, word: str, do: Callable[[str], None], undo: Callable[[str], None]
) -> None:
    """Do something until it is heard of: a printer that tells only changes may tell nobody."""
    times, code = owner.heard.count(word), word.split()[1]
    for _ in range(12):
        do(code)
        with suppress(TimeoutError):
            await owner.until_so(lambda: owner.heard.count(word) > times, 10)
            return
        undo(code)
        await asyncio.sleep(0.5)
    pytest.fail(f"{word} was never heard")


async def census(home: Home, chaos: list[Chaos]) -> tuple[int, list[str], int]:
    """Return our tasks, the threads that are no workers, and the connections to the printers."""
    answer = await home.post("/api/services/census/take?return_response")
    counted = answer["service_response"]
    ports = {each.printer.port for each in chaos}
    sockets = await asyncio.to_thread(count_sockets, home.pid, ports)
    return counted["tasks"], sorted(counted["threads"]), sockets


async def quiet_census(home: Home, chaos: list[Chaos]) -> tuple[int, list[str], int]:
    """Return the smallest of some counts: what is written or read just now comes and goes."""
    counts = []
    for _ in range(6):
        counts.append(await census(home, chaos))
        await asyncio.sleep(0.7)
    return min(counts)


async def test_nothing_is_lost_and_nothing_heard_twice(
    home: Home, printers: dict[str, SimulatedPrinter], owner: Owner
) -> None:
    chaos = [Chaos(printer, key) for key, printer in printers.items()]
    for each, title in zip(chaos, TITLES.values(), strict=True):
        address = f"127.0.0.1:{each.printer.port}"
        added = await home.add_printer(address, each.printer.access_code, title)
        await home.set_options(added["result"]["entry_id"], settle_time=0)
        await until_state(home, each.connection, "on")
    await owner.automate(home)
    # The owner is called before and after, so that the connections of that are counted alike.
    await come_and_go(owner, chaos)
    owner.heard.clear()
    before = await quiet_census(home, chaos)

    await asyncio.gather(*(each.go_on(home, SECONDS) for each in chaos))

    # When all is well again, everybody knows the same.
    for each in chaos:
        await behave(each.printer)
        await until_state(home, each.connection, "on", wait=120)
    await come_and_go(owner, chaos)

    story = {each.connection: each.done for each in chaos}
    there: set[str] = set()
    for word in owner.heard:
        what, code = word.split()
        assert (plain(code) in there) is (what == "cleared"), (word, owner.heard, story)
        there ^= {plain(code)}
    assert there == {plain(code) for each in chaos for code in each.printer.faults}, story
    heard = faults_in(owner.heard)
    for each in chaos:
        told = Counter(plain(it.code) for it in each.printer.history if it.what == "raised")
        for code in map(plain, each.codes):
            assert heard[code] <= told[code], (code, owner.heard, story)
            assert heard[code] >= each.must_have_been_heard()[code], (code, owner.heard, story)
    assert sum(heard.values()) > len(chaos), "this was no chaos"

    after = await quiet_census(home, chaos)
    assert after[0] <= before[0], story
    assert set(after[1]) <= set(before[1]), story
    assert after[2] == before[2] == len(chaos), story
    await home.stop()
    assert not complaints(home.log)
    for each in chaos:
        assert each.printer.serial not in home.log
        assert each.printer.access_code not in home.log
