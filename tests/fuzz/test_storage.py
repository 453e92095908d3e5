"""What stands in Home Assistant's storage, should somebody or something have changed it."""

from datetime import UTC, datetime, timedelta
from functools import cache
import json
import re
from typing import Any

from hypothesis import given, strategies as st
import orjson
import pytest

from custom_components.bambu_hms.hms.code import HmsCode, PrintError
from custom_components.bambu_hms.hms.ledger import Ledger
from custom_components.bambu_hms.hms.location import AmsType
from custom_components.bambu_hms.hms.matcher import Matcher
from custom_components.bambu_hms.hms.mute import Mute
from custom_components.bambu_hms.storage import Kept
from custom_components.bambu_hms.units import AmsUnit

from .strategies import HOSTILE, Json, changed_json

HEATBED = HmsCode(0x0300_0100, 0x0001_0007)
SLOT = HmsCode(0x0700_2000, 0x0002_0001)
MOTOR = HmsCode(0x0300_0600, 0x0001_0002)
START = datetime(2026, 11, 1, tzinfo=UTC)
_TIME = re.compile(r'("\d{4}-\d\d-\d\dT[^"]+")')
TIMES = st.sampled_from(
    ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2026-11-01T00:00:00", "never"]
)


@cache
def kept() -> tuple[Json, ...]:
    """Return what is kept of a printer that was never heard, and of one with some of everything."""
    ledger = Ledger()
    ledger.update([HEATBED, SLOT, MOTOR], START)
    ledger.mute(Mute(what=Matcher(codes=(str(MOTOR),)), since=START), START)
    ledger.mute(
        Mute(what=Matcher(ams=("ams_a",)), since=START, until=START + timedelta(days=1)), START
    )
    ledger.update([SLOT, MOTOR], START + timedelta(minutes=1))
    ledger.update([SLOT], START + timedelta(minutes=2))
    ledger.update([SLOT, PrintError(0x0700_8011)], START + timedelta(minutes=2, seconds=1))
    ledger.update([PrintError(0x0701_8011)], START + timedelta(minutes=2, seconds=2))
    unit = AmsUnit(0, AmsType.AMS, "A", (1, 2, 3, 4), "00600A000000001", "00.01.06.62")
    return (
        Kept(Ledger()).as_dict(),
        Kept(ledger, (unit,), "01.09.00.01", "Bambu Lab X1-Carbon").as_dict(),
    )


@st.composite
def other_times(draw: st.DrawFn) -> Json:
    """Return what was kept at other times, as of a host whose clock was wrong."""
    # The times stand at every second place.
    parts = _TIME.split(json.dumps(kept()[1]))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(parts) // 2 - 1))
        parts[2 * at + 1] = json.dumps(draw(TIMES))
    return json.loads("".join(parts))


@given(changed_json(kept()) | other_times() | HOSTILE)
def test_any_storage_is_what_was_kept_or_a_value_error(data: Any) -> None:
    try:
        read = orjson.loads(json.dumps(data))
    except orjson.JSONDecodeError:
        # Home Assistant sets such a file aside by itself.
        return
    try:
        found = Kept.from_dict(read)
    except ValueError:
        return
    live_on(found.ledger)


def test_a_time_at_the_end_of_all_times_is_a_value_error() -> None:
    data = json.loads(json.dumps(kept()[1]))
    data["ledger"]["waiting"][0]["first_seen"] = "9999-12-31T23:59:59+00:00"
    with pytest.raises(ValueError, match="time"):
        Kept.from_dict(data)


def live_on(ledger: Ledger) -> None:
    """Hold that faults go on living from there."""
    for codes in ([], None, [SLOT, MOTOR], []):
        ledger.update(codes, START + timedelta(hours=1))
        ledger.silent()
        ledger.check(START + timedelta(hours=2))
    orjson.dumps(ledger.as_dict())
