"""Many printers in one Home Assistant, a report a second each; then all come back at once."""

import asyncio
from dataclasses import dataclass
from statistics import median
import tempfile
import time
from typing import Any, Final

from .children import Child, child
from .figures import Aim, By, Figure
from .length import Length
from .rig import SeenHome, Span, Stalls, seen_home, span_of_both

# As many flows as an owner with many hands could have open.
_ADDED_AT_ONCE: Final = 8
_STORM_SECONDS: Final = 90.0
# New entities are written to disk and to the recorder for so long.
_WRITTEN: Final = 12.0
# What was sent last has arrived and was read after this.
_ARRIVES: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """What was measured with some number of printers."""

    printers: int
    spans: list[tuple[Span, Span]]
    """Of Home Assistant and of as many bare clients, a round each."""
    watched: tuple[Span, Span]
    sent: int
    taken: int
    memory: int
    """Of Home Assistant, in bytes."""
    entities: int
    bare_memory: int
    """Of the bare clients, in bytes, without what the process had before them."""
    bare_seconds: float
    """Until all bare clients had connected."""


async def many(length: Length) -> list[Figure]:
    """CPU and memory per printer as printers grow, reports lost, and all back at once."""
    async with seen_home() as home:
        idle = await home.idle(length)
        empty = (await home.look(collect=True))["memory"]
        with tempfile.TemporaryDirectory() as folder:
            async with child("farm", printers=max(length.printers), folder=folder) as farm:
                printers = farm.said["printers"]
                await farm.ask("start")
                scales: list[_Scale] = []
                for count in length.printers:
                    known = scales[-1].printers if scales else 0
                    await _add(home, printers[known:count], known)
                    scales.append(await _measure(home, farm, length, printers[:count]))
                storm = await _storm(home, farm, scales[-1])
                await farm.ask("stop")
                plain = await _plain(home, scales[-1].entities)
    return [
        *_cpu(scales, idle),
        _lost(scales),
        _memory(scales, empty, plain),
        *(_stalls(scale) for scale in scales),
        *storm,
    ]


async def _add(home: SeenHome, printers: list[dict[str, Any]], known: int) -> None:
    """Add printers through the flow, some at a time."""
    gate = asyncio.Semaphore(_ADDED_AT_ONCE)

    async def add(number: int, printer: dict[str, Any]) -> None:
        async with gate:
            await home.add(printer, f"Printer {number}")

    await asyncio.gather(*(add(at, each) for at, each in enumerate(printers, start=known + 1)))
    await home.until_heard(known + len(printers))
    await asyncio.sleep(_WRITTEN)


async def _measure(
    home: SeenHome, farm: Child, length: Length, printers: list[dict[str, Any]]
) -> _Scale:
    """Look on while these printers report."""
    async with child("bare", printers=printers) as bare:
        await asyncio.sleep(_ARRIVES)
        spans = [await span_of_both(home, bare, length.seconds) for _ in range(length.rounds)]
        before = await _counted(home, farm)
        watched = await span_of_both(home, bare, length.seconds, watch=True)
        after = await _counted(home, farm)
        seen = await home.look(collect=True)
        return _Scale(
            printers=len(printers),
            spans=spans,
            watched=watched,
            sent=after[0] - before[0],
            taken=after[1] - before[1],
            memory=seen["memory"],
            entities=seen["entities"],
            bare_memory=(await bare.ask("read"))["memory"] - bare.said["memory_before"],
            bare_seconds=bare.said["seconds"],
        )


async def _counted(home: SeenHome, farm: Child) -> tuple[int, int]:
    """Return how many reports were sent to Home Assistant, and how many were taken in."""
    await farm.ask("stop")
    await asyncio.sleep(_ARRIVES)
    sent = (await farm.ask("read"))["sent"]["bambu_hms"]
    taken = (await home.look())["reports"]
    await farm.ask("start")
    return sent, taken


def _cpu(scales: list[_Scale], idle: float) -> list[Figure]:
    """Compare the processor's time per report with that of the fewest printers."""
    figures: list[Figure] = []
    first: list[float] = []
    for scale in scales:
        each = [(seen.cpu - idle) / seen.reports * 1e6 for seen, _ in scale.spans]
        bare = median(echo.cpu / echo.reports * 1e6 for _, echo in scale.spans)
        first = first or each
        figures.append(
            Figure(
                what=f"{scale.printers} printers, a report a second each: processor per report",
                unit="µs",
                rounds=tuple(each),
                yardstick=f"with {scales[0].printers} printers",
                yard=tuple(first),
                aim=None if scale is scales[0] else Aim(limit=1.2, by=By.RATIO),
                remark=f"as many bare clients: {bare:.0f} µs",
            )
        )
    return figures


def _lost(scales: list[_Scale]) -> Figure:
    return Figure(
        what="Reports lost",
        unit="",
        rounds=(float(sum(scale.sent - scale.taken for scale in scales)),),
        yardstick="sent",
        yard=(float(sum(scale.sent for scale in scales)),),
        aim=Aim(limit=0),
    )


async def _plain(home: SeenHome, count: int) -> float:
    """Return the bytes that an entity takes which does nothing."""
    before = (await home.look(collect=True))["memory"]
    await home.home.post("/api/services/bench_probe/add_plain", {"count": count})
    await asyncio.sleep(_WRITTEN)
    taken: int = (await home.look(collect=True))["memory"] - before
    return taken / count


def _memory(scales: list[_Scale], empty: int, plain: float) -> Figure:
    """Tell what one printer more costs."""
    last, first = scales[-1], scales[0]
    more = last.printers - first.printers
    each = (last.memory - empty) / last.printers
    entities = last.entities / last.printers
    bare = last.bare_memory / last.printers
    if more:
        each = (last.memory - first.memory) / more
        entities = (last.entities - first.entities) / more
        bare = (last.bare_memory - first.bare_memory) / more
    return Figure(
        what=f"Memory per printer, from {first.printers} to {last.printers} of them",
        unit="MB",
        rounds=(each / 1e6,),
        yardstick=f"a bare client and {entities:.0f} entities that do nothing",
        yard=((bare + entities * plain) / 1e6,),
        aim=Aim(limit=0.7),
        remark=f"{bare / 1e6:.2f} MB the client, {plain / 1000:.1f} kB each entity",
    )


def _stalls(scale: _Scale) -> Figure:
    seen, echo = scale.watched
    return Figure(
        what=f"{scale.printers} printers: event loop held up for more than 20 ms, times",
        unit="",
        rounds=(float(len(seen.stalls.times)),),
        yardstick="bare clients' loop",
        yard=(float(len(echo.stalls.times)),),
        aim=Aim(limit=0),
        remark=str(seen.stalls),
    )


async def _storm(home: SeenHome, farm: Child, scale: _Scale) -> list[Figure]:
    """Break all connections at once, and see how all come back."""
    await home.look(watch=True)
    start = time.monotonic()
    await farm.ask("cut")
    # By then every printer counts as lost.
    await asyncio.sleep(0.7)
    lost = scale.printers - (await home.look())["connected"]
    settled = await _until_back(home, farm, scale.printers, start)
    stalls = Stalls.of(await home.look(watch=False))
    what = f"All {scale.printers} connections cut at once"
    return [
        Figure(
            what=f"{what}: until all are heard again",
            unit="s",
            rounds=(settled,),
            yardstick="until as many bare clients have connected, 8 at a time",
            yard=(scale.bare_seconds,),
            aim=Aim(limit=_STORM_SECONDS),
            remark=f"{lost} were noticed as lost",
        ),
        Figure(
            what="… event loop held up for more than 20 ms, times",
            unit="",
            rounds=(float(len(stalls.times)),),
            yardstick="without a storm, in the time of a round",
            yard=(float(len(scale.watched[0].stalls.times)),),
            aim=Aim(limit=0),
            remark=str(stalls),
        ),
        Figure(
            what="… by its own work, collecting garbage aside",
            unit="",
            rounds=(float(stalls.of_work),),
            yardstick="without a storm, in the time of a round",
            yard=(float(scale.watched[0].stalls.of_work),),
            aim=Aim(limit=0),
        ),
    ]


async def _until_back(home: SeenHome, farm: Child, count: int, start: float) -> float:
    """Return the seconds until all printers are heard again; far too many if they never are."""
    deadline = start + 2 * _STORM_SECONDS
    while time.monotonic() < deadline:
        if (await farm.ask("read"))["ours"] == (await home.look())["connected"] == count:
            return time.monotonic() - start
        await asyncio.sleep(0.25)
    return deadline - start
