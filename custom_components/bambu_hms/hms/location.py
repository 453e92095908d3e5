"""Where on the machine a fault sits.

Source: the vendor's texts and wiki pages, which name the place of every code they know; what they
do not know is placed by its source, so that every code has an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from .code import FaultCode, HmsCode, PrintError
from .pattern import REMEMBERED_CODES, PatternTable


class Module(StrEnum):
    """A part of the machine that has a state of its own."""

    HEATBED = "heatbed"
    NOZZLE = "nozzle"
    EXTRUDER = "extruder"
    TOOLHEAD = "toolhead"
    MOTORS = "motors"
    CHAMBER = "chamber"
    MICRO_LIDAR = "micro_lidar"
    CAMERAS = "cameras"
    MAINBOARD = "mainboard"
    NETWORK = "network"
    STORAGE = "storage"
    PRINT_JOB = "print_job"
    PRINT_INSPECTION = "print_inspection"
    EXTERNAL_SPOOL = "external_spool"
    AMS = "ams"


class AmsType(StrEnum):
    """The kind of an AMS unit."""

    AMS = "ams"
    AMS_2_PRO = "ams_2_pro"
    AMS_HT = "ams_ht"
    AMS_LITE = "ams_lite"


@dataclass(frozen=True, slots=True)
class Location:
    """Where a fault sits.

    `part` is a key such as ``motor_z``, ``buffer`` or, for the external spool, ``left``; None where
    the module or the slot itself is meant. `ams_type`, `ams` (letter A-H, as on the printer) and
    `slot` (1-4) are set for AMS faults only; there is no slot without a letter.
    """

    module: Module
    part: str | None = None
    ams_type: AmsType | None = None
    ams: str | None = None
    slot: int | None = None


@lru_cache(REMEMBERED_CODES)
def locate(code: FaultCode) -> Location:
    """Where a code's fault sits; total, never raises.

    A code alone cannot tell an AMS 2 Pro from an AMS: both are `AmsType.AMS` here.
    """
    if isinstance(code, PrintError):
        return _locate_print_error(code)
    if code.source in _AMS_SOURCES:
        return _locate_external_spool(code) if code.unit in _SPOOLS else _locate_in_ams(code)
    return (
        _locate_ams_on_mainboard(code)
        or _BY_NUMBER.find(code)
        or _PARTS.get(code.source, {}).get(code.part)
        or _SOURCES.get(code.source, _ELSEWHERE)
    )


_M = Module

# What is known of a source when its part is not.
_SOURCES: Final = {
    0x03: Location(_M.MAINBOARD),  # the motion controller is a part of it
    0x05: Location(_M.MAINBOARD),
    0x08: Location(_M.TOOLHEAD),
    0x0C: Location(_M.CAMERAS),
}
_ELSEWHERE: Final = Location(_M.MAINBOARD)

# Source and part of HMS codes; the AMS sources have the table below this one.
_PARTS: Final[Mapping[int, Mapping[int, Location]]] = {
    0x03: {
        0x01: Location(_M.HEATBED),
        0x02: Location(_M.NOZZLE),  # of two the right one, but a code does not say how many
        0x03: Location(_M.TOOLHEAD, "hotend_fan"),
        0x04: Location(_M.TOOLHEAD, "part_cooling_fan"),
        0x05: Location(_M.MAINBOARD, "motor_driver"),
        0x06: Location(_M.MOTORS, "motor_a"),
        0x07: Location(_M.MOTORS, "motor_b"),
        0x08: Location(_M.MOTORS, "motor_z"),
        0x09: Location(_M.EXTRUDER, "extruder_motor"),
        0x0A: Location(_M.HEATBED, "force_sensor_1"),
        0x0B: Location(_M.HEATBED, "force_sensor_2"),
        0x0C: Location(_M.HEATBED, "force_sensor_3"),
        0x0D: Location(_M.HEATBED, "heatbed_homing"),
        0x0F: Location(_M.TOOLHEAD, "accelerometer"),
        0x10: Location(_M.MOTORS, "axis_x"),
        0x11: Location(_M.MOTORS, "axis_y"),
        0x12: Location(_M.TOOLHEAD, "front_cover"),
        0x13: Location(_M.MOTORS, "current_sensor_a"),
        0x14: Location(_M.MOTORS, "current_sensor_b"),
        0x15: Location(_M.MOTORS, "current_sensor_z"),
        0x16: Location(_M.EXTRUDER, "current_sensor_extruder"),
        0x17: Location(_M.TOOLHEAD, "hotend_fan"),
        0x18: Location(_M.EXTRUDER, "extrusion_force_sensor"),
        0x19: Location(_M.EXTRUDER, "eddy_sensor_y"),
        0x1A: Location(_M.NOZZLE),
        0x1E: Location(_M.NOZZLE, "nozzle_left"),
        0x20: Location(_M.MOTORS, "homing"),
        0x25: Location(_M.EXTRUDER, "eddy_sensor_right"),
        0x26: Location(_M.EXTRUDER, "eddy_sensor_left"),
        0x31: Location(_M.TOOLHEAD, "part_cooling_fan"),
        0x32: Location(_M.CHAMBER, "auxiliary_fan"),
        0x33: Location(_M.CHAMBER, "exhaust_fan"),
        0x35: Location(_M.MAINBOARD, "mainboard_fan"),
        0x36: Location(_M.CHAMBER, "circulation_fan"),
        0x40: Location(_M.MAINBOARD, "serial_link"),
        0x41: Location(_M.MAINBOARD, "power_supply"),
        0x42: Location(_M.MAINBOARD, "power_supply"),
        **dict.fromkeys(range(0x90, 0x95), Location(_M.CHAMBER, "chamber_heater")),
        0x95: Location(_M.TOOLHEAD, "laser"),
        **dict.fromkeys(range(0x96, 0x9A), Location(_M.CHAMBER, "door")),
        0xA1: Location(_M.CHAMBER),
        0xA5: Location(_M.CHAMBER, "flame_sensor"),
        0xA8: Location(_M.MAINBOARD, "power_supply"),
        0xD0: Location(_M.TOOLHEAD, "cutter"),
        **dict.fromkeys(range(0xD1, 0xD7), Location(_M.CHAMBER, "extinguisher")),
        **dict.fromkeys(range(0xD7, 0xDA), Location(_M.MOTORS, "rotary")),
    },
    0x05: {
        0x01: Location(_M.STORAGE),
        0x02: Location(_M.NETWORK),
        0x03: Location(_M.MAINBOARD),
        0x04: Location(_M.PRINT_JOB),
        0x05: Location(_M.MAINBOARD, "certification"),
        0x06: Location(_M.CAMERAS),
    },
    0x0C: {
        0x01: Location(_M.CAMERAS),
        0x02: Location(_M.MICRO_LIDAR),
        0x03: Location(_M.PRINT_INSPECTION),
        0x04: Location(_M.CAMERAS),
    },
}

# Parts of an AMS unit that are no slot.
_AMS_PARTS: Final[Mapping[int, str]] = {
    0x01: "assist_motor",
    0x02: "odometer",
    0x24: "front_cover",
    0x25: "drying_power",
    0x30: "rfid_board_1",
    0x31: "rfid_board_2",
    0x35: "humidity_sensor",
    0x40: "buffer",
    0x45: "cutter",
    0x50: "communication",
    0x55: "setup",
    0x56: "cooling",
    0x80: "heater_1",
    0x81: "heater_2",
    0x86: "track_switch",
    0x90: "exhaust_valve_1",
    0x91: "exhaust_valve_2",
    0x92: "heater_fan_1",
    0x93: "heater_fan_2",
    0x94: "heater_sensor_1",
    0x95: "heater_sensor_2",
    0x96: "drying",
    0x97: "drying",
    0x98: "power_adapter",
}
# High nibbles of parts that name a slot in the low one, and what of the slot they mean.
_SLOT_PARTS: Final[Mapping[int, str | None]] = {
    0x1: "slot_motor",
    0x2: None,
    0x3: "rfid",
    0x6: None,
    0x7: None,
}
_AMS_LITE_SLOT_PARTS: Final = {**_SLOT_PARTS, 0x8: None}

# Parts whose low nibble is no slot on an AMS and AMS HT when it comes with one of these numbers.
_NO_SLOT: Final = {
    **dict.fromkeys((0x30, 0x31), frozenset({1, 3, 4})),
    **dict.fromkeys((0x70, 0x71, 0x72, 0x73), frozenset({3, 6, 7, 8})),
}

_AMS_SOURCES: Final = {
    0x07: AmsType.AMS,
    0x12: AmsType.AMS_LITE,
    0x18: AmsType.AMS_HT,
}
# Also the right spool's number on printers that have one extruder only.
_SPOOLS: Final = {0xFF: "right", 0xFE: "left"}
# These parts of an external spool's unit are the toolhead's.
_TOOLHEAD_PARTS: Final = {
    0x45: Location(_M.TOOLHEAD, "cutter"),
    0x80: Location(_M.TOOLHEAD),
    0x81: Location(_M.TOOLHEAD),
    0xA0: Location(_M.TOOLHEAD),
}
_CUTTER_ERRORS: Final = frozenset({0x8001, 0x8002})

# Places that the number of the message decides, not the part; for print errors it is all there is.
_BY_NUMBER: Final = PatternTable(
    (
        ("0500_0100_0002_*", Location(_M.CAMERAS)),  # the USB camera and its video
        ("0500_0400_0003_0008", Location(_M.CHAMBER, "door")),
        ("0501_0400_0003_*", Location(_M.MAINBOARD, "maintenance")),
        ("0C00_0100_*_0001..0007,000A,000B", Location(_M.MICRO_LIDAR)),
        ("0300-8009,806F,8019", Location(_M.HEATBED)),
        ("0300-8008,801B,806E,4006,8014,8016", Location(_M.NOZZLE)),
        ("0300-801A,801C", Location(_M.EXTRUDER)),
        ("0300-801E", Location(_M.EXTRUDER, "extruder_motor")),
        ("0300-8005", Location(_M.TOOLHEAD, "front_cover")),
        ("0300-800B", Location(_M.TOOLHEAD, "cutter")),
        ("0300-8010", Location(_M.TOOLHEAD, "hotend_fan")),
        ("0300-800C,4057,4068,8059", Location(_M.MOTORS)),
        ("0300-800F,8042,804B,404B", Location(_M.CHAMBER, "door")),
        ("0300-8070", Location(_M.CHAMBER, "chamber_heater")),
        ("0300-8018,8044,8062..8064,C056 0500-C059", Location(_M.CHAMBER)),
        ("0300-8007,400D,400F", Location(_M.MAINBOARD, "power_supply")),
        ("0300-8065", Location(_M.MAINBOARD)),
        ("0300-8004,8015", Location(_M.EXTERNAL_SPOOL)),
        # The HMS codes of the same troubles come from the print inspection.
        ("0300-8002,8003,8006,800A,800D,8011,8017", Location(_M.PRINT_INSPECTION)),
        ("03**-*", Location(_M.PRINT_JOB)),
        ("0500-4006,4015,4016,402F,C010", Location(_M.STORAGE)),
        ("0500-4001,400B,401A..402C", Location(_M.NETWORK)),
        ("0500-400E", Location(_M.PRINT_JOB)),
        ("0C**-*", Location(_M.PRINT_INSPECTION)),
    )
)
# AMS faults that the mainboard reports, in parts 04 and 05 with level 1.
_AMS_ON_MAINBOARD: Final = PatternTable((("05UU_0400,0500_0001_0010,0014,0017,0044,0045", True),))
_RFID_ON_MAINBOARD: Final = PatternTable((("0500_0400_0002_0010..001F", True),))


def _letter(number: int) -> str | None:
    """The letter of an AMS unit: 0-7 are A-H."""
    return "ABCDEFGH"[number] if 0 <= number <= 7 else None


def _unit(source: int, unit: int) -> str | None:
    """The letter of a unit; an AMS HT counts from 00 and from 80 alike."""
    return _letter(unit & 0x7F if source == 0x18 else unit)


def _spool(unit: int) -> Location:
    """The external spool of a unit FE or FF."""
    return Location(Module.EXTERNAL_SPOOL, _SPOOLS[unit])


def _locate_external_spool(code: HmsCode) -> Location:
    """An HMS code of a unit FE or FF."""
    return _TOOLHEAD_PARTS.get(code.part) or _spool(code.unit)


def _locate_in_ams(code: HmsCode) -> Location:
    """An HMS code of an AMS unit."""
    ams_type = _AMS_SOURCES[code.source]
    ams = _unit(code.source, code.unit)
    lite = ams_type is AmsType.AMS_LITE
    slot_parts = _AMS_LITE_SLOT_PARTS if lite else _SLOT_PARTS
    high, low = divmod(code.part, 0x10)
    if high not in slot_parts or low > 3 or ams is None:
        return Location(Module.AMS, _AMS_PARTS.get(code.part), ams_type, ams)
    if not lite and code.number in _NO_SLOT.get(code.part, ()):
        return Location(Module.AMS, _AMS_PARTS.get(code.part), ams_type, ams)
    return Location(Module.AMS, slot_parts[high], ams_type, ams, low + 1)


def _locate_ams_on_mainboard(code: HmsCode) -> Location | None:
    """An AMS fault that the mainboard reports; None where it is none."""
    if _RFID_ON_MAINBOARD.find(code):
        unit, slot = divmod(code.number - 0x10, 4)
        return Location(Module.AMS, "rfid", AmsType.AMS, _letter(unit), slot + 1)
    if not _AMS_ON_MAINBOARD.find(code):
        return None
    if code.unit == 0x10:
        return Location(Module.AMS, None, AmsType.AMS_LITE, "A")
    ams_type = AmsType.AMS_HT if code.unit & 0x80 else AmsType.AMS
    ams = _letter(code.unit & 0x7F)
    return Location(Module.AMS, None, ams_type, ams) if ams else None


def _locate_print_error(error: PrintError) -> Location:
    """A print error; it never names a slot."""
    if error.source not in _AMS_SOURCES:
        return _BY_NUMBER.find(error) or _SOURCES.get(error.source, _ELSEWHERE)
    if error.unit not in _SPOOLS:
        return Location(
            Module.AMS, None, _AMS_SOURCES[error.source], _unit(error.source, error.unit)
        )
    if error.number in _CUTTER_ERRORS:
        return Location(Module.TOOLHEAD, "cutter")
    return _spool(error.unit)
