"""docs/glossary.md as one table for all catalogues: which terms a text has, and whether a
translation has the words that stand there for them."""

import re
from functools import cache

from tests.docs.pages import page

HEADER = ("English", "简体中文", "日本語", "한국어", "statutory")
COLUMNS = {"zh_Hans": 1, "ja": 2, "ko": 3}
# Words that sentences use as anybody does: participles, verbs, and nouns of daily life. Where one
# of them is a whole entry, it is a term, and held to the table by tests/docs/test_glossary.py.
ORDINARY = frozenset(
    {
        *("accepted", "always", "approve", "approved", "as of", "cancelled", "change", "check"),
        *(
            "closed",
            "comment",
            "completed",
            "confirmed",
            "convert",
            "date",
            "delayed",
            "failed",
            "formula",
        ),
        *("freeze", "mark", "move", "none", "offset", "open", "person", "port", "proposed"),
        *("refused", "rejected", "reversed", "right", "signed in", "source", "state", "stated"),
        *("stop", "suspended"),
        *("surrender", "text", "transfer", "unknown", "waiting", "withdrawn", "written"),
    }
)
# What a term is called in its other sense: the key of a request, a line of a text, a request to a
# server, the role of a database.
OTHERWISE = {
    "key": ("键", "キー", "키"),
    "line": ("行", "行", "줄"),
    "request": ("请求", "リクエスト", "요청"),
    "role": ("角色", "ロール", "역할"),
}
# In these a word of the glossary is no term.
PHRASES = (
    *("Add link", "next link", "Log out"),
    *("database transaction", "transaction that must have ended", "operator of the node"),
    *("first factor", "other factors", "without a scheme", "task that counts"),
    "for reading aloud",
    *("Korean allowance", "Korean offset credit"),
    *("reads only", "surrenders only", "accounts opened"),
)
# These give names of fields and purposes, which stay as they are.
NAMING = (
    "Give a text; or a unit type, and serial for one, or first and last for a run.",
    "It has a text, source, and the tables accounts, ",
    "Name a registry for the purpose issuance, ",
    "Write name, version and seed as TOML.",
    "Write exactly name, version and seed.",
)
# Values, names of files and options, and what stands in backquotes.
APART = re.compile(
    r"%\(\w+\)[sd]|%[sd]|`[^`]*`|https?:\S+|\S*/\S+|\S*_\S*|\w+\.\w+|\w+:(?= |,|$)|\w+:\S+"
)
BRACKETS = re.compile(r"[（(].*?[）)]")


@cache
def glossary():
    """term -> its words in the three languages; names of registries and of unit types are not
    among them."""
    rows = [row for row in page("docs/glossary.md").rows(*HEADER) if "(" not in row[0]]
    return {row[0]: tuple(row[1:4]) for row in rows}


@cache
def pattern():
    """Finds the longest term at each place, as a whole word, in singular and plural."""
    known = sorted(glossary(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(f'({_forms(term)})' for term in known)})(?![\w-])")


def terms_of(text):
    """The terms that a text has."""
    if text.startswith(NAMING):
        return set()
    text = APART.sub(" ", text)
    for phrase in PHRASES:
        text = text.replace(phrase, " ")
    known = sorted(glossary(), key=len, reverse=True)
    return {known[found.lastindex - 1] for found in pattern().finditer(text)} - ORDINARY


def strays(text, translation, locale):
    """The terms of a text that a translation calls otherwise; what stands in brackets to tell the
    sense of a word may be left out."""
    column, written = COLUMNS[locale] - 1, "".join(translation.split())

    def is_said(word):
        plain = "".join(word.split())
        return plain in written or BRACKETS.sub("", plain) in written

    return {
        term
        for term in terms_of(text)
        if not any(is_said(words[column]) for words in _words_for(term))
    }


def _words_for(term):
    return [glossary()[term], *([OTHERWISE[term]] if term in OTHERWISE else [])]


def _forms(term):
    """A term that begins a sentence or not; each of its words may be in the plural."""
    first, rest = term[0], term[1:]
    begin = first if first.isupper() else f"[{first}{first.upper()}]"
    return begin + "(?:s|es)? ".join(map(re.escape, rest.split(" "))) + "(?:s|es)?"
