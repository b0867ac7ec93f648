"""What a rule of the audit is, and the SQL that proves it.

The audit shares no code with what writes the ledger: it imports nothing of registry and reads
tables by plain SQL, one file a rule. Apps above bring rules of their own (above.py).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True)
class Rule:
    """`says` is what holds in a sound ledger; `findings` has a text for each way to break it.

    The file <code in lower case>.sql in its directory has two queries: `figures`, what was
    counted, and `findings`, a row for each violation: what, table, row, and data for the text.
    """

    code: str
    says: str
    findings: dict = field(hash=False)
    directory: Path = field(default=SQL, kw_only=True)

    @cached_property
    def _sections(self) -> dict[str, str]:
        text = (self.directory / f"{self.code.lower()}.sql").read_text()
        parts = re.split(r"^-- :(figures|findings|rows \w+)\n", text, flags=re.MULTILINE)
        return dict(zip(parts[1::2], map(_with_parts, parts[2::2]), strict=True))

    @property
    def figures_sql(self) -> str:
        return self._sections["figures"]

    @property
    def findings_sql(self) -> str:
        return self._sections["findings"]


@dataclass(frozen=True)
class ComputedRule(Rule):
    """A rule that SQL alone can not prove: a signature, for example.

    Its file has, in the place of `findings`, one or more queries `rows <name>`. Their rows are
    streamed, so that memory does not grow with the ledger, to `judge`: it is given an iterator of
    tuples for each name, and yields what, table, row and data of each violation.
    """

    judge: Callable[..., Iterator[tuple[str, str, str, dict]]] = field(hash=False, kw_only=True)

    @property
    def rows_sql(self) -> dict[str, str]:
        """The queries by the name under which `judge` is given their rows."""
        return {
            section.removeprefix("rows "): query
            for section, query in self._sections.items()
            if section.startswith("rows ")
        }


def _with_parts(query: str) -> str:
    """The query, with the parts that it names put in their places."""
    return re.sub(
        r"^-- :part (\w+)\n",
        lambda match: (SQL / f"{match[1]}.part.sql").read_text(),
        query,
        flags=re.MULTILINE,
    )
