"""What one report costs, in this process: from its bytes to what is known after it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
import gc
from itertools import cycle, islice
from time import perf_counter
from typing import Final

from homeassistant.util import dt as dt_util
import orjson

from custom_components.bambu_hms.hms.catalog import Catalog
from custom_components.bambu_hms.hms.code import FaultCode
from custom_components.bambu_hms.hms.decoded import decode
from custom_components.bambu_hms.hms.ledger import Changes, Ledger
from custom_components.bambu_hms.printer.reader import OUR_WORDS, Reader
from custom_components.bambu_hms.printer.report import Message, Report
from custom_components.bambu_hms.printer.reported import ReportedCodes

from . import payloads
from .figures import Aim, By, Figure
from .house import House, house
from .length import Length

_MICRO: Final = 1e6
_PARSING: Final = "orjson.loads of the same bytes"


async def reports(length: Length) -> list[Figure]:
    """What a report costs that changes nothing, and one that changes four faults."""
    whole, delta, with_ams = payloads.whole(), payloads.delta(), payloads.delta_with_ams()
    four = (payloads.whole(payloads.FAULTS), payloads.whole())
    async with house(whole, settle=0) as home:
        looked = _each(lambda: [word in delta for word in OUR_WORDS], length.calls)
        return [
            await _unchanged(
                home, length, whole, "Whole report that changes nothing, X1C with four AMS", 1.2
            ),
            replace(
                await _unchanged(
                    home, length, delta, "P1 delta with nothing of faults, AMS and print in it", 0.2
                ),
                remark=f"looking for our words in it alone takes {looked:.1f} µs",
            ),
            await _unchanged(home, length, with_ams, "P1 delta that tells the AMS anew"),
            _four_faults(length, four),
            await _four_faults_shown(home, length, four),
        ]


async def _unchanged(
    home: House,
    length: Length,
    payload: bytes,
    what: str,
    limit: float | None = None,
) -> Figure:
    """Measure a report through the printer's whole way in Home Assistant, but the socket."""
    await _played(home, payload, length.calls)
    measured: list[float] = []
    yard: list[float] = []
    for _ in range(length.rounds):
        yard.append(_each(partial(orjson.loads, payload), length.calls))
        measured.append(await _played(home, payload, length.calls))
    return Figure(
        what=f"{what} ({payloads.size(payload)})",
        unit="µs",
        rounds=tuple(measured),
        yardstick=_PARSING,
        yard=tuple(yard),
        aim=Aim(limit=limit, by=By.RATIO) if limit else None,
    )


async def _played(home: House, payload: bytes, calls: int) -> float:
    """Return the microseconds from the bytes of one report to being ready for the next."""
    took = 0.0

    def play() -> Iterator[Message | None]:
        nonlocal took
        read = Reader().read
        start = perf_counter()
        for _ in range(calls):
            yield read(payload)
        took = perf_counter() - start

    gc.collect()
    await home.play(play)
    return took / calls * _MICRO


def _four_faults(length: Length, four: tuple[bytes, bytes]) -> Figure:
    """Measure four faults that come and go, to `Changes` with messages and links."""
    catalog = Catalog.load()
    calls = max(10, length.calls // 10)

    reader, codes, ledger = Reader(), ReportedCodes(()), Ledger()
    ledger.settle *= 0

    def change(payload: bytes) -> list[tuple[str, str]]:
        report = reader.read(payload)
        if not isinstance(report, Report) or not codes.take(report):
            raise RuntimeError("the report changed nothing")
        return _told(ledger.update(_shown(codes, catalog), dt_util.utcnow()), catalog)

    change(four[0])
    measured, yard = [], []
    for _ in range(length.rounds):
        # An even number, so that the four are there after each round.
        turns = [four[1], four[0]] * (calls // 2)
        yard.append(_each(partial(_of_each, orjson.loads, turns), 1) / len(turns))
        measured.append(_each(partial(_of_each, change, turns), 1) / len(turns))
    return Figure(
        what="Report that changes four faults, to changes with messages and links",
        unit="µs",
        rounds=tuple(measured),
        yardstick=_PARSING,
        yard=tuple(yard),
        aim=Aim(limit=100, by=By.EXCESS),
        remark="four raised and four cleared in turn",
    )


def _of_each(do: Callable[[bytes], object], payloads: list[bytes]) -> None:
    for payload in payloads:
        do(payload)


def _shown(codes: ReportedCodes, catalog: Catalog) -> list[FaultCode]:
    """Return the codes that the printer's own screen would show."""
    return [code for code in codes.codes if not decode(code, catalog).hidden]


def _told(changes: Changes, catalog: Catalog) -> list[tuple[str, str]]:
    """Return message and link of all that changed."""
    faults = (*changes.raised, *changes.cleared)
    if len(faults) != len(payloads.FAULTS):
        raise RuntimeError("not four faults changed")
    told = [decode(fault.code, catalog) for fault in faults]
    return [(each.message, each.wiki_url) for each in told]


async def _four_faults_shown(home: House, length: Length, four: tuple[bytes, bytes]) -> Figure:
    """Measure the same to events and to the states of all entities."""
    calls = max(10, length.calls // 10)
    measured: list[float] = []
    yard: list[float] = []
    for _ in range(length.rounds):
        yard.append(_each(partial(orjson.loads, four[0]), calls))
        start = perf_counter()
        await home.play(lambda: map(Reader().read, islice(cycle(four), calls)))
        measured.append((perf_counter() - start) / calls * _MICRO)
        await home.hass.async_block_till_done()
    return Figure(
        what="The same, to events and the states of all entities",
        unit="µs",
        rounds=tuple(measured),
        yardstick=_PARSING,
        yard=tuple(yard),
        by=By.EXCESS,
    )


def _each(what: Callable[[], object], calls: int) -> float:
    """Return how many microseconds a call takes, of many in a row."""
    gc.collect()
    start = perf_counter()
    for _ in range(calls):
        what()
    return (perf_counter() - start) / calls * _MICRO
