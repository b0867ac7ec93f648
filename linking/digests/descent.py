"""Find where two sides differ, by asking for digests only where they do. Pure.

Both begin at the whole range. Of each node that differs the digests of its children are asked, and
where few ends are left, or the finest node is reached, the ends themselves. The ranges follow from
the ends that differ: exact, however blocks are cut.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from .grid import ROOT, below
from .points import Difference, differences, short
from .questions import MOST_NODES, question, read_answer, size
from .view import View

FEW_ENDS = 64


@dataclass
class Found:
    """Where two sides differ, and what it took to learn it."""

    differences: list[Difference] = field(default_factory=list)
    questions: int = 0
    bytes: int = 0


def descend(own: View, ask: Callable[[dict], dict]) -> Found:
    """Compares a view with another side's, which `ask` puts a question to.

    Raises: Malformed, and whatever `ask` raises.
    """
    found, suspects, listed = Found(), [ROOT], []
    while suspects:
        children, _ends = _ask(found, ask, children=suspects)
        further = []
        for node, theirs in zip(suspects, children, strict=True):
            for child, ends in _differing(own, node, theirs):
                (listed if ends <= FEW_ENDS or child[0] == 0 else further).append(child)
        suspects = further
    _children, ends = _ask(found, ask, ends=listed)
    ours, theirs = {}, {}
    for node, said in zip(listed, ends, strict=True):
        ours |= own.ends(node)
        theirs |= said
    found.differences = differences(ours, theirs)
    return found


def _ask(found, ask, *, children=(), ends=()):
    """The answers about all nodes, in as many questions as it takes."""
    answers = [], []
    for kind, nodes in (("children", children), ("ends", ends)):
        for begin in range(0, len(nodes), MOST_NODES):
            asked = question(**{kind: nodes[begin : begin + MOST_NODES]})
            said = ask(asked)
            found.questions += 1
            found.bytes += size(asked) + size(said)
            for told, more in zip(answers, read_answer(said, asked), strict=True):
                told.extend(more)
    return answers


def _differing(own, node, theirs):
    """The children of a node that differ, and how many ends the fuller side has there."""
    level = below(node[0])
    ours = own.children(node, level)
    for number in sorted(ours.keys() | theirs.keys()):
        digest, ends = ours.get(number, (None, 0))
        said, their_ends = theirs.get(number, (None, 0))
        if (short(digest) if digest else None) != said:
            yield (level, number), max(ends, their_ends)
