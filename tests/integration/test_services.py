"""The actions: what they do, what they return, and whom they refuse."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml
import probatio
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)

from custom_components.bambu_hms import services
from custom_components.bambu_hms.hms.location import Module
from custom_components.bambu_hms.hms.matcher import AMS_KEYS
from custom_components.bambu_hms.hms.meaning import FAULT_TOPICS
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind, SimulatedPrinter

from .conftest import (
    HEATBED,
    LIDAR_DIRTY,
    MOTOR,
    RAN_OUT,
    AddPrinter,
    Ears,
    ams_of,
    attributes_of,
    coordinator_of,
    device_of,
    state_of,
    until_state,
)

RAN_OUT_ELSEWHERE = "0701_2000_0002_0001"
SLOT_ERROR = "0700-8011"
INTERNAL = "0500_0200_0002_0009"
CANCELLED = "0300-400C"


async def call(
    hass: HomeAssistant, action: str, context: Context | None = None, **data: Any
) -> None:
    """Do what an owner can do."""
    await hass.services.async_call("bambu_hms", action, data, blocking=True, context=context)


async def ask(
    hass: HomeAssistant, action: str, context: Context | None = None, **data: Any
) -> dict[str, Any]:
    """Ask what an owner can ask."""
    answer = await hass.services.async_call(
        "bambu_hms", action, data, blocking=True, context=context, return_response=True
    )
    assert isinstance(answer, dict)
    return answer


async def codes(hass: HomeAssistant, action: str, **data: Any) -> list[str]:
    """Return the codes of what an action lists."""
    listed = (await ask(hass, action, **data))["faults"]
    return [fault["code"].removeprefix("HMS_") for fault in listed]


async def refused(hass: HomeAssistant, action: str, **data: Any) -> str:
    """Return the key of the error that says what is wrong."""
    do = ask if action in {"get_faults", "get_history", "decode"} else call
    with pytest.raises(ServiceValidationError) as error:
        await do(hass, action, **data)
    assert error.value.translation_domain == "bambu_hms"
    assert str(error.value), "it has a text"
    return str(error.value.translation_key)


async def raise_faults(ears: Ears, printer: SimulatedPrinter, *faults: str) -> None:
    """Have faults, and wait until they are heard."""
    for code in faults:
        printer.raise_fault(code)
        await ears.until("raised", code)


@pytest.fixture
async def printer(switch_on: SwitchOn) -> SimulatedPrinter:
    """An X1C with two AMS."""
    return await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS))


@pytest.fixture
async def entry(printer: SimulatedPrinter, add_printer: AddPrinter) -> MockConfigEntry:
    """Its entry."""
    return await add_printer(printer)


# mute, unmute


async def test_a_mute_of_an_ams_unit_holds_for_that_unit_alone(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await call(hass, "mute", device_id=ams_of(entry, 1), topics="filament_ran_out")
    printer.raise_fault(RAN_OUT_ELSEWHERE)
    await raise_faults(ears, printer, RAN_OUT)
    assert ears.heard == [("raised", RAN_OUT)]
    (mute,) = coordinator_of(entry).ledger.mutes
    assert mute.what.as_dict() == {"topics": ["filament_ran_out"], "ams": ["ams_b"]}


async def test_unmuting_without_a_choice_ends_all_of_the_target(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    ledger = coordinator_of(entry).ledger
    await call(hass, "mute", device_id=ams_of(entry, 1), topics="filament_ran_out")
    await call(hass, "mute", device_id=ams_of(entry, 0), slots=[1, 2])
    await call(hass, "mute", device_id=device_of(entry), codes=[HEATBED])
    await call(hass, "unmute", device_id=ams_of(entry, 0))
    assert len(ledger.mutes) == 2
    await call(hass, "unmute", device_id=device_of(entry))
    assert not ledger.mutes


async def test_unmuting_ends_just_the_mute_of_these_faults(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    device = device_of(entry)
    await call(hass, "mute", device_id=device, topics=["clog", "fire"])
    assert await refused(hass, "unmute", device_id=device, topics="clog") == "not_muted"
    await call(hass, "unmute", device_id=device, topics=["fire", "clog"])
    assert not coordinator_of(entry).ledger.mutes
    assert await refused(hass, "unmute", device_id=device) == "not_muted"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "nothing_chosen"),
        ({"codes": ["nonsense"]}, "invalid_choice"),
        ({"topics": ["weather"]}, "invalid_choice"),
        ({"modules": "engine"}, "invalid_choice"),
        ({"ams": "ams_z"}, "invalid_choice"),
        ({"slots": [7]}, "invalid_choice"),
        ({"topics": ["clog"], "until_cleared": True}, "no_such_fault"),
    ],
    ids=str,
)
async def test_a_mute_that_makes_no_sense_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, data: dict[str, Any], key: str
) -> None:
    assert await refused(hass, "mute", device_id=device_of(entry), **data) == key
    assert not coordinator_of(entry).ledger.mutes


@pytest.mark.parametrize(
    "data",
    [
        {"duration": {"minutes": 5}, "until_cleared": True},
        {"duration": {"seconds": 0}},
        {"duration": {"days": 100000}},
        {"duration": "soon"},
        {"weather": "fine"},
        # What YAML makes of a code without quotes.
        {"codes": 0o0300010000010007},
    ],
    ids=str,
)
async def test_a_call_of_another_shape_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, data: dict[str, Any]
) -> None:
    with pytest.raises(probatio.Invalid):
        await call(hass, "mute", device_id=device_of(entry), topics="clog", **data)


async def test_a_device_that_is_no_printer_or_not_loaded_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    device = device_of(entry)
    assert await refused(hass, "mute", device_id="none", topics="clog") == "no_printer"
    assert await refused(hass, "get_faults", device_id="none") == "no_printer"
    await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert await refused(hass, "mute", device_id=device, topics="clog") == "no_printer"


# get_faults, get_history


async def test_the_faults_of_all_printers_the_most_urgent_first(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    other = await switch_on("P1S", number=2)
    await add_printer(other, "P1S right")
    await raise_faults(ears, printer, LIDAR_DIRTY, RAN_OUT)
    await raise_faults(ears, other, HEATBED)
    assert await codes(hass, "get_faults") == [RAN_OUT, LIDAR_DIRTY, HEATBED]
    assert await codes(hass, "get_faults", device_id=device_of(entry)) == [RAN_OUT, LIDAR_DIRTY]
    assert await codes(hass, "get_faults", device_id=[ams_of(entry)]) == [RAN_OUT]
    assert await codes(hass, "get_faults", min_severity="serious") == [RAN_OUT, HEATBED]
    assert await codes(hass, "get_faults", modules="heatbed") == [HEATBED]
    assert await codes(hass, "get_faults", codes="0*00_0100_0001_*") == [LIDAR_DIRTY, HEATBED]


async def test_a_fault_is_listed_with_all_that_events_say_and_how_it_is_now(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    entry = await add_printer(printer, settle_time=30)
    await raise_faults(ears, printer, RAN_OUT)
    await call(hass, "mute", device_id=device_of(entry), slots="2")
    (fault,) = (await ask(hass, "get_faults"))["faults"]
    assert set(fault) == {*ears.events[0].data, "settling"}
    assert (fault["muted"], fault["settling"], fault["simulated"]) == (True, False, False)
    printer.clear_all()
    await printer.told()
    while not (await ask(hass, "get_faults"))["faults"][0]["settling"]:
        await hass.async_block_till_done()
    assert await codes(hass, "get_history") == [RAN_OUT]


async def test_the_history_says_when_it_came_and_went(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await raise_faults(ears, printer, RAN_OUT, HEATBED)
    printer.clear_fault(RAN_OUT)
    cleared = await ears.until("cleared", RAN_OUT)
    newest, oldest = (await ask(hass, "get_history"))["faults"]
    assert (newest["code"], newest["cleared"]) == (f"HMS_{HEATBED}", None)
    assert oldest["raised"] == cleared["first_seen"]
    assert oldest["cleared"] == cleared["last_seen"]
    assert oldest["duration"] == cleared["duration"]
    assert (oldest["occurrences"], oldest["severity"], oldest["topic"]) == (
        1,
        "serious",
        "filament_ran_out",
    )
    assert oldest["message"] == "AMS A slot 2 filament has run out."
    assert oldest["device_id"] == ams_of(entry)
    assert await codes(hass, "get_history", device_id=ams_of(entry, 1)) == []
    assert await codes(hass, "get_history", topics="filament_ran_out") == [RAN_OUT]
    await hass.config_entries.async_reload(entry.entry_id)
    assert await codes(hass, "get_history") == [HEATBED, RAN_OUT]


async def test_the_history_of_a_time(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await raise_faults(ears, printer, HEATBED)
    printer.clear_all()
    await ears.until("cleared", HEATBED)
    now = dt_util.now()
    early, late = now - timedelta(hours=1), now + timedelta(hours=1)
    assert await codes(hass, "get_history", start=early, end=late) == [HEATBED]
    assert await codes(hass, "get_history", end=early) == []
    assert await codes(hass, "get_history", start=late) == []
    # What is typed in the form has no time zone: the owner's is meant.
    assert await codes(hass, "get_history", start=early.replace(tzinfo=None)) == [HEATBED]
    assert await refused(hass, "get_history", start=late, end=early) == "end_before_start"


# decode


async def test_a_code_is_decoded_with_and_without_a_printer(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry
) -> None:
    device = device_of(entry)
    decoded = await ask(hass, "decode", code="hms 0700-2100-0002-0001")
    assert decoded["code"] == f"HMS_{RAN_OUT}"
    assert decoded["message"] == "AMS A slot 2 filament has run out."
    assert (decoded["topic"], decoded["slot"]) == ("filament_ran_out", 2)
    assert (decoded["fault"], decoded["shown"]) == (True, True)
    await printer.power_off()
    await until_state(hass, "binary_sensor.x1c_left_connection", "off")
    assert await ask(hass, "decode", code=RAN_OUT, device_id=device) == decoded
    assert (await ask(hass, "decode", code=INTERNAL))["shown"] is False
    assert (await ask(hass, "decode", code=CANCELLED))["fault"] is False


async def test_a_code_is_decoded_for_the_model_of_the_printer(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    h2d = await add_printer(await switch_on("H2D"))
    decoded = await ask(hass, "decode", code=HEATBED, device_id=device_of(h2d))
    assert "/h2d/" in decoded["wiki_url"]


async def test_a_code_is_decoded_in_the_owners_language(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.config.language = "de"
    decoded = await ask(hass, "decode", code="0300_0100_0001_7777")
    assert decoded["known"] is False
    assert decoded["message"].startswith("Heizbett")


async def test_what_is_no_code_is_refused(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await refused(hass, "decode", code="nonsense") == "invalid_code"
    device = device_of(entry)
    assert await refused(hass, "simulate_fault", device_id=device, code="1") == "invalid_code"


# simulate_fault


async def test_a_simulated_fault_is_heard_and_shown_for_a_time_and_kept_nowhere(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await call(hass, "simulate_fault", device_id=device_of(entry), code=RAN_OUT, duration=10)
    raised = await ears.until("raised", RAN_OUT)
    assert raised["simulated"] is True
    assert raised["device_id"] == ams_of(entry)
    assert state_of(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem") == "on"
    assert attributes_of(hass, "sensor.x1c_left_ams_a_slot_2_fault")["simulated"] is True
    assert attributes_of(hass, "event.x1c_left_ams_a_fault")["simulated"] is True
    assert state_of(hass, "sensor.x1c_left_active_faults") == "0"
    assert (await ask(hass, "get_faults"))["faults"][0]["simulated"] is True
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=11))
    cleared = await ears.until("cleared", RAN_OUT)
    assert cleared["simulated"] is True
    assert state_of(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem") == "off"
    assert state_of(hass, "sensor.x1c_left_faults_raised") == "0"
    assert state_of(hass, "sensor.x1c_left_last_fault") == "unknown"
    assert await codes(hass, "get_history") == []
    assert printer.counts.others == [], "the printer was told nothing"


async def test_a_fault_is_simulated_while_the_printer_is_off(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await printer.power_off()
    await until_state(hass, "binary_sensor.x1c_left_connection", "off")
    await call(hass, "simulate_fault", device_id=device_of(entry), code=HEATBED)
    await ears.until("raised", HEATBED)


async def test_a_simulated_fault_ends_with_its_entry(
    hass: HomeAssistant, entry: MockConfigEntry, ears: Ears
) -> None:
    await call(hass, "simulate_fault", device_id=device_of(entry), code=HEATBED)
    await hass.config_entries.async_unload(entry.entry_id)
    assert ears.heard == [("raised", HEATBED), ("cleared", HEATBED)]


async def test_a_fault_simulated_again_is_heard_again(
    hass: HomeAssistant, entry: MockConfigEntry, ears: Ears
) -> None:
    for _ in range(2):
        await call(hass, "simulate_fault", device_id=device_of(entry), code=HEATBED)
    assert [what for what, _ in ears.heard] == ["raised", "cleared", "raised"]


async def test_a_real_fault_comes_beside_a_simulated_one(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    await call(hass, "simulate_fault", device_id=device_of(entry), code=MOTOR)
    await raise_faults(ears, printer, HEATBED)
    assert state_of(hass, "sensor.x1c_left_active_faults") == "1"
    assert state_of(hass, "sensor.x1c_left_faults_raised") == "1"


async def test_what_no_automation_would_hear_is_not_simulated(
    hass: HomeAssistant, printer: SimulatedPrinter, entry: MockConfigEntry, ears: Ears
) -> None:
    device = device_of(entry)
    assert await refused(hass, "simulate_fault", device_id=device, code=CANCELLED) == "not_a_fault"
    assert await refused(hass, "simulate_fault", device_id=device, code=INTERNAL) == "not_a_fault"
    await raise_faults(ears, printer, HEATBED)
    assert await refused(hass, "simulate_fault", device_id=device, code=HEATBED) == "is_there"
    await call(hass, "mute", device_id=device, slots=2)
    assert await refused(hass, "simulate_fault", device_id=device, code=RAN_OUT) == "is_muted"


# Who may


@pytest.fixture
def reader(hass: HomeAssistant, entry: MockConfigEntry) -> Context:
    """Somebody who may see the printer but not its AMS, and control nothing."""
    registry = er.async_get(hass)
    entities = er.async_entries_for_device(registry, device_of(entry))
    user = MockUser(id="reader").add_to_hass(hass)
    user.mock_policy(
        {"entities": {"entity_ids": {it.entity_id: {POLICY_READ: True} for it in entities}}}
    )
    return Context(user_id=user.id)


async def test_who_may_only_read_may_ask_but_change_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, reader: Context
) -> None:
    device = device_of(entry)
    assert await ask(hass, "get_faults", reader, device_id=device) == {"faults": []}
    assert await ask(hass, "get_history", reader) == {"faults": []}
    assert await ask(hass, "decode", reader, code=HEATBED)
    for action in ("mute", "unmute"):
        with pytest.raises(Unauthorized):
            await call(hass, action, reader, device_id=device, topics="clog")
    with pytest.raises(Unauthorized):
        await call(hass, "simulate_fault", reader, device_id=device, code=HEATBED)
    assert not coordinator_of(entry).ledger.mutes


async def test_what_one_may_not_see_is_not_told(
    hass: HomeAssistant,
    printer: SimulatedPrinter,
    entry: MockConfigEntry,
    reader: Context,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    other = await switch_on("P1S", number=2)
    await add_printer(other, "P1S right")
    await raise_faults(ears, other, HEATBED)
    assert await ask(hass, "get_faults", reader) == {"faults": []}
    with pytest.raises(Unauthorized):
        await ask(hass, "get_faults", reader, device_id=ams_of(entry))


async def test_who_may_control_may_mute_but_only_an_admin_simulates(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    user = MockUser(id="controller").add_to_hass(hass)
    user.mock_policy({"entities": {"all": {POLICY_READ: True, POLICY_CONTROL: True}}})
    context = Context(user_id=user.id)
    await call(hass, "mute", context, device_id=device_of(entry), topics="clog")
    assert coordinator_of(entry).ledger.mutes
    with pytest.raises(Unauthorized):
        await call(hass, "simulate_fault", context, device_id=device_of(entry), code=HEATBED)


async def test_an_admin_may_all_and_nobody_unknown_anything(
    hass: HomeAssistant, entry: MockConfigEntry, hass_admin_user: MockUser, ears: Ears
) -> None:
    admin = Context(user_id=hass_admin_user.id)
    await call(hass, "mute", admin, device_id=device_of(entry), topics="clog")
    await call(hass, "simulate_fault", admin, device_id=device_of(entry), code=HEATBED)
    await ears.until("raised", HEATBED)
    with pytest.raises(UnknownUser):
        await call(hass, "mute", Context(user_id="gone"), device_id=device_of(entry), topics="clog")


# What the editor offers


def test_the_editor_offers_just_what_the_actions_take() -> None:
    described = load_yaml(str(Path(services.__file__).with_name("services.yaml")))
    assert isinstance(described, dict)
    assert set(described) == set(services._SCHEMAS)
    offered = {
        "topics": list(FAULT_TOPICS),
        "modules": list(Module),
        "ams": list(AMS_KEYS),
        "slots": ["1", "2", "3", "4"],
    }
    for action, schema in services._SCHEMAS.items():
        fields = described[action]["fields"]
        assert set(fields) == {str(key) for key in schema}, action
        for key, field in fields.items():
            required = any(str(k) == key and isinstance(k, probatio.Required) for k in schema)
            assert field.get("required", False) == required, (action, key)
            if key in offered:
                assert field["selector"]["select"]["options"] == offered[key]
