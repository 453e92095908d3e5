"""The truth about a simulated printer's faults, as far as anybody was told."""

from collections import deque
import time
from typing import Any, Final, Literal, NamedTuple

_CHANNELS: Final = ("hms", "print_error")
# As many states of the past as are worth telling once more.
_REMEMBERED: Final = 4


class Told(NamedTuple):
    """A code that appeared or disappeared, when a report said so for the first time."""

    at: float
    """In seconds of the monotonic clock."""
    what: Literal["raised", "cleared"]
    code: str
    """As digits in groups of four."""


class History:
    """What was told, in the order of telling.

    Told is sent to somebody who had subscribed. Whether it arrived, only the other side knows: a
    connection may break with reports on the way.
    """

    def __init__(self) -> None:
        """Start with a printer of which nobody knows anything."""
        self.entries: list[Told] = []
        self.states: deque[dict[str, Any]] = deque(
            [{"hms": [], "print_error": 0}], maxlen=_REMEMBERED
        )
        """The last states of both channels, the oldest first."""
        self._codes: dict[str, tuple[str, ...]] = dict.fromkeys(_CHANNELS, ())

    def tell(self, status: dict[str, Any]) -> None:
        """Take note of what a report says of faults; it may say nothing of them."""
        now = time.monotonic()
        for channel in _CHANNELS:
            if channel not in status:
                continue
            before, codes = self._codes[channel], texts_of(channel, status[channel])
            self._codes[channel] = codes
            self.entries += [Told(now, "cleared", code) for code in before if code not in codes]
            self.entries += [Told(now, "raised", code) for code in codes if code not in before]
        said = {channel: status[channel] for channel in _CHANNELS if channel in status}
        if self.states[-1] | said != self.states[-1]:
            self.states.append(self.states[-1] | said)


def texts_of(channel: str, value: Any) -> tuple[str, ...]:
    """Return the codes of one channel of a report, as digits in groups of four."""
    if channel == "hms":
        return tuple(grouped(f"{each['attr']:08X}{each['code']:08X}") for each in value)
    return (grouped(f"{value:08X}"),) if value else ()


def grouped(digits: str) -> str:
    """Return digits in groups of four."""
    return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def numbers_of(text: str) -> tuple[int, int] | int:
    """Return the two numbers of an HMS code or the one of a print error."""
    digits = text.upper().removeprefix("HMS").replace("_", "").replace("-", "")
    match len(digits):
        case 16:
            return int(digits[:8], 16), int(digits[8:], 16)
        case 8:
            return int(digits, 16)
        case _:
            raise ValueError(f"{text!r} is no code")
