"""The committed catalogues, and what an entry of them is."""

from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).parents[2]
# Django's code of the language, and the directory of its catalogue.
LOCALES = {"zh-hans": "zh_Hans", "ja": "ja", "ko": "ko"}


@dataclass(frozen=True, order=True)
class Message:
    """What is looked up in a catalogue: a text, its plural, and the sense that it has."""

    text: str
    plural: str = ""
    context: str = ""

    def __str__(self):
        return f"{self.text!r} ({self.context})" if self.context else repr(self.text)


def path(locale, suffix):
    return ROOT / "locale" / locale / "LC_MESSAGES" / f"django.{suffix}"


def source(locale):
    """The catalogue that people edit."""
    return polib.pofile(str(path(locale, "po")))


def compiled(locale):
    """The catalogue that Django loads."""
    return polib.mofile(str(path(locale, "mo")))


def message(entry):
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def texts(entry):
    """The translations: one, or one for each plural form."""
    return tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
