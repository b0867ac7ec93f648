"""One term is translated in one way: by the word that the glossary has for it."""

import pytest

from tests.i18n import catalogues, terms
from tests.i18n.catalogues import LOCALES


@pytest.mark.parametrize("locale", LOCALES.values())
def test_terms_are_translated_as_the_glossary_says(locale):
    """Wherever a text has a term of docs/glossary.md as a whole word, its translation has the
    word of the table."""
    wrong = [
        f"{entry.msgid!r}: {term} is {terms.glossary()[term]}, not in {text!r}"
        for entry in catalogues.source(locale)
        if entry.msgctxt is None
        for text in catalogues.texts(entry)
        for term in sorted(terms.strays(entry.msgid, text, locale))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("There is no such account.", {"account"}),
        ("The unit types of a registry", {"unit type", "registry"}),
        ("Blocks with old serials", {"block with old serials"}),
        ("Accountable for nothing", set()),
        ("It is in accounts.csv, or %(account)s.", set()),
        ("Repeat it in a new database transaction.", set()),
        ("It was proposed.", set()),
    ],
)
def test_terms_are_found_as_whole_words(text, found):
    """The longest term counts; parts of words, values, files and other senses do not."""
    assert terms.terms_of(text) == found


def test_another_word_is_seen():
    """A translation with another word is found, whatever the spaces; brackets tell the sense."""
    assert terms.strays("Close the account.", "关闭户口。", "zh_Hans") == {"account"}
    assert terms.strays("Close the account.", "关闭账户。", "zh_Hans") == set()
    assert terms.strays("Make an API key.", "API キーを作成。", "ja") == set()
    assert terms.strays("an authorization of it", "その承認", "ja") == set()


def test_lists_of_exceptions_are_of_use():
    """Every word that is excepted is in the glossary, and every phrase in a catalogue."""
    assert set(terms.glossary()) >= terms.ORDINARY | set(terms.OTHERWISE)
    texts = [entry.msgid for entry in catalogues.source("ja")]
    unused = [
        phrase
        for phrase in (*terms.PHRASES, *terms.NAMING)
        if not any(phrase in text for text in texts)
    ]
    assert unused == []
