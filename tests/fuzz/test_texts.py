"""The text service's answers, and what is kept of them."""

from functools import cache
import json
from typing import Any, Final

from hypothesis import given
import orjson

from custom_components.bambu_hms.hms.code import FaultCode
from custom_components.bambu_hms.hms.texts import LONGEST_TEXT, MOST_TEXTS, OfficialTexts
from custom_components.bambu_hms.printer.feed import FeedError, parse_answer
from tests.hms.test_properties import ANY_CODE
from tests.simulator.texts import hms_texts, print_error_texts

from .strategies import HOSTILE, Json, anything_like, changed_json

# Enough to have every kind of text in it; hypothesis is quicker with little.
_FEW: Final = 12


@cache
def answers() -> tuple[Json, ...]:
    """Return answers as the service gives them."""

    def listed(texts: dict[str, str]) -> list[dict[str, str]]:
        shortened = list(texts.items())[:: max(1, len(texts) // _FEW)]
        return [{"ecode": code, "intro": text} for code, text in shortened]

    head = {"t": 1_800_000_000, "ver": 202511162200}
    lists = {
        "device_hms": {"ver": 202511162200, "en": listed(hms_texts("en", "00M"))},
        "device_error": {"ver": 202511162200, "en": listed(print_error_texts("en", "00M"))},
    }
    return ({"result": 0, **head, "data": lists}, {"result": 201, **head}, {"result": 1})


def kept() -> tuple[Json, ...]:
    """Return what is kept of an answer."""
    texts = parse_answer(json.dumps(answers()[0]).encode(), "en")
    assert texts is not None
    return (texts.as_dict(),)


@given(anything_like(answers()), ANY_CODE)
def test_any_answer_is_texts_or_a_feed_error(payload: bytes, code: FaultCode) -> None:
    try:
        texts = parse_answer(payload, "en")
    except FeedError:
        return
    if texts is not None:
        check(texts, code)


@given(changed_json(kept()) | HOSTILE, ANY_CODE)
def test_what_was_kept_is_texts_or_a_value_error(data: Any, code: FaultCode) -> None:
    try:
        texts = OfficialTexts.from_dict(data)
    except ValueError:
        return
    check(texts, code)


def check(texts: OfficialTexts, code: FaultCode) -> None:
    """Hold that texts can be shown, kept and read again."""
    assert len(texts) <= MOST_TEXTS
    found = texts.find(code)
    assert found is None or (len(found) <= LONGEST_TEXT and found.encode() is not None)
    assert OfficialTexts.from_dict(orjson.loads(orjson.dumps(texts.as_dict()))) == texts
