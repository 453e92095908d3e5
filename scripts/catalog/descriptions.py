"""Makes triggers.yaml and conditions.yaml: what the editor of automations offers.

    .env/test/bin/python scripts/catalog/descriptions.py

The choices are those of matching.py, the known codes those of the embedded table of messages, which
scripts/catalog/generate.py makes; both are English only where the vendor's texts are.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
import sys
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from custom_components.bambu_hms.hms.code import parse  # noqa: E402 -- after the above
from custom_components.bambu_hms.hms.location import locate  # noqa: E402
from custom_components.bambu_hms.matching import (  # noqa: E402
    CONDITION_INCLUDES,
    CONF_CODES,
    CONF_SAFETY_ONLY,
    EDITOR,
    TRIGGER_INCLUDES,
)

ROOM = ROOT / "custom_components" / "bambu_hms"
TABLE = ROOM / "hms" / "catalog.json"
HEAD = "# Made by scripts/catalog/descriptions.py.\n"

# A code of an AMS has the same text when an AMS HT sends it.
AMS = "070u"
AMS_AND_HT = "070u,188u"

PLAIN = re.compile(r"[a-z][a-z_]*")
NOT_PLAIN = {"true", "false", "null", "yes", "no", "on", "off"}


def known_codes() -> list[dict[str, str]]:
    """The codes that have a text, in their order: one choice for all codes that share a text."""
    entries = json.loads(TABLE.read_text(encoding="utf-8"))
    choices = [{"value": value_of(entry["pattern"]), "label": label_of(entry)} for entry in entries]
    return sorted(choices, key=lambda choice: choice["value"])


def value_of(pattern: str) -> str:
    """The pattern of a choice."""
    unit, separator, rest = pattern.partition("_")
    return (AMS_AND_HT if unit == AMS else unit) + separator + rest


def label_of(entry: Mapping[str, str]) -> str:
    """The page's code, and the text, which names every part that it can be about."""
    parts = sorted({part_of(code) for code in codes_of(entry["pattern"])})
    text = entry["message"].format(ams="AMS", slot="", part="/".join(parts)).replace("  ", " ")
    return f"{entry['page']}: {text}"


def codes_of(pattern: str) -> Iterator[str]:
    """One code for each part that a pattern names."""
    unit, parts, *rest = pattern.split("_")
    for part in parts.split(","):
        first = "_".join((unit.split(",")[0], part, *(each[:4] for each in rest)))
        yield re.sub("[us*]", "0", first)


def part_of(code: str) -> str:
    """What tells a part from its siblings: X of an axis, 2 of a sensor."""
    return (locate(parse(code)).part or "").rpartition("_")[2].upper()


def fields(includes: Mapping[str, bool]) -> dict[str, Any]:
    """The fields of a trigger or condition, in the order of the editor."""
    shown = {key: selector.serialize()["selector"] for key, selector in EDITOR.items()}
    described = {
        key: ({"required": True} if key == CONF_SAFETY_ONLY else {})
        | {
            "selector": {
                kind: {k: v for k, v in config.items() if v} for kind, config in it.items()
            }
        }
        for key, it in shown.items()
    }
    described[CONF_CODES] = {
        "selector": {
            "select": {
                "multiple": True,
                "custom_value": True,
                "mode": "dropdown",
                "options": known_codes(),
            }
        }
    }
    for key, usual in includes.items():
        default = {"default": True} if usual else {}
        described[key] = {"required": True, **default, "selector": {"boolean": {}}}
    return described


def description(includes: Mapping[str, bool]) -> dict[str, Any]:
    """One trigger or condition."""
    # By its event entity, every printer and AMS unit can be chosen, and nothing else.
    target = {"entity": {"integration": "bambu_hms", "domain": "event"}}
    return {"target": target, "fields": fields(includes)}


def lines(value: Any, indent: str = "") -> Iterator[str]:
    """Write plain data as YAML."""
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, (dict, list)):
                yield f"{indent}{key}:"
                yield from lines(each, f"{indent}  ")
            else:
                yield f"{indent}{key}: {scalar(each)}"
    else:
        for each in value:
            if isinstance(each, dict):
                first, *others = lines(each)
                yield f"{indent}- {first}"
                yield from (f"{indent}  {other}" for other in others)
            else:
                yield f"{indent}- {scalar(each)}"


def scalar(value: str | bool) -> str:
    """Write a text or truth value; a code without its quotes would be a number."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and value not in NOT_PLAIN:
        return value
    return json.dumps(value, ensure_ascii=False)


def files() -> dict[str, str]:
    """What the files of the integration contain, by their names."""
    trigger = "\n".join(lines(description(TRIGGER_INCLUDES), "  "))
    condition = "\n".join(lines({"is_fault_active": description(CONDITION_INCLUDES)}))
    return {
        "triggers.yaml": (
            f"{HEAD}.fault: &fault\n{trigger}\n\nfault_cleared: *fault\nfault_raised: *fault\n"
        ),
        "conditions.yaml": f"{HEAD}{condition}\n",
    }


def main() -> None:
    """Write the files."""
    for name, text in files().items():
        (ROOM / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
