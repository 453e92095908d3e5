"""The vendor's text service: the only address outside the house that is ever asked for anything.

It is sent a language, the first three characters of a serial number, which tell the model, and the
version of the texts that are held; nothing else. When to ask, and where to keep the answer, is up
to the caller.

Source: the vendor's slicer, which asks the same service.
"""

import asyncio
from collections.abc import Iterator
from os import environ
import re
from typing import Any, Final

import aiohttp
import orjson

from custom_components.bambu_hms.hms.code import FaultCode, Kind
from custom_components.bambu_hms.hms.texts import (
    LANGUAGES,
    MOST_TEXTS,
    OfficialTexts,
    code_of,
    version_of,
)

SERVICE_URL: Final = "https://e.bambulab.com/query.php"

_PORT_VARIABLE: Final = "BAMBU_HMS_TEXT_PORT"
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_HIGHEST_PORT: Final = 65535

_TIMEOUT: Final = 20.0
_LONGEST_ANSWER: Final = 8 * 1024 * 1024
_CHUNK: Final = 64 * 1024
# Else every request would tell which version of Home Assistant runs here.
_HEADERS: Final = {"User-Agent": "bambu_hms", "Accept": "application/json"}

_OK: Final = 200
_HAS_TEXTS: Final = 0
_IS_CURRENT: Final = 201
_LISTS: Final = {"device_hms": Kind.HMS, "device_error": Kind.PRINT_ERROR}

_ENGLISH: Final = "en"
# Home Assistant's tags that are written otherwise or would lead to a script that their readers
# do not read.
_OTHER_TAGS: Final = {
    "zh": "zh-cn",
    "zh-hans": "zh-cn",
    "zh-sg": "zh-cn",
    "zh-hant": _ENGLISH,
    "zh-hk": _ENGLISH,
    "zh-mo": _ENGLISH,
    "zh-tw": _ENGLISH,
}
_PREFIX = re.compile(r"[0-9A-Za-z]{3}")


class FeedError(Exception):
    """There are no texts to be had now; says why, with nothing of the answer but a number."""


class NoTextsError(FeedError):
    """The service answered well and has no texts in this language: English may have some."""


def service_url() -> str:
    """Where to ask: the vendor's service, unless a port of this machine is named instead.

    The demo and the end-to-end tests serve texts of their own, on the port in the environment
    variable BAMBU_HMS_TEXT_PORT. Anything but a port number there counts as nothing.
    """
    # The variable cannot name a host: whoever can set it must not be able to send us elsewhere.
    port = environ.get(_PORT_VARIABLE, "")
    if _PORT.fullmatch(port) and int(port) <= _HIGHEST_PORT:
        return f"http://127.0.0.1:{port}/query.php"
    return SERVICE_URL


def vendor_language(tag: str) -> str:
    """The language of the vendor's that serves a reader of Home Assistant's, else English."""
    known = tag.replace("_", "-").lower()
    while known:
        if known in LANGUAGES:
            return known
        if known in _OTHER_TAGS:
            return _OTHER_TAGS[known]
        known = known.rpartition("-")[0]
    return _ENGLISH


def prefix_of(serial: str) -> str | None:
    """The three characters of a serial number that tell the model, or None if they tell none."""
    prefix = _PREFIX.match(serial)
    return prefix[0].upper() if prefix else None


async def ask(
    session: aiohttp.ClientSession,
    lang: str,
    prefix: str,
    held: OfficialTexts | None,
    *,
    url: str = SERVICE_URL,
) -> OfficialTexts | None:
    """Ask once for the texts of a language and a model; None: what is held is current.

    Takes 20 seconds at most. Raises `FeedError`, `NoTextsError` where the language has none, and
    `ValueError` for a language or a prefix that must not be sent. The session should keep no
    cookies.
    """
    if lang not in LANGUAGES or len(prefix) > 3 or prefix_of(prefix) != prefix:
        raise ValueError("only a language of the vendor's and three characters are ever sent")
    if held is not None and held.lang != lang:
        held = None
    query = {"lang": lang, "d": prefix, "v": str(held.version if held else 0)}
    try:
        async with session.get(
            url,
            params=query,
            headers=_HEADERS,
            # Who follows a redirect asks an address that nobody agreed to.
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT),
        ) as response:
            if response.status != _OK:
                raise FeedError(f"answered with status {response.status}")
            payload = await _read(response)
    except TimeoutError:
        raise FeedError(f"no answer within {_TIMEOUT:g} s") from None
    except aiohttp.ClientError, OSError:
        # What they say can hold words of the answer.
        raise FeedError("cannot be reached, or broke off") from None
    texts = await asyncio.to_thread(parse_answer, payload, lang)
    if texts is None and held is None:
        raise FeedError("calls current what is not held")
    return texts


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read an answer, but never more than there should be."""
    payload = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        payload += chunk
        if len(payload) > _LONGEST_ANSWER:
            raise FeedError("the answer is longer than 8 MiB")
    return bytes(payload)


def parse_answer(payload: bytes, lang: str) -> OfficialTexts | None:
    """Read an answer; None: what is held is current. Takes too long for the event loop.

    Raises `FeedError` on anything else, `NoTextsError` where the lists of this language are empty.
    """
    try:
        answer = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise FeedError("the answer is no JSON") from None
    if not isinstance(answer, dict):
        raise FeedError("the answer is no JSON object")
    result = answer.get("result")
    if isinstance(result, bool) or not isinstance(result, int):
        raise FeedError("the answer has no result")
    if result == _IS_CURRENT:
        return None
    if result != _HAS_TEXTS:
        raise FeedError(f"answered with result {result}")
    entries = list(_entries(answer.get("data"), lang))
    texts = [found for kind, entry in entries[:MOST_TEXTS] if (found := _text(kind, entry))]
    if not texts:
        raise (
            FeedError("no text can be read") if entries else NoTextsError(f"has no texts in {lang}")
        )
    return OfficialTexts.of(
        lang, version_of(answer.get("ver")) or 0, texts, skipped=len(entries) - len(texts)
    )


def _entries(data: Any, lang: str) -> Iterator[tuple[Kind, Any]]:
    """Yield what stands in the lists of a language."""
    if not isinstance(data, dict):
        raise FeedError("the answer has no lists")
    for name, kind in _LISTS.items():
        lists = data.get(name, {})
        if not isinstance(lists, dict):
            raise FeedError("one of the lists is none")
        for key, entries in lists.items():
            # Which case the vendor writes "pt-br" in is not known for all of its servers.
            if key.replace("_", "-").lower() != lang or not entries:
                continue
            if not isinstance(entries, list):
                raise FeedError("one of the lists is none")
            yield from ((kind, entry) for entry in entries)


def _text(kind: Kind, entry: Any) -> tuple[FaultCode, str] | None:
    """Return the code of an entry with its text, or None."""
    if not isinstance(entry, dict):
        return None
    code, text = code_of(kind, entry.get("ecode")), entry.get("intro")
    return (code, text) if code is not None and isinstance(text, str) else None
