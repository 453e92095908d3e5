"""The demo's dashboard: the printers, and the buttons that things are done to them with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from tests.e2e.home import Home

from .printers import PRINTERS, WAITING
from .story import DAY

URL_PATH: Final = "bambu-printers"

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that a button raises."""

    name: str
    icon: str
    code: str


# A few telling ones for each printer: harmless, serious, dangerous, one in no list.
FAULTS: Final = {
    "X1C left": (
        Fault("Slot A1 ran out", "mdi:printer-3d-nozzle-alert", "0700_2000_0002_0001"),
        Fault("Dirty lidar", "mdi:eye-off-outline", "0C00_0100_0001_0004"),
        Fault("Smoke", "mdi:fire", "0C00_0300_0001_001E"),
    ),
    "P1S right": (
        Fault("Front cover", "mdi:printer-3d", "0300_1200_0002_0001"),
        Fault("Clogged", "mdi:pipe-disconnected", "0300_1A00_0002_0002"),
        Fault("In no list", "mdi:help-circle-outline", "0300_0700_0002_00E7"),
    ),
    "H2D": (
        Fault("AMS tangled", "mdi:vector-polyline", "0700_6100_0002_0001"),
        Fault("Bed too hot", "mdi:thermometer-alert", "0300_0100_0001_0003"),
        Fault("Print error", "mdi:alert-octagon-outline", "0300-8014"),
    ),
    "A1 mini": (
        Fault("Slot 3 ran out", "mdi:printer-3d-nozzle-alert", "1200_2200_0002_0001"),
        Fault("Fan stopped", "mdi:fan-off", "0300_0300_0001_0001"),
        Fault("Motor Y", "mdi:engine-off-outline", "0300_0700_0001_0002"),
    ),
    "Workshop": (
        Fault("AMS HT ran out", "mdi:printer-3d-nozzle-alert", "1880_2000_0002_0001"),
        Fault("Clogged", "mdi:pipe-disconnected", "0300_1A00_0002_0002"),
        Fault("Fan stopped", "mdi:fan-off", "0300_0300_0001_0001"),
    ),
}

_NOW: Final = """\
### {{ states('input_text.demo_now') }}

{% set rung = states('counter.demo_bell') | int(0) -%}
{% set often = {1: 'once', 2: 'twice'}.get(rung, rung ~ ' times') -%}
{{ 'The bell has rung ' ~ often if rung else 'The bell has not rung yet' }}."""

_INVITATION: Final = f" [Try it yourself](/{URL_PATH}/try)"

_RULE: Final = (
    "A fault that is gone is watched for 30 seconds before it is cleared. If it comes back"
    " meanwhile, it is the same fault, and nobody is called a second time."
)


async def make_dashboard(home: Home) -> None:
    """Make the dashboard, where it is missing."""
    async with home.socket() as connection:
        known = await connection.call("lovelace/dashboards/list")
        if URL_PATH in [dashboard["url_path"] for dashboard in known]:
            return
        registry = await connection.call("config/device_registry/list")
        devices = {device["name"]: device["id"] for device in registry}
        await connection.call(
            "lovelace/dashboards/create",
            url_path=URL_PATH,
            title="Printers",
            icon="mdi:printer-3d",
            mode="storage",
            show_in_sidebar=True,
            require_admin=False,
        )
        await connection.call(
            "lovelace/config/save",
            url_path=URL_PATH,
            config={"views": [_printers(devices), _try_it(devices)]},
        )


def card(layout: str, device_id: str | None = None, **options: Any) -> Json:
    """Return a card of ours."""
    named = {} if device_id is None else {"device_id": device_id}
    return {"type": "custom:bambu-hms-card", "layout": layout, **named, **options}


def _printers(devices: dict[str, str]) -> Json:
    """Return the view of all printers: those with trouble at length, the others in short."""
    return {
        "title": "Printers",
        "path": "printers",
        "type": "sections",
        "max_columns": 3,
        "badges": [{"type": "custom:bambu-hms-badge"}],
        "header": {
            "card": _markdown(_NOW + _INVITATION) | {"text_only": True},
            "layout": "start",
            "badges_position": "bottom",
        },
        "sections": [
            _section(
                card("full", devices["X1C left"]),
                card("compact", devices["P1S right"]),
                card("compact", devices["A1 mini"]),
            ),
            _section(card("full", devices["H2D"]), card("farm")),
        ],
    }


def _try_it(devices: dict[str, str]) -> Json:
    """Return the view of buttons: the day's steps, and what can be done to each printer."""
    steps = [
        {
            "type": "tile",
            "entity": f"script.{step.script}",
            "hide_state": True,
            "tap_action": _tap(step.script),
            "icon_tap_action": _tap(step.script),
            "grid_options": {"columns": "full"},
        }
        for step in DAY
    ]
    return {
        "title": "Try it",
        "path": "try",
        "type": "sections",
        "max_columns": 3,
        "sections": [
            _section(
                _heading("A day with X1C left", "mdi:play-circle-outline"),
                _markdown(_NOW),
                *steps,
                _markdown(_RULE) | {"text_only": True},
            ),
            *(
                _section(
                    _heading(name, "mdi:printer-3d"),
                    card("compact", devices[name], grid_options={"columns": "full"}),
                    *_buttons(name),
                )
                for name in FAULTS
                if name in devices
            ),
            _waiting(),
        ],
    }


def _buttons(printer: str) -> Iterable[Json]:
    """Yield the buttons of one printer."""
    for fault in FAULTS[printer]:
        yield _button(fault.name, fault.icon, "demo_raise", printer=printer, code=fault.code)
    yield _button("Clear all", "mdi:check", "demo_clear", printer=printer)
    yield _button("Unplug", "mdi:power-plug-off", "demo_unplug", printer=printer)
    yield _button("Plug in", "mdi:power-plug", "demo_plug_in", printer=printer)


def _button(name: str, icon: str, script: str, **data: str) -> Json:
    """Return a button that runs a script of the demo."""
    return {
        "type": "button",
        "name": name,
        "icon": icon,
        "show_state": False,
        "icon_height": "32px",
        "tap_action": _tap(script, **data),
        "grid_options": {"columns": 4, "rows": 2},
    }


def _tap(script: str, **data: str) -> Json:
    """Return what a tap does: run a script of the demo."""
    return {"action": "perform-action", "perform_action": f"script.{script}", "data": data}


def _waiting() -> Json:
    """Return the part about the printer that waits to be found, with its buttons."""
    code = next(printer["access_code"] for printer in PRINTERS if printer["name"] == WAITING)
    return _section(
        _heading(WAITING, "mdi:printer-3d"),
        _markdown(
            "A fifth printer waits to be added under [Devices & services]"
            f"(/config/integrations/dashboard); its access code is `{code}`."
        ),
        *_buttons(WAITING),
    )


def _markdown(text: str) -> Json:
    """Return a card of words."""
    return {"type": "markdown", "content": text}


def _heading(text: str, icon: str) -> Json:
    """Return the head of a section."""
    return {"type": "heading", "heading": text, "icon": icon}


def _section(*cards: Json) -> Json:
    """Return one section of a view."""
    return {"type": "grid", "cards": list(cards)}
