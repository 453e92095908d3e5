"""A printer with another access code, address or certificate: what its owner is asked."""

from http import HTTPStatus
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_hms.certificates import describe
from custom_components.bambu_hms.const import DOMAIN
from custom_components.bambu_hms.printer.identity import Certificate
from tests.printer.conftest import SwitchOn, pin_of
from tests.simulator import SimulatedPrinter

from .conftest import HEATBED, AddPrinter, Ears, entry_of, until_state

CONNECTION = "binary_sensor.x1c_left_connection"
NEW_CODE = "87654321"


async def until_lost(hass: HomeAssistant, reason: str) -> None:
    """Wait until the printer is not heard for this reason."""
    while (await until_state(hass, CONNECTION, "off"))["reason"] != reason:
        await hass.async_block_till_done()


async def configure(
    hass: HomeAssistant, result: ConfigFlowResult, **answer: Any
) -> ConfigFlowResult:
    """Send the page that a flow shows."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], answer)


def waiting(hass: HomeAssistant, source: str) -> list[Any]:
    """Return the flows of a kind that wait for an owner."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == source
    ]


async def renew(printer: SimulatedPrinter, common_name: str | None = None) -> None:
    """Have a printer show another certificate."""
    await printer.power_off()
    await printer.change_certificate(common_name)
    await printer.power_on()


def issue(hass: HomeAssistant, kind: str, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return a repair."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{kind}_{entry.entry_id}")


# The access code


async def test_a_refused_access_code_is_asked_for_and_nothing_else_is_lost(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    entities = {
        entity.entity_id
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }
    printer.access_code = NEW_CODE
    printer.cut()
    await until_lost(hass, "access_code")
    (flow,) = waiting(hass, "reauth")
    assert flow["step_id"] == "reauth_confirm"
    result = await configure(hass, flow, access_code="00000000")
    assert result["errors"] == {"access_code": "access_code"}
    assert result["description_placeholders"] == {"printer": "X1C left", "name": "X1C left"}
    result = await configure(hass, flow, access_code="  ")
    assert result["errors"] == {"access_code": "no_access_code"}
    result = await configure(hass, flow, access_code=f" {NEW_CODE} ")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await until_state(hass, CONNECTION, "on")
    assert entry.data["access_code"] == NEW_CODE
    assert ears.heard == [("raised", HEATBED)]
    assert entities == {
        entity.entity_id
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    }


async def test_a_code_refused_before_the_printer_was_ever_heard_is_asked_for_too(
    hass: HomeAssistant, switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    entry = await entry_of(printer, "X1C left")
    entry.add_to_hass(hass)
    printer.access_code = NEW_CODE
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = waiting(hass, "reauth")
    result = await configure(hass, flow, access_code=NEW_CODE)
    assert result["reason"] == "reauth_successful"
    await until_state(hass, CONNECTION, "on")
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)


async def test_no_access_code_is_asked_for_twice(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    await add_printer(printer)
    printer.access_code = NEW_CODE
    printer.cut()
    await until_lost(hass, "access_code")
    await printer.until(lambda: printer.counts.refused >= 3)
    await printer.power_off()
    await until_lost(hass, "unreachable")
    await printer.power_on()
    await until_lost(hass, "access_code")
    assert len(waiting(hass, "reauth")) == 1


# The address


async def test_the_address_can_be_changed(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter, ears: Ears
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    result = await entry.start_reconfigure_flow(hass)
    assert result["step_id"] == "reconfigure"
    assert result["description_placeholders"] == {"printer": "X1C left"}
    result = await configure(hass, result, host=f"localhost:{printer.port}")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert entry.data["host"] == "localhost"
    await hass.async_block_till_done()
    await until_state(hass, CONNECTION, "on")
    assert ears.heard == [("raised", HEATBED)]


async def test_the_access_code_can_be_changed_with_it(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    printer.access_code = NEW_CODE
    address = f"127.0.0.1:{printer.port}"
    result = await entry.start_reconfigure_flow(hass)
    result = await configure(hass, result, host=address)
    assert result["errors"] == {"access_code": "access_code"}
    result = await configure(hass, result, host=address, access_code=NEW_CODE)
    assert result["reason"] == "reconfigure_successful"
    assert entry.data["access_code"] == NEW_CODE
    await hass.async_block_till_done()
    await until_state(hass, CONNECTION, "on")


async def test_the_address_of_another_printer_is_refused_before_a_code_is_sent(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    other = await switch_on("P1S", number=2)
    entry = await add_printer(printer)
    before = dict(entry.data)
    result = await entry.start_reconfigure_flow(hass)
    result = await configure(hass, result, host=f"127.0.0.1:{other.port}")
    assert result["errors"] == {"base": "serial_mismatch"}
    assert result["description_placeholders"] == {
        "printer": "X1C left",
        "expected": printer.serial,
        "shown": other.serial,
    }
    assert other.counts.logins == 0
    assert dict(entry.data) == before


@pytest.mark.parametrize(
    ("host", "errors"),
    [("two words", {"host": "invalid_host"}), ("127.0.0.1:9", {"base": "unreachable"})],
)
async def test_an_address_where_no_printer_is_changes_nothing(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    host: str,
    errors: dict[str, str],
) -> None:
    entry = await add_printer(await switch_on())
    before = dict(entry.data)
    result = await entry.start_reconfigure_flow(hass)
    result = await configure(hass, result, host=host)
    assert result["errors"] == errors
    assert dict(entry.data) == before


async def test_a_new_certificate_is_asked_about_when_the_address_is_changed(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    await renew(printer)
    result = await entry.start_reconfigure_flow(hass)
    result = await configure(hass, result, host=f"127.0.0.1:{printer.port}")
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "new_certificate")
    result = await configure(hass, result, next_step_id="details")
    assert result["menu_options"] == ["trust"]
    placeholders = result["description_placeholders"]
    assert placeholders
    assert placeholders["printer"] == "X1C left"
    assert placeholders["subject"] == f"`CN={printer.serial}`"
    logins = printer.counts.logins
    result = await configure(hass, result, next_step_id="trust")
    assert result["reason"] == "reconfigure_successful"
    assert printer.counts.logins > logins
    assert entry.data["pin"] == await pin_of(printer)


# The certificate


async def fix(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, issue_id: str, *steps: str
) -> list[dict[str, Any]]:
    """Settle a repair as the owner does; return what was shown."""
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()
    path = "/api/repairs/issues/fix"
    response = await client.post(path, json={"handler": DOMAIN, "issue_id": issue_id})
    assert response.status == HTTPStatus.OK
    shown = [await response.json()]
    for step in steps:
        response = await client.post(f"{path}/{shown[0]['flow_id']}", json={"next_step_id": step})
        shown.append(await response.json())
    await hass.async_block_till_done()
    return shown


async def test_a_new_certificate_gets_no_access_code_until_its_owner_trusts_it(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    ears: Ears,
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    printer.raise_fault(HEATBED)
    await ears.until("raised", HEATBED)
    logins = printer.counts.logins
    await renew(printer)
    await until_lost(hass, "certificate")
    found = issue(hass, "certificate", entry)
    assert found
    assert found.is_fixable
    assert found.translation_placeholders == {"printer": "X1C left"}
    assert printer.counts.logins == logins
    shown = await fix(hass, hass_client, found.issue_id, "details", "trust")
    assert [(page["type"], page.get("step_id")) for page in shown] == [
        ("menu", "new_certificate"),
        ("menu", "details"),
        ("create_entry", None),
    ]
    assert shown[1]["description_placeholders"]["fingerprint"]
    await until_state(hass, CONNECTION, "on")
    assert issue(hass, "certificate", entry) is None
    assert entry.data["pin"] == await pin_of(printer)
    assert ears.heard == [("raised", HEATBED)]


async def test_the_repair_goes_when_the_old_certificate_is_back(
    hass: HomeAssistant, switch_on: SwitchOn, add_printer: AddPrinter
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    await renew(printer)
    await until_lost(hass, "certificate")
    assert issue(hass, "certificate", entry)
    hass.config_entries.async_update_entry(
        entry, data=dict(entry.data) | {"pin": await pin_of(printer)}
    )
    await until_state(hass, CONNECTION, "on")
    assert issue(hass, "certificate", entry) is None


async def test_another_printer_at_the_address_is_said_and_not_trusted(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    await renew(printer)
    await until_lost(hass, "certificate")
    found = issue(hass, "certificate", entry)
    assert found
    await renew(printer, "01P00A000000009")
    await until_lost(hass, "other_printer")
    other = issue(hass, "other_printer", entry)
    assert other
    assert not other.is_fixable
    assert issue(hass, "certificate", entry) is None
    await hass.config_entries.async_unload(entry.entry_id)
    assert issue(hass, "other_printer", entry) is None


@pytest.mark.parametrize("what", ["other_printer", "unreachable", "removed"])
async def test_what_cannot_be_trusted_now_is_said(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    what: str,
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    pin = entry.data["pin"]
    await renew(printer)
    await until_lost(hass, "certificate")
    # The repair may be open while things change.
    ir.async_create_issue(
        hass,
        DOMAIN,
        "open",
        data={"entry_id": entry.entry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key="certificate",
    )
    match what:
        case "other_printer":
            await renew(printer, "01P00A000000009")
        case "unreachable":
            await printer.power_off()
        case "removed":
            await hass.config_entries.async_remove(entry.entry_id)
    (page,) = await fix(hass, hass_client, "open")
    assert (page["type"], page["reason"]) == ("abort", what)
    assert entry.data["pin"] == pin


async def test_a_printer_that_is_removed_while_its_repair_is_open_is_not_trusted(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
) -> None:
    printer = await switch_on()
    entry = await add_printer(printer)
    await renew(printer)
    await until_lost(hass, "certificate")
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()
    path = "/api/repairs/issues/fix"
    answer = {"handler": DOMAIN, "issue_id": f"certificate_{entry.entry_id}"}
    page = await (await client.post(path, json=answer)).json()
    await hass.config_entries.async_remove(entry.entry_id)
    response = await client.post(f"{path}/{page['flow_id']}", json={"next_step_id": "trust"})
    page = await response.json()
    assert (page["type"], page["reason"]) == ("abort", "removed")


def test_what_a_stranger_writes_into_a_certificate_means_nothing() -> None:
    shown = describe(
        Certificate(serial=None, pin="ab" * 32, subject="CN=`<script>`\n# Big", issuer="")
    )
    assert shown["subject"] == "`CN=<script># Big`"
    assert shown["issuer"] == "`?`"
    assert shown["fingerprint"] == f"`{':'.join(['AB'] * 32)}`"
    assert (shown["valid_from"], shown["valid_until"]) == ("?", "?")
