"""What a simulated printer says, as JSON."""

from collections.abc import Iterable
import copy
from functools import cache
import json
from pathlib import Path
from typing import Any

from .job import IDLE, Job, PrintState
from .models import KINDS, AmsSpec, SimulatedModel

type Json = dict[str, Any]

_SHAPES = Path(__file__).parent / "shapes"


def whole_status(
    model: SimulatedModel,
    units: Iterable[AmsSpec],
    hms: Iterable[tuple[int, int]],
    error: int,
    job: Job = IDLE,
) -> Json:
    """Return a whole status: everything but command, kind and number of the report.

    A print error pauses whatever is printed.
    """
    status = copy.deepcopy(_shape(model.shape))
    status["ams"] = _ams(model, tuple(units), job.tray)
    status["gcode_state"] = PrintState.PAUSE if error else job.state
    status["hms"] = [{"attr": attr, "code": code} for attr, code in hms]
    status["print_error"] = error
    return status


def version_answer(
    model: SimulatedModel, serial: str, units: Iterable[AmsSpec], sequence_id: object
) -> Json:
    """Return the answer to get_version."""
    modules = [
        _module(model, "ota", "OTA", serial, model.firmware),
        _module(model, "mc", "MC07", f"{serial}MC", "00.00.32.89"),
        _module(model, "th", "TH09", f"{serial}TH", "00.00.07.12"),
    ]
    for unit in units:
        facts = KINDS[unit.kind]
        module = _module(model, unit.name, facts.hardware, f"{serial}U{unit.id}", "00.01.06.62")
        if model.product_name:
            module["product_name"] = f"{facts.product} ({unit.id % 128 + 1})"
        modules.append(module)
    answer = {"command": "get_version", "sequence_id": sequence_id, "module": modules}
    return {"info": answer}


def request_of(payload: bytes) -> tuple[str, object] | None:
    """Return command and number of one of the two requests that this project may send."""
    try:
        document = json.loads(payload)
    except ValueError:
        return None
    match document:
        case {"info": {"command": "get_version", "sequence_id": number}, **rest} if not rest:
            return "get_version", number
        case {"pushing": {"command": "pushall", "sequence_id": number}, **rest} if not rest:
            return "pushall", number
    return None


@cache
def _shape(name: str) -> Json:
    """Return a status without faults and AMS units."""
    shape: Json = json.loads((_SHAPES / f"{name}.json").read_text())
    return shape


def _ams(model: SimulatedModel, units: tuple[AmsSpec, ...], tray: int) -> Json:
    """Return the part of a status that is about AMS units."""
    return {
        "ams": [_unit(model, unit) for unit in units],
        "ams_exist_bits": f"{sum(1 << min(unit.id % 124, 31) for unit in units):x}",
        "insert_flag": True,
        "power_on_flag": False,
        "tray_now": str(tray),
        "tray_pre": "255",
        "tray_tar": "255",
        "version": 4,
    }


def _unit(model: SimulatedModel, unit: AmsSpec) -> Json:
    """Return one AMS unit."""
    facts = KINDS[unit.kind]
    shown: Json = {"humidity": "4", "id": str(unit.id), "temp": "24.5"}
    # Older firmware, which is what the models with weak processors run here, tells no types.
    if not model.deltas:
        shown |= {"dry_time": 0, "humidity_raw": "20", "info": facts.info}
    shown["tray"] = [_tray(slot) for slot in range(facts.trays)]
    return shown


def _tray(slot: int) -> Json:
    """Return one tray with invented filament in it."""
    return {
        "bed_temp": "0",
        "bed_temp_type": "0",
        "cali_idx": -1,
        "cols": ["161616FF"],
        "ctype": 0,
        "drying_temp": "55",
        "drying_time": "8",
        "id": str(slot),
        "nozzle_temp_max": "230",
        "nozzle_temp_min": "190",
        "remain": 50,
        "state": 11,
        "tag_uid": "0000000000000000",
        "total_len": 330000,
        "tray_color": "161616FF",
        "tray_diameter": "1.75",
        "tray_id_name": "A00-K0",
        "tray_info_idx": "GFA00",
        "tray_sub_brands": "PLA Basic",
        "tray_type": "PLA",
        "tray_uuid": f"{slot:032X}",
        "tray_weight": "1000",
        "xcam_info": "000000000000000000000000",
    }


def _module(model: SimulatedModel, name: str, hardware: str, serial: str, version: str) -> Json:
    """Return one module of the answer to get_version."""
    module: Json = {"name": name, "hw_ver": hardware, "sw_ver": version, "sn": serial, "flag": 0}
    if model.product_name:
        module["product_name"] = model.product_name if name == "ota" else ""
    if model.project_name:
        module["project_name"] = model.project_name
    return module
