"""What an owner can change of a printer that is set up: its settings, and what is muted."""

from dataclasses import dataclass
from datetime import timedelta
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.bambu_hms import options_flow
from custom_components.bambu_hms.coordinator import PrinterCoordinator
from custom_components.bambu_hms.hms.matcher import Matcher
from custom_components.bambu_hms.hms.mute import Mute
from custom_components.bambu_hms.options_flow import BambuHmsOptionsFlow
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind, SimulatedPrinter

from .conftest import (
    HEATBED,
    LIDAR_DIRTY,
    RAN_OUT,
    AddPrinter,
    Ears,
    attributes_of,
    state_of,
    until,
    until_state,
)

PROBLEM = "binary_sensor.x1c_left_problem"
HEATBED_FAULT = "sensor.x1c_left_heatbed_fault"
NOTICE = "0300_9100_0003_0001"

ENGLISH = json.loads(
    (Path(options_flow.__file__).parent / "translations" / "en.json").read_text(encoding="utf-8")
)
TEXTS = ENGLISH["options"]
LABELS = ENGLISH["selector"]

SETTINGS = {"problem_severity": "serious", "settle_time": 0, "official_texts": False}

# Where RAN_OUT is, and what it is about.
PLACE: dict[str, Any] = {
    "topics": ["filament_ran_out"],
    "modules": ["ams"],
    "ams": ["ams_a"],
    "slots": ["2"],
}


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who changes the options of a printer."""

    hass: HomeAssistant
    entry: MockConfigEntry

    @property
    def coordinator(self) -> PrinterCoordinator:
        """The coordinator of the entry, which is loaded."""
        coordinator: PrinterCoordinator = self.entry.runtime_data
        return coordinator

    @property
    def muted(self) -> list[dict[str, Any]]:
        """What is muted, as plain data."""
        return [mute.what.as_dict() for mute in self.coordinator.ledger.mutes]

    async def open(self) -> ConfigFlowResult:
        """Open the options."""
        result = await self.hass.config_entries.options.async_init(self.entry.entry_id)
        assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "init")
        return result

    async def send(self, result: ConfigFlowResult, form: dict[str, Any]) -> ConfigFlowResult:
        """Send the page that a flow shows."""
        result = await self.hass.config_entries.options.async_configure(result["flow_id"], form)
        await self.hass.async_block_till_done()
        return result

    async def choose(self, step: str) -> ConfigFlowResult:
        """Open the options, and choose from their menu."""
        return await self.send(await self.open(), {"next_step_id": step})

    async def save(self, step: str, **form: Any) -> None:
        """Fill in a page that has nothing wrong in it."""
        result = await self.send(await self.choose(step), form)
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def mute(self, mute_end: str = "forever", **form: Any) -> None:
        """Mute faults."""
        await self.save("add_mute", mute_end=mute_end, **form)

    async def mute_wrongly(self, mute_end: str = "forever", **form: Any) -> dict[str, str]:
        """Return what is wrong with a mute, which is not added then."""
        result = await self.send(await self.choose("add_mute"), {"mute_end": mute_end, **form})
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "add_mute")
        assert not self.muted
        assert result["errors"]
        assert set(result["errors"].values()) <= set(TEXTS["error"])
        return result["errors"]

    async def list_mutes(self) -> dict[str, str]:
        """Return how the mutes read, and what to send to end each."""
        result = await self.choose("mutes")
        assert result["data_schema"]
        (selector,) = result["data_schema"].schema.values()
        return {option["label"]: option["value"] for option in selector.config["options"]}

    async def end(self, *labels: str) -> None:
        """End the mutes that read so."""
        values = await self.list_mutes()
        await self.save("mutes", mutes=[values[label] for label in labels])


@pytest.fixture
async def printer(switch_on: SwitchOn) -> SimulatedPrinter:
    """An X1C with two AMS."""
    return await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS))


@pytest.fixture
async def owner(hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter) -> Owner:
    """Somebody who has added it."""
    return Owner(hass, await add_printer(printer))


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form is filled with."""
    assert result["data_schema"]
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


def count_in(menu: ConfigFlowResult) -> str:
    """Return how many mutes the menu says there are."""
    assert menu["description_placeholders"]
    return menu["description_placeholders"]["mutes"]


# The menu.


async def test_the_menu_says_how_many_mutes_there_are(owner: Owner) -> None:
    result = await owner.open()
    assert result["menu_options"] == ["settings", "add_mute", "mutes"]
    assert count_in(result) == "0"
    await owner.mute(topics=["door"])
    await owner.mute(modules=["cameras"])
    assert count_in(await owner.open()) == "2"


# Settings.


async def test_the_settings_are_shown_as_they_are(
    hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter
) -> None:
    owner = Owner(hass, await add_printer(printer, settle_time=45))
    shown = suggested(await owner.choose("settings"))
    assert shown == {"problem_severity": "serious", "settle_time": 45, "official_texts": False}


async def test_the_settings_are_kept(owner: Owner) -> None:
    changed = {"problem_severity": "fatal", "settle_time": 120, "official_texts": False}
    await owner.save("settings", **changed)
    assert dict(owner.entry.options) == changed
    assert suggested(await owner.choose("settings")) == changed


@pytest.mark.parametrize("settle_time", [-1, 301, "nan", "soon"])
async def test_a_settle_time_that_is_none_is_refused(owner: Owner, settle_time: object) -> None:
    before = dict(owner.entry.options)
    result = await owner.choose("settings")
    with pytest.raises(InvalidData):
        await owner.send(result, SETTINGS | {"settle_time": settle_time})
    assert dict(owner.entry.options) == before


async def test_a_settle_time_is_whole_seconds(owner: Owner) -> None:
    await owner.save("settings", **SETTINGS | {"settle_time": 30.7})
    assert owner.entry.options["settle_time"] == 30


async def test_another_problem_severity_applies_at_once_and_disturbs_nobody(
    hass: HomeAssistant, printer: SimulatedPrinter, owner: Owner, ears: Ears
) -> None:
    before = owner.coordinator
    printer.raise_fault(NOTICE)
    await ears.until("raised", NOTICE)
    assert state_of(hass, PROBLEM) == "off"
    await owner.save("settings", **SETTINGS | {"problem_severity": "common"})
    assert state_of(hass, PROBLEM) == "on"
    await owner.save("settings", **SETTINGS)
    assert state_of(hass, PROBLEM) == "off"
    assert owner.coordinator is before
    assert printer.counts.logins == 1
    assert ears.heard == [("raised", NOTICE)]


async def test_a_longer_settle_time_applies_to_what_goes_from_now_on(
    hass: HomeAssistant, printer: SimulatedPrinter, owner: Owner, ears: Ears
) -> None:
    before = owner.coordinator
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    await owner.save("settings", **SETTINGS | {"settle_time": 60})
    printer.clear_all()
    await until(hass, lambda: attributes_of(hass, HEATBED_FAULT)["settling"])
    assert state_of(hass, PROBLEM) == "on"
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await ears.until("cleared", HEATBED)
    assert owner.coordinator is before


async def test_a_shorter_settle_time_clears_what_has_settled_by_now(
    hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter, ears: Ears
) -> None:
    owner = Owner(hass, await add_printer(printer, settle_time=300))
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    printer.clear_all()
    await until(hass, lambda: attributes_of(hass, HEATBED_FAULT)["settling"])
    await owner.save("settings", **SETTINGS)
    await ears.until("cleared", HEATBED)
    assert state_of(hass, PROBLEM) == "off"


# Adding a mute.


async def test_what_is_muted_drives_no_problem_sensor_and_is_heard_when_that_ends(
    hass: HomeAssistant, printer: SimulatedPrinter, owner: Owner, ears: Ears
) -> None:
    before, options = owner.coordinator, dict(owner.entry.options)
    printer.raise_fault(HEATBED)
    await until_state(hass, PROBLEM, "on")
    await owner.mute(modules=["heatbed"])
    assert state_of(hass, PROBLEM) == "off"
    await owner.end("Heatbed (For good)")
    await ears.until("raised", HEATBED)
    assert state_of(hass, PROBLEM) == "on"
    assert [what for what, _ in ears.heard] == ["raised", "cleared", "raised"]
    assert owner.coordinator is before
    assert dict(owner.entry.options) == options, "the ledger is the only home of a mute"


async def test_all_that_is_chosen_must_fit(
    printer: SimulatedPrinter, owner: Owner, ears: Ears
) -> None:
    await owner.mute(**PLACE | {"ams": ["ams_b"]})
    assert owner.muted == [PLACE | {"ams": ["ams_b"], "slots": [2]}]
    printer.raise_fault(RAN_OUT)
    await ears.until("raised", RAN_OUT)


async def test_codes_and_patterns_may_be_copied_with_blanks_around_and_between(
    owner: Owner,
) -> None:
    codes = [" 0700_*_0003_* ", "", "HMS_0300_0100_0001_0007", "  "]
    await owner.mute(codes=codes)
    assert owner.muted == [{"codes": ["0700_*_0003_*", "HMS_0300_0100_0001_0007"]}]


async def test_a_mute_for_a_time_ends_after_it(
    hass: HomeAssistant, printer: SimulatedPrinter, owner: Owner, ears: Ears
) -> None:
    await owner.mute(
        topics=["temperature"],
        mute_end="duration",
        duration={"days": 1, "hours": 2, "minutes": "30"},
    )
    (mute,) = owner.coordinator.ledger.mutes
    assert mute.until == mute.since + timedelta(days=1, hours=2, minutes=30)
    printer.raise_fault(HEATBED)
    await until(hass, lambda: attributes_of(hass, "sensor.x1c_left_active_faults")["muted"] == 1)
    async_fire_time_changed(hass, mute.until + timedelta(seconds=1))
    await ears.until("raised", HEATBED)
    assert not owner.coordinator.ledger.mutes


async def test_a_mute_until_the_fault_clears_ends_with_it(
    hass: HomeAssistant, printer: SimulatedPrinter, owner: Owner
) -> None:
    printer.raise_fault(HEATBED)
    await until_state(hass, PROBLEM, "on")
    await owner.mute(codes=[HEATBED], mute_end="cleared")
    assert state_of(hass, PROBLEM) == "off"
    printer.clear_all()
    await until(hass, lambda: not owner.coordinator.ledger.mutes)
    printer.raise_fault(HEATBED)
    await until_state(hass, PROBLEM, "on")


@pytest.mark.parametrize("mute_end", ["cleared", "forever"])
async def test_a_duration_counts_only_where_a_time_was_chosen(
    hass: HomeAssistant, printer: SimulatedPrinter, owner: Owner, mute_end: str
) -> None:
    printer.raise_fault(HEATBED)
    await until_state(hass, PROBLEM, "on")
    await owner.mute(mute_end, codes=[HEATBED], duration={"hours": 1})
    (mute,) = owner.coordinator.ledger.mutes
    assert (mute.until, mute.until_cleared) == (None, mute_end == "cleared")


@pytest.mark.parametrize("mute_end", ["cleared", "duration", "forever"])
@pytest.mark.parametrize("chosen", [{}, {"topics": [], "codes": ["  "]}])
async def test_something_must_be_chosen(
    owner: Owner, chosen: dict[str, Any], mute_end: str
) -> None:
    assert await owner.mute_wrongly(mute_end, **chosen) == {"base": "nothing_chosen"}


@pytest.mark.parametrize("code", ["0700", "0700_*_0003", "spaghetti", "0700_2000_0002_000G"])
async def test_what_is_no_code_and_no_pattern_is_said_under_its_field(
    owner: Owner, code: str
) -> None:
    assert await owner.mute_wrongly(codes=[HEATBED, code]) == {"codes": "invalid_code"}


@pytest.mark.parametrize(
    "duration",
    [{}, {"duration": {"hours": 0, "minutes": 0}}, {"duration": {"days": 3651}}],
)
async def test_a_mute_for_a_time_needs_one_of_some_sense(
    owner: Owner, duration: dict[str, Any]
) -> None:
    found = await owner.mute_wrongly("duration", topics=["door"], **duration)
    assert found == {"duration": "no_duration"}


async def test_a_mute_cannot_wait_for_a_fault_that_is_not_there(
    printer: SimulatedPrinter, owner: Owner, ears: Ears
) -> None:
    printer.raise_fault(LIDAR_DIRTY)
    await ears.until("raised", LIDAR_DIRTY)
    found = await owner.mute_wrongly(codes=[HEATBED], mute_end="cleared")
    assert found == {"mute_end": "no_such_fault"}


async def test_a_mistake_can_be_mended_without_typing_all_of_it_again(owner: Owner) -> None:
    form = {"topics": ["door"], "codes": ["0700"], "mute_end": "forever"}
    result = await owner.send(await owner.choose("add_mute"), form)
    assert suggested(result) == form
    result = await owner.send(result, form | {"codes": ["0700_*_*_*"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert owner.muted == [{"codes": ["0700_*_*_*"], "topics": ["door"]}]


async def test_the_same_faults_muted_again_are_muted_once(owner: Owner) -> None:
    await owner.mute(topics=["door"], mute_end="duration", duration={"hours": 1})
    await owner.mute(topics=["door"])
    assert list(await owner.list_mutes()) == ["Door or cover open (For good)"]


# Seeing and ending mutes.


async def test_mutes_read_as_an_owner_would_say_them(
    hass: HomeAssistant, printer: SimulatedPrinter, owner: Owner, ears: Ears
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    printer.raise_fault(RAN_OUT)
    await ears.until("raised", RAN_OUT)
    await owner.mute(**PLACE, mute_end="cleared")
    await owner.mute(codes=["0700_*_0003_*"])
    now = dt_util.utcnow()
    noon = now.replace(year=now.year + 2, month=7, day=1, hour=12, minute=5)
    what = Matcher.from_dict({"ams": ["ams_ht_b", "ams_lite_a"]})
    owner.coordinator.async_mute(Mute(what=what, since=now, until=noon))
    assert list(await owner.list_mutes()) == [
        "Filament ran out, AMS, AMS A, Slot 2 (Until it clears)",
        "0700_*_0003_* (For good)",
        f"AMS HT B, AMS Lite A ({noon.year}-07-01 14:05)",
    ]


async def test_mutes_that_began_at_the_same_time_are_told_apart(
    hass: HomeAssistant, owner: Owner
) -> None:
    # One call for two AMS units makes two mutes at once.
    units = list(owner.coordinator.equipment.device_ids.units.values())
    call = {"device_id": units, "topics": "rfid"}
    await hass.services.async_call("bambu_hms", "mute", call, blocking=True)
    first, second = owner.coordinator.ledger.mutes
    assert first.since == second.since
    assert len(await owner.list_mutes()) == 2
    await owner.end("RFID fault, AMS A (For good)")
    assert owner.muted == [{"topics": ["rfid"], "ams": ["ams_b"]}]


async def test_several_mutes_end_at_once(owner: Owner) -> None:
    for topic in ("door", "camera", "rfid"):
        await owner.mute(topics=[topic])
    await owner.end("Door or cover open (For good)", "RFID fault (For good)")
    assert owner.muted == [{"topics": ["camera"]}]


@pytest.mark.parametrize("form", [{}, {"mutes": []}])
async def test_who_only_looks_ends_nothing(owner: Owner, form: dict[str, Any]) -> None:
    await owner.mute(topics=["door"])
    await owner.save("mutes", **form)
    assert owner.muted == [{"topics": ["door"]}]


async def test_a_mute_that_ended_while_the_form_was_open_is_passed_over(owner: Owner) -> None:
    for topic in ("door", "camera", "rfid"):
        await owner.mute(topics=[topic])
    values = await owner.list_mutes()
    result = await owner.choose("mutes")
    owner.coordinator.async_unmute(Matcher.from_dict({"topics": ["door"]}))
    chosen = [value for label, value in values.items() if not label.startswith("RFID")]
    result = await owner.send(result, {"mutes": chosen})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert owner.muted == [{"topics": ["rfid"]}]


async def test_without_any_mute_there_is_none_to_see(owner: Owner) -> None:
    result = await owner.choose("mutes")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_mutes")


# A printer that is not loaded.


@pytest.mark.parametrize("step", ["add_mute", "mutes"])
async def test_what_is_muted_is_not_known_of_a_printer_that_is_not_loaded(
    hass: HomeAssistant, owner: Owner, step: str
) -> None:
    await hass.config_entries.async_unload(owner.entry.entry_id)
    assert count_in(await owner.open()) == "?"
    result = await owner.choose(step)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("add_mute", {"topics": ["camera"], "mute_end": "forever"}),
        ("mutes", {"mutes": []}),
    ],
)
async def test_a_printer_may_be_unloaded_while_the_form_is_open(
    hass: HomeAssistant, owner: Owner, step: str, form: dict[str, Any]
) -> None:
    await owner.mute(topics=["door"])
    result = await owner.choose(step)
    await hass.config_entries.async_unload(owner.entry.entry_id)
    result = await owner.send(result, form)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_a_mute_goes_to_the_printer_as_it_is_after_a_reload(
    hass: HomeAssistant, owner: Owner
) -> None:
    result = await owner.choose("add_mute")
    await hass.config_entries.async_reload(owner.entry.entry_id)
    await owner.send(result, {"topics": ["door"], "mute_end": "forever"})
    assert owner.muted == [{"topics": ["door"]}]


async def test_the_settings_of_a_printer_that_is_not_loaded_hold_once_it_is(
    hass: HomeAssistant, printer: SimulatedPrinter, owner: Owner, ears: Ears
) -> None:
    await hass.config_entries.async_unload(owner.entry.entry_id)
    await owner.save("settings", **SETTINGS | {"problem_severity": "common"})
    assert owner.entry.state is ConfigEntryState.NOT_LOADED
    await hass.config_entries.async_setup(owner.entry.entry_id)
    printer.raise_fault(NOTICE)
    await ears.until("raised", NOTICE)
    await until_state(hass, PROBLEM, "on")


# Texts.


def fields_of(schema: probatio.Schema) -> list[dict[str, Any]]:
    """Return the fields of a form as a browser gets them."""
    fields = probatio.to_field_list(schema, custom_serializer=cv.custom_serializer)
    assert isinstance(fields, list)
    return fields


def test_every_step_has_texts() -> None:
    steps = {
        name.removeprefix("async_step_")
        for name in vars(BambuHmsOptionsFlow)
        if name.startswith("async_step_")
    }
    assert steps == set(TEXTS["step"])
    assert set(TEXTS["step"]["init"]["menu_options"]) == steps - {"init"}
    assert "{mutes}" in TEXTS["step"]["init"]["description"]


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("settings", {str(key) for key in options_flow._SETTINGS.schema}),
        ("add_mute", {str(key) for key in options_flow._MUTE.schema}),
        ("mutes", {"mutes"}),
    ],
)
def test_every_field_is_named_and_explained(step: str, fields: set[str]) -> None:
    assert set(TEXTS["step"][step]["data"]) == fields
    assert set(TEXTS["step"][step]["data_description"]) == fields


def test_every_choice_has_a_label_and_none_is_there_in_vain() -> None:
    offered: dict[str, set[str]] = {}
    for field in (*fields_of(options_flow._SETTINGS), *fields_of(options_flow._MUTE)):
        select = field["selector"].get("select")
        if select:
            offered[select["translation_key"]] = set(select["options"])
    assert {key: set(texts["options"]) for key, texts in LABELS.items()} == offered


@pytest.mark.parametrize("key", LABELS)
def test_no_two_choices_of_a_field_read_the_same(key: str) -> None:
    labels = list(LABELS[key]["options"].values())
    assert len(set(labels)) == len(labels)


def test_every_error_and_every_way_to_give_up_has_a_text_and_none_is_there_in_vain() -> None:
    assert set(TEXTS["error"]) == {"invalid_code", "no_duration", "no_such_fault", "nothing_chosen"}
    assert set(TEXTS["abort"]) == {"no_mutes", "not_loaded"}
