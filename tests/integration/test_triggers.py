"""The triggers: which faults an automation is told of, when, and with what."""

from typing import Any

from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.trigger import async_validate_trigger_config
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_hms.announcer import SIGNAL_FAULT
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind, SimulatedPrinter

from .automating import (
    OVERHEATING,
    RAN_OUT_ELSEWHERE,
    RAN_OUT_TOO,
    SWITCHED,
    Options,
    automate,
    on,
    raise_faults,
)
from .conftest import (
    HEATBED,
    LIDAR_DIRTY,
    MOTOR,
    RAN_OUT,
    AddPrinter,
    Ears,
    ams_of,
    device_of,
    until_state,
)

# In this order: the print error comes after what it is related to.
ALL = (OVERHEATING, HEATBED, LIDAR_DIRTY, RAN_OUT, RAN_OUT_ELSEWHERE, SWITCHED, RAN_OUT_TOO)
USUAL = [OVERHEATING, HEATBED, LIDAR_DIRTY, RAN_OUT, RAN_OUT_ELSEWHERE]

# What Home Assistant itself says of every trigger.
OF_EVERY_TRIGGER = {"id", "idx", "alias", "platform", "description"}


@pytest.fixture
async def printer(switch_on: SwitchOn) -> SimulatedPrinter:
    """An X1C with two AMS."""
    return await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS))


@pytest.fixture
async def entry(printer: SimulatedPrinter, add_printer: AddPrinter) -> MockConfigEntry:
    """Its entry."""
    return await add_printer(printer)


def listeners(hass: HomeAssistant) -> int:
    """Return how many triggers listen for faults."""
    return len(hass.data.get("dispatcher", {}).get(SIGNAL_FAULT, ()))


# What they carry


async def test_a_raised_fault_triggers_with_all_that_events_say(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    said = await automate(hass, [on("fault_raised")])
    await raise_faults(ears, printer, RAN_OUT)
    await hass.async_block_till_done()
    (trigger,) = said.all
    assert {key: trigger[key] for key in trigger if key not in OF_EVERY_TRIGGER} == ears.events[
        0
    ].data
    assert trigger["platform"] == "bambu_hms.fault_raised"
    assert trigger["description"] == (
        "fault raised on X1C left: AMS A slot 2 filament has run out."
    )
    assert trigger["device_id"] == ams_of(entry)
    assert (trigger["topic"], trigger["ams"], trigger["slot"]) == ("filament_ran_out", "A", 2)


async def test_a_cleared_fault_triggers_with_how_long_it_was_there(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    said = await automate(hass, [on("fault_cleared", {"topics": ["filament_ran_out"]})])
    await raise_faults(ears, printer, RAN_OUT, HEATBED)
    printer.clear_all()
    cleared = await ears.until("cleared", RAN_OUT)
    await ears.until("cleared", HEATBED)
    await hass.async_block_till_done()
    (trigger,) = said.all
    assert trigger["duration"] == cleared["duration"]
    assert trigger["platform"] == "bambu_hms.fault_cleared"
    assert trigger["description"].startswith("fault cleared on X1C left: ")


async def test_nothing_of_a_fault_hides_what_home_assistant_says_of_a_trigger(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await raise_faults(ears, printer, RAN_OUT)
    printer.clear_all()
    assert OF_EVERY_TRIGGER.isdisjoint(await ears.until("cleared", RAN_OUT))


# Which faults


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, USUAL),
        ({"topics": ["filament_ran_out"]}, [RAN_OUT, RAN_OUT_ELSEWHERE]),
        ({"topics": "temperature"}, [HEATBED]),
        ({"min_severity": "fatal"}, [OVERHEATING, HEATBED]),
        ({"min_severity": "serious"}, [OVERHEATING, HEATBED, RAN_OUT, RAN_OUT_ELSEWHERE]),
        ({"min_severity": "info"}, [*USUAL, SWITCHED]),
        ({"safety_only": True}, [OVERHEATING]),
        ({"modules": ["heatbed", "micro_lidar"]}, [OVERHEATING, HEATBED, LIDAR_DIRTY]),
        ({"ams": ["ams_a"]}, [RAN_OUT]),
        ({"slots": ["1", "3"]}, [RAN_OUT_ELSEWHERE]),
        ({"slots": 2}, [RAN_OUT]),
        ({"codes": [f"HMS_{HEATBED}", RAN_OUT_ELSEWHERE]}, [HEATBED, RAN_OUT_ELSEWHERE]),
        ({"codes": ["HMS_0300_0100_0001_*"]}, [OVERHEATING, HEATBED]),
        ({"codes": [SWITCHED]}, [SWITCHED]),
        ({"codes": [RAN_OUT_TOO]}, [RAN_OUT_TOO]),
        ({"codes": ["070u,188u_2s00_0002_0001"]}, [RAN_OUT, RAN_OUT_ELSEWHERE]),
        ({"include_notices": True}, [*USUAL, SWITCHED]),
        ({"include_related": True}, [*USUAL, RAN_OUT_TOO]),
        ({"include_related": True, "modules": ["ams"], "ams": ["ams_b"]}, [RAN_OUT_ELSEWHERE]),
        ({"topics": ["filament_ran_out"], "modules": ["heatbed"]}, []),
    ],
    ids=str,
)
async def test_an_automation_is_told_of_what_its_options_say(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    ears: Ears,
    options: Options,
    expected: list[str],
) -> None:
    said = await automate(hass, [on("fault_raised", options)])
    await raise_faults(ears, printer, *ALL)
    await hass.async_block_till_done()
    assert said.codes == expected


async def test_what_was_there_when_the_printer_was_added_triggers_only_if_wanted(
    hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter, ears: Ears
) -> None:
    said = await automate(
        hass,
        [
            on("fault_raised") | {"id": "new"},
            on("fault_raised", {"include_standing": True}) | {"id": "any"},
        ],
    )
    printer.raise_fault(HEATBED)
    await add_printer(printer)
    await ears.until("raised", HEATBED)
    await raise_faults(ears, printer, RAN_OUT)
    await hass.async_block_till_done()
    assert [(it["id"], it["standing"]) for it in said.all] == [
        ("any", True),
        ("new", False),
        ("any", False),
    ]


async def test_a_simulated_fault_triggers_unless_it_is_not_wanted(
    hass: HomeAssistant, entry: MockConfigEntry, ears: Ears
) -> None:
    said = await automate(
        hass,
        [
            on("fault_raised") | {"id": "any"},
            on("fault_raised", {"include_simulated": False}) | {"id": "real"},
        ],
    )
    await hass.services.async_call(
        "bambu_hms", "simulate_fault", {"device_id": device_of(entry), "code": RAN_OUT}
    )
    await ears.until("raised", RAN_OUT)
    await hass.async_block_till_done()
    assert [(it["id"], it["simulated"]) for it in said.all] == [("any", True)]


async def test_a_muted_fault_triggers_nothing_until_it_is_unmuted(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    said = await automate(hass, [on("fault_raised"), on("fault_cleared")])
    mute = {"device_id": device_of(entry), "modules": "heatbed"}
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    printer.raise_fault(HEATBED)
    await raise_faults(ears, printer, RAN_OUT)
    await hass.async_block_till_done()
    assert said.codes == [RAN_OUT]
    await hass.services.async_call("bambu_hms", "unmute", mute, blocking=True)
    await hass.async_block_till_done()
    assert said.codes == [RAN_OUT, HEATBED]
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    await hass.async_block_till_done()
    assert (said.all[-1]["platform"], said.all[-1]["muted"]) == ("bambu_hms.fault_cleared", True)


# When


async def test_a_printer_that_is_added_later_triggers_too(
    hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter, ears: Ears
) -> None:
    said = await automate(hass, [on("fault_raised")])
    await add_printer(printer)
    await raise_faults(ears, printer, HEATBED)
    await hass.async_block_till_done()
    assert said.codes == [HEATBED]


async def test_a_trigger_survives_reload_and_power_cycle_and_hears_nothing_twice(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    target = {"device_id": device_of(entry)}
    said = await automate(
        hass, [on("fault_raised", target=target), on("fault_cleared", target=target)]
    )
    await raise_faults(ears, printer, HEATBED)
    await hass.config_entries.async_reload(entry.entry_id)
    await raise_faults(ears, printer, MOTOR)
    await printer.power_off()
    await until_state(hass, "binary_sensor.x1c_left_connection", "off")
    printer.clear_fault(HEATBED)
    await printer.power_on()
    await ears.until("cleared", HEATBED)
    await hass.async_block_till_done()
    assert [(it["platform"].rpartition("_")[2], it["code"]) for it in said.all] == [
        ("raised", f"HMS_{HEATBED}"),
        ("raised", f"HMS_{MOTOR}"),
        ("cleared", f"HMS_{HEATBED}"),
    ]


async def test_what_came_before_home_assistant_had_started_triggers_once(
    hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter, ears: Ears
) -> None:
    hass.set_state(CoreState.not_running)
    await add_printer(printer)
    printer.raise_fault(HEATBED)
    await until_state(hass, "binary_sensor.x1c_left_heatbed_problem", "on")
    said = await automate(hass, [on("fault_raised")])
    assert said.codes == []
    await hass.async_start()
    await ears.until("raised", HEATBED)
    await hass.async_block_till_done()
    assert said.codes == [HEATBED]


async def test_no_trigger_listens_after_its_automation_has_ended(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    said = await automate(hass, [on("fault_raised"), on("fault_cleared")])
    assert listeners(hass) == 2
    automation = {"entity_id": "automation.say"}
    await hass.services.async_call("automation", "turn_off", automation, blocking=True)
    assert listeners(hass) == 0
    await raise_faults(ears, printer, HEATBED)
    await hass.services.async_call("automation", "turn_on", automation, blocking=True)
    assert listeners(hass) == 2
    er.async_get(hass).async_remove("automation.say")
    await hass.async_block_till_done()
    assert listeners(hass) == 0
    await raise_faults(ears, printer, MOTOR)
    await hass.async_block_till_done()
    assert said.codes == []


# What is refused


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"codes": ["nonsense"]}, "'nonsense' is no code"),
        ({"codes": [13194139533319]}, "write it in quotes"),
        ({"topics": ["weather"]}, "'weather' is not a valid Topic"),
        ({"modules": "engine"}, "'engine' is not a valid Module"),
        ({"ams": ["ams_z"]}, "'ams_z' is no AMS unit"),
        ({"slots": [5]}, "5 is no slot"),
        ({"min_severity": "awful"}, "min_severity"),
        ({"min_severity": "unknown"}, "min_severity"),
        ({"safety_only": "perhaps"}, "safety_only"),
        ({"include_notices": "perhaps"}, "include_notices"),
        ({"weather": "fine"}, "weather"),
        ("all", "options"),
    ],
    ids=str,
)
@pytest.mark.parametrize("what", ["fault_raised", "fault_cleared"])
async def test_what_makes_no_sense_is_refused_with_a_reason(
    hass: HomeAssistant, what: str, options: Any, problem: str
) -> None:
    with pytest.raises(probatio.Invalid, match=problem):
        await async_validate_trigger_config(
            hass, [{"platform": f"bambu_hms.{what}", "options": options}]
        )


async def test_a_target_of_another_shape_is_refused(hass: HomeAssistant) -> None:
    trigger = {"platform": "bambu_hms.fault_raised", "target": {"printer": "X1C left"}}
    with pytest.raises(probatio.Invalid, match="printer"):
        await async_validate_trigger_config(hass, [trigger])


async def test_an_owner_is_told_what_is_wrong_with_an_automation(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    automation = {"alias": "Say", "triggers": [on("fault_raised", {"slots": [5]})], "actions": []}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    state = hass.states.get("automation.say")
    assert state
    assert state.state == "unavailable"
    assert "5 is no slot" in caplog.text
