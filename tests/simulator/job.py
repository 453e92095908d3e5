"""What a simulated printer is doing."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self


class PrintState(StrEnum):
    """The printer's own words for it."""

    IDLE = "IDLE"
    PREPARE = "PREPARE"
    RUNNING = "RUNNING"
    PAUSE = "PAUSE"
    FINISH = "FINISH"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Job:
    """What it prints, as far as anybody can tell from its reports."""

    state: PrintState = PrintState.IDLE
    tray: int = 255
    """The tray in use, as printers number them: 4 to a unit; 254 is the spool outside, 255 none."""

    def changed(self, data: dict[str, Any]) -> Self:
        """Return it with what JSON says of it; raises `ValueError` or `TypeError` on what is not.

        A state can be written in small letters, a tray that is not named stays in use.
        """
        state, tray = str(data.get("state", self.state)), int(data.get("tray", self.tray))
        if strange := data.keys() - {"state", "tray"}:
            raise ValueError(f"{sorted(strange)} is nothing of a job")
        if not 0 <= tray <= 0xFFFF:
            raise ValueError(f"{tray} is no tray")
        return replace(self, state=PrintState(state.upper()), tray=tray)


IDLE: Final = Job()
