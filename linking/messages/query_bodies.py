"""The bodies of the queries by which nodes compare their books, and of their answers. Pure.

See docs/reconciliation.md.
"""

from linking.digests import questions
from linking.edges.findings import Unreadable

from .forms import Listed, Object
from .values import amount, choice, digest, identifier, serial, text

MOST_BLOCKS = 10_000
RESULTS = ("agreed", "differs", "failed")


def _question(value):
    try:
        return questions.read_question(value)
    except questions.Malformed as error:
        raise Unreadable("WRONG_TYPE", wanted="question", at=error.pointer) from error


def _answer(value):
    """Only that it is one; what it answers is looked at by who has asked."""
    if not isinstance(value, dict) or set(value) != {"children", "ends"}:
        raise Unreadable("WRONG_TYPE", wanted="answer")
    return value


def _times(value):
    if type(value) is not int or not value:
        raise Unreadable("WRONG_TYPE", wanted="integer")
    return value


def _block(value):
    """[first, last]"""
    if not isinstance(value, list) or len(value) != 2:
        raise Unreadable("WRONG_TYPE", wanted="[first, last]")
    first, last = (serial(each) for each in value)
    if first > last:
        raise Unreadable("WRONG_TYPE", wanted="[first, last]")
    return first, last


def _difference(value):
    """[first, last, times]"""
    if not isinstance(value, list) or len(value) != 3:
        raise Unreadable("WRONG_TYPE", wanted="[first, last, times]")
    return *_block(value[:2]), _times(value[2])


PAIR = {"home": text, "partner": text, "unit_type": text}
BLOCKS = Listed(_block, most=MOST_BLOCKS)

# All that the registries of a node have ever had of the unit types of those who ask.
HELD = Object({})
HELD_ANSWER = Object({"held": Listed(Object(PAIR))})
# What a registry has of a home's unit type, as of now.
DIGESTS = Object(PAIR)
DIGESTS_ANSWER = Object(
    {
        "position": amount,
        "digest": digest,
        "units": amount,
        "returning": Listed(Object({"transfer": identifier, "blocks": BLOCKS})),
    }
)
# Which of these transfers it had posted at a position.
POSTED = Object({"position": amount, "transfers": Listed(identifier)})
POSTED_ANSWER = Object({"transfers": Listed(identifier)})
RANGES = Object({**PAIR, "position": amount, "question": _question})
RANGES_ANSWER = Object({"answer": _answer})
# What home has found that the partner holds and home does not book there.
DIFFERENCES = Object({**PAIR, "blocks": BLOCKS})
DIFFERENCES_ANSWER = Object({"cases": Listed(amount)})
# What a node finds of its own unit types.
NETWORK = Object({})
NETWORK_ANSWER = Object(
    {
        "compared": Listed(
            Object(
                {
                    **PAIR,
                    "result": choice(*RESULTS),
                    "differences": Listed(_difference, most=MOST_BLOCKS),
                }
            )
        )
    }
)
