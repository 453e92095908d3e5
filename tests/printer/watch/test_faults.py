"""What is said of a printer that is heard."""

import re

from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import HEATBED, RAN_OUT, Start, address


async def test_a_healthy_printer(switch_on: SwitchOn, start: Start) -> None:
    watching = await start(address(await switch_on()), "--json")
    heard = await watching.change("heard")
    assert (heard["model"], heard["serial"], heard["faults"]) == ("X1 Carbon", "00M…", 0)


async def test_what_is_wrong_already(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on(ams=(AmsKind.AMS, AmsKind.AMS))
    simulated.raise_fault(RAN_OUT)
    watching = await start(address(simulated), "--json")
    assert (await watching.change("heard"))["faults"] == 1
    standing = await watching.change("standing")
    assert standing["code"] == f"HMS_{RAN_OUT}"
    assert (standing["ams"], standing["slot"]) == ("B", 3)


async def test_a_fault_that_comes_and_goes(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    watching = await start(address(simulated), "--json", "--settle", "0")
    await watching.change("heard")
    simulated.raise_fault(HEATBED)
    raised = await watching.change("raised")
    assert (raised["code"], raised["severity"]) == (f"HMS_{HEATBED}", "fatal")
    simulated.clear_fault(HEATBED)
    cleared = await watching.change("cleared")
    assert (cleared["code"], cleared["first_seen"]) == (raised["code"], raised["first_seen"])
    assert cleared["duration"] >= 0


async def test_a_fault_settles_without_another_report(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on("P1S", interval=3600)
    watching = await start(address(simulated), "--json", "--settle", "0.5")
    await watching.change("heard")
    simulated.raise_fault(HEATBED)
    await watching.change("raised")
    simulated.clear_fault(HEATBED)
    await watching.change("cleared")


async def test_lines_for_people(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on(ams=(AmsKind.AMS, AmsKind.AMS))
    watching = await start(address(simulated))
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    line = await watching.line()
    assert re.fullmatch(rf"{time}  heard     X1 Carbon \(00M…\).*: no faults", line)
    simulated.raise_fault(RAN_OUT)
    line = await watching.line()
    assert re.fullmatch(
        rf"{time}  raised    \w+ +AMS B slot 3  .+  HMS_{RAN_OUT}  https://\S+", line
    )


async def test_what_is_no_fault_is_not_said(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    watching = await start(address(simulated), "--json")
    await watching.change("heard")
    # A cancelled print, and a code that the printer's own screen does not show.
    simulated.raise_fault("0300_400C")
    simulated.raise_fault("0500_0100_0002_0008")
    await simulated.told()
    simulated.raise_fault(HEATBED)
    assert (await watching.change("raised"))["code"] == f"HMS_{HEATBED}"


async def test_a_printer_that_goes_and_comes_back(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    simulated.raise_fault(HEATBED)
    watching = await start(address(simulated), "--json", "--settle", "0")
    await watching.change("heard")
    await watching.change("standing")
    await simulated.power_off()
    assert (await watching.change("lost"))["reason"] == "unreachable"
    simulated.clear_fault(HEATBED)
    await simulated.power_on()
    await watching.change("back")
    assert (await watching.change("cleared"))["code"] == f"HMS_{HEATBED}"


async def test_a_fault_that_stays_is_said_once(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    simulated.raise_fault(HEATBED)
    watching = await start(address(simulated), "--json")
    await watching.change("heard")
    await watching.change("standing")
    simulated.cut()
    await watching.change("lost")
    assert (await watching.change("back"))["faults"] == 1
    simulated.raise_fault("0300_0200_0001_0001")
    assert (await watching.change("raised"))["code"] == "HMS_0300_0200_0001_0001"


async def test_junk_is_complained_of_once(switch_on: SwitchOn, start: Start) -> None:
    simulated = await switch_on()
    watching = await start(address(simulated), "--json")
    await watching.change("heard")
    await simulated.publish_raw(b"\xff")
    await simulated.publish_raw(b"[]")
    simulated.raise_fault(HEATBED)
    await watching.change("raised")
    _, errors = await watching.interrupt()
    assert errors == "watch: a message was skipped: no JSON object\n"
