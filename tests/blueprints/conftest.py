"""What the tests of blueprints share: the blueprints in place, phones, a clock that can be set."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from datetime import UTC, datetime, timedelta
import logging
from pathlib import Path
import shutil
from typing import Any

import freezegun
from freezegun.api import TickingDateTimeFactory
from homeassistant.components.notify import NotifyEntity
from homeassistant.components.notify.const import NotifyEntityFeature
from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_fire_time_changed,
    mock_config_flow,
    mock_integration,
    mock_platform,
    setup_test_component_platform,
)

from custom_components.bambu_hms.const import DOMAIN
from tests.integration.conftest import (  # noqa: F401 -- pytest finds the fixtures by these names
    AddPrinter,
    _house,
    add_printer,
    attributes_of,
    coordinator_of,
    discovery_port,
    ears,
    until,
)
from tests.printer.conftest import SwitchOn, authority, switch_on  # noqa: F401 -- the same
from tests.simulator import AmsKind, SimulatedPrinter

from .phone import Phone

BLUEPRINTS = Path(__file__).parents[2] / "blueprints" / "automation" / DOMAIN

# The clock of these tests shows this when they begin.
NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)

# Those who say that something is wrong with an automation.
_COMPLAIN = (
    "homeassistant.components.automation",
    "homeassistant.components.blueprint",
    "homeassistant.helpers",
    "homeassistant.core",
)

type Automate = Callable[..., Awaitable[str]]
"""Makes an automation of a blueprint and its inputs; returns its entity id."""


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A folder of this test's own, with the blueprints where an import puts them."""
    shutil.copytree(BLUEPRINTS, Path(hass_tmp_config_dir, "blueprints", "automation", DOMAIN))
    return hass_tmp_config_dir


@pytest.fixture
async def printer(switch_on: SwitchOn) -> SimulatedPrinter:  # noqa: F811 -- the fixture
    """An X1C with two AMS."""
    return await switch_on("X1C", ams=(AmsKind.AMS, AmsKind.AMS))


@pytest.fixture
async def entry(
    printer: SimulatedPrinter,
    add_printer: AddPrinter,  # noqa: F811 -- the fixture
) -> MockConfigEntry:
    """Its entry."""
    return await add_printer(printer)


@pytest.fixture
async def automate(hass: HomeAssistant) -> AsyncGenerator[Automate]:
    """Make an automation as the editor does; all are switched off after the test."""
    await hass.config.async_set_time_zone("UTC")

    async def automate(blueprint: str, alias: str = "It", **inputs: Any) -> str:
        automation = {
            "id": alias,
            "alias": alias,
            "use_blueprint": {"path": f"{DOMAIN}/{blueprint}.yaml", "input": inputs},
        }
        assert await async_setup_component(hass, "automation", {"automation": [automation]})
        await hass.async_block_till_done()
        entity_id = f"automation.{alias.lower()}"
        state = hass.states.get(entity_id)
        assert state
        assert state.state == "on", "Home Assistant does not accept it"
        return entity_id

    yield automate
    if hass.services.has_service("automation", "turn_off"):
        every = {"entity_id": "all"}
        await hass.services.async_call("automation", "turn_off", every, blocking=True)


@pytest.fixture(autouse=True)
def expected_complaints(caplog: pytest.LogCaptureFixture) -> Generator[list[str]]:
    """Fail if an automation complains of anything but what a test puts into this list."""
    expected: list[str] = []
    yield expected
    complaints = [
        record.getMessage()
        for record in (*caplog.get_records("setup"), *caplog.get_records("call"))
        if record.levelno >= logging.WARNING and record.name.startswith(_COMPLAIN)
    ]
    unexpected = [it for it in complaints if not any(part in it for part in expected)]
    assert not unexpected


@pytest.fixture
def iphone(hass: HomeAssistant) -> Phone:
    """A phone; its name is one that an action cannot have."""
    return Phone(hass, "Ann's iPhone")


@pytest.fixture
def pixel(hass: HomeAssistant) -> Phone:
    """Another phone."""
    return Phone(hass, "Pixel 9")


class Clock:
    """The clock of the machine, which goes on from where it is set."""

    def __init__(self, clock: TickingDateTimeFactory) -> None:
        """Begin at noon."""
        self._clock = clock

    def set(self, time: str, *, before: int = 0) -> None:
        """Set it to some minutes before the next time that it is so late; no timer notices."""
        hour, minute = map(int, time.split(":"))
        now = dt_util.utcnow()
        then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        then += timedelta(days=then <= now)
        self._clock.move_to(then - timedelta(minutes=before))


def let_pass(hass: HomeAssistant, *, everything: bool = False, **time: float) -> None:
    """Let timers that are due within some time do now what they wait for; or all there are."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(**time), fire_all=everything)


async def until_done(hass: HomeAssistant, automation: str) -> None:
    """Wait until nothing of an automation runs."""
    await until(hass, lambda: attributes_of(hass, automation)["current"] == 0)


@pytest.fixture
def clock(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Generator[Clock]:
    """Set the clock to noon."""
    # Timers, time-outs and MQTT go on as if nobody had touched the clock.
    monkeypatch.setattr(hass.loop, "time", freezegun.api.real_monotonic)
    with freezegun.freeze_time(NOON, tick=True, ignore=["paho"]) as set_clock:
        assert isinstance(set_clock, TickingDateTimeFactory)
        yield Clock(set_clock)


class Notifier(NotifyEntity):
    """A way to notify that knows nothing but texts."""

    _attr_name = "Mail"
    _attr_supported_features = NotifyEntityFeature.TITLE

    def __init__(self) -> None:
        """Start with nothing sent."""
        self.sent: list[tuple[str | None, str]] = []

    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Note what is sent."""
        self.sent.append((title, message))


class PowerSwitch(SwitchEntity):
    """A switch that feeds a printer."""

    _attr_name = "Printer power"
    _attr_is_on = True
    _attr_should_poll = False

    def __init__(self) -> None:
        """Start switched on."""
        self.stuck = False
        """Whether its contacts are welded together."""

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch on."""
        self._attr_is_on = True
        self.async_write_ha_state()

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch off."""
        self._attr_is_on = self.stuck
        self.async_write_ha_state()


async def _add(hass: HomeAssistant, domain: Platform, entity: Entity) -> None:
    """Add an entity of another integration."""

    async def set_up(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, [domain])
        return True

    async def unload(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, [domain])

    module = MockModule("test", async_setup_entry=set_up, async_unload_entry=unload)
    mock_integration(hass, module)
    mock_platform(hass, "test.config_flow")
    setup_test_component_platform(hass, domain, [entity], from_config_entry=True)
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    with mock_config_flow("test", ConfigFlow):
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
async def notifier(hass: HomeAssistant) -> Notifier:
    """A notify entity, `notify.mail`."""
    await _add(hass, Platform.NOTIFY, notifier := Notifier())
    return notifier


@pytest.fixture
async def power(hass: HomeAssistant) -> PowerSwitch:
    """A switch, `switch.printer_power`."""
    await _add(hass, Platform.SWITCH, power := PowerSwitch())
    return power


async def until_so(is_so: Callable[[], bool]) -> None:
    """Wait for what nothing tells of."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 -- see above
            await asyncio.sleep(0)


async def until_it_waits(hass: HomeAssistant, runs: int = 1) -> None:
    """Wait until so many runs of the automation give their owner time to react."""
    pressed = "mobile_app_notification_action"
    await until_so(lambda: hass.bus.async_listeners().get(pressed, 0) == runs)


async def becomes(
    monkeypatch: pytest.MonkeyPatch, printer: SimulatedPrinter, entry: MockConfigEntry, state: str
) -> None:
    """Have a printer print, pause or whatever else, and Home Assistant know it."""
    by_itself = printer.status
    monkeypatch.setattr(printer, "status", lambda: by_itself() | {"gcode_state": state})
    await until_so(lambda: coordinator_of(entry).data.print_state == state.lower())


async def until_heard(entry: MockConfigEntry) -> None:
    """Wait for a report of now."""
    now = dt_util.utcnow()
    await until_so(lambda: (coordinator_of(entry).ledger.heard or NOON) >= now)
