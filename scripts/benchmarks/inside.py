"""One printer in a real Home Assistant, beside a bare client of the same printer."""

import asyncio
from collections.abc import Callable
from statistics import median, quantiles
from typing import Final

from . import payloads
from .children import Child, child
from .figures import TIMES, Aim, By, Figure
from .length import Length
from .rig import SeenHome, Simulated, Span, seen_home, simulated, span_of_both

# One of the peers, measured elsewhere and not here.
_PEER: Final = f"the leading peer needs 7 to 8 {TIMES} (measured elsewhere)"
_BARE_LOOP: Final = "the bare client's loop"
# They have no partner on the other channel, so that each is heard at once.
_CODES: Final = ("0300_0600_0001_0002", "0C00_0100_0001_0004")
# So many reports a second are enough to tell them from what Home Assistant does otherwise.
_FAST: Final = 0.05


async def one(length: Length) -> list[Figure]:
    """Time from a report to the event, CPU per report, stalls and the set-up of an entry."""
    async with seen_home() as home:
        quiet = await home.span(length.seconds, watch=True)
        async with simulated("00M00A000000001", interval=1.0) as printer:
            entry = await home.add(printer.about, "slow")
            await home.home.set_options(entry, settle_time=0)
            setup = await _setup(home, length, entry)
            times, spans = await _times(home, length, printer, entry)
            await home.switch_off(entry)
        async with simulated("00M00A000000002", interval=_FAST) as printer:
            idle = await home.idle(length)
            await home.add(printer.about, "fast")
            async with child("bare", printers=[printer.about]) as bare:
                cpu = await _cpu(home, length, bare, idle)
                spans.append(await span_of_both(home, bare, length.seconds, watch=True))
    return [*times, cpu, *_stalls(spans, quiet), setup]


async def _setup(home: SeenHome, length: Length, entry: str) -> Figure:
    """Measure how long the entry of a printer that has been heard before takes to be set up."""
    entries = await home.home.get("/api/config/config_entries/entry")
    sun = next(each["entry_id"] for each in entries if each["domain"] == "sun")
    measured: list[float] = []
    yard: list[float] = []
    for _ in range(length.rounds):
        for entry_id, domain, times in ((entry, "bambu_hms", measured), (sun, "sun", yard)):
            await home.look()
            await home.home.reload(entry_id)
            states = [state for state in (await home.look())["states"] if state[1] == domain]
            begin, end = (at for at, _, _ in states[-2:])
            times.append((end - begin) * 1000)
    return Figure(
        what="Set-up of an entry (X1C with four AMS)",
        unit="ms",
        rounds=tuple(measured),
        yardstick="set-up of Home Assistant's own sun",
        yard=tuple(yard),
        by=By.EXCESS,
        remark=f"{await _entities(home)} entities",
    )


async def _entities(home: SeenHome) -> int:
    states = await home.home.get("/api/states")
    return sum(".slow_" in state["entity_id"] for state in states)


async def _times(
    home: SeenHome, length: Length, printer: Simulated, entry: str
) -> tuple[list[Figure], list[tuple[Span, Span]]]:
    """Measure how long a fault takes from the printer to the event, and to a bare client."""
    spans: list[tuple[Span, Span]] = []
    rounds: list[tuple[list[float], list[float]]] = []
    for number in range(length.rounds):
        # The broker serves its clients in turn, so each of the two is the first one now and then.
        if number % 2:
            await home.home.reload(entry)
            await home.until_heard(1)
        async with child("bare", printers=[printer.about]) as bare:
            if not number % 2:
                await home.home.reload(entry)
                await home.until_heard(1)
            # Everybody has heard a report before anything changes.
            await asyncio.sleep(1.5)
            already = len(await printer.told())
            before, bare_before = await home.look(watch=True), await bare.ask("read", watch=True)
            for _ in range(length.faults):
                for command in ("raise", "clear"):
                    for code in _CODES:
                        await printer.tell(command, code)
                        await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)
            after = await home.look(watch=False)
            bare_after = await bare.ask("read", watch=False)
        spans.append((Span.between(before, after), Span.between(bare_before, bare_after)))
        told = (await printer.told())[already:]
        events = [at for at, _ in after["events"]]
        changes = bare_after["changes"]
        if not len(told) == len(events) == len(changes):
            raise RuntimeError(f"{len(told)} told, {len(events)} and {len(changes)} heard")
        rounds.append((_after(told, events), _after(told, changes)))
    return [
        _time("median", 5, rounds, median),
        _time("99th percentile", 20, rounds, lambda times: quantiles(times, n=100)[98]),
    ], spans


def _after(told: list[float], heard: list[float]) -> list[float]:
    return [(at - begin) * 1000 for begin, at in zip(told, heard, strict=True)]


def _time(
    name: str,
    limit: float,
    rounds: list[tuple[list[float], list[float]]],
    of: Callable[[list[float]], float],
) -> Figure:
    return Figure(
        what=f"From the printer to the event, {name}",
        unit="ms",
        rounds=tuple(of(events) for events, _ in rounds),
        yardstick="to a bare client",
        yard=tuple(of(echoes) for _, echoes in rounds),
        aim=Aim(limit=limit, by=By.EXCESS),
        remark=f"{len(rounds[0][0])} faults a round",
    )


async def _cpu(home: SeenHome, length: Length, bare: Child, idle: float) -> Figure:
    """Measure the processor's time per report that changes nothing."""
    await asyncio.sleep(1)
    measured: list[float] = []
    yard: list[float] = []
    for _ in range(length.rounds):
        seen, echo = await span_of_both(home, bare, length.seconds)
        measured.append((seen.cpu - idle) / seen.reports * 1e6)
        yard.append(echo.cpu / echo.reports * 1e6)
    size = payloads.size(payloads.whole())
    return Figure(
        what=f"Processor time per whole report that changes nothing ({size})",
        unit="µs",
        rounds=tuple(measured),
        yardstick="bare client: decrypt and parse",
        yard=tuple(yard),
        aim=Aim(limit=1.25, by=By.RATIO),
        remark=_PEER,
    )


def _stalls(spans: list[tuple[Span, Span]], quiet: Span) -> list[Figure]:
    """Count how often the event loop was held up meanwhile."""
    worst = max((seen.stalls for seen, _ in spans), key=lambda stalls: stalls.longest)
    total = sum(len(seen.stalls.times) for seen, _ in spans)
    return [
        Figure(
            what="Event loop held up for more than 20 ms, times in a round",
            unit="",
            rounds=tuple(float(len(seen.stalls.times)) for seen, _ in spans),
            yardstick=_BARE_LOOP,
            yard=tuple(float(len(echo.stalls.times)) for _, echo in spans),
            aim=Aim(limit=0),
            remark=f"in all {total}, {worst}; without printers {len(quiet.stalls.times)}",
        ),
        Figure(
            what="… by its own work, collecting garbage aside",
            unit="",
            rounds=tuple(float(seen.stalls.of_work) for seen, _ in spans),
            yardstick=_BARE_LOOP,
            yard=tuple(float(echo.stalls.of_work) for _, echo in spans),
            aim=Aim(limit=0),
        ),
    ]
