"""The English words for places, topics and severities."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import re
from typing import Final

from .code import Severity
from .location import AmsType, Location, Module
from .meaning import Topic

MODULES: Final[Mapping[Module, str]] = {
    Module.HEATBED: "Heatbed",
    Module.NOZZLE: "Nozzle",
    Module.EXTRUDER: "Extruder",
    Module.TOOLHEAD: "Toolhead",
    Module.MOTORS: "Motors",
    Module.CHAMBER: "Chamber",
    Module.MICRO_LIDAR: "Micro Lidar",
    Module.CAMERAS: "Cameras",
    Module.MAINBOARD: "Mainboard",
    Module.NETWORK: "Network",
    Module.STORAGE: "Storage",
    Module.PRINT_JOB: "Print job",
    Module.PRINT_INSPECTION: "Print inspection",
    Module.EXTERNAL_SPOOL: "External spool",
    Module.AMS: "AMS",
}

# What an AMS unit is called before its letter; the letter of an AMS 2 Pro is an AMS's.
AMS_TYPES: Final[Mapping[AmsType, str]] = {
    AmsType.AMS: "AMS",
    AmsType.AMS_2_PRO: "AMS",
    AmsType.AMS_HT: "AMS HT",
    AmsType.AMS_LITE: "AMS Lite",
}

# The whole place, in place of the module's name.
PARTS: Final[Mapping[str, str]] = {
    "hotend_fan": "Hotend fan",
    "part_cooling_fan": "Part cooling fan",
    "motor_driver": "Motor driver",
    "motor_a": "Motor A",
    "motor_b": "Motor B",
    "motor_z": "Motor Z",
    "extruder_motor": "Extruder motor",
    "force_sensor_1": "Heatbed force sensor 1",
    "force_sensor_2": "Heatbed force sensor 2",
    "force_sensor_3": "Heatbed force sensor 3",
    "heatbed_homing": "Heatbed homing",
    "accelerometer": "Accelerometer",
    "axis_x": "X axis",
    "axis_y": "Y axis",
    "front_cover": "Toolhead front cover",
    "current_sensor_a": "Motor A current sensor",
    "current_sensor_b": "Motor B current sensor",
    "current_sensor_z": "Motor Z current sensor",
    "current_sensor_extruder": "Extruder motor current sensor",
    "extrusion_force_sensor": "Extrusion force sensor",
    "eddy_sensor_y": "Y axis eddy current sensor",
    "eddy_sensor_right": "Right eddy current sensor",
    "eddy_sensor_left": "Left eddy current sensor",
    "nozzle_left": "Left nozzle",
    "homing": "Homing",
    "auxiliary_fan": "Auxiliary fan",
    "exhaust_fan": "Exhaust fan",
    "mainboard_fan": "Mainboard fan",
    "circulation_fan": "Circulation fan",
    "serial_link": "Mainboard serial link",
    "power_supply": "Power supply",
    "chamber_heater": "Chamber heater",
    "laser": "Laser module",
    "door": "Door",
    "flame_sensor": "Flame sensor",
    "cutter": "Cutter",
    "extinguisher": "Fire extinguisher",
    "rotary": "Rotary attachment",
    "certification": "Certification",
    "maintenance": "Maintenance",
    "right": "External spool",  # on most printers it is the only one
    "left": "Left external spool",
}

# Parts of an AMS unit, after its name. What is no thing (drying, set-up) is left to the topic.
AMS_PARTS: Final[Mapping[str, str]] = {
    "assist_motor": "assist motor",
    "odometer": "odometer",
    "front_cover": "front cover",
    "drying_power": "drying power",
    "rfid_board_1": "RFID board 1",
    "rfid_board_2": "RFID board 2",
    "humidity_sensor": "humidity sensor",
    "buffer": "filament buffer",
    "cutter": "cutter",
    "heater_1": "heater 1",
    "heater_2": "heater 2",
    "track_switch": "filament track switch",
    "exhaust_valve_1": "exhaust valve 1",
    "exhaust_valve_2": "exhaust valve 2",
    "heater_fan_1": "heater fan 1",
    "heater_fan_2": "heater fan 2",
    "heater_sensor_1": "heater sensor 1",
    "heater_sensor_2": "heater sensor 2",
    "power_adapter": "power adapter",
}

# After a place and a colon. Where the place says it all ("Motor Z: fault"), the topic says "fault".
TOPICS: Final[Mapping[Topic, str]] = {
    Topic.FIRE: "fire or smoke",
    Topic.OVERHEATING: "overheating",
    Topic.TEMPERATURE: "temperature fault",
    Topic.FILAMENT_RAN_OUT: "filament ran out",
    Topic.FILAMENT_SWITCHED: "filament switched",
    Topic.SLOT_EMPTY: "no filament",
    Topic.FILAMENT_BROKEN: "filament broken",
    Topic.FILAMENT_STUCK: "filament stuck",
    Topic.CLOG: "clogged",
    Topic.NOZZLE_WRAPPED: "nozzle wrapped in filament",
    Topic.NO_EXTRUSION: "no extrusion",
    Topic.SPAGHETTI: "spaghetti",
    Topic.FIRST_LAYER: "first layer defects",
    Topic.FIRST_LAYER_CHECK: "first layer inspection",
    Topic.PURGE_PILE: "purged filament piled up",
    Topic.BUILD_PLATE: "build plate fault",
    Topic.DOOR: "open",
    Topic.FRONT_COVER: "off",
    Topic.HOMING: "homing fault",
    Topic.STEP_LOSS: "steps lost",
    Topic.MOTOR: "fault",
    Topic.FAN: "fault",
    Topic.FORCE_SENSOR: "fault",
    Topic.RESONANCE: "resonance fault",
    Topic.LIDAR: "fault",
    Topic.CAMERA: "camera fault",
    Topic.RFID: "RFID fault",
    Topic.AMS_DISCONNECTED: "AMS disconnected",
    Topic.AMS_DRYING: "drying fault",
    Topic.AMS_HARDWARE: "fault",
    Topic.CUTTER: "filament cutter fault",
    Topic.STORAGE: "storage fault",
    Topic.NETWORK: "network fault",
    Topic.FIRMWARE: "firmware fault",
    Topic.MAINTENANCE: "maintenance due",
    Topic.POWER: "power fault",
    Topic.CANCELLED: "print cancelled",
    Topic.PAUSED: "print paused",
    Topic.OTHER: "fault",
}

# In brackets at the end.
SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.FATAL: "fatal",
    Severity.SERIOUS: "serious",
    Severity.COMMON: "common",
    Severity.INFO: "info",
    Severity.UNKNOWN: "unknown",
}


# How the words are put together; a translation may change the order.
PATTERNS: Final[Mapping[str, str]] = {
    "unit": "{type} {letter}",
    "slot": "{unit} slot {slot}",
    "unit_part": "{unit} {part}",
    "sentence": "{place}: {topic} ({severity})",
    # What a logbook says after the name of the place; `what` is what happened there.
    "raised": "{what} ({severity})",
    "cleared": "{what}, cleared after {duration}",
    "muted": "{what}, muted",
    "simulated": "{row}, simulated",
    # Durations; there are never fewer than two days, hours or minutes.
    "days": "{count} days",
    "hours": "{count} h",
    "minutes": "{count} min",
    "seconds": "{count} s",
}

_LONG_UNITS: Final = {"days": 86_400, "hours": 3_600, "minutes": 60}

# Where the first clause of a message ends; what follows is mostly advice.
_CLAUSE_END: Final = re.compile(r"[.;!](?=\s|$)|[\u3002\uff1b\uff01]")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; what it lacks stands in English."""

    modules: Mapping[Module, str] = field(default_factory=lambda: MODULES)
    parts: Mapping[str, str] = field(default_factory=lambda: PARTS)
    ams_parts: Mapping[str, str] = field(default_factory=lambda: AMS_PARTS)
    topics: Mapping[Topic, str] = field(default_factory=lambda: TOPICS)
    severities: Mapping[Severity, str] = field(default_factory=lambda: SEVERITIES)
    patterns: Mapping[str, str] = field(default_factory=lambda: PATTERNS)

    def unit_name(self, location: Location) -> str:
        """The name of an AMS unit: ``AMS A``, ``AMS HT A``; the letter is left out if unknown."""
        # The vendor's own names are the same in every language.
        name = AMS_TYPES[location.ams_type] if location.ams_type else self.modules[Module.AMS]
        if not location.ams:
            return name
        return self.patterns["unit"].format(type=name, letter=location.ams)

    def place_name(self, location: Location) -> str:
        """Where a fault sits, in words: ``AMS A slot 2``, ``Heatbed``, ``Motor Z``."""
        if location.module is not Module.AMS:
            return self.parts.get(location.part or "", self.modules[location.module])
        unit = self.unit_name(location)
        if location.slot:
            return self.patterns["slot"].format(unit=unit, slot=location.slot)
        if part := self.ams_parts.get(location.part or ""):
            return self.patterns["unit_part"].format(unit=unit, part=part)
        return unit

    def sentence(self, location: Location, topic: Topic, severity: Severity) -> str:
        """What is known of a fault without its text: ``AMS B slot 3: filament stuck (serious)``."""
        return self.patterns["sentence"].format(
            place=self.place_name(location),
            topic=self.topics[topic],
            severity=self.severities[severity],
        )

    def duration(self, seconds: int) -> str:
        """A duration in the longest unit that there are two of: ``90 s``, ``4 min``, ``3 days``."""
        for unit, length in _LONG_UNITS.items():
            if seconds >= 2 * length:
                return self.patterns[unit].format(count=seconds // length)
        return self.patterns["seconds"].format(count=seconds)

    def happening(self, place: str, topic: Topic, message: str, *, known: bool) -> str:
        """What happened, to be read after the name of the place: ``filament has run out``.

        The vendor's words where they begin with the place, and where the topic says nothing; the
        topic elsewhere, which is short, and in the owner's language even where the message is not.
        """
        clause = _CLAUSE_END.split(message, maxsplit=1)[0]
        if known and clause.startswith(f"{place} "):
            return clause.removeprefix(f"{place} ")
        vague = self.topics[topic] == self.topics[Topic.OTHER]
        return clause if known and vague else self.topics[topic]


ENGLISH: Final = Words()
