"""Commands that a test may only look at, because they start servers or install things."""

import re
import shlex

from django.core.management import get_commands, load_command_class

from tests.docs.pages import ROOT

ASSIGNMENT = re.compile(r"[A-Z_]+=.*")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
SERVICE = re.compile(r"^  ([a-z]+):$", re.MULTILINE)
COMPOSE = ("up", "run", "down")


def unknown(text: str):
    """What of these commands does not exist in the project."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        while words and ASSIGNMENT.fullmatch(words[0]):
            words.pop(0)
        if words:
            yield from _unknown(words)


def _unknown(words):
    program, *rest = words
    if program == "make":
        targets = TARGET.findall((ROOT / "Makefile").read_text())
        yield from (
            f"make {word}"
            for word in rest
            if word not in targets and not ASSIGNMENT.fullmatch(word)
        )
    elif program == "sh":
        if not (ROOT / rest[0]).is_file():
            yield f"sh {rest[0]}"
    elif program.endswith("python") and rest[:1] == ["manage.py"]:
        yield from _unknown_command(*rest[1:])
    elif program == "docker" and rest[:1] == ["compose"]:
        yield from _unknown_in_compose(rest[1:])
    else:
        yield f"{program}: commands that are not executed are those of make, sh, python or compose"


def _unknown_command(name, *options):
    apps = get_commands()
    if name not in apps:
        yield f"manage.py {name}"
        return
    command = (
        apps[name] if not isinstance(apps[name], str) else load_command_class(apps[name], name)
    )
    known = _options(command.create_parser("manage.py", name), options)
    yield from (
        f"manage.py {name} {option}"
        for option in options
        if option.startswith("-") and option.partition("=")[0] not in known
    )


def _options(parser, words) -> set[str]:
    """The options of a command, and those of the verb that is given to it, if it takes verbs."""
    known = {option for action in parser._actions for option in action.option_strings}
    for action in parser._actions:
        verbs = action.choices if isinstance(action.choices, dict) else {}
        for word in verbs.keys() & set(words):
            known |= _options(verbs[word], words)
    return known


def _unknown_in_compose(words):
    services = SERVICE.findall((ROOT / "compose.yaml").read_text())
    verb, *rest = words
    if verb not in COMPOSE:
        yield f"docker compose {verb}"
    names = [word for word in rest if not word.startswith("-")]
    if verb == "run" and names:
        if names[0] not in services:
            yield f"the service {names[0]}"
        yield from _unknown(names[1:])
