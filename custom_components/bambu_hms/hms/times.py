"""Times as they are stored: ISO 8601 with a time zone."""

from datetime import datetime
from typing import Any, Final

_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 9998


def read_time(text: Any) -> datetime:
    """Read a stored time; raises `ValueError` or `TypeError` for anything else."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without its time zone")
    # At either end of time nothing can be added or taken away.
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        raise ValueError("a time in which there were no printers")
    return time
