"""Texts for people that nobody has marked for translation."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

WORD = re.compile(r"[^\W\d_]{2,}")
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
MARKED_BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?%}.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL
)
# Blocks of Django's templates that hold classes of elements.
CLASSES = re.compile(r"{%\s*block (?:coltype|bodyclass)\s*%}.*?{%\s*endblock\s*%}", re.DOTALL)
READ_BY_PEOPLE = {"alt", "title", "aria-label", "placeholder"}
# The same in every language.
PROPER = {"UTC", "Concord"}

# What a field, a failure, a rule, a panel or a form shows to people.
SHOWN = {
    "verbose_name", "verbose_name_plural", "help_text", "search_help_text", "description",
    "message", "hint", "empty", "index_title", "site_header", "site_title",
}  # fmt: skip
FIELD = re.compile(r"(?!OneToOne|ManyToMany)\w+Field")
# After the code, a failure has its message and its hint; a rule what it says.
POSITIONS = {"Failure": (1, 2), "Broken": (1, 2), "Rule": (1,)}


def in_template(source) -> Iterator[str]:
    """Words outside the tags, where a reader sees them."""
    plain = TAG.sub(" ", CLASSES.sub(" ", MARKED_BLOCK.sub(" ", source)))
    return iter(_Words(plain).found)


class _Words(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.hidden = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.hidden = tag in ("script", "style")
        given = dict(attributes)
        # A button shows what it has inside; its value is for the form.
        is_labelled = tag == "input" and given.get("type") in ("submit", "button")
        shown = READ_BY_PEOPLE | ({"value"} if is_labelled else set())
        for name in shown & given.keys():
            self.handle_data(given[name] or "")

    def handle_endtag(self, tag):
        self.hidden = False

    def handle_data(self, data):
        if not self.hidden and set(WORD.findall(data)) - PROPER:
            self.found.append(" ".join(data.split()))


def in_python(source) -> Iterator[tuple[int, str]]:
    """Literals where a text for people is expected; a marked one is a call, not a literal."""
    for node in ast.walk(ast.parse(source)):
        for shown in _shown(node):
            literal = _literal(shown)
            if set(WORD.findall(literal)) - PROPER:
                yield shown.lineno, literal


def _shown(node) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        if any(isinstance(target, ast.Name) and target.id in SHOWN for target in node.targets):
            yield node.value
    elif isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg in SHOWN)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        places = (0,) if FIELD.fullmatch(name) else POSITIONS.get(name, ())
        yield from (node.args[place] for place in places if place < len(node.args))


def _literal(node):
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ""
