"""The vendor's text service: what it is asked, and what is made of its answers."""

import asyncio
from collections.abc import AsyncGenerator
import json
from typing import Any

import aiohttp
from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_hms.hms.code import parse
from custom_components.bambu_hms.hms.texts import LANGUAGES, MOST_TEXTS, OfficialTexts
from custom_components.bambu_hms.printer import feed
from custom_components.bambu_hms.printer.feed import (
    FeedError,
    NoTextsError,
    ask,
    parse_answer,
    prefix_of,
    service_url,
    vendor_language,
)
from tests.simulator import Mode, TextService

SLOT = parse("0701_2200_0002_0001")


@pytest.fixture
async def service(socket_enabled: None) -> AsyncGenerator[TextService]:
    """Run a simulated text service."""
    async with TextService() as running:
        yield running


@pytest.fixture
async def session(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """Open what the service is asked through."""
    async with aiohttp.ClientSession() as opened:
        yield opened


async def texts_of(
    service: TextService, session: aiohttp.ClientSession, lang: str = "en", prefix: str = "00M"
) -> OfficialTexts:
    """Ask for texts of which none are held."""
    texts = await ask(session, lang, prefix, None, url=service.url)
    assert texts is not None
    return texts


class TestAsking:
    """What is sent, and what comes of a good answer."""

    @pytest.mark.parametrize("lang", LANGUAGES)
    async def test_texts_in_the_language_asked_for(
        self, service: TextService, session: aiohttp.ClientSession, lang: str
    ) -> None:
        texts = await texts_of(service, session, lang)
        assert (texts.lang, texts.version, texts.skipped) == (lang, service.version, 0)
        assert texts.find(SLOT) == service.text("0701220000020001", lang)
        assert (texts.find(SLOT) or "").endswith("AMS B slot 3 filament has run out.")
        assert texts.find(parse("0500_0600_0002_0035")) == "", "an internal code"
        assert (texts.find(parse("0300-8003")) or "").endswith(
            "Spaghetti was found on the build plate."
        )
        assert len(texts) > 1000

    async def test_nothing_is_sent_but_a_language_a_model_and_a_version(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        await texts_of(service, session, "pt-br", "094")
        assert service.asked == [{"lang": "pt-br", "d": "094", "v": "0"}]
        assert service.agents == ["bambu_hms"]

    async def test_what_is_current_is_not_sent_again(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        texts = await texts_of(service, session)
        assert await ask(session, "en", "00M", texts, url=service.url) is None
        assert service.asked[1] == {"lang": "en", "d": "00M", "v": str(service.version)}

    async def test_newer_texts_are_sent(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        texts = await texts_of(service, session)
        service.version += 1
        newer = await ask(session, "en", "00M", texts, url=service.url)
        assert newer is not None
        assert newer.version == texts.version + 1

    async def test_texts_in_another_language_are_not_current(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        english = await texts_of(service, session)
        german = await ask(session, "de", "00M", english, url=service.url)
        assert german is not None
        assert german.lang == "de"

    async def test_a_code_can_read_differently_on_one_model(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        heatbed = parse("0300_0100_0001_0007")
        x1c = await texts_of(service, session, prefix="00M")
        h2d = await texts_of(service, session, prefix="094")
        assert x1c.find(heatbed) != h2d.find(heatbed)

    @pytest.mark.parametrize(
        ("lang", "prefix"),
        [("xx", "00M"), ("nb", "00M"), ("", "00M"), ("en", "00M00A000000001"), ("en", "00m"),
         ("en", ""), ("en", "0&v"), ("en", "00M\n")],
    )  # fmt: skip
    async def test_nothing_else_can_be_sent(
        self, service: TextService, session: aiohttp.ClientSession, lang: str, prefix: str
    ) -> None:
        with pytest.raises(ValueError, match="ever sent"):
            await ask(session, lang, prefix, None, url=service.url)
        assert service.asked == []


class TestTrouble:
    """A service that misbehaves costs a `FeedError`, soon, and tells nothing of its answer."""

    @pytest.mark.parametrize(
        ("mode", "words"),
        [
            (Mode.ERROR, "answered with status 500"),
            (Mode.REDIRECT, "answered with status 302"),
            (Mode.JUNK, "the answer is no JSON"),
            (Mode.OVERSIZED, "the answer is longer than 8 MiB"),
            (Mode.BOMB, "the answer is longer than 8 MiB"),
            (Mode.EMPTY, "has no texts in en"),
        ],
    )
    async def test_an_answer_that_is_none(
        self, service: TextService, session: aiohttp.ClientSession, mode: Mode, words: str
    ) -> None:
        service.mode = mode
        with pytest.raises(FeedError) as error:
            await ask(session, "en", "00M", None, url=service.url)
        assert str(error.value) == words
        assert len(service.asked) == 1, "asked once"
        assert service.followed == 0, "asked nobody else"

    async def test_no_texts_in_a_language_is_an_error_of_its_own(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        service.mode = Mode.EMPTY
        with pytest.raises(NoTextsError):
            await ask(session, "de", "00M", None, url=service.url)

    async def test_a_service_that_does_not_answer_is_given_up(
        self, service: TextService, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert feed._TIMEOUT == 20
        monkeypatch.setattr(feed, "_TIMEOUT", 0.2)
        service.mode = Mode.SLOW
        async with asyncio.timeout(5):
            with pytest.raises(FeedError, match=r"^no answer within 0\.2 s$"):
                await ask(session, "en", "00M", None, url=service.url)

    async def test_nobody_is_there(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        await service.stop()
        with pytest.raises(FeedError, match="cannot be reached"):
            await ask(session, "en", "00M", None, url=service.url)

    async def test_it_works_again_afterwards(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        service.mode = Mode.OVERSIZED
        with pytest.raises(FeedError):
            await ask(session, "en", "00M", None, url=service.url)
        service.mode = Mode.OK
        assert await texts_of(service, session)

    async def test_current_is_no_answer_where_nothing_is_held(
        self, service: TextService, session: aiohttp.ClientSession
    ) -> None:
        service.version = 0
        with pytest.raises(FeedError, match="what is not held"):
            await ask(session, "en", "00M", None, url=service.url)


def answer(**changes: Any) -> bytes:
    """Return the bytes of an answer with one text, but for the changes."""
    hms = {"ver": 5, "en": [{"ecode": "0701220000020001", "intro": "Ran out."}]}
    return json.dumps(
        {"result": 0, "ver": 5, "data": {"device_hms": hms, "device_error": {}}} | changes
    ).encode()


def listed(*entries: object, lang: str = "en") -> bytes:
    """Return the bytes of an answer with these entries in its list of HMS codes."""
    return answer(data={"device_hms": {"ver": 5, lang: list(entries)}})


class TestAnswers:
    """Bytes in, texts out."""

    def test_a_whole_answer(self) -> None:
        texts = parse_answer(answer(), "en")
        assert texts is not None
        assert (texts.find(SLOT), texts.version, texts.lang) == ("Ran out.", 5, "en")

    def test_current(self) -> None:
        assert parse_answer(b'{"result":201}', "en") is None

    @pytest.mark.parametrize("version", [None, "5", -5, True, 5.5, [], 10**18])
    def test_a_version_that_is_none_is_asked_for_anew(self, version: object) -> None:
        texts = parse_answer(answer(ver=version), "en")
        assert texts is not None
        assert texts.version == 0

    @pytest.mark.parametrize("lang", ["pt-br", "pt-BR", "pt_br"])
    def test_a_language_in_any_spelling(self, lang: str) -> None:
        entry = {"ecode": "0701220000020001", "intro": "Acabou."}
        texts = parse_answer(listed(entry, lang=lang), "pt-br")
        assert texts is not None
        assert texts.find(SLOT) == "Acabou."

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"\xff\xfe",
            b"[]",
            b"5",
            b"null",
            b"[" * 100_000,
            b"{}",
            answer(result=1),
            answer(result="0"),
            answer(result=False),
            answer(data=None),
            answer(data=[]),
            answer(data={"device_hms": []}),
            answer(data={"device_hms": {"en": {"ecode": "0701220000020001"}}}),
            listed({"ecode": "07", "intro": "x"}),
        ],
    )
    def test_an_answer_of_another_shape(self, payload: bytes) -> None:
        with pytest.raises(FeedError) as error:
            parse_answer(payload, "en")
        assert not isinstance(error.value, NoTextsError)

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"device_hms": {"ver": 5, "en": []}, "device_error": {"ver": 5, "en": []}},
            {"device_hms": {"ver": 5, "de": [{"ecode": "0701220000020001", "intro": "Leer."}]}},
        ],
    )
    def test_a_good_answer_without_texts(self, data: dict[str, Any]) -> None:
        with pytest.raises(NoTextsError):
            parse_answer(answer(data=data), "en")

    @pytest.mark.parametrize(
        "entry",
        [
            None,
            5,
            [],
            {},
            {"ecode": 5, "intro": "x"},
            {"ecode": "07012200", "intro": "the other channel's"},
            {"ecode": "070122000002000G", "intro": "no digit"},
            {"ecode": "0701220000020002", "intro": None},
            {"ecode": "0701220000020002"},
        ],
    )
    def test_a_bad_entry_costs_no_other(self, entry: object) -> None:
        texts = parse_answer(listed(entry, {"ecode": "0701220000020001", "intro": "a"}), "en")
        assert texts is not None
        assert (len(texts), texts.skipped) == (1, 1)

    def test_an_answer_is_bounded(self) -> None:
        entries = [{"ecode": f"{n:016X}", "intro": "x"} for n in range(MOST_TEXTS + 5)]
        texts = parse_answer(listed(*entries), "en")
        assert texts is not None
        assert (len(texts), texts.skipped) == (MOST_TEXTS, 5)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["en", "ver", "ecode", "intro"]) | st.text(max_size=4), inner
        )
    ),
    max_leaves=20,
)
_entry = st.fixed_dictionaries(
    {"ecode": st.from_regex(r"[0-9A-F]{8}([0-9A-F]{8})?", fullmatch=True) | _json, "intro": _json}
)
_lists = st.fixed_dictionaries({"en": st.lists(_entry | _json) | _json})
_answers = st.fixed_dictionaries(
    {
        "result": st.sampled_from([0, 201, 5]) | _json,
        "ver": _json,
        "data": st.fixed_dictionaries(
            {"device_hms": _lists | _json, "device_error": _lists | _json}
        )
        | _json,
    }
)


@given(st.binary(max_size=200) | (_json | _answers).map(lambda value: json.dumps(value).encode()))
def test_any_answer_is_texts_or_an_error(payload: bytes) -> None:
    """Whatever comes is read or refused."""
    try:
        texts = parse_answer(payload, "en")
    except FeedError:
        return
    assert texts is None or len(texts)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        *((lang, lang) for lang in LANGUAGES),
        ("en-GB", "en"),
        ("de-CH", "de"),
        ("es-419", "es"),
        ("pt-PT", "pt"),
        ("pt-BR", "pt-br"),
        ("pt_BR", "pt-br"),
        ("zh", "zh-cn"),
        ("zh-CN", "zh-cn"),
        ("zh-Hans", "zh-cn"),
        ("zh-Hans-CN", "zh-cn"),
        ("zh-Hant", "en"),
        ("zh-Hant-HK", "en"),
        ("zh-TW", "en"),
        ("nb", "en"),
        ("ens", "en"),
        ("../x", "en"),
        ("", "en"),
    ],
)
def test_home_assistants_languages(tag: str, language: str) -> None:
    assert vendor_language(tag) == language


@pytest.mark.parametrize(
    ("serial", "prefix"),
    [("00M00A000000001", "00M"), ("01p00A000000001", "01P"), ("22E", "22E"), ("22", None),
     ("../", None), ("ß0A0", None), ("\u0660\u0661\u0662", None), (" 00M", None), ("", None)],
)  # fmt: skip
def test_what_of_a_serial_number_is_sent(serial: str, prefix: str | None) -> None:
    assert prefix_of(serial) == prefix


@pytest.mark.parametrize(
    ("port", "url"),
    [
        (None, "https://e.bambulab.com/query.php"),
        ("8080", "http://127.0.0.1:8080/query.php"),
        ("65535", "http://127.0.0.1:65535/query.php"),
        ("65536", "https://e.bambulab.com/query.php"),
        ("0", "https://e.bambulab.com/query.php"),
        ("", "https://e.bambulab.com/query.php"),
        ("80@example.com", "https://e.bambulab.com/query.php"),
        ("80\n", "https://e.bambulab.com/query.php"),
    ],
)
def test_only_this_machine_can_stand_in(
    monkeypatch: pytest.MonkeyPatch, port: str | None, url: str
) -> None:
    monkeypatch.delenv("BAMBU_HMS_TEXT_PORT", raising=False)
    if port is not None:
        monkeypatch.setenv("BAMBU_HMS_TEXT_PORT", port)
    assert service_url() == url
