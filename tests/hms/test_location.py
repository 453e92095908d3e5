"""Every code has its place on the machine."""

import pytest

from custom_components.bambu_hms.hms.code import parse
from custom_components.bambu_hms.hms.location import AmsType, Location, Module, locate

AMS = AmsType.AMS
HT = AmsType.AMS_HT
LITE = AmsType.AMS_LITE


@pytest.mark.parametrize(
    ("source_and_part", "module", "part"),
    [
        ("0300_01", Module.HEATBED, None),
        ("0300_02", Module.NOZZLE, None),
        ("0300_1E", Module.NOZZLE, "nozzle_left"),
        ("0300_03", Module.TOOLHEAD, "hotend_fan"),
        ("0300_17", Module.TOOLHEAD, "hotend_fan"),
        ("0300_04", Module.TOOLHEAD, "part_cooling_fan"),
        ("0300_31", Module.TOOLHEAD, "part_cooling_fan"),
        ("0300_05", Module.MAINBOARD, "motor_driver"),
        ("0300_06", Module.MOTORS, "motor_a"),
        ("0300_07", Module.MOTORS, "motor_b"),
        ("0300_08", Module.MOTORS, "motor_z"),
        ("0300_09", Module.EXTRUDER, "extruder_motor"),
        ("0300_0A", Module.HEATBED, "force_sensor_1"),
        ("0300_0B", Module.HEATBED, "force_sensor_2"),
        ("0300_0C", Module.HEATBED, "force_sensor_3"),
        ("0300_0D", Module.HEATBED, "heatbed_homing"),
        ("0300_0F", Module.TOOLHEAD, "accelerometer"),
        ("0300_10", Module.MOTORS, "axis_x"),
        ("0300_11", Module.MOTORS, "axis_y"),
        ("0300_12", Module.TOOLHEAD, "front_cover"),
        ("0300_13", Module.MOTORS, "current_sensor_a"),
        ("0300_14", Module.MOTORS, "current_sensor_b"),
        ("0300_15", Module.MOTORS, "current_sensor_z"),
        ("0300_16", Module.EXTRUDER, "current_sensor_extruder"),
        ("0300_18", Module.EXTRUDER, "extrusion_force_sensor"),
        ("0300_19", Module.EXTRUDER, "eddy_sensor_y"),
        ("0300_1A", Module.NOZZLE, None),
        ("0300_20", Module.MOTORS, "homing"),
        ("0300_25", Module.EXTRUDER, "eddy_sensor_right"),
        ("0300_26", Module.EXTRUDER, "eddy_sensor_left"),
        ("0300_32", Module.CHAMBER, "auxiliary_fan"),
        ("0300_33", Module.CHAMBER, "exhaust_fan"),
        ("0300_35", Module.MAINBOARD, "mainboard_fan"),
        ("0300_36", Module.CHAMBER, "circulation_fan"),
        ("0300_40", Module.MAINBOARD, "serial_link"),
        ("0300_41", Module.MAINBOARD, "power_supply"),
        ("0300_90", Module.CHAMBER, "chamber_heater"),
        ("0300_94", Module.CHAMBER, "chamber_heater"),
        ("0300_95", Module.TOOLHEAD, "laser"),
        ("0300_96", Module.CHAMBER, "door"),
        ("0300_99", Module.CHAMBER, "door"),
        ("0300_A5", Module.CHAMBER, "flame_sensor"),
        ("0300_D0", Module.TOOLHEAD, "cutter"),
        ("0300_D1", Module.CHAMBER, "extinguisher"),
        ("0300_D6", Module.CHAMBER, "extinguisher"),
        ("0300_D7", Module.MOTORS, "rotary"),
        ("0300_D9", Module.MOTORS, "rotary"),
        ("0300_EE", Module.MAINBOARD, None),
        ("0500_01", Module.STORAGE, None),
        ("0500_02", Module.NETWORK, None),
        ("0500_03", Module.MAINBOARD, None),
        ("0500_04", Module.PRINT_JOB, None),
        ("0500_05", Module.MAINBOARD, "certification"),
        ("0500_06", Module.CAMERAS, None),
        ("0500_EE", Module.MAINBOARD, None),
        ("0800_01", Module.TOOLHEAD, None),
        ("0C00_02", Module.MICRO_LIDAR, None),
        ("0C00_03", Module.PRINT_INSPECTION, None),
        ("0C00_04", Module.CAMERAS, None),
        ("0C00_EE", Module.CAMERAS, None),
        ("1A00_01", Module.MAINBOARD, None),
        ("0000_00", Module.MAINBOARD, None),
    ],
)
def test_source_and_part_say_the_module(
    source_and_part: str, module: Module, part: str | None
) -> None:
    code = parse(f"{source_and_part}00_0003_00EE")
    assert locate(code) == Location(module, part)


@pytest.mark.parametrize(
    ("code", "module", "part"),
    [
        ("0500_0100_0002_0002", Module.CAMERAS, None),
        ("0500_0100_0003_0004", Module.STORAGE, None),
        ("0500_0400_0003_0008", Module.CHAMBER, "door"),
        ("0501_0400_0003_0001", Module.MAINBOARD, "maintenance"),
        ("0C00_0100_0001_0001", Module.MICRO_LIDAR, None),
        ("0C00_0100_0002_0008", Module.CAMERAS, None),
        ("0C00_0100_0001_0009", Module.CAMERAS, None),
        ("0C00_0100_0001_000A", Module.MICRO_LIDAR, None),
        ("0C00_0100_0002_000B", Module.MICRO_LIDAR, None),
        ("0C00_0100_0002_0011", Module.CAMERAS, None),
    ],
)
def test_the_number_decides_where_the_part_does_not(
    code: str, module: Module, part: str | None
) -> None:
    assert locate(parse(code)) == Location(module, part)


@pytest.mark.parametrize(
    ("unit", "ams_type", "ams"),
    [
        *((f"07{number:02X}", AMS, letter) for number, letter in enumerate("ABCDEFGH")),
        *((f"12{number:02X}", LITE, letter) for number, letter in enumerate("ABCDEFGH")),
        *((f"18{number:02X}", HT, letter) for number, letter in enumerate("ABCDEFGH")),
        *((f"18{number:02X}", HT, letter) for number, letter in enumerate("ABCDEFGH", 0x80)),
        ("0708", AMS, None),
        ("0780", AMS, None),
        ("1280", LITE, None),
        ("1808", HT, None),
        ("1888", HT, None),
    ],
)
def test_the_unit_of_an_ams(unit: str, ams_type: AmsType, ams: str | None) -> None:
    code = parse(f"{unit}_5000_0002_0001")
    assert locate(code) == Location(Module.AMS, "communication", ams_type, ams)


@pytest.mark.parametrize("source", ["07", "12", "18"])
@pytest.mark.parametrize("high", "12367")
@pytest.mark.parametrize("low", "0123")
def test_the_slot_stands_in_the_part(source: str, high: str, low: str) -> None:
    location = locate(parse(f"{source}02_{high}{low}00_0002_0002"))
    assert (location.ams, location.slot) == ("C", int(low) + 1)


@pytest.mark.parametrize(
    ("code", "slot"),
    [
        ("0700_2400_0002_0001", None),
        ("0700_8100_0002_0001", None),
        ("1200_8100_0002_0001", 2),
        ("1200_8400_0002_0001", None),
        ("0700_3000_0002_0001", None),
        ("0700_3100_0002_0003", None),
        ("1800_3100_0002_0004", None),
        ("0700_3100_0002_0002", 2),
        ("0700_3200_0002_0001", 3),
        ("1200_3100_0002_0001", 2),
        ("0700_7300_0002_0003", None),
        ("0700_7200_0002_0006", None),
        ("1800_7100_0002_0007", None),
        ("0700_7000_0002_0008", None),
        ("0700_7100_0002_0002", 2),
        ("1200_7100_0002_0007", 2),
        ("0708_2000_0002_0001", None),
    ],
)
def test_parts_that_look_like_a_slot(code: str, slot: int | None) -> None:
    assert locate(parse(code)).slot == slot


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("01", "assist_motor"),
        ("02", "odometer"),
        ("24", "front_cover"),
        ("25", "drying_power"),
        ("35", "humidity_sensor"),
        ("40", "buffer"),
        ("45", "cutter"),
        ("50", "communication"),
        ("51", None),
        ("55", "setup"),
        ("56", "cooling"),
        ("80", "heater_1"),
        ("81", "heater_2"),
        ("86", "track_switch"),
        ("90", "exhaust_valve_1"),
        ("91", "exhaust_valve_2"),
        ("92", "heater_fan_1"),
        ("93", "heater_fan_2"),
        ("94", "heater_sensor_1"),
        ("95", "heater_sensor_2"),
        ("96", "drying"),
        ("97", "drying"),
        ("98", "power_adapter"),
        ("EE", None),
    ],
)
def test_the_parts_of_an_ams(part: str, key: str | None) -> None:
    assert locate(parse(f"0701_{part}00_0002_0001")) == Location(Module.AMS, key, AMS, "B")


@pytest.mark.parametrize("source", ["07", "12", "18"])
@pytest.mark.parametrize(("unit", "side"), [("FF", "right"), ("FE", "left")])
def test_units_fe_and_ff_are_the_external_spools(source: str, unit: str, side: str) -> None:
    spool = Location(Module.EXTERNAL_SPOOL, side)
    assert locate(parse(f"{source}{unit}_2000_0002_0001")) == spool
    assert locate(parse(f"{source}{unit}-8011")) == spool


@pytest.mark.parametrize("unit", ["07FF", "07FE", "12FF", "18FE"])
@pytest.mark.parametrize(
    ("part", "key"), [("45", "cutter"), ("80", None), ("81", None), ("A0", None)]
)
def test_cutter_and_toolhead_of_an_external_spools_unit(
    unit: str, part: str, key: str | None
) -> None:
    assert locate(parse(f"{unit}_{part}00_0002_0001")) == Location(Module.TOOLHEAD, key)


@pytest.mark.parametrize("part", ["0400", "0500"])
@pytest.mark.parametrize("number", ["0010", "0014", "0017", "0044", "0045"])
@pytest.mark.parametrize(
    ("unit", "ams_type", "ams"),
    [
        ("00", AMS, "A"),
        ("07", AMS, "H"),
        ("10", LITE, "A"),
        ("80", HT, "A"),
        ("87", HT, "H"),
    ],
)
def test_ams_faults_on_the_mainboards_source(
    part: str, number: str, unit: str, ams_type: AmsType, ams: str
) -> None:
    code = parse(f"05{unit}_{part}_0001_{number}")
    assert locate(code) == Location(Module.AMS, None, ams_type, ams)


@pytest.mark.parametrize(
    ("code", "module"),
    [
        ("0500_0400_0002_0014", Module.AMS),  # an RFID reader, below
        ("0500_0400_0003_0014", Module.PRINT_JOB),
        ("0500_0400_0001_0011", Module.PRINT_JOB),
        ("0508_0400_0001_0010", Module.PRINT_JOB),
        ("0511_0500_0001_0010", Module.MAINBOARD),
        ("0500_0300_0001_0010", Module.MAINBOARD),
    ],
)
def test_other_codes_of_the_mainboard_are_no_ams(code: str, module: Module) -> None:
    assert locate(parse(code)).module is module


@pytest.mark.parametrize("number", range(16))
def test_rfid_readers_on_the_mainboards_source(number: int) -> None:
    location = locate(parse(f"0500_0400_0002_{0x10 + number:04X}"))
    assert location == Location(Module.AMS, "rfid", AMS, "ABCD"[number // 4], number % 4 + 1)


@pytest.mark.parametrize(
    ("error", "location"),
    [
        ("0700-8011", Location(Module.AMS, None, AMS, "A")),
        ("0703-8001", Location(Module.AMS, None, AMS, "D")),
        ("1201-8004", Location(Module.AMS, None, LITE, "B")),
        ("1802-8004", Location(Module.AMS, None, HT, "C")),
        ("1882-8004", Location(Module.AMS, None, HT, "C")),
        ("0740-8004", Location(Module.AMS, None, AMS, None)),
        ("07FF-8001", Location(Module.TOOLHEAD, "cutter")),
        ("12FE-8002", Location(Module.TOOLHEAD, "cutter")),
        ("0300-8005", Location(Module.TOOLHEAD, "front_cover")),
        ("0300-800B", Location(Module.TOOLHEAD, "cutter")),
        ("0300-800F", Location(Module.CHAMBER, "door")),
        ("0300-8044", Location(Module.CHAMBER)),
        ("0500-C059", Location(Module.CHAMBER)),
        ("0300-8018", Location(Module.CHAMBER)),
        ("0300-8008", Location(Module.NOZZLE)),
        ("0300-8014", Location(Module.NOZZLE)),
        ("0300-8016", Location(Module.NOZZLE)),
        ("0300-8009", Location(Module.HEATBED)),
        ("0300-806F", Location(Module.HEATBED)),
        ("0300-8003", Location(Module.PRINT_INSPECTION)),
        ("0300-8002", Location(Module.PRINT_INSPECTION)),
        ("0300-8004", Location(Module.EXTERNAL_SPOOL)),
        ("0300-400F", Location(Module.MAINBOARD, "power_supply")),
        ("0300-400C", Location(Module.PRINT_JOB)),
        ("0300-EEEE", Location(Module.PRINT_JOB)),
        ("0500-4016", Location(Module.STORAGE)),
        ("0500-402A", Location(Module.NETWORK)),
        ("0500-400E", Location(Module.PRINT_JOB)),
        ("0500-EEEE", Location(Module.MAINBOARD)),
        ("0C00-C004", Location(Module.PRINT_INSPECTION)),
        ("1000-C001", Location(Module.MAINBOARD)),
        ("1100-8001", Location(Module.MAINBOARD)),
    ],
)
def test_print_errors(error: str, location: Location) -> None:
    assert locate(parse(error)) == location


@pytest.mark.parametrize(
    ("hms_code", "print_error"),
    [
        ("0700_2200_0002_0001", "0700-8011"),
        ("07FF_2000_0002_0001", "07FF-8011"),
        ("07FF_2000_0002_0001", "0300-8015"),
        ("0701_6200_0002_0001", "0701-8003"),
        ("0300_1A00_0002_0002", "0300-8016"),
        ("0300_0900_0002_0001", "0300-801E"),
        ("0700_2000_0002_0009", "0700-8007"),
        ("0C00_0300_0003_0008", "0300-8003"),
        ("0C00_0300_0003_0008", "0C00-C004"),
        ("0C00_0300_0003_0007", "0300-8002"),
        ("0300_0200_0001_0006", "0300-8008"),
        ("0300_0100_0001_0001", "0300-8009"),
        ("0300_9000_0002_0001", "0300-8018"),
        ("0702_4500_0002_0001", "0702-8001"),
        ("07FF_4500_0002_0001", "07FF-8001"),
        ("07FF_4500_0002_0001", "0300-800B"),
        ("0700_5000_0002_0001", "0700-C008"),
        ("0300_0D00_0001_0003", "0300-8019"),
        ("0C00_0300_0002_000C", "0300-8006"),
        ("0300_9600_0001_0001", "0300-8042"),
        ("0300_1200_0002_0001", "0300-8005"),
    ],
)
def test_one_trouble_on_two_channels_has_one_module(hms_code: str, print_error: str) -> None:
    assert locate(parse(hms_code)).module is locate(parse(print_error)).module
