"""The command line of scripts/bench."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
import importlib
import json
import os
from pathlib import Path
import platform
import sys
import traceback
from typing import Any, Final

from .figures import Figure, as_markdown, as_text
from .length import FULL, QUICK, Length

type Benchmark = Callable[[Length], Awaitable[list[Figure]]]

# Each is a function of that name in the module beside it, and is imported only to be run.
BENCHMARKS: Final = {
    "reports": ("reports", "what a report costs, without a network"),
    "day": ("day", "86,400 reports: memory, storage, history"),
    "imports": ("imports", "what importing the integration costs"),
    "one": ("inside", "one printer in a real Home Assistant: time to the event, CPU, set-up"),
    "many": ("scale", "10, 50 and 200 printers in one Home Assistant, and all back at once"),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures how fast this is; every figure beside its yardstick.",
        epilog="; ".join(f"{name}: {what}" for name, (_, what) in BENCHMARKS.items()),
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones (default: all)")
    parser.add_argument("--list", action="store_true", help="say which there are")
    parser.add_argument("--quick", action="store_true", help="short and small: does it run at all?")
    parser.add_argument("--rounds", type=int, help="of which the median counts")
    parser.add_argument("--seconds", type=float, help="how long something is watched in a round")
    parser.add_argument("--printers", help="how many in one Home Assistant: 10,50,200")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of all rounds")
    parser.add_argument("--markdown", action="store_true", help="print the table for the README")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {unknown[0]}; --list says which there are")
    return arguments


def _length(arguments: argparse.Namespace) -> Length:
    length = QUICK if arguments.quick else FULL
    if arguments.rounds:
        length = replace(length, rounds=arguments.rounds)
    if arguments.seconds:
        length = replace(length, seconds=arguments.seconds)
    if arguments.printers:
        counts = tuple(int(count) for count in arguments.printers.split(","))
        length = replace(length, printers=counts)
    return length


def _machine() -> dict[str, Any]:
    """Say what this was measured on."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "when": datetime.now(UTC).isoformat(timespec="minutes"),
        "load_before": round(os.getloadavg()[0], 1),
    }


def main() -> int:
    """Run what was asked for; return the exit status."""
    arguments = _arguments()
    if arguments.list:
        for name, (_, what) in BENCHMARKS.items():
            print(f"{name:10}{what}")
        return 0
    length, machine = _length(arguments), _machine()
    figures: list[Figure] = []
    broken: list[str] = []
    for name in arguments.names or BENCHMARKS:
        print(f"{name}: {BENCHMARKS[name][1]}", file=sys.stderr, flush=True)
        module = importlib.import_module(f".{BENCHMARKS[name][0]}", __package__)
        benchmark: Benchmark = getattr(module, name)
        try:
            figures += asyncio.run(benchmark(length))
        except Exception:  # noqa: BLE001 -- the others can be measured all the same
            traceback.print_exc()
            broken.append(name)
    show = as_markdown if arguments.markdown else as_text
    print(show(figures))
    about = f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']}"
    print(f"\n{about}, {machine['when']}, load before {machine['load_before']}")
    if arguments.json:
        result = {
            "machine": machine,
            "quick": arguments.quick,
            "broken": broken,
            "figures": [figure.as_dict() for figure in figures],
        }
        arguments.json.write_text(json.dumps(result, indent=2), encoding="utf-8")
    if broken:
        print(f"not measured: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
