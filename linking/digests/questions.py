"""Questions about ranges and their answers, as JSON documents. Pure.

A question names nodes: of some it asks the children's digests, of others the ends. Whoever
answers answers from its view alone and keeps nothing in between.
"""

import base64
import json

from .grid import KEPT, ROOT, Node, below
from .points import HASH_BYTES, short
from .view import View

MOST_NODES = 1024
MOST_ENDS = 100_000
LARGEST_SERIAL = 2**63


class Malformed(ValueError):
    """A document says what no question or answer says; `pointer` tells where."""

    def __init__(self, pointer):
        super().__init__(pointer)
        self.pointer = pointer


def question(*, children=(), ends=()) -> dict:
    """Asks the digests of the children of some nodes, and the ends in others."""
    return {
        "children": [[level, str(number)] for level, number in children],
        "ends": [[level, str(number)] for level, number in ends],
    }


def answer(view: View, asked: dict) -> dict:
    """What a view says to a question.   Raises: Malformed."""
    children, ends = read_question(asked)
    listed = [sorted(view.ends(node).items()) for node in ends]
    if sum(map(len, listed)) > MOST_ENDS:
        raise Malformed("/ends")
    return {
        "children": [_children(view, node) for node in children],
        "ends": [[[str(serial), sign] for serial, sign in rows] for rows in listed],
    }


def _children(view, node):
    found = view.children(node, below(node[0]))
    return [
        [str(number), str(ends), _text(short(digest))]
        for number, (digest, ends) in sorted(found.items())
    ]


def read_question(asked) -> tuple[list[Node], list[Node]]:
    """The nodes that a question names.   Raises: Malformed."""
    if not isinstance(asked, dict) or set(asked) != {"children", "ends"}:
        raise Malformed("")
    found = [
        [_node(node, f"/{name}/{at}") for at, node in enumerate(_list(asked[name], f"/{name}"))]
        for name in ("children", "ends")
    ]
    if sum(map(len, found)) > MOST_NODES:
        raise Malformed("/children")
    if any(level < 1 for level, _number in found[0]):
        raise Malformed("/children")
    return found[0], found[1]


def read_answer(said, asked: dict) -> tuple[list[dict], list[dict]]:
    """For each node of the question: number -> (hash, ends) of its children; serial -> sign.

    Raises: Malformed, also where the answer is to another question.
    """
    if not isinstance(said, dict) or set(said) != {"children", "ends"}:
        raise Malformed("")
    for name in ("children", "ends"):
        if len(_list(said[name], f"/{name}")) != len(asked[name]):
            raise Malformed(f"/{name}")
    children = [
        dict(_child(row, f"/children/{at}") for row in _list(rows, f"/children/{at}"))
        for at, rows in enumerate(said["children"])
    ]
    ends = [
        dict(_end(row, f"/ends/{at}") for row in _list(rows, f"/ends/{at}"))
        for at, rows in enumerate(said["ends"])
    ]
    return children, ends


def size(document) -> int:
    """The bytes of a document in a message."""
    return len(json.dumps(document, separators=(",", ":")))


def _child(row, pointer):
    if len(_list(row, pointer)) != 3:
        raise Malformed(pointer)
    number, ends, text = row
    return _natural(number, pointer), (_hash(text, pointer), _natural(ends, pointer))


def _end(row, pointer):
    if len(_list(row, pointer)) != 2 or type(row[1]) is not int or not row[1]:
        raise Malformed(pointer)
    return _natural(row[0], pointer), row[1]


def _node(row, pointer):
    if len(_list(row, pointer)) != 2 or type(row[0]) is not int or not 0 <= row[0] <= ROOT[0]:
        raise Malformed(pointer)
    if row[0] > KEPT[1] and row[0] not in KEPT:
        raise Malformed(pointer)
    return row[0], _natural(row[1], pointer)


def _list(value, pointer):
    if not isinstance(value, list):
        raise Malformed(pointer)
    return value


def _natural(text, pointer):
    if not isinstance(text, str) or not (text.isascii() and text.isdecimal()) or len(text) > 20:
        raise Malformed(pointer)
    number = int(text)
    if number > LARGEST_SERIAL or str(number) != text:
        raise Malformed(pointer)
    return number


def _hash(text, pointer):
    try:
        made = base64.urlsafe_b64decode(text + "==")
    except (TypeError, ValueError) as error:
        raise Malformed(pointer) from error
    if len(made) != HASH_BYTES:
        raise Malformed(pointer)
    return made


def _text(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
