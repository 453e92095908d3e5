"""Processes of their own that are asked over their standard input, one JSON object a line."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
import json
from pathlib import Path
import signal
import sys
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
_LONGEST_LINE: Final = 64 * 1024 * 1024


class Child:
    """One such process."""

    def __init__(self, process: asyncio.subprocess.Process, said: dict[str, Any]) -> None:
        """Take over a process that has said its first word."""
        self._process = process
        self.said = said

    async def ask(self, command: str, **data: Any) -> Any:
        """Have it do something, and return what it says to that."""
        if self._process.stdin is None:
            raise RuntimeError("the process does not listen")
        self._process.stdin.write(json.dumps({"do": command, **data}).encode() + b"\n")
        await self._process.stdin.drain()
        return await _word(self._process)


@asynccontextmanager
async def child(module: str, **data: Any) -> AsyncGenerator[Child]:
    """Start a module of this package, tell it what to be, and end it afterwards."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"scripts.benchmarks.{module}",
        json.dumps(data),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
        start_new_session=True,
    )
    try:
        yield Child(process, await _word(process))
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def _word(process: asyncio.subprocess.Process) -> Any:
    line = await process.stdout.readline() if process.stdout else b""
    if not line:
        raise RuntimeError("a process of the benchmark has ended")
    return json.loads(line)


async def obey(said: dict[str, Any], do: Callable[[dict[str, Any]], Awaitable[Any]]) -> None:
    """Be such a process: say the first word, then do what comes, until nobody asks any more."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    print(json.dumps(said), flush=True)
    while line := await reader.readline():
        print(json.dumps(await do(json.loads(line))), flush=True)
