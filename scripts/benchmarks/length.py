"""How long and how large a run is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long and how large a run is."""

    rounds: int
    """Of which the median counts."""
    calls: int
    """How often something short is done in one round."""
    seconds: float
    """How long something is watched in one round."""
    faults: int
    """How many faults come and go in one round."""
    printers: tuple[int, ...]
    """How many there are in one Home Assistant, one after the other."""
    reports: int
    """How many reports a day has."""


FULL: Final = Length(
    rounds=5, calls=2000, seconds=15, faults=50, printers=(10, 50, 200), reports=86_400
)
QUICK: Final = Length(rounds=2, calls=100, seconds=3, faults=4, printers=(2, 4), reports=3_000)
