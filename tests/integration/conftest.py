"""What the tests of the Home Assistant side share: real printers, real entries, real waiting."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import contextmanager
from functools import partial
import socket
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.device_registry import EVENT_DEVICE_REGISTRY_UPDATED
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.amber import AmberSnapshotExtension

from custom_components.bambu_hms import coordinator
from custom_components.bambu_hms.const import DOMAIN
from custom_components.bambu_hms.coordinator import PrinterCoordinator
from custom_components.bambu_hms.printer.link import Link
from tests.printer.conftest import (  # noqa: F401 -- pytest finds the fixtures by these names
    authority,
    pin_of,
    switch_on,
)
from tests.simulator import SimulatedPrinter

type AddPrinter = Callable[..., Awaitable[MockConfigEntry]]

RAISED = f"{DOMAIN}_fault_raised"
CLEARED = f"{DOMAIN}_fault_cleared"

RAN_OUT = "0700_2100_0002_0001"
HEATBED = "0300_0100_0001_0007"
LIDAR_DIRTY = "0C00_0100_0001_0004"
MOTOR = "0300_0600_0001_0002"


@pytest.fixture
def discovery_port(socket_enabled: None) -> int:
    """A UDP port that nobody uses, to broadcast to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(autouse=True)
def _house(
    socket_enabled: None,
    hass_storage: dict[str, Any],
    enable_custom_integrations: None,
    discovery_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Let Home Assistant see the integration, and nobody wait a second to connect again."""
    impatient = partial(Link, first_wait=0.05, longest_wait=0.2)
    monkeypatch.setattr(coordinator, "Link", impatient)
    # The real ports may be other programs', and real printers may be heard there.
    monkeypatch.setenv("BAMBU_HMS_DISCOVERY_PORTS", str(discovery_port))


@pytest.fixture
async def add_printer(hass: HomeAssistant) -> AsyncGenerator[AddPrinter]:
    """Add a simulated printer as the flow would; all are taken out again after the test."""
    entries: list[MockConfigEntry] = []

    async def add(
        printer: SimulatedPrinter, name: str = "X1C left", **options: Any
    ) -> MockConfigEntry:
        entry = await entry_of(printer, name, **options)
        entries.append(entry)
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return entry

    yield add
    for entry in entries:
        if hass.config_entries.async_get_entry(entry.entry_id):
            await hass.config_entries.async_unload(entry.entry_id)
            assert entry.state is not ConfigEntryState.FAILED_UNLOAD
    await hass.async_block_till_done()


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare with what is kept in the usual place and form.

    Two plugins have a fixture of this name, each with a form of its own, and which of them pytest
    takes depends on the order in which the file system lists them.
    """
    return snapshot.use_extension(AmberSnapshotExtension)


async def entry_of(
    printer: SimulatedPrinter, name: str, *, official_texts: bool = False, settle_time: float = 0
) -> MockConfigEntry:
    """Return what the flow makes of a printer, with the pin of the certificate that it shows.

    Faults are cleared at once unless a test is about settling.
    """
    return MockConfigEntry(
        domain=DOMAIN,
        title=name,
        unique_id=printer.serial,
        data={
            "host": printer.host,
            "port": printer.port,
            "access_code": printer.access_code,
            "serial": printer.serial,
            "pin": await pin_of(printer),
        },
        options={"official_texts": official_texts, "settle_time": settle_time},
    )


def coordinator_of(entry: MockConfigEntry) -> PrinterCoordinator:
    """Return the coordinator of a loaded entry."""
    coordinator: PrinterCoordinator = entry.runtime_data
    return coordinator


def device_of(entry: MockConfigEntry) -> str:
    """Return the printer's device."""
    return coordinator_of(entry).equipment.device_ids.printer


def ams_of(entry: MockConfigEntry, unit: int = 0) -> str:
    """Return the device of an AMS unit."""
    return coordinator_of(entry).equipment.device_ids.units[unit]


async def until(hass: HomeAssistant, is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for changes of any state or device until something is so."""
    changed = asyncio.Event()
    wake = callback(lambda _: changed.set())
    removes = [
        hass.bus.async_listen(EVENT_STATE_CHANGED, wake),
        hass.bus.async_listen(EVENT_DEVICE_REGISTRY_UPDATED, wake),
    ]
    try:
        async with asyncio.timeout(seconds):
            while not is_so():
                changed.clear()
                await changed.wait()
    finally:
        for remove in removes:
            remove()


def state_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the state of an entity; None where there is none."""
    state = hass.states.get(entity_id)
    return state.state if state else None


def attributes_of(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    """Return the attributes of an entity that has to be there."""
    state = hass.states.get(entity_id)
    assert state, entity_id
    return dict(state.attributes)


async def until_state(hass: HomeAssistant, entity_id: str, state: str) -> dict[str, Any]:
    """Wait until an entity has a state; return its attributes."""
    try:
        await until(hass, lambda: state_of(hass, entity_id) == state)
    except TimeoutError:
        pytest.fail(f"{entity_id} is {state_of(hass, entity_id)!r}, not {state!r}")
    return attributes_of(hass, entity_id)


class Ears:
    """What an automation with event triggers would hear: faults raised and cleared, in order."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.events: list[Event[dict[str, Any]]] = []
        self._more = asyncio.Event()

    @property
    def heard(self) -> list[tuple[str, str]]:
        """What was heard: raised or cleared, and the code."""
        return [
            (str(event.event_type).rpartition("_")[2], event.data["code"].removeprefix("HMS_"))
            for event in self.events
        ]

    @callback
    def hear(self, event: Event[dict[str, Any]]) -> None:
        """Take in one event."""
        self.events.append(event)
        self._more.set()

    async def until(self, what: str, code: str, seconds: float = 10.0) -> dict[str, Any]:
        """Wait until this was heard; return the data of the newest such event."""
        async with asyncio.timeout(seconds):
            while (what, code) not in self.heard:
                self._more.clear()
                await self._more.wait()
        last = max(at for at, heard in enumerate(self.heard) if heard == (what, code))
        return self.events[last].data


@contextmanager
def listening(hass: HomeAssistant) -> Generator[Ears]:
    """Listen for faults for a while."""
    ears = Ears()
    remove = [hass.bus.async_listen(event_type, ears.hear) for event_type in (RAISED, CLEARED)]
    try:
        yield ears
    finally:
        for each in remove:
            each()


@pytest.fixture
def ears(hass: HomeAssistant) -> Generator[Ears]:
    """Listen for faults all the test long."""
    with listening(hass) as ears:
        yield ears
