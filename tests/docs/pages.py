"""The pages of the documentation: their code blocks, tables, links and headings."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (?P<text>.+)$", re.MULTILINE)
CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True)
class Block:
    """A code block, and what stands after its opening fence."""

    page: str
    line: int
    info: str
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Page:
    path: Path

    def __str__(self):
        return str(self.path.relative_to(ROOT))

    @property
    def text(self) -> str:
        return self.path.read_text()

    @property
    def prose(self) -> str:
        """The page without its code blocks."""
        return FENCE.sub("", self.text)

    def blocks(self) -> list[Block]:
        return [
            Block(
                str(self),
                self.text[: found.start()].count("\n") + 1,
                found["info"].strip(),
                found["text"],
            )
            for found in FENCE.finditer(self.text)
        ]

    def links(self) -> list[str]:
        return [found["target"] for found in LINK.finditer(CODE.sub("", self.prose))]

    def anchors(self) -> set[str]:
        """The fragments by which headings are linked, made as GitHub makes them."""
        return {
            re.sub(r"[^\w\- ]", "", found["text"].lower()).replace(" ", "-")
            for found in HEADING.finditer(self.prose)
        }

    def rows(self, *header) -> list[list[str]]:
        """The rows of all tables that have this header."""
        return [row for table in self.tables() for row in table[1:] if tuple(table[0]) == header]

    def tables(self) -> list[list[list[str]]]:
        """Each table as its header and its rows, cell by cell."""
        tables, table = [], []
        for line in [*self.prose.splitlines(), ""]:
            if line.startswith("|"):
                table.append([cell.strip() for cell in line.strip().strip("|").split("|")])
            elif table:
                tables.append([table[0], *table[2:]])
                table = []
        return tables


@cache
def page(name: str) -> Page:
    return Page(ROOT / name)


@cache
def all_pages() -> tuple[Page, ...]:
    """Everything that people read: the README, docs, and the pages beside the data."""
    found = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "scenarios").rglob("*.md")]
    return tuple(Page(path) for path in [ROOT / "README.md", *sorted(found)])
