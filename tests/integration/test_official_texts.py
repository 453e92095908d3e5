"""The official texts inside Home Assistant: asked for once a day, shared, kept, in its language."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.bambu_hms import texts as library
from custom_components.bambu_hms.const import DOMAIN
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind, Mode, SimulatedPrinter, TextService

from .conftest import HEATBED, RAN_OUT, AddPrinter, Ears, state_of, until_state

INTERNAL = "0500_0300_0002_0050"
GERMAN = "[de] Störung: AMS A slot 2 filament has run out."
ENGLISH = "AMS A slot 2 filament has run out."


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for the first question."""
    monkeypatch.setattr(library, "_FIRST_ASK_WITHIN", timedelta())


@pytest.fixture
async def service(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[TextService]:
    """A simulated text service in place of the vendor's."""
    async with TextService() as running:
        monkeypatch.setenv("BAMBU_HMS_TEXT_PORT", str(running.port))
        yield running


async def until_message(hass: HomeAssistant, printer: SimulatedPrinter, message: str) -> None:
    """Wait until the printer's fault sensor, whatever its name is in this language, says this."""
    entity_id = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{printer.serial}_fault")
    assert entity_id
    await until_state(hass, entity_id, message)


async def until_asked(
    hass: HomeAssistant, service: TextService, times: int, later: timedelta = timedelta()
) -> None:
    """Wait until the service was asked that often and its answer has been kept."""
    async_fire_time_changed(hass, dt_util.utcnow() + later)
    async with asyncio.timeout(10):
        while len(service.asked) < times or any(
            shelf.asking for shelf in library.text_library(hass)._shelves.values()
        ):
            async_fire_time_changed(hass)
            await asyncio.sleep(0.02)


async def test_a_fault_reads_in_home_assistants_language(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, service: TextService
) -> None:
    hass.config.language = "de"
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer, official_texts=True)
    await until_asked(hass, service, 1)
    printer.raise_fault(RAN_OUT)
    await until_message(hass, printer, GERMAN)
    assert service.asked == [{"lang": "de", "d": "00M", "v": "0"}]


async def test_switched_off_nothing_is_asked(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, service: TextService
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer, official_texts=False)
    printer.raise_fault(RAN_OUT)
    await until_message(hass, printer, ENGLISH)
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=False)
    assert service.asked == []


async def choose(hass: HomeAssistant, flow_id: str, *, official_texts: bool) -> None:
    """Switch the option on or off, as an owner does."""
    options = hass.config_entries.options
    await options.async_configure(flow_id, {"next_step_id": "settings"})
    settings = {"problem_severity": "serious", "settle_time": 0, "official_texts": official_texts}
    await options.async_configure(flow_id, settings)


async def test_the_option_applies_at_once(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, service: TextService
) -> None:
    hass.config.language = "de"
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    entry = await add_printer(printer, official_texts=False)
    printer.raise_fault(RAN_OUT)
    await until_message(hass, printer, ENGLISH)

    flow = await hass.config_entries.options.async_init(entry.entry_id)
    await choose(hass, flow["flow_id"], official_texts=True)
    await until_asked(hass, service, 1)
    await until_message(hass, printer, GERMAN)

    flow = await hass.config_entries.options.async_init(entry.entry_id)
    await choose(hass, flow["flow_id"], official_texts=False)
    await until_message(hass, printer, ENGLISH)
    assert len(printer.clients) == 1, "the printer was not disturbed"
    assert printer.counts.logins == 1


async def test_the_language_changes_without_a_restart(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, service: TextService
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer, official_texts=True)
    await until_asked(hass, service, 1)
    printer.raise_fault(RAN_OUT)
    await until_message(hass, printer, ENGLISH)
    await hass.config.async_update(language="de")
    await until_asked(hass, service, 2)
    await until_message(hass, printer, GERMAN)
    assert list(library.text_library(hass)._shelves) == [("de", "00M")], "English is not needed"


async def test_once_a_day_with_the_version_that_is_held(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    service: TextService,
) -> None:
    entry = await add_printer(await switch_on("X1C"), official_texts=True)
    await until_asked(hass, service, 1)
    await hass.config_entries.async_reload(entry.entry_id)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=23, minutes=59))
    await hass.async_block_till_done(wait_background_tasks=False)
    assert len(service.asked) == 1, "a reload does not ask again"
    await until_asked(hass, service, 2, timedelta(hours=25))
    assert service.asked[1]["v"] == str(service.version)


async def test_printers_of_one_model_share_their_texts(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, service: TextService
) -> None:
    await add_printer(await switch_on("X1C"), official_texts=True)
    await add_printer(await switch_on("X1C", number=2), "X1C right", official_texts=True)
    await add_printer(await switch_on("H2D"), "H2D", official_texts=True)
    await until_asked(hass, service, 2)
    assert sorted(query["d"] for query in service.asked) == ["00M", "094"]


async def test_kept_texts_serve_while_the_service_fails(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    service: TextService,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass.config.language = "de"
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer, official_texts=True)
    await until_asked(hass, service, 1)
    caplog.set_level(logging.INFO)
    service.mode = Mode.ERROR
    for day in (2, 3):
        await until_asked(hass, service, day, timedelta(hours=25))
    printer.raise_fault(RAN_OUT)
    await until_message(hass, printer, GERMAN)
    assert caplog.text.count("gives no texts") == 1
    service.mode = Mode.OK
    await until_asked(hass, service, 4, timedelta(hours=25))
    assert caplog.text.count("gives texts again") == 1


async def test_after_a_restart_the_kept_texts_are_there_at_once(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    service: TextService,
    hass_storage: dict[str, Any],
) -> None:
    hass.config.language = "de"
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    entry = await add_printer(printer, official_texts=True)
    await until_asked(hass, service, 1)
    await hass.config_entries.async_unload(entry.entry_id)
    assert not library.text_library(hass)._shelves, "what nobody reads is not held"
    assert hass_storage["bambu_hms.texts.de.00M"]["data"]["texts"]["version"] == service.version
    service.mode = Mode.ERROR
    await hass.config_entries.async_setup(entry.entry_id)
    printer.raise_fault(RAN_OUT)
    await until_message(hass, printer, GERMAN)
    assert len(service.asked) == 1


async def test_kept_texts_of_another_shape_are_asked_for_anew(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    service: TextService,
    hass_storage: dict[str, Any],
) -> None:
    hass_storage["bambu_hms.texts.en.00M"] = {
        "version": 1,
        "minor_version": 1,
        "key": "bambu_hms.texts.en.00M",
        "data": {"asked": "yesterday", "texts": 5},
    }
    await add_printer(await switch_on("X1C"), official_texts=True)
    await until_asked(hass, service, 1)
    assert service.asked[0]["v"] == "0"


async def test_a_blank_text_silences_a_code(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    service: TextService,
    ears: Ears,
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer, official_texts=True)
    await until_asked(hass, service, 1)
    printer.raise_fault(INTERNAL)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    assert ("raised", INTERNAL) not in ears.heard
    assert state_of(hass, "sensor.x1c_left_active_faults") == "1"


async def test_in_a_language_without_texts_english_ones_serve(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, service: TextService
) -> None:
    hass.config.language = "de"
    service.mode = Mode.EMPTY
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer, official_texts=True)
    await until_asked(hass, service, 1)
    service.mode = Mode.OK
    await until_asked(hass, service, 2)
    assert [query["lang"] for query in service.asked] == ["de", "en"]


async def test_removing_the_last_printer_of_a_model_forgets_its_texts(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    service: TextService,
    hass_storage: dict[str, Any],
) -> None:
    first = await add_printer(await switch_on("X1C"), official_texts=True)
    second = await add_printer(await switch_on("X1C", number=2), "X1C right", official_texts=True)
    await until_asked(hass, service, 1)
    await hass.config_entries.async_remove(first.entry_id)
    assert "bambu_hms.texts.en.00M" in hass_storage
    await hass.config_entries.async_remove(second.entry_id)
    assert "bambu_hms.texts.en.00M" not in hass_storage


async def test_no_text_anywhere_is_a_sentence_in_the_owners_words(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on("X1C", ams=(AmsKind.AMS,))
    await add_printer(printer)
    printer.raise_fault("0700_2200_0002_000A")
    data = await ears.until("raised", "0700_2200_0002_000A")
    assert data["message"] == "AMS A slot 3: filament stuck (serious)"
    assert data["known"] is False
    await until_message(hass, printer, data["message"])


@pytest.mark.parametrize(("unload", "readers"), [(False, 1), (True, 0)])
async def test_options_that_change_twice_at_once_leave_nobody_behind_who_asks(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    monkeypatch: pytest.MonkeyPatch,
    unload: bool,
    readers: int,
) -> None:
    entry = await add_printer(await switch_on())
    read, gate = library.TextLibrary.async_read, asyncio.Event()

    async def read_slowly(*arguments: Any) -> Any:
        await gate.wait()
        return await read(*arguments)

    monkeypatch.setattr(library.TextLibrary, "async_read", read_slowly)
    for official_texts in (True, False):
        options = {"official_texts": official_texts, "settle_time": 0}
        hass.config_entries.async_update_entry(entry, options=options)
    if unload:
        await hass.config_entries.async_unload(entry.entry_id)
    gate.set()
    await hass.async_block_till_done()
    assert len(library.text_library(hass)._readers) == readers
