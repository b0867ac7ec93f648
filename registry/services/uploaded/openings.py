"""Opening balances of a file: accounts opened and units proposed, as the command does it.

The file is a ZIP of four files, which only make sense together: it is one step, not many.
"""

from dataclasses import replace

from registry.errors import DomainError
from registry.opening_archive import unpack
from registry.services.opening_balances import Loaded, load


def bring(upload, actor, content: bytes, at, *, dry_run) -> Loaded:
    """Loads the files, or only tries to.   Raises: DomainError, its failures by row."""
    try:
        return load(
            actor=actor,
            registry_id=upload.registry_id,
            files=unpack(content),
            at=at,
            upload=upload,
            dry_run=dry_run,
        )
    except DomainError as error:
        raise type(error)(*map(_at_row, error.failures)) from error


def _at_row(failure):
    """A failure with the row of its file; a line of a proposal is no row."""
    data = dict(failure.data)
    row = data.pop("row", None)
    return replace(failure, line=row and int(row), data=data)
