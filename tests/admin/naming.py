"""Finding codes on a page that stand there without their names."""

import re
from html.parser import HTMLParser

from registry.models import Jurisdiction, UnitType

JAPANESE = {"accept-language": "ja"}
# One thing that is told: a row of a table, an entry of a list, a choice, a label of a chart.
PARTS = ("tr", "li", "option", "text", "dd")


class Parts(HTMLParser):
    """The texts of the rows, entries, choices and labels of a page."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag in PARTS:
            self.open.append(["", tag])

    def handle_endtag(self, tag):
        if self.open and tag == self.open[-1][1]:
            self.found.append(self.open.pop()[0])

    def handle_data(self, data):
        for part in self.open:
            part[0] += f" {data}"


def bare(text, names):
    """The parts of a page that say a code, and not the name that goes with it."""
    return [
        " ".join(part.split())
        for part in Parts(text).found
        for code, name in names.items()
        if re.search(rf"(?<![\w:/-]){re.escape(code)}(?![\w:-])", part) and name not in part
    ]


def name_all():
    """Gives each unit type and jurisdiction a Japanese name; the names, by codes."""
    found = {}
    for model in (UnitType, Jurisdiction):
        for row in model.objects.order_by("pk"):
            row.name_ja = f"{row.code.lower()}の名"
            row.save(update_fields=["name_ja"])
            found[row.code] = row.name_ja
    return found
