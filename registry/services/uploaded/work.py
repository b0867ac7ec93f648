"""What is done with the rows of a file: one object goes through one file, from its beginning."""

import hashlib

from django.utils.translation import gettext_lazy as _

from registry import canonical
from registry.actors import Actor
from registry.errors import DomainError, Failure, RuleViolated
from registry.models import Upload
from registry.sheets import Row, placed

EMPTY = bytes(32)


class Work:
    """Subclasses say which columns there are, what is wrong with rows, and how rows are written.

    `columns` maps each to whether it must be filled; `places` maps codes of failures to the
    column that they are about. Rows that are equal in `identity` are one said twice; none named
    means all columns.
    """

    columns: dict = {}
    places: dict = {}
    identity: tuple = ()

    def __init__(self, upload: Upload, actor: Actor, at):
        self.upload, self.actor, self.at = upload, actor, at
        self.digest = EMPTY
        self._seen = {}

    def skip(self, rows: list[Row]) -> None:
        """Takes note of rows that were checked before."""
        self.digest = chained(self.digest, rows)
        for row in rows:
            self._seen.setdefault(self._identity(row), row.number)
            self.note(row)

    def check(self, rows: list[Row]) -> list[Failure]:
        """Everything that is wrong with the rows, in their order."""
        self.digest = chained(self.digest, rows)
        failures, readable = [], []
        for row in rows:
            failures.extend(row.failures)
            first = self._seen.setdefault(self._identity(row), row.number)
            if first != row.number:
                failures.append(placed(_repeated(first), row.number))
            elif not row.failures:
                readable.append(row)
        failures.extend(self.failures_of(readable))
        for row in readable:
            self.note(row)
        return sorted(failures, key=lambda failure: failure.line)

    def finish(self) -> list[Failure]:
        """What only the whole file can tell."""
        return []

    def note(self, row: Row) -> None:
        """Remembers of a row what later ones are judged by."""

    def failures_of(self, rows: list[Row]) -> list[Failure]:
        """What is wrong with rows that can be read, each with its row and column."""
        raise NotImplementedError

    def write(self, rows: list[Row]) -> None:
        """Carries out what the rows ask for.   Raises: DomainError."""
        raise NotImplementedError

    def at_row(self, row: Row, failure: Failure) -> Failure:
        column = self.places.get(failure.code) or failure.data.get("field", "")
        return placed(failure, row.number, column if column in self.columns else "")

    def _identity(self, row):
        """What two rows that say the same have in common; a row that can not be read is alone."""
        if row.failures:
            return row.number
        names = self.identity or self.columns
        said = canonical.encode([row.cells.get(name) for name in names])
        return hashlib.sha256(said).digest()[:16]


def chained(digest: bytes, rows: list[Row]) -> bytes:
    """The digest of all rows up to these, from that of the rows before them (SHA-256)."""
    for row in rows:
        said = canonical.encode([str(row.number), row.cells])
        digest = hashlib.sha256(digest + hashlib.sha256(said).digest()).digest()
    return digest


def at_rows(error: DomainError, rows: list[Row]) -> DomainError:
    """An error whose failures count the items of a list, with the rows of the file instead."""
    return type(error)(
        *(
            placed(failure, rows[failure.line - 1].number if failure.line else None)
            for failure in error.failures
        )
    )


def require_none(failures) -> None:
    """Raises: RuleViolated."""
    if failures:
        raise RuleViolated(*failures)


def _repeated(first):
    return Failure(
        "ROW_REPEATED",
        _("The same is said in a row before."),
        _("Leave one of the rows out."),
        data={"row": str(first)},
    )
