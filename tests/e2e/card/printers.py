"""What the back end would tell the card: printers, faults, and every state there is."""

from datetime import UTC, datetime, timedelta
from typing import Any

type Data = dict[str, Any]

PRINTER = "device-x1c"
AMS = "device-ams-a"


def ago(seconds: float) -> str:
    """Return a time in the past as the back end writes it."""
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def fault(**changes: Any) -> Data:
    """Return a fault: a clogged heatbed fan of an X1C, or whatever it is changed to."""
    return {
        "device_id": PRINTER,
        "printer_device_id": PRINTER,
        "kind": "hms",
        "code": "HMS_0300_0100_0001_0007",
        "topic": None,
        "severity": "serious",
        "vendor_severity": "serious",
        "safety": False,
        "module": "heatbed",
        "ams_type": None,
        "ams": None,
        "slot": None,
        "part": None,
        "location": "Heatbed",
        "message": "The heatbed temperature is abnormal; the sensor may have a short circuit.",
        "known": True,
        "wiki_url": "https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/0300_0100_0001_0007",
        "first_seen": ago(260),
        "occurrences": 1,
        "standing": False,
        "related": None,
        "problem": True,
        "muted": False,
        "simulated": False,
        "unit": None,
        "settling": False,
    } | changes


COMMON = fault(
    code="HMS_0700_4500_0002_0002",
    severity="common",
    device_id=AMS,
    module="ams",
    ams_type="ams",
    ams="A",
    slot=3,
    unit=0,
    location="AMS A slot 3",
    message="The filament cutter's sensor is malfunctioning.",
    problem=False,
    occurrences=3,
)
SERIOUS = fault()
RAN_OUT = fault(
    code="HMS_0700_2100_0002_0001",
    topic="filament_ran_out",
    device_id=AMS,
    module="ams",
    ams_type="ams",
    ams="A",
    slot=2,
    unit=0,
    location="AMS A slot 2",
    message="AMS A Slot 2 filament has run out. Please insert a new filament.",
    first_seen=ago(4000),
)
FATAL = fault(
    code="HMS_0500_0200_0002_0001",
    severity="fatal",
    module="mainboard",
    location="Mainboard",
    message="Failed to start: the mainboard does not answer. Please restart the printer.",
)
SAFETY = fault(
    code="HMS_0300_9600_0003_0001",
    severity="fatal",
    safety=True,
    topic="heater",
    module="nozzle",
    part="nozzle_left",
    location="Nozzle",
    message="The nozzle is heating although nothing asked for it. Please switch the printer off.",
)
NOTICE = fault(
    code="HMS_0C00_0300_0003_000B",
    severity="info",
    module="print_inspection",
    location="First layer inspection",
    message="Inspecting the first layer: please wait a moment.",
    problem=False,
)
SETTLING = SERIOUS | {"settling": True, "last_seen": ago(12)}
UNKNOWN = fault(
    code="HMS_0799_2000_0002_1234",
    known=False,
    location="Printer",
    message="Unknown fault 0799-2000-0002-1234",
    wiki_url="https://e.bambulab.com/?e=0799200000021234",
)
REPEATED = SERIOUS | {
    "kind": "print_error",
    "code": "0300-8006",
    "related": "HMS_0300_0100_0001_0007",
}
LAST_FAULT = {
    "location": "AMS A slot 2",
    "message": "AMS A Slot 2 filament has run out. Please insert a new filament.",
    "severity": "serious",
    "cleared": ago(7500),
}
MUTE: Data = {
    "what": {"codes": ["HMS_0700_4500_0002_0002"]},
    "label": "AMS A slot 3: The filament cutter's sensor is malfunctioning.",
    "until": None,
    "until_cleared": True,
}


def unit(**changes: Any) -> Data:
    """Return an AMS."""
    return {
        "id": 0,
        "device_id": AMS,
        "name": "AMS A",
        "type": "ams",
        "letter": "A",
        "slots": [1, 2, 3, 4],
        "present": True,
        "slot_in_use": None,
    } | changes


AMS_HT = unit(id=128, device_id="device-ams-ht", name="AMS HT A", type="ams_ht", slots=[1])
AMS_B = unit(id=1, device_id="device-ams-b", name="AMS B", letter="B", slot_in_use=1)


def printer(*faults: Data, **changes: Any) -> Data:
    """Return a printer that is well, or has these faults."""
    return {
        "id": "entry-x1c",
        "device_id": PRINTER,
        "name": "X1C left",
        "shape": "enclosed",
        "loaded": True,
        "starting": False,
        "can_control": True,
        "model": "X1 Carbon",
        "connected": True,
        "reason": None,
        "last_heard": None,
        "print_state": "running",
        "slot_in_use": None,
        "units": [unit()],
        "faults": list(faults),
        "mutes": [],
        "last_fault": None,
    } | changes


def not_loaded(**changes: Any) -> Data:
    """Return a printer of which nothing but the name is known."""
    names = ("id", "device_id", "name", "shape", "starting", "can_control")
    return {name: printer()[name] for name in names} | {"loaded": False} | changes


OFFLINE: Data = {"connected": False, "reason": "unreachable", "last_heard": ago(5400)}
OTHER = printer(id="entry-a1", device_id="device-a1", name="A1 mini", shape="bed_slinger")

ROOMY = printer(
    SERIOUS,
    REPEATED,
    RAN_OUT,
    COMMON | {"muted": True},
    NOTICE,
    name="X1 Carbon by the window, second shelf from the top",
    print_state="pause",
    slot_in_use="AMS B slot 1",
    units=[unit(), AMS_B, AMS_HT | {"present": False}],
    mutes=[MUTE],
)

STATES: dict[str, Data] = {
    "ok": {"printers": [printer(last_fault=LAST_FAULT)]},
    "ok, never a fault": {"printers": [printer(units=[])]},
    "notice": {"printers": [printer(NOTICE)]},
    "common": {"printers": [printer(COMMON)]},
    "serious": {"printers": [printer(RAN_OUT, print_state="pause")]},
    "fatal": {"printers": [printer(FATAL, SERIOUS, shape="two_nozzles")]},
    "safety": {"printers": [printer(SAFETY, RAN_OUT, shape="two_nozzles")]},
    "settling": {"printers": [printer(SETTLING)]},
    "offline": {"printers": [printer(**OFFLINE)]},
    "offline, with faults": {"printers": [printer(SAFETY, RAN_OUT, COMMON, **OFFLINE)]},
    "in no list": {"printers": [printer(UNKNOWN, shape="bed_slinger")]},
    "simulated": {"printers": [printer(SERIOUS | {"simulated": True})]},
    "much": {"printers": [OTHER, ROOMY], "device_id": PRINTER},
    "loading": {"printers": None},
    "no printer": {"printers": []},
    "removed": {"printers": [OTHER], "device_id": "device-gone"},
    "printer not loaded": {"printers": [not_loaded()]},
    "starting": {"printers": [not_loaded(starting=True)]},
    "not loaded": {"refuses": True},
    "lost connection": {"printers": [printer(SERIOUS)], "loses": True},
}
"""What is told, and what else happens, in each state that a card can be in."""

SHOWN_AS = {
    "ok, never a fault": "ok",
    "offline, with faults": "offline",
    "in no list": "serious",
    "simulated": "serious",
    "much": "serious",
    "no printer": "no_printer",
    "printer not loaded": "not_loaded",
    "starting": "loading",
    "not loaded": "not_loaded",
    "lost connection": "offline",
}
"""The state that the card says it is in, where that is another word."""
