"""What is known of one printer now."""

from dataclasses import dataclass

from .fault import ShownFault
from .hms.location import Location
from .printer.reason import Reason
from .units import AmsUnit


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What is known of one printer now."""

    connected: bool = False
    reason: Reason | None = None
    """Why the printer is not heard; None while it is, or while nobody knows yet."""
    faults: tuple[ShownFault, ...] = ()
    """The most urgent first."""
    units: tuple[AmsUnit, ...] = ()
    present: frozenset[int] = frozenset()
    """The numbers of the AMS units that are connected, as far as reports have told."""
    in_use: Location | None = None
    """Where the filament comes from now."""
    slot_in_use: str | None = None
    """The same in words."""
    print_state: str | None = None
    """What the printer is doing, in its own words: `running`, `pause`, ..."""
