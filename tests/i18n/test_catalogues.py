"""locale/: complete in three languages, and the same in the edited and in the loaded form.

All of it runs without gettext's programs; `make messages`, which needs them, brings the
catalogues up to date.
"""

import re

import polib
import pytest

from tests.i18n import catalogues
from tests.i18n.catalogues import LOCALES, message, texts

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa%]")
# What only one of the languages is written with.
KANA = re.compile("[\u3040-\u30ff]")
HANGUL = re.compile("[\uac00-\ud7a3]")
HAN = re.compile("[\u4e00-\u9fff]")
SCRIPTS = {"zh_Hans": HAN, "ja": re.compile(f"{HAN.pattern}|{KANA.pattern}"), "ko": HANGUL}
# Names, which every language writes alike.
NAMES = {"Concord", "API", "UUID"}

each_locale = pytest.mark.parametrize("locale", LOCALES.values())


def incomplete(catalogue):
    """What a reader would see in English, or in words that nobody has looked at."""
    for entry in catalogue:
        for reason, found in (
            ("is of no use any more", entry.obsolete),
            ("is fuzzy", entry.fuzzy),
            ("is not translated", not all(texts(entry))),
        ):
            if found:
                yield f"{message(entry)} {reason}"


def placeholders(text):
    return sorted(PLACEHOLDER.findall(text))


def broken(entry):
    """Whether a translation asks for other values, or breaks lines otherwise."""
    return any(
        placeholders(text) != placeholders(entry.msgid)
        or text.startswith("\n") != entry.msgid.startswith("\n")
        or text.endswith("\n") != entry.msgid.endswith("\n")
        for text in texts(entry)
    )


@each_locale
def test_everything_is_translated(locale):
    """No entry is untranslated, fuzzy or obsolete."""
    found = list(incomplete(catalogues.source(locale)))
    assert not found, "\n".join(["Translate these, then run make messages:", *found])


@pytest.mark.parametrize(
    "entry",
    [
        polib.POEntry(msgid="unit", msgstr=""),
        polib.POEntry(msgid="unit", msgstr="단위", flags=["fuzzy"]),
        polib.POEntry(msgid="unit", msgstr="단위", obsolete=True),
        polib.POEntry(msgid="unit", msgid_plural="units", msgstr_plural={0: ""}),
    ],
)
def test_what_is_incomplete_is_seen(entry):
    """Each of the four kinds of unfinished entries is named."""
    catalogue = polib.POFile()
    catalogue.append(entry)
    assert len(list(incomplete(catalogue))) == 1


def test_catalogues_have_the_same_entries():
    """No language lacks what another has, and none has an entry twice."""
    found = {locale: [message(entry) for entry in catalogues.source(locale)] for locale in SCRIPTS}
    first = set(found["ja"])
    for locale, messages in found.items():
        assert set(messages) == first, locale
        assert len(messages) == len(first), locale
    assert len(first) > 500


@each_locale
def test_placeholders_are_those_of_the_text(locale):
    """A translation has exactly the placeholders of its text, in any order."""
    wrong = [str(message(entry)) for entry in catalogues.source(locale) if broken(entry)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("text", ["%(units)s 단위", "%(unit)d 단위", "단위", "%(unit)s%(unit)s"])
def test_other_placeholders_are_seen(text):
    """A placeholder that is missing, renamed, of another form or one too many is found."""
    assert broken(polib.POEntry(msgid="%(unit)s units", msgstr=text))


@each_locale
def test_translations_are_in_the_script_of_their_language(locale):
    """Each is written in its language, and none in a neighbour's column."""
    foreign = {"zh_Hans": (KANA, HANGUL), "ja": (HANGUL,), "ko": (KANA, HAN)}[locale]
    wrong = [
        f"{message(entry)}: {text}"
        for entry in catalogues.source(locale)
        for text in texts(entry)
        if (entry.msgid not in NAMES and not SCRIPTS[locale].search(text))
        or any(script.search(text) for script in foreign)
    ]
    assert not wrong, "\n".join(wrong)


@each_locale
def test_sentences_end_as_the_text_does(locale):
    """A sentence stays a sentence and a label a label; a question keeps its mark."""
    ends = {"zh_Hans": "。", "ja": "。", "ko": "."}
    wrong = [
        f"{message(entry)}: {text}"
        for entry in catalogues.source(locale)
        for text in texts(entry)
        if entry.msgid.endswith(".") != text.endswith(ends[locale])
    ]
    assert not wrong, "\n".join(wrong)


@each_locale
def test_compiled_catalogue_is_that_of_the_source(locale):
    """Django loads exactly what people have edited; both are committed."""
    edited, loaded = catalogues.source(locale), catalogues.compiled(locale)
    assert {message(entry): texts(entry) for entry in loaded} == {
        message(entry): texts(entry) for entry in edited
    }, "Run make messages."
    assert loaded.metadata["Plural-Forms"] == edited.metadata["Plural-Forms"]


@each_locale
def test_headers_tell_the_language(locale):
    """Chinese, Japanese and Korean have one plural form; the file is UTF-8."""
    catalogue = catalogues.source(locale)
    assert catalogue.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
    assert catalogue.metadata["Language"] == locale
    assert catalogue.metadata["Content-Type"] == "text/plain; charset=UTF-8"
    assert not catalogue.metadata_is_fuzzy
