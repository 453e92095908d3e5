"""Official texts: found by code, cleaned, small, quick, and the same after a restart."""

import tracemalloc
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_hms.hms.code import FaultCode, HmsCode, Kind, PrintError, parse
from custom_components.bambu_hms.hms.texts import (
    LANGUAGES,
    LONGEST_TEXT,
    MOST_TEXTS,
    OfficialTexts,
    clean,
    code_of,
)

RAN_OUT = parse("0700_2000_0002_0001")

# Made-up sentences of 160 characters; the vendor's are 100 long on average.
SENTENCES = {
    "en": "Filament has run out; please load a new one. ",
    "de": "Das Filament ist aufgebraucht; bitte füllen Sie ein neues nach. ",
    "ru": "Филамент закончился; пожалуйста, загрузите новый. ",
    "zh-cn": "料盘中的耗材已经用完,请装入新的耗材后继续打印。",
}


def of(texts: dict[str, str]) -> OfficialTexts:
    """Return English texts by code, in any form that people write."""
    return OfficialTexts.of("en", 1, [(parse(code), text) for code, text in texts.items()])


class TestFinding:
    """A code and its text."""

    def test_a_text_is_found_by_its_code(self) -> None:
        texts = of({"0700_2000_0002_0001": "Ran out.", "0700-8011": "Ran out, too."})
        assert texts.find(RAN_OUT) == "Ran out."
        assert texts.find(parse("0700-8011")) == "Ran out, too."
        assert len(texts) == 2

    def test_a_blank_text_is_there_and_a_missing_one_is_not(self) -> None:
        texts = of({"0500_0600_0002_0005": ""})
        assert texts.find(parse("0500_0600_0002_0005")) == ""
        assert texts.find(parse("0500_0600_0002_0006")) is None

    def test_the_whole_code_goes_before_the_one_without_its_low_byte(self) -> None:
        texts = of({"0700_2000_0002_0001": "zero", "0700_2001_0002_0001": "one"})
        assert texts.find(parse("0700_2001_0002_0001")) == "one"
        assert texts.find(parse("0700_2002_0002_0001")) == "zero"

    def test_a_low_byte_of_the_list_is_no_answer_for_another_one(self) -> None:
        assert of({"0700_2001_0002_0001": "one"}).find(RAN_OUT) is None

    def test_the_two_channels_do_not_mix(self) -> None:
        texts = OfficialTexts.of(
            "en", 1, [(HmsCode(0, 0x0700_8011), "hms"), (PrintError(0x0700_8012), "error")]
        )
        assert texts.find(PrintError(0x0700_8011)) is None
        assert texts.find(HmsCode(0, 0x0700_8012)) is None

    def test_of_two_texts_for_one_code_the_first_holds(self) -> None:
        assert OfficialTexts.of("en", 1, [(RAN_OUT, "a"), (RAN_OUT, "b")]).find(RAN_OUT) == "a"

    @given(
        st.dictionaries(
            st.builds(HmsCode, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
            | st.builds(PrintError, st.integers(0, 2**32 - 1)),
            st.text(),
        )
    )
    def test_every_text_is_found(self, texts: dict[FaultCode, str]) -> None:
        held = OfficialTexts.of("en", 1, texts.items())
        assert {code: held.find(code) for code in texts} == {
            code: clean(text) for code, text in texts.items()
        }
        assert OfficialTexts.from_dict(held.as_dict()) == held


class TestCleaning:
    """Texts from outside end up on dashboards and in announcements."""

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("  two\n words\t", "two words"),
            ("one\u2028two\u3000three\x85four", "one two three four"),
            ("be\u202edangerous\u2066\u2069\u200f\x00\x1b[1m", "bedangerous[1m"),
            ("x" * 2000, "x" * 1000),
            ("<b>as it is</b> & so on", "<b>as it is</b> & so on"),
            (" \n", ""),
            ("\ud800", ""),
            ("Störung 故障 Ошибка 에러 👍", "Störung 故障 Ошибка 에러 👍"),
        ],
    )
    def test_texts_are_cleaned(self, text: str, shown: str) -> None:
        assert clean(text) == shown
        assert OfficialTexts.of("en", 1, [(RAN_OUT, text)]).find(RAN_OUT) == shown

    @given(st.text(st.characters(), max_size=3000))
    def test_what_is_clean_stays_as_it_is(self, text: str) -> None:
        shown = clean(text)
        assert clean(shown) == shown
        assert len(shown) <= LONGEST_TEXT
        assert not any(char < " " for char in shown)
        shown.encode()


class TestBounds:
    """What no list of texts can be."""

    @pytest.mark.parametrize("lang", ["", "xx", "EN", "../en"])
    def test_another_language(self, lang: str) -> None:
        with pytest.raises(ValueError, match="language"):
            OfficialTexts.of(lang, 1, [])

    @pytest.mark.parametrize("version", [-1, 10**18, True])
    def test_another_version(self, version: int) -> None:
        with pytest.raises(ValueError, match="version"):
            OfficialTexts.of("en", version, [])

    def test_too_many(self) -> None:
        with pytest.raises(ValueError, match="too many"):
            OfficialTexts.of("en", 1, ((PrintError(n), "") for n in range(MOST_TEXTS + 1)))

    @pytest.mark.parametrize(
        ("kind", "digits", "code"),
        [
            (Kind.HMS, "0700200000020001", RAN_OUT),
            (Kind.HMS, "0c0001000001000a", parse("0C00_0100_0001_000A")),
            (Kind.PRINT_ERROR, "05008030", parse("0500-8030")),
            (Kind.HMS, "05008030", None),
            (Kind.PRINT_ERROR, "0700200000020001", None),
            (Kind.PRINT_ERROR, "0500803", None),
            (Kind.PRINT_ERROR, "0500803g", None),
            (Kind.PRINT_ERROR, "+5008030", None),
            (Kind.PRINT_ERROR, "0x008030", None),
            (Kind.PRINT_ERROR, "\u0660\u0661\u0662\u0663\u0660\u0661\u0662\u0663", None),
            (Kind.PRINT_ERROR, 83919920, None),
            (Kind.PRINT_ERROR, None, None),
        ],
    )
    def test_codes_as_the_lists_write_them(
        self, kind: Kind, digits: object, code: FaultCode | None
    ) -> None:
        assert code_of(kind, digits) == code


class TestStorage:
    """What is kept over a restart."""

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_stored_texts_are_the_same(self, lang: str) -> None:
        held = OfficialTexts.of(
            lang, 202511162200, [(RAN_OUT, "Ran öut."), (parse("0500-8030"), "")], skipped=3
        )
        again = OfficialTexts.from_dict(held.as_dict())
        assert again == held
        assert (again.lang, again.version, again.find(RAN_OUT)) == (lang, 202511162200, "Ran öut.")

    def test_stored_texts_are_plain(self) -> None:
        assert of({"0700_2000_0002_0001": "a", "0500-8030": ""}).as_dict() == {
            "lang": "en",
            "version": 1,
            "hms": {"0700200000020001": "a"},
            "print_error": {"05008030": ""},
        }

    @pytest.mark.parametrize(
        "change",
        [
            {"lang": 5},
            {"lang": "xx"},
            {"version": "1"},
            {"version": None},
            {"version": -1},
            {"version": True},
            {"hms": []},
            {"hms": {"07": "x"}},
            {"hms": {"0700200000020001": None}},
            {"print_error": None},
            {"print_error": {"0700200000020001": "x"}},
            {"print_error": {8: "x"}},
        ],
    )
    def test_another_shape_is_refused(self, change: dict[str, Any]) -> None:
        good = {"lang": "en", "version": 1, "hms": {}, "print_error": {}}
        assert len(OfficialTexts.from_dict(good)) == 0
        with pytest.raises(ValueError, match="text"):
            OfficialTexts.from_dict(good | change)

    @pytest.mark.parametrize("data", [None, 5, [], {}, "texts"])
    def test_what_is_nothing_of_ours_is_refused(self, data: object) -> None:
        with pytest.raises(ValueError, match="no official texts"):
            OfficialTexts.from_dict(data)


def sentence(lang: str, number: int) -> str:
    """Return a sentence of 160 characters that no other number has."""
    return f"{number} {SENTENCES[lang] * 8}"[:160]


@pytest.mark.parametrize("lang", SENTENCES)
def test_five_thousand_texts_cost_less_than_3_mb(lang: str) -> None:
    tracemalloc.start()
    try:
        held = OfficialTexts.of(
            lang, 1, ((HmsCode(0x0700_2000, n), sentence(lang, n)) for n in range(5000))
        )
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held.find(HmsCode(0x0700_2000, 4999)) == clean(sentence(lang, 4999))
    assert size < 3_000_000


def test_equal_texts_are_kept_once() -> None:
    text = "The same for all. " * 50
    tracemalloc.start()
    try:
        held = OfficialTexts.of("en", 1, ((PrintError(n), text) for n in range(5000)))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(held) == 5000
    assert size < 5000 * 50
