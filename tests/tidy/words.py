"""Comments and names: what is left undone is not left in the code, and nobody says "we"."""

import io
import re
import tokenize

from tests.tidy.rule import File, Rule

# Split, so that this file keeps its own rule.
UNFINISHED = re.compile("FIX" + "ME|TO" + "DO|X" + "XX")
BANNER = re.compile(r"^#\s*([-=#*_]\s*){4,}")
FIRST_PERSON = re.compile(r"\b(we|our|ours|us)\b", re.IGNORECASE)


def _comments(file):
    for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def nothing_is_left_undone(file):
    for number, text in _comments(file):
        if UNFINISHED.search(text):
            yield f"{file.path}:{number} is unfinished; finish it"


def comments_have_no_banners(file):
    for number, text in _comments(file):
        if BANNER.match(text):
            yield f"{file.path}:{number} is a banner; a file that needs one is two files"


def comments_speak_of_the_code(file):
    for number, text in _comments(file):
        if FIRST_PERSON.search(text):
            yield f"{file.path}:{number} says who; say what the code does and why"


RULES = [
    Rule(
        "nothing is left undone",
        nothing_is_left_undone,
        good=(File("registry/x.py", "# Sorted, so that locks are taken in one order."),),
        bad=(File("registry/x.py", "# TO" + "DO: sort"),),
    ),
    Rule(
        "comments have no banners",
        comments_have_no_banners,
        good=(File("registry/x.py", "# Sorted, so that locks are taken in one order."),),
        bad=(File("registry/x.py", "# ---------- Locks ----------"),),
    ),
    Rule(
        "comments speak of the code",
        comments_speak_of_the_code,
        good=(File("registry/x.py", "# Sorted, so that locks are taken in one order."),),
        bad=(File("registry/x.py", "# Here we sort."),),
    ),
]
