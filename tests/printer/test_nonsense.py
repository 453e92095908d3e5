"""A printer that talks nonsense or too much: what comes of it is a counted skip, nothing else."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.bambu_hms.hms.code import FaultCode, HmsCode
from custom_components.bambu_hms.hms.ledger import Ledger
from custom_components.bambu_hms.printer.link import Lost, PushallLimit, Reason, first_report
from custom_components.bambu_hms.printer.report import Report, Unreadable, Versions
from custom_components.bambu_hms.printer.reported import ReportedCodes
from tests.simulator.misbehaviour import JUNK_PACKETS, Misbehaviour, junk_of, misbehave

from .conftest import SwitchOn, address
from .listening import link_to, next_of, report_with

RAN_OUT = HmsCode(0x0700_2000, 0x0002_0001)
HOT = HmsCode(0x0300_0100, 0x0001_0007)
DIRTY = HmsCode(0x0C00_0100, 0x0001_0004)


class TestNonsense:
    """What comes of junk is a counted skip and nothing else."""

    async def test_each_piece_of_junk_is_one_skip(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        simulated.raise_fault("0300_0100_0001_0007")
        skipped = 0
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await report_with(messages, lambda report: report.hms == (HOT,))
            await misbehave(simulated, Misbehaviour.JUNK)
            while skipped < len(junk_of(simulated)):
                match await anext(messages):
                    case Unreadable():
                        skipped += 1
                    case Report(hms=hms, skipped=bad):
                        assert (hms, bad) == ((HOT,), 0)
                    case message:
                        assert isinstance(message, Versions)
        assert simulated.counts.connects == 1

    async def test_junk_is_not_the_first_word_of_a_printer(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on(interval=60.0)
        simulated.answers_versions = False
        waiting = asyncio.create_task(first_report(address(simulated), PushallLimit(), timeout=1.0))
        await simulated.until(lambda: bool(simulated.counts.versions))
        await misbehave(simulated, Misbehaviour.JUNK)
        assert (await waiting).report is not None

    @pytest.mark.parametrize("which", range(len(JUNK_PACKETS)))
    async def test_what_is_no_mqtt_costs_a_connection_at_most(
        self, switch_on: SwitchOn, which: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated), silence=1.0).messages()) as messages:
            await next_of(messages, Report)
            await misbehave(simulated, Misbehaviour.JUNK_PACKETS, which=which)
            simulated.raise_fault("0300_0100_0001_0007")
            await report_with(messages, lambda report: report.hms == (HOT,))
        assert simulated.counts.connects <= 2
        assert simulated.serial not in caplog.text

    async def test_half_a_packet_is_no_message(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
            await misbehave(simulated, Misbehaviour.CUT)
            message = await anext(messages)
            while isinstance(message, (Report, Versions)):
                message = await anext(messages)
            assert message == Lost(Reason.UNREACHABLE)


class TestTooMuch:
    """What is too much costs itself."""

    async def test_a_report_of_5_mb_is_read(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on(interval=60.0)
        simulated.answers_versions = False
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
            await misbehave(simulated, Misbehaviour.HUGE_REPORT)
            heard = await anext(messages)
        assert isinstance(heard, Report)
        assert (heard.hms, heard.skipped) == ((), 0)

    async def test_one_beyond_all_measure_is_skipped(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
            await misbehave(simulated, Misbehaviour.HUGE_REPORT, size=9_000_000)
            assert await next_of(messages, Unreadable) == Unreadable("longer than 8 MiB")
            assert await next_of(messages, Report)
        assert simulated.counts.connects == 1

    async def test_of_a_long_list_the_first_thousand_are_kept_and_the_rest_is_counted(
        self, switch_on: SwitchOn
    ) -> None:
        simulated = await switch_on()
        simulated.raise_fault("0300_0100_0001_0007")
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await report_with(messages, lambda report: report.hms == (HOT,))
            await misbehave(simulated, Misbehaviour.LONG_LIST)
            heard = await report_with(messages, lambda report: report.skipped > 0)
            await report_with(messages, lambda report: report.hms == (HOT,))
        assert heard.hms is not None
        assert heard.hms[0] == HOT
        assert (len(heard.hms), heard.skipped) == (1000, 9000)

    async def test_of_a_thousand_reports_the_newest_are_kept(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("P1S", interval=60.0)
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await report_with(messages, lambda report: report.whole)
            await misbehave(simulated, Misbehaviour.THOUSAND_REPORTS)
            simulated.raise_fault("0300_0100_0001_0007")
            await report_with(messages, lambda report: report.hms == (HOT,))
        assert simulated.counts.connects == 1


async def test_late_deltas_are_one_more_occurrence_and_raise_nothing_twice(
    switch_on: SwitchOn,
) -> None:
    simulated = await switch_on("P1S", interval=60.0)
    codes, ledger = ReportedCodes(()), Ledger()
    now = datetime(2026, 11, 1, tzinfo=UTC)
    raised: list[FaultCode] = []
    cleared: list[FaultCode] = []
    async with aclosing(link_to(address(simulated)).messages()) as messages:

        async def until(*wanted: HmsCode) -> None:
            nonlocal now
            while codes.codes != wanted or not codes.known:
                report = await next_of(messages, Report)
                codes.take(report)
                now += timedelta(seconds=1)
                changes = ledger.update(codes.codes, now)
                raised.extend(fault.code for fault in changes.raised)
                cleared.extend(fault.code for fault in changes.cleared)

        await next_of(messages, Report)
        simulated.raise_fault("0300_0100_0001_0007")
        await until(HOT)
        simulated.raise_fault("0700_2000_0002_0001")
        await until(HOT, RAN_OUT)
        simulated.clear_fault("0300_0100_0001_0007")
        await until(RAN_OUT)
        simulated.raise_fault("0C00_0100_0001_0004")
        await until(RAN_OUT, DIRTY)
        await misbehave(simulated, Misbehaviour.LATE_DELTAS)
        await until(HOT)
        await until(RAN_OUT, DIRTY)
    changes = ledger.check(now + timedelta(minutes=1))
    assert raised == [HOT, RAN_OUT, DIRTY]
    assert cleared == []
    assert [fault.code for fault in changes.cleared] == [HOT]
