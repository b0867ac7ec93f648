"""docs/glossary.md: the words of the models, in four languages, with true marks."""

import csv
import re
import tomllib

import polib
import pytest
from django.apps import apps
from django.utils.translation import override

from registry.models import TransactionType
from tests.docs.pages import ROOT, page

HEADER = ("English", "简体中文", "日本語", "한국어", "statutory")
REFERENCE = ROOT / "scenarios" / "reference"
TYPES = ROOT / "registry" / "migrations"
# What must occur in a word of the language; Latin abbreviations may stand beside it.
SCRIPTS = {"zh": "[\u4e00-\u9fff]", "ja": "[\u3040-\u30ff\u4e00-\u9fff]", "ko": "[\uac00-\ud7a3]"}
KANA = re.compile("[\u3040-\u30ff]")
HANGUL = re.compile("[\uac00-\ud7a3]")
LOCALES = {"zh_Hans": 1, "ja": 2, "ko": 3}
MARK = re.compile(r"(zh|ja|ko): ([A-Z][A-Z0-9]*(?:, [A-Z][A-Z0-9]*)*)")
# The words that all others are explained with.
WORDS = (
    *("Party", "jurisdiction", "scheme", "registry", "node", "unit", "unit type", "serial"),
    *("block", "issuance", "account", "holding", "posting", "position", "mark", "transaction"),
    *("agreement", "edge", "transfer", "person", "key"),
)


def rows():
    return page("docs/glossary.md").rows(*HEADER)


def test_every_row_has_all_languages():
    """Each row has a word in every language, in the script of that language and no other."""
    wrong = []
    for english, chinese, japanese, korean, _mark in rows():
        for language, word in zip(SCRIPTS, (chinese, japanese, korean), strict=True):
            if not re.search(SCRIPTS[language], word):
                wrong.append(f"{english}: {language} has {word!r}")
        if not english or KANA.search(chinese + korean) or HANGUL.search(chinese + japanese):
            wrong.append(f"{english}: a word stands in the wrong column")
    assert not wrong, "\n".join(wrong)
    assert len(rows()) > 100


def test_words_are_listed_once_in_order():
    """Nobody looks for a word in two places."""
    words = [row[0].lower() for row in rows()]
    assert words == sorted(words)
    assert len(words) == len(set(words))


def test_statutory_terms_have_a_source():
    """A mark names languages and codes of the table of sources."""
    with (REFERENCE / "sources.csv").open() as file:
        sources = {row["code"] for row in csv.DictReader(file)}
    marked = [(row[0], mark) for row in rows() if row[4] for mark in row[4].split("; ")]
    wrong = [
        f"{english}: {mark}"
        for english, mark in marked
        if not (found := MARK.fullmatch(mark)) or not set(found[2].split(", ")) <= sources
    ]
    assert not wrong, "\n".join(wrong)
    assert len(marked) > 10


def words_of_models():
    """What pages call the rows of the registry, and the words that a column can have."""
    with override("en"):
        for model in apps.get_app_config("registry").get_models():
            yield str(model._meta.verbose_name)
            for field in model._meta.get_fields():
                # Effects are sentences about a type, not words.
                if getattr(field, "choices", None) and (model, field.name) != (
                    TransactionType,
                    "effect",
                ):
                    yield from (str(label) for _value, label in field.flatchoices)


def test_words_of_models_are_explained():
    """Everything that pages call a row, a kind or a state is in the glossary."""
    known = {row[0].lower() for row in rows()}
    assert {word for word in [*words_of_models(), *WORDS] if word.lower() not in known} == set()


def test_transaction_types_have_their_names():
    """The types of transaction are called as the ledger calls them."""
    paths = sorted(TYPES.glob("*.toml"))
    known = {row[0].lower(): row[1:4] for row in rows()}
    types = [item for path in paths for item in tomllib.loads(path.read_text()).items()]
    wrong = [
        told
        for code, told in types
        if code != "defaults"
        and known.get(told["name_en"].lower())
        != [told["name_zh_hans"], told["name_ja"], told["name_ko"]]
    ]
    assert not wrong


@pytest.mark.parametrize("name", ["registries", "schemes", "unit_types"])
def test_names_of_reference_data_are_theirs(name):
    """A row with a code in brackets has the names of the reference data, and marks the official."""
    with (REFERENCE / f"{name}.csv").open() as file:
        data = {row["code"]: row for row in csv.DictReader(file)}
    compared = 0
    for english, *words, marks in rows():
        code = english.rpartition("(`")[2].removesuffix("`)")
        if code not in data:
            continue
        told = data[code]
        assert english == f"{told['name_en']} (`{code}`)"
        assert words == [told["name_zh_hans"], told["name_ja"], told["name_ko"]]
        unofficial = told["names_unofficial"].split(";")
        official = {lang for lang in SCRIPTS if not any(u.startswith(lang) for u in unofficial)}
        assert {found[1] for found in MARK.finditer(marks)} == official, english
        compared += 1
    assert compared >= 4


def differing(catalogue, column):
    """Words that a catalogue translates otherwise than the glossary does.

    A word in another sense has a context: the key of a table is not the key of a person.
    """
    known = {row[0]: row[column] for row in rows()}
    for entry in catalogue.translated_entries():
        if entry.msgctxt is None and known.get(entry.msgid, entry.msgstr) != entry.msgstr:
            yield f"{entry.msgid}: {entry.msgstr}, not {known[entry.msgid]}"


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_are_translated_with_these_words(locale):
    """A catalogue that translates a word of the glossary uses the word that stands there."""
    path = ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"
    found = list(differing(polib.pofile(str(path)), LOCALES[locale])) if path.exists() else []
    assert not found, "\n".join(found)


def test_another_word_in_a_catalogue_is_seen():
    """Two words for one thing are found; words that the glossary does not have are free."""
    catalogue = polib.POFile()
    for msgid, msgstr in (("account", "계정"), ("posting", "포스팅"), ("Sign in", "로그인")):
        catalogue.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    assert list(differing(catalogue, LOCALES["ko"])) == ["posting: 포스팅, not 기장"]
