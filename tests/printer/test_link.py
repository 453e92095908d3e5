"""The link to a printer, against simulated printers over real sockets."""

import asyncio
from contextlib import aclosing

import pytest

from custom_components.bambu_hms.hms.code import HmsCode
from custom_components.bambu_hms.printer import link
from custom_components.bambu_hms.printer.link import (
    Lost,
    Printer,
    PushallLimit,
    Reason,
)
from custom_components.bambu_hms.printer.report import Report, Unreadable, Versions
from custom_components.bambu_hms.printer.session import open_session

from .conftest import SwitchOn, address, pin_of
from .listening import Clock, link_to, next_of, report_with

RAN_OUT = HmsCode(0x0700_2000, 0x0002_0001)
HOT = HmsCode(0x0300_0100, 0x0001_0007)


class TestListening:
    """A printer that is there and willing."""

    @pytest.mark.parametrize("model", ["X1C", "P1S", "A1 mini", "H2D"])
    async def test_a_whole_report_arrives(self, switch_on: SwitchOn, model: str) -> None:
        simulated = await switch_on(model)
        simulated.raise_fault("0300_0100_0001_0007")
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            report = await report_with(messages, lambda report: report.whole)
        assert report.hms == (HOT,)

    @pytest.mark.parametrize("model", ["X1C", "P1S"])
    async def test_a_fault_arrives_when_it_comes_and_is_gone_when_it_goes(
        self, switch_on: SwitchOn, model: str
    ) -> None:
        simulated = await switch_on(model)
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await report_with(messages, lambda report: report.hms == ())
            simulated.raise_fault("0700_2000_0002_0001")
            await report_with(messages, lambda report: report.hms == (RAN_OUT,))
            simulated.clear_fault("0700_2000_0002_0001")
            await report_with(messages, lambda report: report.hms == ())

    async def test_versions_arrive(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("X1C")
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            versions = await next_of(messages, Versions)
        assert versions.product == "Bambu Lab X1-Carbon"

    async def test_nothing_waits_for_versions(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("X1C")
        simulated.answers_versions = False
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            assert await next_of(messages, Report)

    async def test_junk_is_told_and_the_session_goes_on(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("X1C")
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
            await simulated.publish_raw(b"\xff\x00 junk")
            await next_of(messages, Unreadable)
            await next_of(messages, Report)
        assert simulated.counts.connects == 1

    async def test_only_the_two_requests_are_ever_sent(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("P1S")
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await report_with(messages, lambda report: report.whole)
            await simulated.until(lambda: simulated.counts.versions == 1)
        counts = simulated.counts
        assert counts.others == []
        assert counts.subscriptions == [f"device/{simulated.serial}/report"]
        assert (counts.pushalls, counts.versions, counts.dropped) == (1, 1, 0)

    async def test_a_serial_in_lower_case_is_the_same_printer(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("X1C")
        printer = address(simulated, serial=simulated.serial.lower())
        async with aclosing(link_to(printer).messages()) as messages:
            assert await next_of(messages, Report)


class TestLosing:
    """A printer that is not heard, and why."""

    async def test_a_wrong_access_code(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        printer = address(simulated, access_code="87654321")
        async with aclosing(link_to(printer).messages()) as messages:
            assert await next_of(messages, Lost) == Lost(Reason.ACCESS_CODE)

    async def test_a_wrong_serial_is_silence(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        printer = address(simulated, serial="00M00A000000009")
        async with aclosing(link_to(printer, silence=0.3).messages()) as messages:
            assert await anext(messages) == Lost(Reason.SILENT)
        assert simulated.counts.connects == 1

    @pytest.mark.parametrize("serial", ["", "+", "#", "00M/../x", "00M 00A"])
    async def test_what_is_no_serial_is_silence_without_asking(
        self, switch_on: SwitchOn, serial: str
    ) -> None:
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated, serial=serial)).messages()) as messages:
            assert await anext(messages) == Lost(Reason.SILENT)
        assert simulated.counts.logins == 0

    async def test_a_stalled_printer_is_silent_and_connected_anew(
        self, switch_on: SwitchOn
    ) -> None:
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated), silence=0.4).messages()) as messages:
            await next_of(messages, Report)
            simulated.silent = True
            assert await next_of(messages, Lost) == Lost(Reason.SILENT)
            simulated.silent = False
            await next_of(messages, Report)
        assert simulated.counts.connects == 2

    async def test_a_printer_that_is_switched_off_comes_back(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
            await simulated.power_off()
            assert await next_of(messages, Lost) == Lost(Reason.UNREACHABLE)
            assert await anext(messages) == Lost(Reason.UNREACHABLE)
            await simulated.power_on()
            assert await next_of(messages, Report)

    async def test_one_lost_for_a_connection_that_is_cut(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
            simulated.cut()
            assert await next_of(messages, Lost) == Lost(Reason.UNREACHABLE)
            assert isinstance(await anext(messages), (Report, Versions))

    @pytest.mark.parametrize(
        ("host", "port"),
        [("127.0.0.1", 1), ("127.0.0.1", 99999), ("", 8883), ("[127.0.0.1]", 1)],
    )
    async def test_an_impossible_address(self, socket_enabled: None, host: str, port: int) -> None:
        printer = Printer(host=host, port=port, serial="00M00A000000001", access_code="1")
        async with aclosing(link_to(printer).messages()) as messages:
            assert await anext(messages) == Lost(Reason.UNREACHABLE)

    async def test_another_certificate_gets_no_access_code(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        pin = await pin_of(simulated)
        await simulated.power_off()
        await simulated.change_certificate()
        await simulated.power_on()
        async with aclosing(link_to(address(simulated, pin=pin)).messages()) as messages:
            assert await anext(messages) == Lost(Reason.CERTIFICATE)
        assert simulated.counts.logins == 0

    async def test_another_printer_gets_no_access_code(self, switch_on: SwitchOn) -> None:
        simulated, other = await switch_on("X1C"), await switch_on("P1S")
        printer = address(other, serial=simulated.serial, pin=await pin_of(simulated))
        async with aclosing(link_to(printer).messages()) as messages:
            assert await anext(messages) == Lost(Reason.OTHER_PRINTER)
        assert other.counts.logins == 0

    async def test_the_pinned_certificate_is_trusted(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        printer = address(simulated, pin=(await pin_of(simulated)).upper())
        async with aclosing(link_to(printer).messages()) as messages:
            assert await next_of(messages, Report)


class TestPushall:
    """Everything is asked for, but a printer is spared."""

    async def test_it_is_asked_for_once_over_many_sessions(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("P1S")
        limit = PushallLimit(Clock())
        for _ in range(3):
            async with aclosing(link_to(address(simulated), limit).messages()) as messages:
                await next_of(messages, Report)
                simulated.cut()
                await next_of(messages, Lost)
                await next_of(messages, Report)
        assert simulated.counts.connects == 6
        assert simulated.counts.pushalls == 1

    async def test_a_session_asks_later_when_it_may(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("P1S")
        clock = Clock()
        limit = PushallLimit(clock)
        limit.sent(simulated.serial)
        async with aclosing(link_to(address(simulated), limit).messages()) as messages:
            await next_of(messages, Report)
            assert simulated.counts.pushalls == 0
            clock.seconds += 300
            assert await report_with(messages, lambda report: report.whole)
        assert simulated.counts.pushalls == 1

    async def test_a_printer_that_tells_all_by_itself_is_not_asked_later(
        self, switch_on: SwitchOn
    ) -> None:
        simulated = await switch_on("X1C")
        clock = Clock()
        limit = PushallLimit(clock)
        limit.sent(simulated.serial)
        async with aclosing(link_to(address(simulated), limit).messages()) as messages:
            await next_of(messages, Report)
            clock.seconds += 300
            for _ in range(3):
                await next_of(messages, Report)
        assert simulated.counts.pushalls == 0

    async def test_lost_messages_mean_asking_again(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on("P1S")
        clock = Clock()
        async with aclosing(
            link_to(address(simulated), PushallLimit(clock)).messages()
        ) as messages:
            await report_with(messages, lambda report: report.whole)
            clock.seconds += 300
            # The link reads nothing while nobody asks it for messages.
            for _ in range(200):
                await simulated.publish_raw(b'{"print":{"msg":1}}')
            await asyncio.sleep(0.5)
            assert await report_with(messages, lambda report: report.whole)
        assert simulated.counts.pushalls == 2

    def test_the_limit_is_five_minutes_for_each_printer(self) -> None:
        clock = Clock()
        limit = PushallLimit(clock)
        limit.sent("00M00A000000001")
        clock.seconds += 299
        assert limit.wait("00m00a000000001") == 1.0
        assert limit.wait("00M00A000000002") == 0.0
        clock.seconds += 1
        assert limit.wait("00M00A000000001") == 0.0


async def test_a_bug_of_ours_costs_a_connection_and_not_the_printer(
    switch_on: SwitchOn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    simulated = await switch_on("X1C")

    def broken(*_: object, **__: object) -> None:
        monkeypatch.setattr(link, "open_session", open_session)
        raise RuntimeError(simulated.serial)

    monkeypatch.setattr(link, "open_session", broken)
    async with aclosing(link_to(address(simulated)).messages()) as messages:
        assert (await next_of(messages, Lost)).reason is Reason.UNREACHABLE
        assert await next_of(messages, Report)
    assert "broke off with RuntimeError" in caplog.text
    assert simulated.serial not in caplog.text
