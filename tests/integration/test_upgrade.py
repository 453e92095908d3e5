"""What earlier versions left behind is taken over: faults, mutes, history, devices, entities.

The files in kept/ were written by those versions themselves, with a simulated X1 Carbon that had an
AMS and an AMS HT: `first` by the very first one, `life` by the one that brought mutes and history.
"""

from collections.abc import AsyncGenerator
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.bambu_hms.const import DOMAIN
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind

from .conftest import (
    HEATBED,
    LIDAR_DIRTY,
    MOTOR,
    RAN_OUT,
    Ears,
    attributes_of,
    coordinator_of,
    entry_of,
    state_of,
    until_state,
)

FILES = {path.stem: path for path in (Path(__file__).parent / "kept").iterdir()}


class Upgraded:
    """A printer that an earlier version had, in the hands of this one."""

    def __init__(
        self, left: dict[str, Any], entry: MockConfigEntry, devices: dict[str, str]
    ) -> None:
        """Keep what the earlier version left, and how the registry called its devices."""
        self.left = left
        self.entry = entry
        self.devices = devices

    @property
    def faults(self) -> dict[str, Any]:
        """The faults that the earlier version knew, by their codes."""
        return {fault["code"]: fault for fault in self.left["data"]["ledger"]["active"]}


@pytest.fixture(params=FILES)
async def upgraded(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
    switch_on: SwitchOn,
    ears: Ears,
    request: pytest.FixtureRequest,
) -> AsyncGenerator[Upgraded]:
    """Set up what an earlier version left, with the printer as it was then."""
    left: dict[str, Any] = json.loads(FILES[request.param].read_text(encoding="utf-8"))
    printer = await switch_on(ams=(AmsKind.AMS, AmsKind.AMS_HT))
    for fault in left["data"]["ledger"]["active"]:
        printer.raise_fault(fault["code"])
    entry = await entry_of(printer, "X1C left")
    key = f"{DOMAIN}.{entry.entry_id}"
    hass_storage[key] = {
        "version": left["version"],
        "minor_version": 1,
        "key": key,
        "data": left["data"],
    }
    entry.add_to_hass(hass)
    # The first version had no options at all.
    hass.config_entries.async_update_entry(entry, options={})
    devices = {
        identifier: device_registry.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={(DOMAIN, identifier)}, name=name
        ).id
        for name, identifier in left["devices"].items()
    }
    for entity_id, unique_id in left["entities"].items():
        domain, _, name = entity_id.partition(".")
        entity_registry.async_get_or_create(
            domain, DOMAIN, unique_id, config_entry=entry, object_id_base=name
        )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until_state(hass, "binary_sensor.x1c_left_connection", "on")
    await hass.async_block_till_done()
    yield Upgraded(left, entry, devices)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_its_faults_are_known_and_not_heard_again(
    hass: HomeAssistant, upgraded: Upgraded, ears: Ears
) -> None:
    assert upgraded.entry.state is ConfigEntryState.LOADED
    assert ears.heard == []
    active = {str(fault.code): fault for fault in coordinator_of(upgraded.entry).ledger.active}
    assert set(active) == set(upgraded.faults)
    for code, fault in active.items():
        before = upgraded.faults[code]
        assert fault.first_seen.isoformat() == before["first_seen"]
        assert fault.standing is before["standing"]
        assert fault.muted is before.get("muted", False)
    heatbed = attributes_of(hass, "sensor.x1c_left_heatbed_fault")
    assert heatbed["since"] == upgraded.faults[f"HMS_{HEATBED}"]["first_seen"]
    assert state_of(hass, "binary_sensor.x1c_left_ams_a_slot_2_problem") == "on"
    assert f"HMS_{RAN_OUT}" in active


async def test_no_repair_is_needed(
    upgraded: Upgraded, issue_registry: ir.IssueRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    assert not [issue for issue in issue_registry.issues.values() if issue.domain == DOMAIN]
    assert "cannot be used" not in caplog.text


async def test_its_entities_keep_their_ids_and_live_on(
    hass: HomeAssistant, upgraded: Upgraded, entity_registry: er.EntityRegistry
) -> None:
    now = er.async_entries_for_config_entry(entity_registry, upgraded.entry.entry_id)
    ids = {entity.entity_id: entity.unique_id for entity in now}
    assert ids.items() >= upgraded.left["entities"].items()
    for entity_id in upgraded.left["entities"]:
        entity = entity_registry.async_get(entity_id)
        assert entity
        if not entity.disabled:
            assert state_of(hass, entity_id) not in {None, "unavailable"}, entity_id


async def test_its_devices_stay_the_same(
    upgraded: Upgraded, device_registry: dr.DeviceRegistry
) -> None:
    now = dr.async_entries_for_config_entry(device_registry, upgraded.entry.entry_id)
    assert {device.id for device in now} == set(upgraded.devices.values())
    ids = coordinator_of(upgraded.entry).equipment.device_ids
    serial = upgraded.entry.data["serial"]
    assert ids.printer == upgraded.devices[serial]
    assert ids.units == {
        0: upgraded.devices[f"{serial}_ams_a"],
        128: upgraded.devices[f"{serial}_ams_ht_a"],
    }


@pytest.mark.parametrize("upgraded", ["life"], indirect=True)
async def test_its_mutes_and_its_history_stay(hass: HomeAssistant, upgraded: Upgraded) -> None:
    ledger = coordinator_of(upgraded.entry).ledger
    before = upgraded.left["data"]["ledger"]
    assert [mute.as_dict() for mute in ledger.mutes] == before["mutes"]
    assert [fault.as_dict() for fault in ledger.history] == before["history"]
    assert before["history"][0]["code"] == f"HMS_{MOTOR}"
    assert attributes_of(hass, "sensor.x1c_left_active_faults")["muted"] == 1
    assert state_of(hass, "binary_sensor.x1c_left_micro_lidar_problem") == "off"
    assert f"HMS_{LIDAR_DIRTY}" in upgraded.faults
    assert state_of(hass, "sensor.x1c_left_faults_raised") == str(before["raised_count"])


@pytest.mark.parametrize("upgraded", ["first"], indirect=True)
async def test_what_the_first_version_did_not_count_is_counted_from_what_it_kept(
    hass: HomeAssistant, upgraded: Upgraded
) -> None:
    assert state_of(hass, "sensor.x1c_left_faults_raised") == "2"
    last = max(fault["first_seen"] for fault in upgraded.faults.values())
    ledger = coordinator_of(upgraded.entry).ledger
    assert ledger.last_raised
    assert ledger.last_raised.isoformat() == last
    assert not ledger.mutes
    assert not ledger.history
