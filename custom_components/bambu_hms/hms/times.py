"""Times as they are stored: ISO 8601 with a time zone."""

from datetime import datetime
from typing import Any


def read_time(text: Any) -> datetime:
    """Read a stored time; raises `ValueError` or `TypeError` for anything else."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without its time zone")
    return time
