"""The simulated text service itself, seen with a plain HTTP client."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from . import Mode, Simulator, TextService
from .texts import hms_texts, print_error_texts


async def content(service: TextService, **query: str) -> dict[str, Any]:
    """Return the answer to a query."""
    async with aiohttp.ClientSession() as session, session.get(service.url, params=query) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


async def test_an_answer_has_the_vendors_shape(socket_enabled: None) -> None:
    async with TextService() as service:
        answer = await content(service, lang="en", d="00M", v="0")
    assert (answer["result"], answer["ver"]) == (0, service.version)
    assert set(answer["data"]) == {"device_hms", "device_error"}
    hms = answer["data"]["device_hms"]
    assert hms["ver"] == service.version
    assert {"ecode": "0300010000010007", "intro": service.text("0300010000010007")} in hms["en"]
    assert all(len(entry["ecode"]) == 16 for entry in hms["en"])
    assert all(len(entry["ecode"]) == 8 for entry in answer["data"]["device_error"]["en"])


async def test_a_language_that_it_does_not_have_comes_empty(socket_enabled: None) -> None:
    async with TextService() as service:
        answer = await content(service, lang="nb", d="00M", v="0")
    assert (answer["result"], answer["data"]["device_hms"]["nb"]) == (0, [])


async def test_who_holds_the_current_version_gets_nothing(socket_enabled: None) -> None:
    async with TextService() as service:
        answer = await content(service, lang="en", d="00M", v=str(service.version))
    assert answer["result"] == 201
    assert "data" not in answer


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("0702230000020001", "AMS C slot 4 filament has run out."),
        ("1881200000020001", "AMS HT B slot 1 filament has run out."),
        ("0300070000010001", "Motor B has an open circuit."),
        ("0300110000020001", "The 1st order mechanical resonance mode of the Y axis is low."),
        ("03000D0000010007", "The build plate is not placed properly."),
        ("0500060000020035", ""),
    ],
)
def test_texts_are_spelled_out(code: str, text: str) -> None:
    found = hms_texts("en", "00M")[code]
    assert found.startswith(text)
    assert bool(found) is bool(text)


def test_there_are_as_many_as_to_be_realistic() -> None:
    assert len(hms_texts("en", "00M")) > 1000
    assert "{" not in "".join(hms_texts("en", "00M").values())


def test_some_codes_read_otherwise_on_one_model() -> None:
    assert print_error_texts("en", "00M")["0500C011"] == ""
    assert print_error_texts("en", "094")["0500C011"]


async def test_the_control_interface(socket_enabled: None, tmp_path: Path) -> None:
    """Scripts in other processes let the service misbehave."""
    async with (
        Simulator(tmp_path, []) as simulator,
        aiohttp.ClientSession(f"http://127.0.0.1:{simulator.control_port}") as session,
    ):
        await content(simulator.texts, lang="en", d="00M", v="0")
        for body in ({"mode": "slow"}, {"version": 5}, {"mode": "ok", "version": 6}):
            async with session.post("/texts", json=body) as answer:
                assert (await answer.json()).items() >= body.items()
        assert (simulator.texts.mode, simulator.texts.version) == (Mode.OK, 6)
        async with session.get("/texts") as answer:
            assert (await answer.json()) == {
                "port": simulator.texts.port,
                "mode": "ok",
                "version": 6,
                "asked": [{"lang": "en", "d": "00M", "v": "0"}],
            }
        for wrong in ({"mode": "polite"}, {"mode": 5}, {}, {"mode": "ok", "more": 1}):
            async with session.post("/texts", json=wrong) as answer:
                assert answer.status == 400
