"""A real automation hears every fault once, whatever happens to printer and Home Assistant."""

import pytest

from tests.simulator import SimulatedPrinter

from .home import Home
from .owner import Owner
from .test_fault import add, complaints, until_state

pytestmark = pytest.mark.e2e

RAN_OUT = "0700_2100_0002_0001"
HEATBED = "0300_0100_0001_0007"
LIDAR_DIRTY = "0C00_0100_0001_0004"
# Faults that mark the end of a chapter: what was to be heard before has been heard.
MARKS = [f"0300_{part}00_0001_0002" for part in ("06", "07", "08", "09", "0F", "03")]


async def test_no_fault_is_heard_twice_and_none_is_lost(
    home: Home, printer: SimulatedPrinter, owner: Owner
) -> None:
    entry_id = await add(home, printer)
    await owner.automate(home)
    marks = iter(MARKS)
    expected: list[str] = []

    async def mark() -> None:
        """Compare what was heard with what was to be heard."""
        code = next(marks)
        printer.raise_fault(code)
        await owner.until(f"raised {code}")
        expected.append(f"raised {code}")
        assert owner.heard == expected

    printer.raise_fault(RAN_OUT)
    await owner.until(f"raised {RAN_OUT}")
    expected.append(f"raised {RAN_OUT}")

    await home.reload(entry_id)
    await mark()

    printer.cut()
    await mark()

    await printer.power_off()
    await until_state(home, "binary_sensor.x1c_left_connection", "off")
    await printer.power_on()
    await until_state(home, "binary_sensor.x1c_left_connection", "on")
    await mark()

    # While Home Assistant is away one comes, one goes, and one comes and goes.
    await home.stop()
    printer.raise_fault(HEATBED)
    printer.clear_fault(RAN_OUT)
    printer.raise_fault(LIDAR_DIRTY)
    printer.clear_fault(LIDAR_DIRTY)
    await home.start()
    await owner.until(f"cleared {RAN_OUT}")
    expected += [f"raised {HEATBED}", f"cleared {RAN_OUT}"]
    await mark()

    await home.stop()
    assert not complaints(home.log)


async def test_a_power_cut_loses_nothing_and_repeats_at_most_the_last_seconds(
    home: Home, printer: SimulatedPrinter, owner: Owner
) -> None:
    await add(home, printer)
    await owner.automate(home)
    printer.raise_fault(RAN_OUT)
    await owner.until(f"raised {RAN_OUT}")
    # Whatever Home Assistant knows is written now; what happens after it is the last seconds.
    await home.stop()
    await home.start()
    await until_state(home, "binary_sensor.x1c_left_connection", "on")
    printer.raise_fault(HEATBED)
    await owner.until(f"raised {HEATBED}")
    await home.kill()
    printer.raise_fault(LIDAR_DIRTY)
    await home.start()
    await owner.until(f"raised {LIDAR_DIRTY}")
    printer.raise_fault(MARKS[0])
    await owner.until(f"raised {MARKS[0]}")
    assert owner.heard.count(f"raised {RAN_OUT}") == 1
    assert owner.heard.count(f"raised {HEATBED}") in {1, 2}
    assert owner.heard.count(f"raised {LIDAR_DIRTY}") == 1
    printer.clear_all()
    for code in (RAN_OUT, HEATBED, LIDAR_DIRTY, MARKS[0]):
        await owner.until(f"cleared {code}")
    assert len([word for word in owner.heard if word.startswith("cleared")]) == 4


async def test_a_mute_and_what_settles_outlive_a_restart(
    home: Home, printer: SimulatedPrinter, owner: Owner
) -> None:
    await add(home, printer, settle_time=3)
    await owner.automate(home)
    async with home.socket() as socket:
        devices = await socket.call("config/device_registry/list")
        device = next(device["id"] for device in devices if device["name"] == "X1C left")
        await socket.call(
            "call_service",
            domain="bambu_hms",
            service="mute",
            service_data={"device_id": device, "codes": RAN_OUT},
        )
    printer.raise_fault(HEATBED)
    await owner.until(f"raised {HEATBED}")
    printer.clear_fault(HEATBED)
    await printer.told()
    await home.stop()
    printer.raise_fault(RAN_OUT)
    await home.start()
    await owner.until(f"cleared {HEATBED}")
    printer.raise_fault(LIDAR_DIRTY)
    await owner.until(f"raised {LIDAR_DIRTY}")
    assert owner.heard == [f"raised {HEATBED}", f"cleared {HEATBED}", f"raised {LIDAR_DIRTY}"]
    state = await home.state("sensor.x1c_left_active_faults")
    assert (state["state"], state["attributes"]["muted"]) == ("1", 1)
