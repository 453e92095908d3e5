"""What is kept across versions, and what becomes of it when it cannot be read."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.bambu_hms.const import DOMAIN
from tests.printer.conftest import SwitchOn

from .conftest import HEATBED, LIDAR_DIRTY, Ears, attributes_of, entry_of, state_of, until_state

FIRST_SEEN = "2026-01-02T03:04:05+00:00"

# As the first version of this integration wrote it.
VERSION_1 = {
    "ledger": {
        "heard": "2026-01-02T03:04:06+00:00",
        "active": [
            {
                "code": f"HMS_{code}",
                "first_seen": FIRST_SEEN,
                "last_seen": FIRST_SEEN,
                "occurrences": 1,
                "standing": False,
                "related": None,
            }
            for code in (HEATBED, LIDAR_DIRTY)
        ],
    },
    "units": [
        {
            "id": 0,
            "type": "ams",
            "letter": "A",
            "slots": [1, 2, 3, 4],
            "serial": None,
            "firmware": None,
        }
    ],
    "firmware": "01.08.00.00",
    "product": "X1 Carbon",
}


def keep(hass_storage: dict[str, Any], entry: MockConfigEntry, version: int, data: Any) -> str:
    """Put a file in place; return its key."""
    key = f"bambu_hms.{entry.entry_id}"
    hass_storage[key] = {"version": version, "minor_version": 1, "key": key, "data": data}
    return key


def issue_of(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair of a printer's file."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"storage_{entry.entry_id}")


async def test_what_version_1_kept_is_brought_up_to_date(
    hass: HomeAssistant, hass_storage: dict[str, Any], switch_on: SwitchOn, ears: Ears
) -> None:
    printer = await switch_on()
    printer.raise_fault(HEATBED)
    entry = await entry_of(printer, "X1C left")
    key = keep(hass_storage, entry, 1, VERSION_1)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await ears.until("cleared", LIDAR_DIRTY)
    assert ears.heard == [("cleared", LIDAR_DIRTY)], "the other one is known already"
    attributes = attributes_of(hass, "sensor.x1c_left_heatbed_fault")
    assert attributes["since"] == FIRST_SEEN
    assert state_of(hass, "sensor.x1c_left_faults_raised") == "2"
    assert state_of(hass, "sensor.x1c_left_last_fault") == FIRST_SEEN
    assert state_of(hass, "binary_sensor.x1c_left_ams_a_problem") == "unavailable"
    assert issue_of(hass, entry) is None
    assert await hass.config_entries.async_unload(entry.entry_id)
    kept = hass_storage[key]
    assert kept["version"] == 2
    assert [fault["code"] for fault in kept["data"]["ledger"]["history"]] == [f"HMS_{LIDAR_DIRTY}"]


def without(key: str) -> dict[str, Any]:
    """What version 1 kept, without one of its parts."""
    return {name: value for name, value in VERSION_1.items() if name != key}


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "kept",
    [
        {},
        without("ledger"),
        without("units"),
        VERSION_1 | {"ledger": None},
        VERSION_1 | {"ledger": {"heard": None, "active": [{"code": "nonsense"}]}},
        VERSION_1 | {"ledger": {"heard": "2026-01-01T00:00:00", "active": []}},
        VERSION_1 | {"ledger": {"heard": None, "active": 5}},
        VERSION_1 | {"units": [{"id": "x"}]},
        VERSION_1 | {"firmware": 5},
        [],
        "junk",
        5,
    ],
    ids=lambda kept: str(kept)[-40:],
)
async def test_what_has_another_shape_is_set_aside_with_a_repair(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    switch_on: SwitchOn,
    kept: object,
    version: int,
) -> None:
    printer = await switch_on()
    entry = await entry_of(printer, "X1C left")
    keep(hass_storage, entry, version, kept)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    issue = issue_of(hass, entry)
    assert issue
    assert (issue.translation_key, issue.is_fixable) == ("storage_unreadable", True)
    assert issue.translation_placeholders == {
        "printer": "X1C left",
        "file": f"bambu_hms.{entry.entry_id}.set_aside",
    }
    assert state_of(hass, "binary_sensor.x1c_left_problem") == "off"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_a_newer_version_has_kept_is_set_aside_with_a_repair(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    switch_on: SwitchOn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await entry_of(await switch_on(), "X1C left")
    keep(hass_storage, entry, 99, {"new": "shape"})
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    state = entry.state
    await hass.config_entries.async_unload(entry.entry_id)
    assert state is ConfigEntryState.LOADED
    assert "starting afresh" in caplog.text
    issue = issue_of(hass, entry)
    assert issue
    assert issue.translation_key == "storage_newer"


async def test_a_file_that_is_set_aside_is_kept_until_the_printer_is_removed(
    hass: HomeAssistant, hass_storage: dict[str, Any], switch_on: SwitchOn
) -> None:
    printer = await switch_on()
    entry = await entry_of(printer, "X1C left")
    key = keep(hass_storage, entry, 2, {"of": "another shape"})
    path = Path(hass.config.path(".storage", key))
    aside = Path(f"{path}.set_aside")
    await hass.async_add_executor_job(write, path, '{"of": "another shape"}')
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert await hass.async_add_executor_job(aside.read_text) == '{"of": "another shape"}'
    await hass.config_entries.async_remove(entry.entry_id)
    assert not await hass.async_add_executor_job(aside.exists)
    assert issue_of(hass, entry) is None


def write(path: Path, text: str) -> None:
    """Write a file where the harness writes none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def test_an_owner_who_has_read_the_repair_is_told_no_more(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    hass_client: ClientSessionGenerator,
    switch_on: SwitchOn,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    entry = await entry_of(await switch_on(), "X1C left")
    keep(hass_storage, entry, 2, {})
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await until_state(hass, "binary_sensor.x1c_left_problem", "off")
    client = await hass_client()
    path = "/api/repairs/issues/fix"
    response = await client.post(
        path, json={"handler": DOMAIN, "issue_id": f"storage_{entry.entry_id}"}
    )
    assert response.status == HTTPStatus.OK
    flow = await response.json()
    assert flow["step_id"] == "confirm"
    response = await client.post(f"{path}/{flow['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    assert issue_of(hass, entry) is None
    await hass.config_entries.async_unload(entry.entry_id)
