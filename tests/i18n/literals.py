"""The texts that the code marks for translation, found without gettext's programs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.i18n.catalogues import ROOT, Message

APPS = ("config", "registry", "linking", "mrv", "scenarios")
# Which argument is the text, the plural and the context.
PLAIN = {"text": 0}
PLURAL = {"text": 0, "plural": 1}
CONTEXT = {"context": 0, "text": 1}
BOTH = {"context": 0, "text": 1, "plural": 2}
FUNCTIONS = {
    "_": PLAIN,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), BOTH),
}

TAG = re.compile(r"{%\s*(.*?)\s*%}|{{\s*(.*?)\s*}}|{#.*?#}", re.DOTALL)
STRING = r"""(?:"([^"]*)"|'([^']*)')"""
TRANSLATE = re.compile(rf"trans(?:late)?\s+{STRING}(.*)", re.DOTALL)
IN_CONTEXT = re.compile(rf"\bcontext\s+{STRING}")
CALLED = re.compile(rf"\b_\(\s*{STRING}\s*\)")
BLOCK = re.compile(r"blocktrans(?:late)?\b(.*)", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def files(suffix) -> Iterator[Path]:
    for app in APPS:
        yield from sorted((ROOT / app).rglob(f"*{suffix}"))


def in_code() -> dict[Message, str]:
    """Each marked text, with one place where it stands."""
    found = {}
    for path in files(".py"):
        for line, message in in_python(path.read_text()):
            found.setdefault(message, f"{path.relative_to(ROOT)}:{line}")
    for path in files(".html"):
        for line, message in in_template(path.read_text()):
            found.setdefault(message, f"{path.relative_to(ROOT)}:{line}")
    return found


def in_python(source) -> Iterator[tuple[int, Message]]:
    """Literals that are given to gettext's functions; a variable is a text marked elsewhere."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        places = FUNCTIONS.get(name, {})
        # Either of two literals may be chosen where it is asked for.
        for alternative in _alternatives(node.args[places["text"]]) if places and node.args else ():
            given = {what: node.args[place] for what, place in places.items()}
            given["text"] = alternative
            if all(_is_text(argument) for argument in given.values()):
                values = {what: argument.value for what, argument in given.items()}
                yield node.lineno, Message(**values)


def _alternatives(argument):
    if isinstance(argument, ast.IfExp):
        return [*_alternatives(argument.body), *_alternatives(argument.orelse)]
    return [argument]


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def in_template(source) -> Iterator[tuple[int, Message]]:
    """Literals in the tags translate and blocktranslate, and in _(…)."""
    block = None
    for match in TAG.finditer(source):
        line = source.count("\n", 0, match.start()) + 1
        tag = match[1] or match[2] or ""
        if block is not None:
            if match[1] and tag.startswith("endblocktrans"):
                options, start, where = block
                yield where, _block(options, source[start : match.start()])
                block = None
            continue
        if match[1] and (opened := BLOCK.fullmatch(tag)):
            block = (opened[1], match.end(), line)
        elif match[1] and (said := TRANSLATE.fullmatch(tag)):
            yield line, Message(_percent(said[1] or said[2] or ""), context=_context(said[3]))
        else:
            for called in CALLED.finditer(tag):
                yield line, Message(_percent(called[1] or called[2]))


def _block(options, body):
    singular, _tag, plural = re.sub(r"{%\s*plural\s*%}", "\0", body).partition("\0")
    trimmed = re.search(r"\btrimmed\b", options)
    texts = [_named(" ".join(text.split()) if trimmed else text) for text in (singular, plural)]
    return Message(*texts, _context(options))


def _named(text):
    return VARIABLE.sub(r"%(\1)s", _percent(text))


def _percent(text):
    # In a template a percent sign is no placeholder.
    return text.replace("%", "%%")


def _context(options):
    match = IN_CONTEXT.search(options)
    return (match[1] or match[2]) if match else ""
