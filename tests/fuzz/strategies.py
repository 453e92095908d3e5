"""What hypothesis makes bytes and JSON of: real shapes with something wrong, and anything else."""

from collections.abc import Sequence
import copy
from functools import cache
import json
from typing import Any, Final

from hypothesis import strategies as st

from tests.simulator.models import MODELS, AmsKind, numbered
from tests.simulator.reports import version_answer, whole_status

type Json = Any

_UNITS: Final = numbered((AmsKind.AMS, AmsKind.AMS_HT))
_HMS: Final = ((0x0700_2000, 0x0002_0001), (0x0300_0100, 0x0001_0007), (0x1880_2000, 0x0002_0001))
_PRINT_ERROR: Final = 0x0700_8011

# The keys that somebody reads, in reports and in storage; the others are many.
_READ: Final = frozenset(
    {"print", "info", "command", "msg", "hms", "attr", "code", "print_error", "gcode_state", "ams",
     "tray", "id", "tray_now", "module", "name", "sw_ver", "sn", "product_name", "project_name",
     "ledger", "active", "waiting", "mutes", "history", "first_seen", "last_seen", "gone", "what",
     "until", "units"}
)  # fmt: skip

NUMBERS: Final = st.sampled_from(
    [0, 1, -1, 5, 16, 128, 255, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 63, 1 << 64, 10**400]
) | st.integers(0, 0xFFFF_FFFF)
"""Numbers about the size of what is expected, and just beyond it."""

TEXTS: Final = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "0",
        "-1",
        "07008011",
        "0x07002000",
        "4294967296",
        "9" * 5000,
        "\u0661\u0662",
        "\x00\x1b[2J",
        "\ud800",
        "\u202egnp",
        "../../x",
        "{0.__class__}",
        "x" * 5000,
    ]
)
"""Texts of all sorts, and some that programs have stumbled over."""

HOSTILE: Final[st.SearchStrategy[Json]] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["attr", "code", "id", "ams", "tray", "name", "ecode", "ver"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
"""Any JSON in the place of any other."""


@cache
def reports() -> tuple[Json, ...]:
    """Return messages as real printers send them, of each model: whole, partial, and versions."""
    messages: list[Json] = []
    for model in MODELS.values():
        whole = whole_status(model, _UNITS, _HMS, _PRINT_ERROR) | {"command": "push_status"}
        part = {key: whole[key] for key in ("hms", "print_error", "command")}
        messages += [
            {"print": whole},
            {"print": part | {"msg": 1}},
            {"print": {"command": "push_status", "msg": 1, "wifi_signal": "-50dBm"}},
            version_answer(model, f"{model.prefix}00A000000001", _UNITS, "0"),
        ]
    return tuple(messages)


@st.composite
def changed_json(
    draw: st.DrawFn, documents: Sequence[Json], values: st.SearchStrategy[Json] = HOSTILE
) -> Json:
    """Return one of the documents with some hostile values in it."""
    document = copy.deepcopy(draw(st.sampled_from(documents)))
    for _ in range(draw(st.integers(1, 4))):
        _change(draw, document, values)
    return document


def _change(draw: st.DrawFn, document: Json, values: st.SearchStrategy[Json]) -> None:
    """Go down into a document, and change something there."""
    place = document
    while True:
        if not place:
            return
        key = draw(st.sampled_from(_keys(place)))
        inside = place[key]
        if isinstance(inside, (dict, list)) and inside and draw(st.integers(0, 3)):
            place = inside
            continue
        break
    match draw(st.integers(0, 3)):
        case 0:
            del place[key]
        case 1 if isinstance(place, list):
            place += [inside] * draw(st.sampled_from([1, 70, 1100]))
        case 1:
            place[draw(TEXTS)] = inside
        case _:
            place[key] = draw(values)


def _keys(place: Json) -> list[Any]:
    """Return the keys of an object or a list; those that somebody reads are there more often."""
    if isinstance(place, list):
        return list(range(len(place)))
    return [*place, *[key for key in place if key in _READ] * 5]


@st.composite
def written(draw: st.DrawFn, documents: st.SearchStrategy[Json]) -> bytes:
    """Return a document as somebody might write it, broken UTF-8 and all."""
    ascii_only = draw(st.booleans())
    indent = draw(st.sampled_from([None, 4]))
    text = json.dumps(draw(documents), ensure_ascii=ascii_only, indent=indent)
    return text.encode("utf-8", "surrogatepass")


@st.composite
def changed_bytes(draw: st.DrawFn, payloads: Sequence[bytes]) -> bytes:
    """Return one of the payloads with some bytes cut out, put in, doubled or turned."""
    payload = bytearray(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(payload)))
        end = min(len(payload), start + draw(st.sampled_from([0, 1, 2, 8, 64, 4096])))
        match draw(st.integers(0, 4)):
            case 0:
                del payload[start:end]
            case 1:
                payload[start:end] = draw(st.binary(max_size=8))
            case 2:
                payload[start:start] = payload[start:end]
            case 3:
                del payload[start:]
            case _:
                payload[start:end] = draw(
                    st.sampled_from(
                        [b"null", b"[", b"{", b"]", b"}", b'"', b"\\u", b"\xff", b"1e999", b"-"]
                    )
                )
    return bytes(payload)


def payloads_of(documents: Sequence[Json]) -> tuple[bytes, ...]:
    """Return documents as they are sent, densely and with line breaks."""
    return tuple(
        json.dumps(document, indent=indent).encode()
        for document in documents
        for indent in (None, 4)
    )


def anything_like(documents: Sequence[Json]) -> st.SearchStrategy[bytes]:
    """Return what makes bytes that are more or less like these documents."""
    return (
        written(changed_json(documents))
        | changed_bytes(payloads_of(documents))
        | written(HOSTILE)
        | st.binary(max_size=200)
    )
