"""Typed and pasted text as the ASCII that serials are written in. Pure.

Input methods for Chinese, Japanese and Korean type full-width letters, digits and signs, and many
kinds of dash; pages and PDF files put in spaces that do not break and characters that nobody sees.
Each such character means one ASCII character here, or none. A character that means several, or
that has no equivalent, stays as it is, so that the reader of a form can name it.
"""

import unicodedata

# Also the minus sign, the prolonged sound mark beside the Japanese 0 key, the line of tables, and
# the waves with which Japanese, Korean and Chinese texts write "from … to".
DASHES = (
    "\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u2e3a\u2e3b"
    "\u301c\u3030\u30a0\u30fc\ufe31\ufe32\ufe58\ufe63\uff0d\uff70~\u223c\uff5e"
)
SPACES = "\t\n\r\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
WIDE_SPACES = "\u202f\u205f\u3000"
UNSEEN = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2069\ufeff"
)
SIGNS = {
    ":": "\u2236\ua789\ufe13\ufe55",
    ".": "\u3002\uff61\ufe52",
    ",": "\u3001\uff64\ufe50\ufe51",
}

MEANINGS = {
    **{0xFF01 + offset: chr(0x21 + offset) for offset in range(0x5E)},
    **dict.fromkeys(map(ord, SPACES + WIDE_SPACES), " "),
    **dict.fromkeys(map(ord, UNSEEN)),
    **{ord(one): sign for sign, others in SIGNS.items() for one in others},
    **dict.fromkeys(map(ord, DASHES), "-"),
}
ASCII_NEEDS = frozenset(chr(code) for code in MEANINGS if code < 0x80)


def plain(text: str) -> str:
    """The text with every character that has an equivalent in ASCII replaced by it.

    The letters keep their case; spaces at both ends go.
    """
    if not (text.isascii() and ASCII_NEEDS.isdisjoint(text)):
        text = text.translate(MEANINGS)
        if not text.isascii():
            text = "".join(map(_equivalent, text))
    return text.strip(" ")


def _equivalent(character):
    """The one ASCII character that NFKC (Unicode Annex 15) makes of it, or the character."""
    if character.isascii():
        return character
    meant = unicodedata.normalize("NFKC", character)
    return meant if len(meant) == 1 and meant.isascii() else character
