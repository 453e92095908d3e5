"""Runs simulated printers and a text service: `python -m tests.simulator --config printers.json`.

Once all are up it prints the word "ready" and a JSON object: the port of the control interface as
"control", that of the text service as "texts", and the printers by name. It ends with a signal.
"""

import argparse
import asyncio
import json
import logging
from pathlib import Path
import signal
import sys
import tempfile

from .simulator import PrinterConfig, Simulator


def _arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="JSON file: a list of printers")
    parser.add_argument("--folder", type=Path, help="where certificates are kept")
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--texts-port", type=int, default=0, help="of the text service")
    parser.add_argument("--broadcast-port", type=int, help="UDP port to announce the printers at")
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between reports")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace, folder: Path, configs: list[PrinterConfig]) -> None:
    """Simulate until a signal comes."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Simulator(
        folder,
        configs,
        control_port=arguments.control_port,
        texts_port=arguments.texts_port,
        broadcast_port=arguments.broadcast_port,
        interval=arguments.interval,
    ) as simulator:
        up = {
            "control": simulator.control_port,
            "texts": simulator.texts.port,
            "printers": {name: simulator.describe(name) for name in simulator.printers},
        }
        print("ready", json.dumps(up), flush=True)  # noqa: T201 -- whoever started us waits for it
        await stop.wait()


def main() -> int:
    """Run; return the exit status."""
    arguments = _arguments()
    # The broker warns of every client that goes without a word, which is what printers see daily.
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)
    try:
        configs = [
            PrinterConfig.from_dict(each) for each in json.loads(arguments.config.read_text())
        ]
    except (OSError, ValueError, TypeError, AttributeError) as err:
        print(f"simulator: {arguments.config}: {err}", file=sys.stderr)  # noqa: T201 -- a program
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        asyncio.run(_run(arguments, arguments.folder or Path(temporary), configs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
