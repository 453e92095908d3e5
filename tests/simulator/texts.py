"""The vendor's text service, simulated: its shape, its versions, and what can be wrong with it.

The English texts are those of the embedded table, spelled out for every unit and slot; the other
languages say the same behind a mark of their own.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from functools import cache
import gzip
from itertools import product
import json
from pathlib import Path
import time
from typing import Any, Final, Self

from aiohttp import web

_LOOPBACK = "127.0.0.1"
_TABLE = Path(__file__).parents[2] / "custom_components" / "bambu_hms" / "hms" / "catalog.json"

# What a text starts with in each language.
_MARKS: Final = {
    "en": "",
    "de": "[de] Störung: ",
    "es": "[es] ",
    "fr": "[fr] Défaut : ",
    "hu": "[hu] ",
    "it": "[it] ",
    "ja": "[ja] エラー: ",
    "ko": "[ko] ",
    "nl": "[nl] ",
    "pl": "[pl] ",
    "pt": "[pt] ",
    "pt-br": "[pt-br] ",
    "ru": "[ru] Ошибка: ",
    "sv": "[sv] ",
    "zh-cn": "[zh-cn] 故障 ",
}

_PRINT_ERRORS: Final = {
    "03008000": "Printing was paused for an unknown reason.",
    "03008003": "Spaghetti was found on the build plate.",
    "03008004": "Filament ran out. Please load new filament.",
    "03008005": "The front cover of the toolhead fell off.",
    "03008009": "The heatbed's temperature is out of control.",
    "0300800A": "Waste has piled up behind the printer.",
    "03008014": "The nozzle is covered with filament.",
    "0300400C": "The print was cancelled.",
    "05004002": "This printer cannot print this file.",
    "05008060": "A module was replaced.",
    "07008006": "Cannot feed filament into the extruder.",
    "07008011": "AMS A filament ran out. Please put new filament into the same slot.",
    "07018011": "AMS B filament ran out. Please put new filament into the same slot.",
    "07FF8011": "External filament ran out. Please load new filament.",
    "0C008005": "Purged filament has piled up.",
    "18808011": "AMS HT A filament ran out. Please put new filament into the same slot.",
}

# The printer's own screen shows nothing for these.
_BLANK_HMS: Final = (
    "0500010000020008",
    "0500010000020009",
    "0500030000020010",
    "0500030000020050",
    "0500060000020035",
    "0500060000020054",
    "0C0001000002000E",
)
_BLANK_PRINT_ERRORS: Final = ("05008030", "0500C011", "05024007", "0C008002")

# Codes that read otherwise on some models, by the first three characters of their serial numbers.
_BY_PREFIX: Final = {
    "094": {
        "0300010000010007": "The temperature of the heatbed (H2D) is abnormal.",
        "0500C011": "Only this model has words for this code.",
    },
    "039": {"0300010000010007": "The temperature of the heatbed (A1) is abnormal."},
}

_LETTERS: Final = "ABCDEFGH"
_PLACEHOLDERS: Final = {"u": "01234567", "s": "0123"}
# What "{part}" stands for, by the part of the code.
_PARTS: Final = dict(
    zip(
        (0x06, 0x07, 0x08, 0x13, 0x14, 0x15, 0x0A, 0x0B, 0x0C, 0x10, 0x11),
        "ABZABZ123XY",
        strict=True,
    )
)


class Mode(StrEnum):
    """How the service behaves."""

    OK = "ok"
    ERROR = "error"
    """Status 500."""
    JUNK = "junk"
    """A web page."""
    SLOW = "slow"
    """Never answers."""
    OVERSIZED = "oversized"
    """Never ends."""
    BOMB = "bomb"
    """Small on the wire, huge once it is decompressed."""
    EMPTY = "empty"
    """The right shape, and nothing in it."""
    REDIRECT = "redirect"
    """Sends the client to another host."""


class TextService:
    """The service on a port of the loopback address: ``/query.php?lang=…&d=…&v=…``."""

    def __init__(self, port: int = 0) -> None:
        """Prepare; any free port where none is given."""
        self.port = port
        self.mode = Mode.OK
        self.version = 202511162200
        self.asked: list[dict[str, str]] = []
        """Every query that came."""
        self.agents: list[str] = []
        """What each client called itself."""
        self.followed = 0
        """How often a redirect was followed."""
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{_LOOPBACK}:{self.port}/query.php"

    async def start(self) -> None:
        """Listen; the port is known from then on."""
        app = web.Application()
        app.add_routes([web.get("/query.php", self._answer), web.get("/elsewhere", self._follow)])
        # Answers that never end must not keep the service from ending.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, _LOOPBACK, self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Refuse from now on; the port stays the same for another start."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def describe(self) -> dict[str, Any]:
        """Return how it behaves and what it was asked."""
        return {
            "port": self.port,
            "mode": self.mode,
            "version": self.version,
            "asked": self.asked,
        }

    def text(self, code: str, lang: str = "en", prefix: str = "00M") -> str | None:
        """Return the text that it has for a code of 16 or 8 digits."""
        return (hms_texts(lang, prefix) | print_error_texts(lang, prefix)).get(code)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a query, or misbehave."""
        self.asked.append(dict(request.query))
        self.agents.append(request.headers.get("User-Agent", ""))
        match self.mode:
            case Mode.ERROR:
                return web.Response(status=500, text="not today")
            case Mode.JUNK:
                return web.Response(text="<html><body>not today</body></html>")
            case Mode.SLOW:
                await asyncio.Event().wait()
            case Mode.OVERSIZED:
                return await _endless(request)
            case Mode.BOMB:
                return web.Response(body=_bomb(), headers={"Content-Encoding": "gzip"})
            case Mode.REDIRECT:
                raise web.HTTPFound(f"http://localhost:{self.port}/elsewhere")
        return web.json_response(self._content(request.query))

    async def _follow(self, _: web.Request) -> web.Response:
        """Take note that a redirect was followed."""
        self.followed += 1
        return web.json_response({"result": 201})

    def _content(self, query: Any) -> dict[str, Any]:
        """Return the answer to a query."""
        lang, prefix = query.get("lang", "en"), query.get("d", "")
        head = {"t": int(time.time()), "ver": self.version}
        if query.get("v") == str(self.version):
            return {"result": 201, **head}
        has_texts = lang in _MARKS and self.mode is not Mode.EMPTY
        hms = hms_texts(lang, prefix) if has_texts else {}
        errors = print_error_texts(lang, prefix) if has_texts else {}
        return {
            "result": 0,
            **head,
            "data": {
                "device_hms": {"ver": self.version, lang: _entries(hms)},
                "device_error": {"ver": self.version, lang: _entries(errors)},
            },
        }


@cache
def hms_texts(lang: str, prefix: str) -> dict[str, str]:
    """Return the texts of HMS codes by their 16 digits."""
    return _said(dict(_spelled_out()), _BLANK_HMS, lang, prefix, digits=16)


@cache
def print_error_texts(lang: str, prefix: str) -> dict[str, str]:
    """Return the texts of print errors by their 8 digits."""
    return _said(_PRINT_ERRORS, _BLANK_PRINT_ERRORS, lang, prefix, digits=8)


def _said(
    english: dict[str, str], blank: tuple[str, ...], lang: str, prefix: str, *, digits: int
) -> dict[str, str]:
    """Return texts in a language, as a model has them."""
    own = {code: text for code, text in _BY_PREFIX.get(prefix, {}).items() if len(code) == digits}
    texts = {code: _MARKS[lang] + text for code, text in (english | own).items()}
    return texts | {code: "" for code in blank if code not in own}


def _entries(texts: dict[str, str]) -> list[dict[str, str]]:
    """Return texts in the service's shape."""
    return [{"ecode": code, "intro": text} for code, text in texts.items()]


def _spelled_out() -> Iterator[tuple[str, str]]:
    """Yield every code of the embedded table with its text."""
    for entry in json.loads(_TABLE.read_text(encoding="utf-8")):
        groups = [list(_alternatives(group)) for group in entry["pattern"].split("_")]
        for unit, part, level, number in product(*groups):
            code = f"{unit}{part}{level}{number}"
            yield code, _filled(entry["message"], code)
            # Whatever an AMS can have, an AMS HT can have.
            if unit.startswith("070"):
                ht = f"188{code[3:]}"
                yield ht, _filled(entry["message"], ht)


def _alternatives(group: str) -> Iterator[str]:
    """Yield the groups of four digits that one of the table stands for."""
    for alternative in group.split(","):
        low, dots, high = alternative.partition("..")
        if dots:
            yield from (f"{number:04X}" for number in range(int(low, 16), int(high, 16) + 1))
        else:
            yield from map("".join, product(*(_PLACEHOLDERS.get(char, char) for char in low)))


def _filled(message: str, code: str) -> str:
    """Return a message with what its placeholders stand for."""
    kind = {"12": "AMS Lite", "18": "AMS HT"}.get(code[:2], "AMS")
    return message.format(
        ams=f"{kind} {_LETTERS[int(code[3], 16) % 8]}",
        slot=int(code[5], 16) % 4 + 1,
        part=_PARTS.get(int(code[4:6], 16), ""),
    )


async def _endless(request: web.Request) -> web.StreamResponse:
    """Send a text without an end, for as long as somebody reads it."""
    response = web.StreamResponse()
    await response.prepare(request)
    with suppress(ConnectionError):
        await response.write(b'{"result":0,"data":"')
        while True:
            await response.write(b"x" * 65_536)
    return response


@cache
def _bomb() -> bytes:
    """Return 100 MiB of spaces, which few bytes tell."""
    return gzip.compress(b" " * 100 * 1024 * 1024, compresslevel=1)
