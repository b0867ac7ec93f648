"""What is wrong with a link as it is written: a stable code, the place, and particulars. Pure.

The texts for people are in linking/errors.py, because this module may not import Django.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One broken rule. `where` is a JSON pointer into the document."""

    code: str
    where: str = ""
    data: dict = field(default_factory=dict)


class Broken(ValueError):
    """A document that can not be used, with everything that is wrong with it."""

    def __init__(self, findings):
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{f.code} {f.where} {f.data}" for f in self.findings))

    @property
    def codes(self):
        return [finding.code for finding in self.findings]


class Unreadable(ValueError):
    """A value that is not of the kind that its field asks for."""

    def __init__(self, code, **data):
        super().__init__(code)
        self.code = code
        self.data = data
