"""The yardstick: bare MQTT clients that decrypt and parse reports, and do nothing else.

Run by the benchmarks as a process of its own.
"""

import asyncio
from contextlib import AsyncExitStack
import json
import ssl
import sys
import time
from typing import Any, Final

import aiomqtt
import orjson

from .children import obey
from .probe.memory import used_memory
from .probe.stalls import StallWatch

# As many as the integration lets connect at a time.
_AT_ONCE: Final = 8


class Bare:
    """The clients of some printers."""

    def __init__(self, printers: list[dict[str, Any]]) -> None:
        """Prepare a client for each."""
        self._printers = printers
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE
        self._clients = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._stalls = StallWatch()
        self._reports = 0
        self._changes: list[float] = []

    async def connect(self) -> float:
        """Connect all; return the seconds that it took until all have subscribed."""
        start, gate = time.monotonic(), asyncio.Semaphore(_AT_ONCE)
        clients = await asyncio.gather(
            *(self._connect(printer, gate) for printer in self._printers)
        )
        self._tasks = [asyncio.create_task(self._listen(client)) for client in clients]
        return time.monotonic() - start

    async def _connect(self, printer: dict[str, Any], gate: asyncio.Semaphore) -> aiomqtt.Client:
        client = aiomqtt.Client(
            printer["host"],
            printer["port"],
            username="bblp",
            password=printer["access_code"],
            identifier=f"bare_{printer['serial']}",
            keepalive=30,
            tls_context=self._context,
            tls_insecure=True,
        )
        async with gate:
            await self._clients.enter_async_context(client)
        await client.subscribe(f"device/{printer['serial']}/report")
        return client

    async def _listen(self, client: aiomqtt.Client) -> None:
        """Parse all that comes, and note when the faults are others than before."""
        faults: Any = None
        async for message in client.messages:
            received = time.monotonic()
            status = orjson.loads(bytes(message.payload)).get("print", {})
            if status.get("command") != "push_status":
                continue
            self._reports += 1
            if "hms" in status and status["hms"] != faults:
                if faults is not None:
                    self._changes.append(received)
                faults = status["hms"]

    async def do(self, command: dict[str, Any]) -> dict[str, Any]:
        """Say what was noted, and begin anew; `watch`: look for stalls from now on."""
        noted = {
            "cpu": time.process_time(),
            "memory": used_memory(),
            "reports": self._reports,
            "changes": self._changes,
            "stalls": self._stalls.read(),
        }
        self._changes = []
        self._stalls.turn(command.get("watch"))
        return noted


async def _main() -> None:
    bare = Bare(json.loads(sys.argv[1])["printers"])
    before = (await bare.do({}))["memory"]
    took = await bare.connect()
    await obey({"seconds": took, "memory_before": before}, bare.do)


if __name__ == "__main__":
    asyncio.run(_main())
