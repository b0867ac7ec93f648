"""A guide as it is followed: what its steps tell to do, and what its pictures show.

In the steps of a guide, which are its numbered lines, what stands in bold is a word of the page:
what is pressed, filled in or chosen, and otherwise what is seen there. So no name of a button and
no promise can differ from the pages without a test failing. Other text is free.
"""

import re
from dataclasses import dataclass, field

SECRETS = "your username|the one-time password|a password of your own|the code that your app shows"
MOMENTS = "tomorrow’s date and 09:00"
# What a sentence tells to do; the names of the groups are what is done, with which words.
VERBS = re.compile(
    r"As `(?P<person>[\w-]+)`"
    r"|do\s*steps (?P<repeat>\d+) to (?P<until>\d+)"
    r"|[Oo]pen <(?P<open>[^>]+)>"
    rf"|(?:`(?P<text>[^`]+)`|(?P<meant>{SECRETS}|{MOMENTS})) into \*\*(?P<field>[^*]+)\*\*"
    r"|\*\*(?P<option>[^*]+)\*\* as \*\*(?P<list>[^*]+)\*\*"
    r"|the file \[[^\]]*\]\((?P<file>[^)]+)\) as \*\*(?P<input>[^*]+)\*\*"
    r"|[Pp]ress \*\*(?P<press>[^*]+)\*\*(?: in \*\*(?P<place>[^*]+)\*\*)?"
    r"(?:; the browser saves `(?P<saved>[^`]+)`)?"
    r"|[Pp]ress the number of the uppermost \*\*(?P<uppermost>[^*]+)\*\*"
    r"|[Rr]eload the page until it says \*\*(?P<until_seen>[^*]+)\*\*"
    r"|(?P<later>more than five minutes)"
    r"|(?<!into )(?<!press )(?<!Press )\*\*(?P<seen>[^*]+)\*\*"
    r"|!\[[^\]]*\]\((?P<picture>[^)]+)\)"
)
# A numbered step with the lines that go on with it, or a picture.
STEP = re.compile(
    r"^(?P<number>\d+)\. (?P<text>.*(?:\n   .*)*)|^(?P<picture>!\[.*(?:\n.*\S)*)", re.MULTILINE
)


@dataclass(frozen=True)
class Act:
    """Something that a step tells to do or to see: the verb, and the words that go with it."""

    verb: str
    words: dict
    line: int

    def __str__(self):
        said = ", ".join(text for text in self.words.values() if text)
        return f"line {self.line}: {self.verb} {said}"


@dataclass
class Section:
    """A part of a guide under a heading of its own: its steps by their numbers, in order."""

    heading: str
    steps: list = field(default_factory=list)

    def between(self, first, last):
        """The acts of the steps first to last."""
        return [act for number, acts in self.steps if first <= number <= last for act in acts]

    @property
    def acts(self):
        return [act for _number, acts in self.steps for act in acts]


def sections(text):
    """The sections of a guide that tell to do something."""
    found, begun = [], 0
    for part in re.split(r"^(?=## )", text, flags=re.MULTILINE):
        section = Section(part.partition("\n")[0].removeprefix("## "))
        for step in STEP.finditer(part):
            line = begun + part[: step.start()].count("\n") + 1
            said = step["text"] or step["picture"]
            section.steps.append((int(step["number"] or 0), list(_acts(said, line))))
        if section.steps:
            found.append(section)
        begun += part.count("\n")
    return found


def _acts(text, line):
    """The acts of a step. That a line ends says nothing."""
    assert "**" not in VERBS.sub("", " ".join(text.split())), f"line {line}: {text}"
    for found in VERBS.finditer(" ".join(text.split())):
        words = {name: value for name, value in found.groupdict().items() if value is not None}
        yield Act(next(iter(words)), words, line)
