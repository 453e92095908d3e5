"""Runs simulated printers until it is interrupted: `python -m tests.simulator --demo`."""

import argparse
import asyncio
import json
from pathlib import Path
import signal
import sys
import tempfile

from .models import AmsKind
from .simulator import PrinterConfig, Simulator

_DEMO = (
    PrinterConfig(name="healthy", model="P1S", serial="01P00A000000001", access_code="10000001"),
    PrinterConfig(
        name="ran_out",
        model="X1C",
        serial="00M00A000000002",
        access_code="10000002",
        ams=(AmsKind.AMS, AmsKind.AMS),
        faults=("0700_2100_0002_0001",),
    ),
    PrinterConfig(
        name="overheating",
        model="H2D",
        serial="09400A000000003",
        access_code="10000003",
        ams=(AmsKind.AMS_2_PRO, AmsKind.AMS_HT),
        faults=("0300_0100_0001_0001",),
    ),
    PrinterConfig(
        name="off",
        model="A1 mini",
        serial="03000A000000004",
        access_code="10000004",
        ams=(AmsKind.AMS_LITE,),
        on=False,
    ),
)


def _arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--config", type=Path, help="JSON file: a list of printers")
    which.add_argument("--demo", action="store_true", help="the four printers of the demo")
    parser.add_argument("--folder", type=Path, help="where certificates are kept")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between reports")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace, folder: Path, configs: list[PrinterConfig]) -> None:
    """Simulate until a signal comes."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Simulator(
        folder, configs, control_port=arguments.control_port, interval=arguments.interval
    ) as simulator:
        up = {
            "control": simulator.control_port,
            "printers": {name: simulator.describe(name) for name in simulator.printers},
        }
        print("ready", json.dumps(up), flush=True)  # noqa: T201 -- whoever started us waits for it
        await stop.wait()


def main() -> int:
    """Run; return the exit status."""
    arguments = _arguments()
    try:
        configs = (
            [PrinterConfig.from_dict(each) for each in json.loads(arguments.config.read_text())]
            if arguments.config
            else list(_DEMO)
        )
    except (OSError, ValueError, TypeError, AttributeError) as err:
        print(f"simulator: {arguments.config}: {err}", file=sys.stderr)  # noqa: T201 -- a program
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(_run(arguments, arguments.folder or Path(temporary), configs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
