"""Printers that announce themselves: searched for, offered, and found again elsewhere."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
import socket
from typing import Any

from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.bambu_hms import finder as finder_module
from custom_components.bambu_hms.const import DOMAIN
from custom_components.bambu_hms.finder import finder
from tests.printer.conftest import SwitchOn
from tests.simulator import SimulatedPrinter
from tests.simulator.broadcasts import Broadcaster

from .conftest import AddPrinter, entry_of, until_state

CONNECTION = "binary_sensor.x1c_left_connection"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search only for as long as a broadcast takes that is sent ten times a second."""
    monkeypatch.setattr(finder_module, "_SEARCH_SECONDS", 0.5)


@pytest.fixture(autouse=True)
async def _unload(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Unload what the flows have set up."""
    yield
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
def announced(discovery_port: int) -> Callable[..., Broadcaster]:
    """Return what announces a printer to all who listen on this machine."""

    def announced(printer: SimulatedPrinter, name: str = "Workshop") -> Broadcaster:
        return Broadcaster(printer, [("127.255.255.255", discovery_port)], name=name, interval=0.1)

    return announced


async def configure(
    hass: HomeAssistant, result: ConfigFlowResult, answer: dict[str, Any] | None = None
) -> ConfigFlowResult:
    """Send the page that a flow shows."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], answer)


async def search(hass: HomeAssistant) -> ConfigFlowResult:
    """Begin a flow, have it search, and return what it shows in the end."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await configure(hass, result, {"next_step_id": "search"})
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    assert result["progress_action"] == "search"
    await hass.async_block_till_done()
    return await configure(hass, result)


def offers(result: ConfigFlowResult) -> dict[str, str]:
    """Return what a form lists: serial numbers and labels."""
    schema = result["data_schema"]
    assert schema is not None
    (selector,) = schema.schema.values()
    return {option["value"]: option["label"] for option in selector.config["options"]}


async def flows(hass: HomeAssistant) -> list[Any]:
    """Return the flows that wait for an owner."""
    await hass.async_block_till_done()
    return list(hass.config_entries.flow.async_progress_by_handler(DOMAIN))


async def until_flows(hass: HomeAssistant, number: int) -> list[Any]:
    """Wait until so many flows wait for an owner."""
    async with asyncio.timeout(10):
        while True:
            if len(waiting := await flows(hass)) == number:
                return waiting
            await asyncio.sleep(0.02)


# Searching


async def test_printers_are_found_by_searching_those_first_that_are_not_set_up(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    known = await switch_on("X1C")
    await add_printer(known, "X1C left")
    new = await switch_on("P1S", number=2)
    async with announced(known, "Left"), announced(new, "Workshop"):
        result = await search(hass)
        assert result["step_id"] == "found"
        assert list(offers(result).items()) == [
            (new.serial, "Workshop (P1S)"),
            (known.serial, "✓ X1C left"),
        ]
        result = await configure(hass, result, {"printer": new.serial})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "found_printer")
    assert result["description_placeholders"] == {
        "model": "P1S",
        "name": "Workshop (P1S)",
        "host": "127.0.0.1",
    }
    answer = {"access_code": new.access_code, "official_texts": False}
    result = await configure(hass, result, answer | {"name": "P1S right"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["title"], result["data"]["port"]) == ("P1S right", new.port)


async def test_one_that_is_set_up_already_is_not_added_twice(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    async with announced(printer):
        result = await search(hass)
    result = await configure(hass, result, {"printer": printer.serial})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_name_that_the_printer_came_with_is_none(
    hass: HomeAssistant, switch_on: SwitchOn, announced: Callable[..., Broadcaster]
) -> None:
    printer = await switch_on()
    async with announced(printer, "3DP-00M-001"):
        result = await search(hass)
        assert offers(result) == {printer.serial: "X1 Carbon (127.0.0.1)"}
        result = await configure(hass, result, {"printer": printer.serial})
    answer = {"access_code": printer.access_code, "official_texts": False}
    result = await configure(hass, result, answer)
    assert result["title"] == "X1 Carbon"


async def test_that_nothing_was_found_is_said_and_the_address_can_be_typed(
    hass: HomeAssistant,
) -> None:
    result = await search(hass)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "nothing_found")
    result = await configure(hass, result, {"next_step_id": "manual"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "manual")


async def test_what_was_switched_on_meanwhile_is_found_by_searching_again(
    hass: HomeAssistant, switch_on: SwitchOn, announced: Callable[..., Broadcaster]
) -> None:
    result = await search(hass)
    printer = await switch_on()
    async with announced(printer):
        result = await configure(hass, result, {"next_step_id": "search"})
        await hass.async_block_till_done()
        result = await configure(hass, result)
    assert list(offers(result)) == [printer.serial]


async def test_nobody_listens_when_the_search_is_over_or_given_up(
    hass: HomeAssistant, discovery_port: int
) -> None:
    await search(hass)
    assert is_free(discovery_port)
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await configure(hass, result, {"next_step_id": "search"})
    await asyncio.sleep(0)
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done(wait_background_tasks=True)
    assert is_free(discovery_port)


def is_free(port: int) -> bool:
    """Whether nobody listens at a UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True


async def test_a_port_that_another_program_keeps_is_said_once_and_the_rest_works(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    discovery_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("", discovery_port))
        entry = await add_printer(await switch_on())
        await until_state(hass, CONNECTION, "on")
        await hass.config_entries.async_reload(entry.entry_id)
        assert (await search(hass))["step_id"] == "nothing_found"
    assert caplog.text.count("keeps UDP port") == 1


# Offered unasked


async def test_a_new_printer_is_offered_once(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    await add_printer(await switch_on("X1C"))
    new = await switch_on("H2D", number=2)
    async with announced(new) as broadcaster:
        (flow,) = await until_flows(hass, 1)
        assert flow["context"]["title_placeholders"] == {"name": "Workshop (H2D)"}
        assert flow["step_id"] == "found_printer"
        hass.config_entries.flow.async_abort(flow["flow_id"])
        broadcaster.send(broadcaster.text)
        assert await flows(hass) == []


async def test_an_offered_printer_is_added(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    await add_printer(await switch_on("X1C"))
    new = await switch_on("P1S", number=2)
    async with announced(new):
        (flow,) = await until_flows(hass, 1)
    answer = {"access_code": "00000000", "official_texts": False, "name": "P1S right"}
    result = await configure(hass, flow, answer)
    assert result["errors"] == {"access_code": "access_code"}
    result = await configure(hass, flow, answer | {"access_code": new.access_code})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await until_state(hass, "binary_sensor.p1s_right_connection", "on")


async def test_an_ignored_printer_is_not_offered_until_it_is_ignored_no_more(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    await add_printer(await switch_on("X1C"))
    new = await switch_on("P1S", number=2)
    async with announced(new):
        (flow,) = await until_flows(hass, 1)
        await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_IGNORE, "discovery_key": flow["context"]["discovery_key"]},
            data={"unique_id": new.serial, "title": "P1S"},
        )
        await until_flows(hass, 0)
        (ignored,) = [
            entry
            for entry in hass.config_entries.async_entries(DOMAIN)
            if entry.source == SOURCE_IGNORE
        ]
        await asyncio.sleep(0.3)
        assert await flows(hass) == []
        await hass.config_entries.async_remove(ignored.entry_id)
        await until_flows(hass, 1)


async def test_a_forger_cannot_offer_any_number_of_printers(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    printer = await switch_on("X1C")
    await add_printer(printer)
    async with announced(printer) as broadcaster:
        broadcaster.make_up(range(40))
        broadcaster.send_junk()
        await until_flows(hass, 16)


async def test_an_announced_serial_number_that_the_certificate_denies_gets_no_access_code(
    hass: HomeAssistant, switch_on: SwitchOn, announced: Callable[..., Broadcaster]
) -> None:
    printer = await switch_on("X1C")
    other = await switch_on("P1S", number=2)
    async with announced(printer) as broadcaster:
        broadcaster.interval = 100
        await asyncio.sleep(0.2)
        task = hass.async_create_task(search(hass))
        for _ in range(8):
            broadcaster.forge("Workshop", f"127.0.0.1:{other.port}")
            await asyncio.sleep(0.05)
        result = await task
    result = await configure(hass, result, {"printer": printer.serial})
    answer = {"access_code": printer.access_code, "official_texts": False}
    result = await configure(hass, result, answer)
    assert result["errors"] == {"base": "serial_mismatch"}
    assert other.counts.logins == 0


# At another address


async def test_a_printer_at_a_new_address_is_heard_again_at_once(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    await until_state(hass, CONNECTION, "on")
    await printer.power_off()
    await until_state(hass, CONNECTION, "off")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        printer.front.port = probe.getsockname()[1]
    await printer.power_on()
    async with announced(printer):
        await until_state(hass, CONNECTION, "on")
    assert entry.data["port"] == printer.port
    assert await flows(hass) == []


async def test_a_printer_never_heard_is_found_at_its_new_address_too(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    await add_printer(await switch_on("P1S", number=2), "P1S right")
    printer = await switch_on("X1C")
    entry = await entry_of(printer, "X1C left")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nobody = probe.getsockname()[1]
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, data=dict(entry.data) | {"port": nobody})
    await hass.config_entries.async_setup(entry.entry_id)
    state = entry.state
    assert state is ConfigEntryState.SETUP_RETRY
    async with announced(printer):
        await until_state(hass, CONNECTION, "on")
    assert entry.state is ConfigEntryState.LOADED


async def test_an_address_where_another_certificate_answers_is_not_taken(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    printer = await switch_on()
    impostor = await switch_on("P1S", number=2)
    entry = await add_printer(printer)
    await printer.power_off()
    await until_state(hass, CONNECTION, "off")
    port = printer.port
    async with announced(impostor) as broadcaster:
        broadcaster.printer = printer
        for _ in range(5):
            broadcaster.forge("Workshop", f"127.0.0.1:{impostor.port}")
            broadcaster.forge("Workshop", "127.0.0.1:9")
            await asyncio.sleep(0.1)
    await hass.async_block_till_done(wait_background_tasks=False)
    assert entry.data["port"] == port
    assert impostor.counts.logins == 0
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_printer_that_is_heard_is_not_looked_for_elsewhere(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
) -> None:
    printer = await switch_on()
    other = await switch_on("P1S", number=2)
    entry = await add_printer(printer)
    await until_state(hass, CONNECTION, "on")
    async with announced(printer) as broadcaster:
        broadcaster.forge("Workshop", f"127.0.0.1:{other.port}")
        await asyncio.sleep(0.3)
    assert entry.data["port"] == printer.port


async def test_nobody_listens_once_the_last_entry_is_unloaded(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, discovery_port: int
) -> None:
    entries: list[MockConfigEntry] = [
        await add_printer(await switch_on("X1C")),
        await add_printer(await switch_on("P1S", number=2), "P1S right"),
    ]
    assert not is_free(discovery_port)
    await hass.config_entries.async_unload(entries[0].entry_id)
    assert not is_free(discovery_port), "the other one needs it"
    await hass.config_entries.async_unload(entries[1].entry_id)
    assert is_free(discovery_port)
    assert not finder(hass)._members


async def test_that_no_broadcast_arrives_is_said_once(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await add_printer(await switch_on())
    for _ in range(2):
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
        await hass.async_block_till_done()
        await hass.config_entries.async_reload(entry.entry_id)
    assert caplog.text.count("broadcast arrives here") == 1


async def test_that_broadcasts_arrive_needs_no_word(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    announced: Callable[..., Broadcaster],
    caplog: pytest.LogCaptureFixture,
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    async with announced(printer):
        async with asyncio.timeout(10):
            await finder(hass).async_search()
        assert finder(hass).heard == 1
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=11))
    await hass.async_block_till_done()
    assert "broadcast arrives here" not in caplog.text
