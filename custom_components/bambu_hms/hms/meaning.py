"""What a code means to an owner: its topic, how urgent it truly is, and whether it is a fault.

The vendor's level is no measure of urgency: a dirty lens can be "fatal" and a fire "info". So one
table corrects it where that is needed; everything else keeps the vendor's level.

Source: the vendor's texts, and the reports of owners.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from .code import FaultCode, PrintError, Severity
from .location import Location, Module, locate
from .pattern import REMEMBERED_CODES, PatternTable


class Topic(StrEnum):
    """What a fault is about."""

    FIRE = "fire"
    OVERHEATING = "overheating"
    TEMPERATURE = "temperature"
    FILAMENT_RAN_OUT = "filament_ran_out"
    FILAMENT_SWITCHED = "filament_switched"
    SLOT_EMPTY = "slot_empty"
    FILAMENT_BROKEN = "filament_broken"
    FILAMENT_STUCK = "filament_stuck"
    CLOG = "clog"
    NOZZLE_WRAPPED = "nozzle_wrapped"
    NO_EXTRUSION = "no_extrusion"
    SPAGHETTI = "spaghetti"
    FIRST_LAYER = "first_layer"
    FIRST_LAYER_CHECK = "first_layer_check"
    PURGE_PILE = "purge_pile"
    BUILD_PLATE = "build_plate"
    DOOR = "door"
    FRONT_COVER = "front_cover"
    HOMING = "homing"
    STEP_LOSS = "step_loss"
    MOTOR = "motor"
    FAN = "fan"
    FORCE_SENSOR = "force_sensor"
    RESONANCE = "resonance"
    LIDAR = "lidar"
    CAMERA = "camera"
    RFID = "rfid"
    AMS_DISCONNECTED = "ams_disconnected"
    AMS_DRYING = "ams_drying"
    AMS_HARDWARE = "ams_hardware"
    CUTTER = "cutter"
    STORAGE = "storage"
    NETWORK = "network"
    FIRMWARE = "firmware"
    MAINTENANCE = "maintenance"
    POWER = "power"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    OTHER = "other"


FAULT_TOPICS: Final = tuple(
    topic for topic in Topic if topic not in {Topic.CANCELLED, Topic.PAUSED}
)
"""The topics that a fault can have; the others are what an owner did on purpose."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means.

    `severity` is the corrected one and never `Severity.UNKNOWN`; `vendor_severity` is the code's
    own. `safety` marks what may break quiet hours and `internal` what the printer itself does not
    show; `fault` is False for mere states of a print, its cancelling and pausing among them.
    """

    topic: Topic
    severity: Severity
    vendor_severity: Severity
    safety: bool = False
    internal: bool = False
    fault: bool = True


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the table; without a severity, the vendor's holds, at most `at_most`."""

    topic: Topic
    severity: Severity | None = None
    at_most: Severity = Severity.FATAL
    safety: bool = False
    fault: bool = True


_T = Topic
_S = Severity

# The first match wins. The notation is pattern.py's.
_TABLE: Final = PatternTable(
    (
        (
            "0300-8044,C056 0500-C059 0C00_0300_0001_001E",
            _Row(_T.FIRE, _S.FATAL, safety=True),
        ),
        (
            (
                "0300_0100,0200,1E00_0001_0001,0003,0005 0300_0100_0001_000A,000C"
                " 0300_9000_0001_0007 0300_9100,9200_0001_0001,0003,0005"
                # Drying gone wild; the same part of source 03 is a door.
                " UU_9600_0001_0001"
                " 0300-8009,801B,806E,806F,8070"
            ),
            _Row(_T.OVERHEATING, _S.FATAL, safety=True),
        ),
        (
            (
                "0300_0100,0200,1E00,0500_*_* 0300_9000..9400_*_* 0300_A100,A200,A400_*_*"
                " 0300-8008,8018,8062..8065,404D"
            ),
            _Row(_T.TEMPERATURE),
        ),
        (
            (
                "UU_2s00_0002_0001,0005 UU_7s00_0002_0007 FF_2000_0002_0001"
                " UU-8011 FF-8030,C030 0300-8004,8015"
            ),
            _Row(_T.FILAMENT_RAN_OUT, _S.SERIOUS),
        ),
        ("UU_2s00_0003_0001,0002", _Row(_T.FILAMENT_SWITCHED, _S.INFO)),
        ("UU_2s00_0002_0002 FF_2000_0002_0002", _Row(_T.SLOT_EMPTY, _S.COMMON)),
        ("UU_2s00_0002_0003,0004,0015,0023", _Row(_T.FILAMENT_BROKEN)),
        (
            (
                "UU_1s00,0100_0002_0002 UU_2s00_0002_000A,0012,0017..0022,0024,0025"
                " UU_6s00_*_* UU_7s00_0002_0001..0005 12UU_8s00_0002_0001 UU-8003..8006,8010"
            ),
            _Row(_T.FILAMENT_STUCK),
        ),
        (
            (
                "0300_1A00_0002_0002 0300_0900_0002_* 07UU,18UU_2s00_0002_0009 12UU_2s00_0002_0006"
                " UU_7s00_0002_0003,0006 UU-8007,8013,8016 0300-4006,8016,801A,801C,801E"
            ),
            _Row(_T.CLOG),
        ),
        (
            "0300_1A00_0002_0001 0C00_0300_0002_000E,001C 0300-8014 0C00-803F,8043",
            _Row(_T.NOZZLE_WRAPPED),
        ),
        ("0C00_0300_0003_000D,0010 0300-800D 0C00-8040", _Row(_T.NO_EXTRUSION, _S.SERIOUS)),
        ("0C00_0300_0003_0008,001B 0300-8003 0C00-8042,C004", _Row(_T.SPAGHETTI, _S.SERIOUS)),
        ("0C00_0300_0003_0007 0300-8002 0C00-8001,C003", _Row(_T.FIRST_LAYER, _S.SERIOUS)),
        ("0C00_0300_0003_000B 0C00_0300_0002_0004", _Row(_T.FIRST_LAYER_CHECK, _S.INFO)),
        ("0C00_0300_0002_0002,0005,000F", _Row(_T.FIRST_LAYER_CHECK, _S.COMMON)),
        ("0C00_0300_0003_0006", _Row(_T.PURGE_PILE)),
        ("0300-800A 0C00-8005,C006", _Row(_T.PURGE_PILE, _S.SERIOUS)),
        (
            (
                "0300_0D00_*_0003..000A 0C00_0300_0002_000C,0010"
                " 0300-8006,8011,8017,8019 0C00-8009,8015,8017"
            ),
            _Row(_T.BUILD_PLATE),
        ),
        ("0300_9600..9900_0001_0001", _Row(_T.DOOR, _S.SERIOUS)),
        (
            "0300_9600..9900_*_0001 0500_0400_0003_0008 0300-800F,8042,804B,404B",
            _Row(_T.DOOR, _S.INFO),
        ),
        ("0300_1200_*_* 0300-8005", _Row(_T.FRONT_COVER)),
        ("0300_0D00,2000_*_*", _Row(_T.HOMING)),
        # No part stands for lost steps, only print errors tell of them.
        ("0300-800C,4057,4068,8059", _Row(_T.STEP_LOSS)),
        ("0300_0600..0900,1300..1600_*_*", _Row(_T.MOTOR)),
        ("0300_0300,0400,1700,3100..3300,3500,3600_*_* 0300-8010", _Row(_T.FAN)),
        ("0300_0A00..0C00,1800,1900,2500,2600_*_*", _Row(_T.FORCE_SENSOR)),
        ("0300_0F00..1100_*_*", _Row(_T.RESONANCE)),
        ("0C00_0100_0001_0004 0C00_0200_0001_0005", _Row(_T.LIDAR, _S.COMMON)),
        ("0C00_0100_*_0001..0007,000A,000B 0C00_0200_*_*", _Row(_T.LIDAR)),
        ("0C00_0100_0001_0009", _Row(_T.CAMERA, _S.COMMON)),
        (
            # The later numbers of 0C00_0100 are those of printers that have cameras and no lidar;
            # 0500_0100_0002_0003, of older firmware, is the USB camera too.
            "0500_0100_0002_0002,0003 0500_0600_*_* 0C00_0100,0400_*_*",
            _Row(_T.CAMERA, at_most=_S.SERIOUS),
        ),
        (
            "UU_2s00_0001_0081..0086 UU_2s00_0002_0057 UU_3s00_*_* 0500_0400_0002_0010..001F",
            _Row(_T.RFID, _S.COMMON),
        ),
        (
            # The spools' own C008 is no AMS.
            "UU_5000_0002_* UU_5500_0001_0003 0500_0300_0001_0003 070u,120u,180u,188u-C008",
            _Row(_T.AMS_DISCONNECTED, _S.SERIOUS),
        ),
        # On an AMS Lite, which dries nothing, these parts are slots; on a spool, the toolhead's.
        ("12UU_8s00_*_*", _Row(_T.AMS_HARDWARE)),
        ("FF_8000,8100,A000_*_*", _Row(_T.OTHER)),
        ("UU_2500,5600,8000..9800_*_*", _Row(_T.AMS_DRYING)),
        # A slot's motor that slips is the unit's hardware as much as the assist motor is.
        ("UU_0100,0200,1s00,3500,4000,5500_*_*", _Row(_T.AMS_HARDWARE)),
        ("UU_4500_*_* UU-8001,8002 0300-800B", _Row(_T.CUTTER)),
        (
            (
                "0500_0100_0003_* 0500_0300_0002_0020 0500_0300_0003_0022"
                " 0500-C010,4016,402F,4006,4015"
            ),
            _Row(_T.STORAGE, _S.COMMON),
        ),
        # A job that cannot be downloaded does not print; the rest only concerns the cloud.
        ("0500_0400_0001_0001 0500-400B", _Row(_T.NETWORK, _S.COMMON)),
        ("0500_0200_*_* 0500_0400_0001_0002 0500-4001,401A..402C", _Row(_T.NETWORK, _S.INFO)),
        (
            (
                "05UU_0400,0500_0001_000E..0012,0044..0049"
                " 0500_0300_0001_000E,0025 0500_0300_0002_000E"
            ),
            _Row(_T.FIRMWARE, _S.COMMON),
        ),
        ("0501_0400_0003_*", _Row(_T.MAINTENANCE, _S.COMMON)),
        ("0300_4100,4200,A800_*_* 0300-8007,400D,400F", _Row(_T.POWER)),
        # The owner did these, or asked for them.
        ("0300-400C 0500-400E", _Row(_T.CANCELLED, _S.INFO, fault=False)),
        ("0300-8001,8013", _Row(_T.PAUSED, _S.INFO, fault=False)),
    )
)
_OTHER: Final = _Row(Topic.OTHER)
# Print errors below 0x4000.
_STATUS: Final = _Row(Topic.OTHER, Severity.INFO, fault=False)

# Codes that have a blank official text: the printer's own screen does not show them.
_INTERNAL: Final = PatternTable(
    (
        ("0300_1800,2600_0000_0000", True),
        ("0500_0100_0001_000A 0500_0100_0002_0008,0009 0500_0100_0003_0009", True),
        ("0500_0200_0002_0009..000B 0500_0200_0003_0009..000C", True),
        ("0500_0300_0001_0053 0500_0300_0002_0010..0019,0050..0054 0500_0300_0003_0007", True),
        ("0500_0400_0001_0056,0060,0061 0500_0400_0002_0020", True),
        ("0500_0500_0001_0008..000C 0500_0500_0002_0023,0030", True),
        (
            (
                "0500_0600_0002_0005..0009,0011..0015,0021..0025,0035,0041..0045,0051..0054"
                " 0500_0600_0002_0061,0062,0070,0071,00A0,00A1"
            ),
            True,
        ),
        ("0500_0700_0002_0001..0003,0101,0201 0503_0000_0003_0027..0029", True),
        ("0C00_0100_0001_0018 0C00_0100_0002_000E,0015,0016,0019..001B", True),
        ("0C00_0300_0003_001A 0C00_0400_0002_0006", True),
        # One model alone has a text for 0500-C011.
        ("0500-8030,C011 0502-4007..400C 0C00-8002", True),
    )
)


@lru_cache(REMEMBERED_CODES)
def meaning_of(code: FaultCode) -> Meaning:
    """What a code means to an owner; total, never raises."""
    row = _row(code)
    return Meaning(
        topic=row.topic,
        severity=row.severity or _at_most(row.at_most, code.vendor_severity),
        vendor_severity=code.vendor_severity,
        safety=row.safety,
        internal=_INTERNAL.find(code) is not None,
        fault=row.fault,
    )


# Troubles that come on both channels: as an HMS code, and as a print error that names no slot.
_ON_BOTH_CHANNELS: Final = frozenset(
    {
        _T.FILAMENT_RAN_OUT,
        _T.FILAMENT_STUCK,
        _T.CLOG,
        _T.SPAGHETTI,
        _T.FIRST_LAYER,
        _T.TEMPERATURE,
        _T.CUTTER,
        _T.AMS_DISCONNECTED,
        _T.BUILD_PLATE,
        _T.DOOR,
        _T.FRONT_COVER,
    }
)


def may_have_partner(code: FaultCode) -> bool:
    """Whether the same trouble is known to come on the other channel, too."""
    return _row(code).topic in _ON_BOTH_CHANNELS


def are_related(one: FaultCode, other: FaultCode) -> bool:
    """Whether two codes are one trouble on two channels: the same topic at the same place."""
    return (
        one.kind is not other.kind
        and may_have_partner(one)
        and _row(one).topic is _row(other).topic
        and _place(locate(one)) == _place(locate(other))
    )


def _place(location: Location) -> tuple[object, ...]:
    """What two channels agree on: the module and the AMS unit, not the part or the slot."""
    # A plate that lies badly is felt by the heatbed and seen by the inspection.
    module = location.module
    if module is Module.PRINT_INSPECTION:
        module = Module.HEATBED
    return module, location.ams_type, location.ams


def _row(code: FaultCode) -> _Row:
    """The row of the table that holds for a code."""
    if isinstance(code, PrintError) and not code.is_error:
        return _STATUS
    return _TABLE.find(code) or _OTHER


def _at_most(limit: Severity, vendor: Severity) -> Severity:
    """The vendor's severity up to a limit; a level that nobody has explained counts as common."""
    known = Severity.COMMON if vendor is Severity.UNKNOWN else vendor
    return min(limit, known, key=lambda severity: severity.rank)
