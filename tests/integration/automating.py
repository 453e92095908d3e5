"""Real automations for the tests of triggers and conditions."""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component

from tests.simulator import SimulatedPrinter

from .conftest import Ears

# One fault of each kind that an option tells apart.
OVERHEATING = "0300_0100_0001_0001"  # fatal, and a danger
RAN_OUT_ELSEWHERE = "0701_2000_0002_0001"  # AMS B
SWITCHED = "0700_2000_0003_0002"  # a notice
RAN_OUT_TOO = "0700-8011"  # the same trouble as RAN_OUT, as a print error

type Options = dict[str, Any]


class Said:
    """What an automation said: the variables of its trigger, in order."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Listen as long as Home Assistant runs."""
        self.all: list[dict[str, Any]] = []
        hass.bus.async_listen("test_said", self._hear)

    @property
    def codes(self) -> list[str]:
        """The codes that it was triggered by."""
        return [said["code"].removeprefix("HMS_") for said in self.all]

    @callback
    def _hear(self, event: Event) -> None:
        self.all.append(event.data["trigger"])


async def automate(
    hass: HomeAssistant,
    triggers: Iterable[dict[str, Any]],
    conditions: Iterable[dict[str, Any]] = (),
) -> Said:
    """Set up an automation, as an owner does who writes YAML."""
    said = Said(hass)
    automation = {
        "id": "say",
        "alias": "Say",
        "mode": "queued",
        "max": 100,
        "triggers": list(triggers),
        "conditions": list(conditions),
        "actions": [{"event": "test_said", "event_data": {"trigger": "{{ trigger }}"}}],
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    await hass.async_block_till_done()
    return said


def on(
    what: str, options: Options | None = None, target: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return one of our triggers; like the editor, leave out what is not chosen."""
    chosen = {"options": options, "target": target}
    return {"trigger": f"bambu_hms.{what}", **{key: it for key, it in chosen.items() if it}}


async def raise_faults(ears: Ears, printer: SimulatedPrinter, *codes: str) -> None:
    """Have faults one after the other, each heard before the next one comes."""
    for code in codes:
        printer.raise_fault(code)
        await ears.until("raised", code)
