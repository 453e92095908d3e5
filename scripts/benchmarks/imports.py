"""What importing the integration adds to the start of Home Assistant."""

import re
import subprocess
import sys
from typing import Final

from .figures import By, Figure
from .length import Length

# Everything of it, beside what Home Assistant's own start imports.
_BASE: Final = "import homeassistant.bootstrap"
_OURS: Final = "; import " + ", ".join(
    f"custom_components.bambu_hms.{name}"
    for name in (
        "coordinator",
        "binary_sensor",
        "sensor",
        "event",
        "services",
        "logbook",
        "trigger",
        "condition",
        "config_flow",
    )
)
_LINE: Final = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)")


async def imports(length: Length) -> list[Figure]:
    """What `-X importtime` says of the integration, and of the libraries that only it wants."""
    own, libraries, base = [], [], []
    for _ in range(max(2, length.rounds)):
        before, both = _times(_BASE), _times(_BASE + _OURS)
        base.append(sum(before.values()) / 1000)
        new = {name: took for name, took in both.items() if name not in before}
        ours = sum(took for name, took in new.items() if name.startswith("custom_components."))
        own.append(ours / 1000)
        libraries.append((sum(new.values()) - ours) / 1000)
    yardstick = "importing homeassistant.bootstrap"
    return [
        Figure(
            what="Importing all modules of the integration",
            unit="ms",
            rounds=tuple(own),
            yardstick=yardstick,
            yard=tuple(base),
            by=By.RATIO,
        ),
        Figure(
            what="… and what they import that was not there already",
            unit="ms",
            rounds=tuple(libraries),
            yardstick=yardstick,
            yard=tuple(base),
            by=By.RATIO,
            remark="much of it other integrations import as well",
        ),
    ]


def _times(statement: str) -> dict[str, int]:
    """Return the microseconds that each module took itself."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: int(own) for own, _, _, name in _LINE.findall(done.stderr)}
