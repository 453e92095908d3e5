"""Adding a printer by hand: what is asked, what is tried, and what is said when it fails."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
import logging
from pathlib import Path
import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

from homeassistant.config_entries import SOURCE_USER, ConfigEntryDisabler, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_hms import mending
from custom_components.bambu_hms.const import DOMAIN
from custom_components.bambu_hms.forms import Address, read_address, write_address
from custom_components.bambu_hms.printer.link import Heard, LinkError, Printer, Reason, first_report
from custom_components.bambu_hms.printer.report import parse
from tests.printer.conftest import ACCESS_CODE, SERIALS, SwitchOn, pin_of
from tests.simulator import SimulatedPrinter

from .conftest import state_of

WRONG_CODE = "00000000"


def typed(printer: SimulatedPrinter, **changes: str) -> dict[str, str]:
    """Return what an owner types who makes no mistake, or some."""
    return {
        "host": f"{printer.host}:{printer.port}",
        "access_code": printer.access_code,
        **changes,
    }


async def submit(hass: HomeAssistant, form: dict[str, str]) -> ConfigFlowResult:
    """Begin a flow, fill in the first page and send it."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["search", "manual"]
    result = await again(hass, result, {"next_step_id": "manual"})
    expect_form(result, "manual", {})
    return await again(hass, result, form)


async def again(
    hass: HomeAssistant, result: ConfigFlowResult, form: dict[str, str]
) -> ConfigFlowResult:
    """Send the page that a flow shows."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], form)


def suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return what a form is filled with."""
    schema = result["data_schema"]
    assert schema is not None
    return {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description and "suggested_value" in key.description
    }


def expect_form(result: ConfigFlowResult, step: str, errors: dict[str, str]) -> None:
    """Check that a page is shown, with these errors."""
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, step)
    assert (result["errors"] or {}) == errors


@asynccontextmanager
async def listening(answer: bytes) -> AsyncGenerator[str]:
    """Listen as something that is no printer; yield the address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        server.close_clients()
        await server.wait_closed()


@pytest.fixture(autouse=True)
async def _unload(hass: HomeAssistant) -> AsyncGenerator[None]:
    """Unload what the flows have set up."""
    yield
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


# A printer is added.


async def test_a_printer_is_added_under_the_name_given(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    result = await submit(hass, typed(printer, name="X1C left"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "X1C left"
    assert result["data"] == {
        "host": "127.0.0.1",
        "port": printer.port,
        "access_code": ACCESS_CODE,
        "serial": SERIALS["X1C"],
        "pin": await pin_of(printer),
    }
    assert result["result"].unique_id == SERIALS["X1C"]
    await hass.async_block_till_done()
    assert state_of(hass, "binary_sensor.x1c_left_connection") == "on"


@pytest.mark.parametrize(
    ("model", "title"),
    [("X1C", "X1 Carbon"), ("P1S", "P1S"), ("A1 mini", "A1 mini"), ("H2D", "H2D")],
)
async def test_without_a_name_it_is_called_after_its_model(
    hass: HomeAssistant, switch_on: SwitchOn, model: str, title: str
) -> None:
    result = await submit(hass, typed(await switch_on(model)))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == title


@pytest.mark.parametrize(
    ("taken", "title"),
    [
        (["X1 Carbon"], "X1 Carbon 2"),
        (["X1 Carbon", "X1 Carbon 2"], "X1 Carbon 3"),
        (["X1 Carbon 2"], "X1 Carbon"),
    ],
)
async def test_a_model_that_is_there_already_is_numbered(
    hass: HomeAssistant, switch_on: SwitchOn, taken: list[str], title: str
) -> None:
    for number, name in enumerate(taken):
        MockConfigEntry(
            domain=DOMAIN,
            title=name,
            unique_id=f"other {number}",
            disabled_by=ConfigEntryDisabler.USER,
        ).add_to_hass(hass)
    result = await submit(hass, typed(await switch_on(), name="  "))
    assert result["title"] == title


async def test_a_printer_that_tells_no_versions_is_called_after_its_serial_number(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on("H2D")
    printer.answers_versions = False
    result = await submit(hass, typed(printer))
    assert result["title"] == "H2D"


async def test_white_space_around_what_is_typed_is_taken_off(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    form = {key: f" {value}\t" for key, value in typed(printer, name="X1C left").items()}
    result = await submit(hass, form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "X1C left"
    assert (result["data"]["host"], result["data"]["access_code"]) == ("127.0.0.1", ACCESS_CODE)


async def test_adding_leaves_one_connection(hass: HomeAssistant, switch_on: SwitchOn) -> None:
    printer = await switch_on()
    await submit(hass, typed(printer))
    await printer.until(lambda: len(printer.clients) == 1)


@pytest.mark.parametrize("outcome", ["added", "refused"])
async def test_neither_access_code_nor_serial_number_is_in_any_log(
    hass: HomeAssistant, switch_on: SwitchOn, caplog: pytest.LogCaptureFixture, outcome: str
) -> None:
    caplog.set_level(logging.DEBUG)
    printer = await switch_on()
    sent = ACCESS_CODE if outcome == "added" else "87651234"
    result = await submit(hass, typed(printer, access_code=sent))
    await hass.async_block_till_done()
    assert (result["type"] is FlowResultType.CREATE_ENTRY) == (outcome == "added")
    assert caplog.records
    assert sent not in caplog.text
    # Home Assistant names entities that are off by their unique ids when it is told to debug.
    lines = [
        record.getMessage()
        for record in caplog.records
        if record.levelno > logging.DEBUG or record.name.startswith("custom_components")
    ]
    assert not [line for line in lines if printer.serial in line]


# Where it is.


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.7", ("192.0.2.7", 8883)),
        ("192.0.2.7:1234", ("192.0.2.7", 1234)),
        ("printer", ("printer", 8883)),
        ("printer.lan:65535", ("printer.lan", 65535)),
        ("cafe:8883", ("cafe", 8883)),
        ("2001:db8::7", ("2001:db8::7", 8883)),
        ("fe80::1%eth0", ("fe80::1%eth0", 8883)),
        ("::1", ("::1", 8883)),
        ("[2001:db8::7]", ("2001:db8::7", 8883)),
        ("[2001:db8::7]:1234", ("2001:db8::7", 1234)),
        ("[fe80::1%eth0]:1", ("fe80::1%eth0", 1)),
    ],
)
def test_an_address_with_or_without_a_port(text: str, address: Address) -> None:
    assert read_address(text) == address
    assert read_address(write_address(*address)) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "two words",
        "printer:0",
        "printer:70000",
        "printer:123456",
        "printer:port",
        "printer:",
        ":8883",
        "http://printer",
        "printer/path",
        "[2001:db8::7",
        "2001:db8::7]",
        "[]",
        "[printer]",
        "[2001:db8::7]:0",
        "2001:db8:::7:x",
    ],
)
async def test_what_is_no_address_is_said_under_its_field(hass: HomeAssistant, text: str) -> None:
    result = await submit(hass, {"host": text, "access_code": ACCESS_CODE})
    expect_form(result, "manual", {"host": "invalid_host"})


async def test_a_blank_access_code_is_asked_for_before_anything_is_tried(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    result = await submit(hass, typed(printer, access_code="  "))
    expect_form(result, "manual", {"access_code": "no_access_code"})
    assert printer.counts.logins == 0


# Whether it answers.


async def test_nothing_at_the_address_is_said(hass: HomeAssistant, switch_on: SwitchOn) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    result = await submit(hass, {"host": f"127.0.0.1:{port}", "access_code": ACCESS_CODE})
    expect_form(result, "manual", {"base": "unreachable"})


async def test_something_that_is_no_printer_is_said(hass: HomeAssistant) -> None:
    async with listening(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address:
        result = await submit(hass, {"host": address, "access_code": ACCESS_CODE})
    expect_form(result, "manual", {"base": "no_tls"})


async def test_a_wrong_access_code_is_said_under_its_field_and_can_be_mended(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    result = await submit(hass, typed(printer, access_code=WRONG_CODE, name="X1C left"))
    expect_form(result, "manual", {"access_code": "access_code"})
    assert suggested(result)["host"] == f"127.0.0.1:{printer.port}"
    assert suggested(result)["name"] == "X1C left"
    result = await again(hass, result, typed(printer, name="X1C left"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["access_code"] == ACCESS_CODE


async def test_a_printer_that_says_nothing_is_not_added_until_it_does(
    hass: HomeAssistant, switch_on: SwitchOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = partial(first_report, timeout=0.6)
    monkeypatch.setattr(mending, "first_report", impatient)
    printer = await switch_on()
    printer.silent = True
    result = await submit(hass, typed(printer))
    expect_form(result, "manual", {"base": "silent"})
    await printer.until(lambda: not printer.clients)
    printer.silent = False
    result = await again(hass, result, typed(printer))
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("reason", [each for each in Reason if each is not Reason.ACCESS_CODE])
async def test_any_other_reason_concerns_the_whole_form(
    hass: HomeAssistant, switch_on: SwitchOn, monkeypatch: pytest.MonkeyPatch, reason: Reason
) -> None:
    # Some of these need a printer that changes within a second, which nobody can time.
    async def fail(printer: Printer, limit: object) -> Heard:
        raise LinkError(reason)

    monkeypatch.setattr(mending, "first_report", fail)
    result = await submit(hass, typed(await switch_on()))
    expect_form(result, "manual", {"base": reason.value})


# Who it is.


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.9"], ids=["same address", "moved"])
async def test_a_printer_can_be_added_only_once(
    hass: HomeAssistant, switch_on: SwitchOn, host: str
) -> None:
    printer = await switch_on()
    known = {"host": host, "port": printer.port, "access_code": ACCESS_CODE}
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id=printer.serial,
        data=known,
        disabled_by=ConfigEntryDisabler.USER,
    )
    entry.add_to_hass(hass)
    result = await submit(hass, typed(printer, access_code=WRONG_CODE))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert dict(entry.data) == known
    assert printer.counts.logins == 0, "it is known before the access code is sent"


async def test_a_form_left_open_elsewhere_does_not_stand_in_the_way(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    left_open = await submit(hass, typed(printer, access_code=WRONG_CODE))
    expect_form(left_open, "manual", {"access_code": "access_code"})
    result = await submit(hass, typed(printer))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def nameless(switch_on: SwitchOn) -> SimulatedPrinter:
    """Switch on a printer whose certificate does not tell a serial number."""
    printer = await switch_on()
    await printer.power_off()
    await printer.change_certificate("printer")
    await printer.power_on()
    return printer


async def test_the_serial_number_is_asked_for_where_the_certificate_tells_none(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await nameless(switch_on)
    result = await submit(hass, typed(printer, name="X1C left"))
    expect_form(result, "serial", {})
    assert printer.counts.logins == 0
    result = await again(hass, result, {"serial": f" {printer.serial.lower()} "})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "X1C left"
    assert result["data"]["serial"] == printer.serial
    assert result["data"]["pin"] == await pin_of(printer)


@pytest.mark.parametrize("serial", ["", "0", "00M00A0", "00M00A00000000#", "0" * 33])
async def test_what_is_no_serial_number_is_said_under_its_field(
    hass: HomeAssistant, switch_on: SwitchOn, serial: str
) -> None:
    printer = await nameless(switch_on)
    result = await again(hass, await submit(hass, typed(printer)), {"serial": serial})
    expect_form(result, "serial", {"serial": "invalid_serial"})
    assert printer.counts.logins == 0
    result = await again(hass, result, {"serial": printer.serial})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_typed_serial_number_is_compared_with_the_one_that_is_shown(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    result = await submit(hass, typed(printer, serial="00M00A000000009"))
    expect_form(result, "manual", {"serial": "serial_mismatch"})
    assert result["description_placeholders"] == {
        "expected": "00M00A000000009",
        "shown": printer.serial,
    }
    assert printer.counts.logins == 0, "no access code for another printer"
    result = await again(hass, result, typed(printer, serial="00M"))
    expect_form(result, "manual", {"serial": "invalid_serial"})
    result = await again(hass, result, typed(printer, serial=f" {printer.serial.lower()}"))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_serial_number_typed_at_once_is_not_asked_for_again(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await nameless(switch_on)
    result = await submit(hass, typed(printer, serial=printer.serial))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == printer.serial


async def test_a_wrong_serial_number_is_silence_and_can_be_mended(
    hass: HomeAssistant, switch_on: SwitchOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = partial(first_report, timeout=0.6)
    monkeypatch.setattr(mending, "first_report", impatient)
    printer = await nameless(switch_on)
    result = await again(hass, await submit(hass, typed(printer)), {"serial": "00M00A000000009"})
    expect_form(result, "serial", {"base": "silent"})
    assert suggested(result)["serial"] == "00M00A000000009"
    result = await again(hass, result, {"serial": printer.serial})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == printer.serial


async def test_a_wrong_access_code_found_late_leads_back_to_the_first_page(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await nameless(switch_on)
    result = await submit(hass, typed(printer, access_code=WRONG_CODE))
    result = await again(hass, result, {"serial": printer.serial})
    expect_form(result, "manual", {"access_code": "access_code"})
    assert suggested(result)["serial"] == printer.serial, "nobody types it twice"
    result = await again(hass, result, typed(printer, serial=printer.serial))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_the_printer_says_of_itself_goes_before_its_serial_number(
    hass: HomeAssistant, switch_on: SwitchOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = await switch_on()
    said = parse(
        b'{"info":{"command":"get_version","module":'
        b'[{"name":"ota","sw_ver":"01.00","product_name":"Bambu Lab X1E","sn":"x"}]}}'
    )

    async def hear(asked: Printer, limit: object) -> Heard:
        return Heard(None, said)  # type: ignore[arg-type] # parse tells what it found

    monkeypatch.setattr(mending, "first_report", hear)
    result = await submit(hass, typed(printer))
    assert result["title"] == "X1E"


async def test_the_last_page_says_the_next_two_steps(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    result = await submit(hass, typed(await switch_on()))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["description"] == "added"
    links = result["description_placeholders"]
    assert links
    url = parse_qs(urlsplit(links["notify_url"]).query)["blueprint_url"][0]
    path = url.partition("/blob/main/")[2]
    assert (Path(mending.__file__).parents[2] / path).exists()
    assert links["test_url"].endswith("=bambu_hms.simulate_fault")
