"""Two languages, one source: every sentence has its Vietnamese, with the same places in it."""

import string

import pytest
from tools.messages import mentioned, missing, sentences, translations


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_has_its_vietnamese() -> None:
    lacking = missing()

    assert not lacking, "\n".join(f"{place}: {text!r}" for text, place in lacking.items())


def test_every_translation_keeps_the_places() -> None:
    known = sentences()
    for english, vietnamese in translations().items():
        if "{" in english and english in known:
            assert places(english) == places(vietnamese), english


def test_no_translation_has_lost_its_sentence() -> None:
    known = mentioned()
    orphans = [text for text in translations() if text not in known]

    assert not orphans, "\n".join(orphans)


@pytest.mark.parametrize("text", ["Looking", "error"])
def test_the_terminal_speaks_vietnamese(text: str) -> None:
    from cdso_audit.language import translated

    assert translated(text, "vi") != text
