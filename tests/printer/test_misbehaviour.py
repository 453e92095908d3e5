"""A printer that misbehaves, whatever it does: what the link says of it, and that it recovers."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import pytest

from custom_components.bambu_hms.hms.code import HmsCode
from custom_components.bambu_hms.printer import identity, session
from custom_components.bambu_hms.printer.identity import read_certificate
from custom_components.bambu_hms.printer.link import (
    Link,
    LinkError,
    Lost,
    PushallLimit,
    Reason,
    first_report,
)
from custom_components.bambu_hms.printer.report import Report, Versions
from tests.simulator.misbehaviour import Misbehaviour, behave, misbehave

from .conftest import SwitchOn, address, pin_of
from .listening import link_to, next_of, report_with
from .test_session import (
    open_sockets,  # noqa: F401 -- pytest finds the fixture by this name
    own_tasks,
    settled,
)

HOT = HmsCode(0x0300_0100, 0x0001_0007)

# What the link says of each; None: nothing, because the session goes on.
EXPECTED: dict[Misbehaviour, Reason | None] = {
    Misbehaviour.WRONG_CODE: Reason.ACCESS_CODE,
    Misbehaviour.WRONG_CN: Reason.OTHER_PRINTER,
    Misbehaviour.NEW_CERTIFICATE: Reason.CERTIFICATE,
    Misbehaviour.REFUSED: Reason.UNREACHABLE,
    Misbehaviour.ACCEPTED_AND_SILENT: Reason.UNREACHABLE,
    Misbehaviour.NO_TLS: Reason.UNREACHABLE,
    Misbehaviour.SLOW_TLS: Reason.UNREACHABLE,
    Misbehaviour.DRIBBLING_TLS: Reason.UNREACHABLE,
    Misbehaviour.STALLED: Reason.SILENT,
    Misbehaviour.OTHER_CASE: Reason.CERTIFICATE,
    Misbehaviour.CUT: Reason.UNREACHABLE,
    Misbehaviour.RESET: Reason.UNREACHABLE,
    Misbehaviour.RESTART: Reason.UNREACHABLE,
    Misbehaviour.JUNK: None,
    Misbehaviour.JUNK_PACKETS: Reason.UNREACHABLE,
    Misbehaviour.HUGE_REPORT: None,
    Misbehaviour.THOUSAND_REPORTS: None,
    Misbehaviour.LONG_LIST: None,
    Misbehaviour.LATE_DELTAS: None,
}
LOSSES = [(kind, reason) for kind, reason in EXPECTED.items() if reason is not None]
NO_LOSSES = [kind for kind, reason in EXPECTED.items() if reason is None]


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait ten seconds for a handshake."""
    monkeypatch.setattr(identity, "_HANDSHAKE_SECONDS", 0.5)


def test_each_misbehaviour_has_an_expectation() -> None:
    assert set(EXPECTED) == set(Misbehaviour)


@pytest.mark.parametrize(("kind", "reason"), LOSSES)
async def test_the_reason_is_told_and_the_link_comes_back_by_itself(
    switch_on: SwitchOn, kind: Misbehaviour, reason: Reason
) -> None:
    simulated = await switch_on()
    printer = address(simulated, pin=await pin_of(simulated))
    async with aclosing(link_to(printer, silence=1.0).messages()) as messages:
        await next_of(messages, Report)
        await misbehave(simulated, kind)
        await lost_with(messages, reason)
        await behave(simulated)
        simulated.raise_fault("0300_0100_0001_0007")
        await report_with(messages, lambda report: report.hms == (HOT,))


@pytest.mark.parametrize("model", ["X1C", "P1S"])
@pytest.mark.parametrize("kind", NO_LOSSES)
async def test_the_session_goes_on(switch_on: SwitchOn, kind: Misbehaviour, model: str) -> None:
    simulated = await switch_on(model)
    async with aclosing(link_to(address(simulated)).messages()) as messages:
        await report_with(messages, lambda report: report.hms == ())
        await misbehave(simulated, kind)
        simulated.raise_fault("0300_0100_0001_0007")
        await report_with(messages, lambda report: report.hms == (HOT,))
    assert simulated.counts.connects == 1


@pytest.mark.parametrize("kind", Misbehaviour)
async def test_nothing_is_left_when_nobody_listens_any_more(
    switch_on: SwitchOn,
    open_sockets: Callable[[], int],  # noqa: F811 -- the fixture
    kind: Misbehaviour,
) -> None:
    tasks = own_tasks()
    simulated = await switch_on()
    sockets = open_sockets()
    printer = address(simulated, pin=await pin_of(simulated))
    heard = asyncio.Event()
    reader = asyncio.create_task(read(link_to(printer, silence=0.3), heard))
    await heard.wait()
    await misbehave(simulated, kind)
    # Long enough to be in the middle of whatever comes of it; what it is does not matter.
    await asyncio.sleep(0.2)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    await settled(lambda: open_sockets() <= sockets)
    await simulated.power_off()
    assert not own_tasks() - tasks


class TestStrangers:
    """Whoever shows another certificate gets no access code."""

    @pytest.mark.parametrize(
        ("kind", "reason"),
        [
            (Misbehaviour.WRONG_CN, Reason.OTHER_PRINTER),
            (Misbehaviour.NEW_CERTIFICATE, Reason.CERTIFICATE),
            (Misbehaviour.OTHER_CASE, Reason.CERTIFICATE),
        ],
    )
    async def test_no_access_code_goes_to_another_certificate(
        self, switch_on: SwitchOn, kind: Misbehaviour, reason: Reason
    ) -> None:
        simulated = await switch_on()
        printer = address(simulated, pin=await pin_of(simulated))
        async with aclosing(link_to(printer).messages()) as messages:
            await next_of(messages, Report)
            await misbehave(simulated, kind)
            await lost_with(messages, reason)
            for _ in range(3):
                await next_of(messages, Lost)
        assert simulated.counts.logins == 1

    async def test_something_else_at_the_address_gets_no_access_code(
        self, switch_on: SwitchOn
    ) -> None:
        simulated = await switch_on()
        await misbehave(simulated, Misbehaviour.NO_TLS)
        with pytest.raises(LinkError) as error:
            await read_certificate(simulated.host, simulated.port)
        assert error.value.reason is Reason.NO_TLS
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            assert await anext(messages) == Lost(Reason.UNREACHABLE)
        assert simulated.counts.logins == 0


class TestOtherCase:
    """A printer that writes its serial number in lower case."""

    async def test_its_certificate_names_the_same_printer(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        await misbehave(simulated, Misbehaviour.OTHER_CASE)
        shown = await read_certificate(simulated.host, simulated.port)
        assert shown.serial == simulated.serial

    async def test_its_topics_are_others_so_it_is_silent(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        await misbehave(simulated, Misbehaviour.OTHER_CASE)
        printer = address(simulated, pin=await pin_of(simulated))
        async with aclosing(link_to(printer, silence=0.4).messages()) as messages:
            assert await anext(messages) == Lost(Reason.SILENT)
            simulated.topic_serial = simulated.serial
            assert await next_of(messages, Report)


class TestSlowness:
    """A printer that takes its time."""

    async def test_a_handshake_may_take_a_while(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        await misbehave(simulated, Misbehaviour.SLOW_TLS, seconds=0.2)
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            assert isinstance(await anext(messages), (Report, Versions))

    async def test_a_stalled_connection_is_found_each_time(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        await misbehave(simulated, Misbehaviour.STALLED, after=2)
        async with aclosing(link_to(address(simulated), silence=0.4).messages()) as messages:
            for _ in range(2):
                await next_of(messages, Report)
                assert await next_of(messages, Lost) == Lost(Reason.SILENT)
        assert simulated.counts.connects == 2

    async def test_one_that_stalls_before_its_first_word_is_found_too(
        self, switch_on: SwitchOn
    ) -> None:
        simulated = await switch_on()
        await misbehave(simulated, Misbehaviour.STALLED, after=0)
        simulated.answers_versions = False
        async with aclosing(link_to(address(simulated), silence=0.4).messages()) as messages:
            assert await anext(messages) == Lost(Reason.SILENT)

    async def test_a_ping_without_an_answer_is_silence_as_well(
        self, switch_on: SwitchOn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session, "_KEEPALIVE_SECONDS", 1)
        simulated = await switch_on()
        async with aclosing(link_to(address(simulated)).messages()) as messages:
            await next_of(messages, Report)
            await misbehave(simulated, Misbehaviour.STALLED, after=1)
            assert await next_of(messages, Lost) == Lost(Reason.SILENT)

    @pytest.mark.parametrize(
        "kind",
        [
            Misbehaviour.ACCEPTED_AND_SILENT,
            Misbehaviour.DRIBBLING_TLS,
            Misbehaviour.STALLED,
            Misbehaviour.THOUSAND_REPORTS,
        ],
    )
    async def test_another_printer_is_heard_meanwhile(
        self, switch_on: SwitchOn, kind: Misbehaviour
    ) -> None:
        bad, good = await switch_on(number=1), await switch_on(number=2)
        async with aclosing(link_to(address(good)).messages()) as messages:
            heard = asyncio.Event()
            reader = asyncio.create_task(read(link_to(address(bad)), heard))
            await heard.wait()
            await misbehave(bad, kind)
            for _ in range(3):
                await next_of(messages, Report)
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
        assert good.counts.connects == 1

    async def test_a_printer_that_stalls_when_it_is_set_up_is_silent(
        self, switch_on: SwitchOn
    ) -> None:
        simulated = await switch_on()
        simulated.answers_versions = False
        await misbehave(simulated, Misbehaviour.STALLED, after=0)
        with pytest.raises(LinkError) as error:
            await first_report(address(simulated), PushallLimit(), timeout=0.5)
        assert error.value.reason is Reason.SILENT


async def lost_with(messages: AsyncGenerator[object], reason: Reason) -> None:
    """Read on until the printer is lost for this reason."""
    while await next_of(messages, Lost) != Lost(reason):
        pass


async def read(link: Link, heard: asyncio.Event) -> None:
    """Listen for ever, and say when the printer has been heard."""
    async with aclosing(link.messages()) as messages:
        async for message in messages:
            if isinstance(message, Report):
                heard.set()
