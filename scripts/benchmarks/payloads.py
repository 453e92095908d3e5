"""The reports that are measured with, as the simulated printers make them."""

from functools import cache
import json
from typing import Any, Final

from tests.simulator.models import MODELS, AmsKind, numbered
from tests.simulator.reports import whole_status

FAULTS: Final = (
    (0x0300_0100, 0x0001_0007),
    (0x0300_0600, 0x0001_0002),
    (0x0700_2100, 0x0002_0001),
    (0x0C00_0100, 0x0001_0004),
)
"""Of the heatbed, a motor, a slot of an AMS and the Micro Lidar."""

_FOUR_AMS: Final = numbered((AmsKind.AMS,) * 4)
# What a report says of faults, of the AMS units and of the print.
_OURS: Final = ("hms", "print_error", "gcode_state", "ams")
# What does not change while it prints.
_AT_REST: Final = ("upgrade_state",)


def whole(hms: tuple[tuple[int, int], ...] = ()) -> bytes:
    """Return the report of an X1C with four AMS, pretty-printed as it does that."""
    status = whole_status(MODELS["X1C"], _FOUR_AMS, hms, 0)
    return _report(status, whole=True, indent=4)


@cache
def _p1() -> dict[str, Any]:
    return whole_status(MODELS["P1S"], numbered((AmsKind.AMS,)), (), 0)


def delta() -> bytes:
    """Return a P1's report of 4 kB in which much changed, but nothing that faults are told by."""
    newer = whole_status(MODELS["H2D"], (), (), 0)
    # Newer firmware tells these as well.
    status = {key: newer[key] for key in ("device", "xcam", "job")}
    status |= {key: value for key, value in _p1().items() if key not in (*_OURS, *_AT_REST)}
    return _report(status, whole=False)


def delta_with_ams() -> bytes:
    """Return a P1's report that tells its AMS anew, as it does whenever a tray changes."""
    return _report({"ams": _p1()["ams"]}, whole=False)


def _report(status: dict[str, Any], *, whole: bool, indent: int | None = None) -> bytes:
    head = {"command": "push_status", "msg": 0 if whole else 1, "sequence_id": "4711"}
    return json.dumps({"print": status | head}, indent=indent).encode()


def size(payload: bytes) -> str:
    """Return how long a payload is, in words."""
    return f"{len(payload) / 1000:.1f} kB"
