"""What an owner sees: devices, entities and their states."""

from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.bambu_hms.hms.catalog import Catalog, Entry
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import (
    HEATBED,
    LIDAR_DIRTY,
    MOTOR,
    RAN_OUT,
    AddPrinter,
    Ears,
    attributes_of,
    state_of,
    until,
    until_state,
)

HEATBED_MESSAGE = "The heatbed temperature is abnormal; the sensor may have an open circuit."
MOTOR_MESSAGE = "Motor A has a short circuit. It may have failed."
RAN_OUT_MESSAGE = "AMS A slot 2 filament has run out."
SWITCHED = "0700_2000_0003_0001"


def slots(prefix: str, count: int) -> set[str]:
    """Return the entities of an AMS unit and its slots."""
    places = [prefix, *(f"{prefix}_slot_{slot}" for slot in range(1, count + 1))]
    return {
        f"event.{prefix}_fault",
        *(f"binary_sensor.{place}_problem" for place in places),
        *(f"sensor.{place}_fault" for place in places),
    }


def of_printer(prefix: str, *modules: str) -> set[str]:
    """Return the entities of a printer itself and of the modules it has."""
    places = [prefix, *(f"{prefix}_{module}" for module in modules)]
    return {
        f"binary_sensor.{prefix}_connection",
        f"sensor.{prefix}_active_faults",
        f"sensor.{prefix}_severity",
        f"sensor.{prefix}_last_fault",
        f"sensor.{prefix}_faults_raised",
        f"event.{prefix}_fault",
        *(f"binary_sensor.{place}_problem" for place in places),
        *(f"sensor.{place}_fault" for place in places),
    }


# As an owner would call them: model, AMS units, name, the entities.
HOUSES: list[tuple[str, tuple[AmsKind, ...], str, set[str]]] = [
    (
        "X1C",
        (AmsKind.AMS, AmsKind.AMS, AmsKind.AMS_HT),
        "X1C left",
        of_printer("x1c_left", "heatbed", "motors", "micro_lidar")
        | slots("x1c_left_ams_a", 4)
        | slots("x1c_left_ams_b", 4)
        | slots("x1c_left_ams_ht_a", 1),
    ),
    ("P1S", (), "P1S right", of_printer("p1s_right", "heatbed", "motors")),
    (
        "A1 mini",
        (AmsKind.AMS_LITE,),
        "A1 mini",
        of_printer("a1_mini", "heatbed", "motors") | slots("a1_mini_ams_lite_a", 4),
    ),
    (
        "H2D",
        (AmsKind.AMS_2_PRO, AmsKind.AMS_HT),
        "H2D",
        of_printer("h2d", "heatbed", "motors") | slots("h2d_ams_a", 4) | slots("h2d_ams_ht_a", 1),
    ),
]


def row(
    hass: HomeAssistant,
    entity: er.RegistryEntry,
    device: dr.DeviceEntry | dr.ChildDeviceEntry | None,
    serial: str,
) -> dict[str, Any]:
    """Return what is to be seen of one entity, without what differs from test to test."""
    assert isinstance(device, dr.DeviceEntry)
    state = hass.states.get(entity.entity_id)
    return {
        "device": device.name,
        "model": device.model,
        "name": entity.original_name,
        "unique_id": entity.unique_id.replace(serial, "SERIAL"),
        "translation_key": entity.translation_key,
        "category": entity.entity_category,
        "enabled": entity.disabled_by is None,
        "state": state.state if state else None,
        "attributes": dict(state.attributes) if state else None,
    }


@pytest.mark.parametrize(("model", "ams", "name", "entities"), HOUSES, ids=[h[2] for h in HOUSES])
async def test_the_entities_of_a_printer(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
    snapshot: SnapshotAssertion,
    model: str,
    ams: tuple[AmsKind, ...],
    name: str,
    entities: set[str],
) -> None:
    printer = await switch_on(model, ams=ams)
    entry = await add_printer(printer, name)
    await until(hass, lambda: all(hass.states.get(entity) for entity in entities))
    registered = {
        entity.entity_id: entity
        for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    }
    enabled = {entity_id for entity_id, entity in registered.items() if not entity.disabled_by}
    assert enabled >= entities
    # Every problem sensor is on by default; of the texts only what `entities` says.
    assert {entity_id.partition(".")[0] for entity_id in registered.keys() - enabled} <= {"sensor"}
    assert {entity_id.partition(".")[0] for entity_id in enabled - entities} <= {"binary_sensor"}
    assert {
        entity_id: row(
            hass, entity, device_registry.async_get(entity.device_id or ""), printer.serial
        )
        for entity_id, entity in sorted(registered.items())
    } == snapshot


async def test_only_a_printer_with_a_micro_lidar_has_one(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    await add_printer(await switch_on("X1C"), "X1C left")
    await add_printer(await switch_on("P1S"), "P1S right")
    assert state_of(hass, "binary_sensor.x1c_left_micro_lidar_problem") == "off"
    assert state_of(hass, "binary_sensor.p1s_right_micro_lidar_problem") is None


async def test_a_model_that_nobody_knows_has_everything(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    await printer.power_off()
    printer.serial = printer.topic_serial = "99Z00A000000001"
    printer.answers_versions = False
    await printer.change_certificate()
    await printer.power_on()
    await add_printer(printer, "New")
    assert state_of(hass, "binary_sensor.new_micro_lidar_problem") == "off"


# Where a fault shows.


async def test_a_fault_of_a_slot_shows_on_slot_unit_and_printer_only(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS, AmsKind.AMS, AmsKind.AMS_HT))
    await add_printer(printer)
    printer.raise_fault(RAN_OUT)
    await until_state(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")
    await hass.async_block_till_done()
    on = {
        state.entity_id
        for state in hass.states.async_all("binary_sensor")
        if state.entity_id.endswith("_problem") and state.state == "on"
    }
    assert on == {
        "binary_sensor.x1c_left_problem",
        "binary_sensor.x1c_left_ams_a_problem",
        "binary_sensor.x1c_left_ams_a_slot_2_problem",
    }
    named = {
        state.entity_id
        for state in hass.states.async_all("sensor")
        if state.state == RAN_OUT_MESSAGE
    }
    assert named == {
        "sensor.x1c_left_fault",
        "sensor.x1c_left_ams_a_fault",
        "sensor.x1c_left_ams_a_slot_2_fault",
    }
    printer.clear_all()
    await until_state(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem", "off")
    await until_state(hass, "sensor.x1c_left_ams_a_slot_2_fault", "ok")
    await until_state(hass, "binary_sensor.x1c_left_problem", "off")


@pytest.mark.parametrize(
    ("model", "ams", "code", "place"),
    [
        ("X1C", AmsKind.AMS, "0700_2000_0002_0001", "ams_a_slot_1"),
        ("X1C", AmsKind.AMS_HT, "1800_2000_0002_0001", "ams_ht_a_slot_1"),
        ("X1C", AmsKind.AMS_HT, "1880_2000_0002_0001", "ams_ht_a_slot_1"),
        ("H2D", AmsKind.AMS_2_PRO, "0700_2300_0002_0001", "ams_a_slot_4"),
        ("A1 mini", AmsKind.AMS_LITE, "1200_2200_0002_0001", "ams_lite_a_slot_3"),
    ],
)
async def test_every_kind_of_ams_has_its_slots(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    model: str,
    ams: AmsKind,
    code: str,
    place: str,
) -> None:
    # An AMS of the same letter stands by, and must not be meant.
    kinds = (AmsKind.AMS, ams) if ams is AmsKind.AMS_HT else (ams,)
    printer = await switch_on(model, ams=kinds)
    await add_printer(printer, "It")
    printer.raise_fault(code)
    await until_state(hass, f"binary_sensor.it_{place}_problem", "on")
    on = [
        state.entity_id
        for state in hass.states.async_all("binary_sensor")
        if "_slot_" in state.entity_id and state.state == "on"
    ]
    assert on == [f"binary_sensor.it_{place}_problem"]


@pytest.mark.parametrize(
    ("code", "module", "message"),
    [
        (HEATBED, "heatbed", HEATBED_MESSAGE),
        (MOTOR, "motors", MOTOR_MESSAGE),
        ("0C00_0200_0001_0001", "micro_lidar", "Laser not lit."),
    ],
)
async def test_a_fault_of_a_module_shows_on_that_module(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    code: str,
    module: str,
    message: str,
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.raise_fault(code)
    await until_state(hass, f"binary_sensor.x1c_left_{module}_problem", "on")
    await until_state(hass, f"sensor.x1c_left_{module}_fault", message)
    others = {"heatbed", "motors", "micro_lidar"} - {module}
    assert {state_of(hass, f"binary_sensor.x1c_left_{other}_problem") for other in others} == {
        "off"
    }


async def test_a_dirty_lens_is_named_but_no_problem(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.raise_fault(LIDAR_DIRTY)
    attributes = await until_state(
        hass, "sensor.x1c_left_micro_lidar_fault", "Micro Lidar lens dirty."
    )
    assert attributes["severity"] == "common"
    assert state_of(hass, "binary_sensor.x1c_left_micro_lidar_problem") == "off"
    assert state_of(hass, "binary_sensor.x1c_left_problem") == "off"


# What sums up the printer.


async def test_the_headline_is_the_worst_then_the_newest_and_never_info(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    await add_printer(printer)
    # After each step: what the headline is, how bad, how many, and whether there is a problem.
    for change, code, headline, severity, count, problem in (
        (printer.raise_fault, SWITCHED, "ok", "info", "1", "off"),
        (printer.raise_fault, LIDAR_DIRTY, "Micro Lidar lens dirty.", "common", "2", "off"),
        (printer.raise_fault, MOTOR, MOTOR_MESSAGE, "fatal", "3", "on"),
        (printer.raise_fault, RAN_OUT, MOTOR_MESSAGE, "fatal", "4", "on"),
        (printer.raise_fault, HEATBED, HEATBED_MESSAGE, "fatal", "5", "on"),
        (printer.clear_fault, HEATBED, MOTOR_MESSAGE, "fatal", "4", "on"),
        (printer.clear_fault, MOTOR, RAN_OUT_MESSAGE, "serious", "3", "on"),
        (printer.clear_fault, RAN_OUT, "Micro Lidar lens dirty.", "common", "2", "off"),
        (printer.clear_fault, LIDAR_DIRTY, "ok", "info", "1", "off"),
        (printer.clear_fault, SWITCHED, "ok", "ok", "0", "off"),
    ):
        change(code)
        await until_state(hass, "sensor.x1c_left_active_faults", count)
        await until_state(hass, "sensor.x1c_left_fault", headline)
        await until_state(hass, "sensor.x1c_left_severity", severity)
        await until_state(hass, "binary_sensor.x1c_left_problem", problem)


async def test_the_fault_sensor_tells_what_is_known_and_all_the_others(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    printer.raise_fault(RAN_OUT)
    printer.raise_fault(HEATBED)
    await add_printer(printer)
    attributes = await until_state(hass, "sensor.x1c_left_fault", HEATBED_MESSAGE)
    assert attributes["code"] == f"HMS_{HEATBED}"
    assert attributes["topic"] == "temperature"
    assert attributes["severity"] == "fatal"
    assert attributes["location"] == "Heatbed"
    assert attributes["link"] == (
        f"https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/{HEATBED}"
    )
    assert [fault["message"] for fault in attributes["faults"]] == [
        HEATBED_MESSAGE,
        RAN_OUT_MESSAGE,
    ]


async def test_a_message_too_long_for_a_state_is_cut_on_a_word(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = "overheated " * 30 + "indeed."
    catalog = Catalog([Entry(HEATBED, message, HEATBED)])
    monkeypatch.setattr(Catalog, "load", lambda: catalog)
    printer = await switch_on()
    printer.raise_fault(HEATBED)
    await add_printer(printer)
    await until_state(hass, "binary_sensor.x1c_left_heatbed_problem", "on")
    state = state_of(hass, "sensor.x1c_left_heatbed_fault")
    assert state
    assert state == "overheated " * ((255 - 1) // len("overheated ")) + "…"
    faults = attributes_of(hass, "sensor.x1c_left_heatbed_fault")["faults"]
    assert faults[0]["message"] == message


# AMS units come and go.


@pytest.mark.parametrize(
    ("tray", "place"),
    [
        ("0", "AMS A slot 1"),
        ("5", "AMS B slot 2"),
        ("128", "AMS HT A slot 1"),
        ("254", "External spool"),
        ("255", None),
        ("77", None),
    ],
)
async def test_the_slot_in_use_is_told(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    monkeypatch: pytest.MonkeyPatch,
    tray: str,
    place: str | None,
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS, AmsKind.AMS_HT))
    by_itself = printer.status

    def status() -> dict[str, Any]:
        said = by_itself()
        return said | {"ams": said["ams"] | {"tray_now": tray}}

    await add_printer(printer, "X1C left")
    assert attributes_of(hass, "sensor.x1c_left_fault")["slot_in_use"] is None
    monkeypatch.setattr(printer, "status", status)
    printer.raise_fault(LIDAR_DIRTY)
    await until_state(hass, "sensor.x1c_left_severity", "common")
    assert attributes_of(hass, "sensor.x1c_left_fault")["slot_in_use"] == place
    assert "slot_in_use" not in attributes_of(hass, "sensor.x1c_left_ams_a_fault")


async def test_an_ams_that_cannot_be_read_once_is_not_gone_until_it_is(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS))
    await add_printer(printer, "X1C left")
    problem = "binary_sensor.x1c_left_ams_b_problem"
    await until_state(hass, problem, "off")
    seen: list[str] = []
    hass.bus.async_listen(
        EVENT_STATE_CHANGED,
        callback(lambda event: seen.append(event.data["new_state"].state)),
        event_filter=callback(lambda data: data["entity_id"] == problem),
    )
    status = printer.status()
    status["ams"]["ams"][1] = {"id": "junk"}
    await printer.tell(status)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    assert "unavailable" not in seen
    printer.unplug_ams(1)
    await until_state(hass, problem, "unavailable")


async def test_an_ams_plugged_in_appears_at_once_and_unplugged_is_unavailable(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on(ams=(AmsKind.AMS,))
    await add_printer(printer)
    assert state_of(hass, "binary_sensor.x1c_left_ams_b_problem") is None
    printer.plug_ams(AmsKind.AMS)
    await until_state(hass, "binary_sensor.x1c_left_ams_b_slot_4_problem", "off")
    await until_state(hass, "sensor.x1c_left_ams_b_slot_4_fault", "ok")
    await until_state(hass, "event.x1c_left_ams_b_fault", "unknown")
    printer.unplug_ams(1)
    await until_state(hass, "binary_sensor.x1c_left_ams_b_slot_4_problem", "unavailable")
    await until_state(hass, "binary_sensor.x1c_left_ams_a_slot_4_problem", "off")
    printer.plug_ams(AmsKind.AMS)
    await until_state(hass, "binary_sensor.x1c_left_ams_b_slot_4_problem", "off")


async def test_an_ams_that_is_new_can_come_with_its_fault(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.raise_fault(RAN_OUT)
    printer.plug_ams(AmsKind.AMS)
    await until_state(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem", "on")


@pytest.mark.parametrize("kind", [AmsKind.AMS_2_PRO, AmsKind.AMS_HT])
async def test_the_model_of_an_ams_is_learnt_from_the_version_answer_where_reports_are_silent(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    device_registry: dr.DeviceRegistry,
    kind: AmsKind,
) -> None:
    printer = await switch_on("P1S", ams=(kind,))
    entry = await add_printer(printer, "P1S right")

    def models() -> set[str | None]:
        return {
            device.model
            for device in dr.async_entries_for_config_entry(device_registry, entry.entry_id)
        }

    expected = {AmsKind.AMS_2_PRO: "AMS 2 Pro", AmsKind.AMS_HT: "AMS HT"}[kind]
    await until(hass, lambda: len(models()) > 1)
    await printer.told()
    await hass.async_block_till_done()
    assert models() == {"P1S", expected}


@pytest.mark.parametrize("model", ["X1C", "P1S"])
async def test_the_ams_is_there_again_after_a_reload(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, model: str
) -> None:
    printer = await switch_on(model, ams=(AmsKind.AMS,))
    entry = await add_printer(printer, "It")
    await until_state(hass, "binary_sensor.it_ams_a_slot_1_problem", "off")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until_state(hass, "binary_sensor.it_connection", "on")
    await until_state(hass, "binary_sensor.it_ams_a_slot_1_problem", "off")
