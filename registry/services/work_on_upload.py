"""Go through an upload: check its rows in steps, propose its allocations, write it whole.

A step is one transaction of the database that also keeps how far the upload is. Whoever is killed
between two steps, or in one, has lost that step only: the next worker reads the file up to there
and goes on. What is written is one transaction, so that of a killed worker nothing stays.
"""

import hashlib
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from tempfile import TemporaryFile

from django.db import transaction
from django.utils import translation

from registry import sheets, turns
from registry.actors import actor_for
from registry.errors import DomainError
from registry.models import GovernanceDecision, Upload, UploadError
from registry.selectors import uploads

from .uploaded.kinds import WHOLE, WORKS
from .uploaded.work import EMPTY, chained

STEP = 1000
MOST_ERRORS = 10_000
# After so long without a step, a worker is taken for dead, and another one goes on.
LEASE = timedelta(seconds=60)
State = Upload.State


class _Taken(Exception):
    """Another worker goes on with the upload."""


def work_on_upload(upload_id, *, clock: Callable[[], datetime]) -> None:
    """Brings an upload as far as it goes without a decision; two at once do no harm."""
    acts = {State.CHECKING: _check, State.PROPOSING: _propose, State.WRITING: _write}
    found = _read(upload_id)
    try:
        if found.state in acts:
            with _turn(found):
                _keep(found, clock())
            acts[found.state](found, clock)
    except _Taken:
        return


def _check(upload, clock):
    if upload.kind in WHOLE:
        _check_whole(upload, clock)
        return
    work = WORKS[upload.kind](upload, _uploader(upload), clock())
    with _opened(upload) as file:
        rows = sheets.rows(file, upload.form, work.columns)
        try:
            for batch in _batches(islice(rows, upload.rows_checked)):
                work.skip(batch)
            for batch in _batches(rows):
                with _turn(upload):
                    errors_total = _note(upload, work.check(batch))
                    _keep(
                        upload,
                        clock(),
                        rows_checked=upload.rows_checked + len(batch),
                        rows_digest=work.digest,
                        errors_total=errors_total,
                    )
            broken = []
        except DomainError as error:
            # What is wrong with the file as a whole, or with the rights of who sent it.
            broken = error.failures
    with _turn(upload):
        errors_total = _note(upload, broken or work.finish())
        at = clock()
        _keep(
            upload,
            at,
            state=State.REFUSED if errors_total else State.CHECKED,
            rows_total=None if broken else upload.rows_checked,
            errors_total=errors_total,
            checked_at=at,
        )


def _check_whole(upload, clock):
    """Tries the file as one, and takes back what that has done."""
    with _turn(upload):
        rows, failures = 0, ()
        try:
            with transaction.atomic():
                rows = _bring(upload, _uploader(upload), clock(), dry_run=True)
        except DomainError as error:
            failures = error.failures
        errors_total = _note(upload, failures)
        at = clock()
        _keep(
            upload,
            at,
            state=State.REFUSED if errors_total else State.CHECKED,
            rows_checked=rows,
            rows_total=rows or None,
            rows_digest=upload.digest,
            errors_total=errors_total,
            checked_at=at,
        )


def _bring(upload, actor, at, *, dry_run=False):
    """How many rows the file has that was brought, or was only tried."""
    with _opened(upload) as file:
        return WHOLE[upload.kind].bring(upload, actor, file.read(), at, dry_run=dry_run).rows


def _propose(upload, clock):
    """All rows become the lines of one proposal, or none of them."""
    work = WORKS[upload.kind](upload, _uploader(upload), clock())
    with _turn(upload):
        try:
            with transaction.atomic():
                for batch in _all_rows(upload, work):
                    work.skip(batch)
                outcome = work.propose()
        except DomainError as error:
            _refuse(upload, error, clock())
        else:
            _keep(
                upload,
                clock(),
                state=State.SUBMITTED,
                transaction_number=outcome.transaction_id,
                rows_written=upload.rows_total,
            )


def _write(upload, clock):
    """All rows are written in the name of who decided last, or none of them."""
    actor = _decider(upload)
    with _turn(upload):
        try:
            with transaction.atomic():
                if upload.kind in WHOLE:
                    _bring(upload, actor, clock())
                else:
                    work = WORKS[upload.kind](upload, actor, clock())
                    for batch in _all_rows(upload, work):
                        work.write(batch)
        except DomainError as error:
            _refuse(upload, error, clock())
        else:
            at = clock()
            _keep(upload, at, state=State.WRITTEN, rows_written=upload.rows_total, finished_at=at)


def _all_rows(upload, work):
    """Yields the rows in batches, and makes sure at the end that they are those of the check."""
    digest = EMPTY
    with _opened(upload) as file:
        for batch in _batches(sheets.rows(file, upload.form, work.columns)):
            digest = chained(digest, batch)
            yield batch
    assert digest == bytes(upload.rows_digest), "a file says what it said"


def _batches(rows):
    while batch := list(islice(rows, STEP)):
        yield batch


@contextmanager
def _opened(upload):
    """The file, on a disk of this host for as long as it is read."""
    digest = hashlib.sha256()
    with TemporaryFile() as file:
        for piece in uploads.pieces(upload.pk):
            digest.update(piece)
            file.write(piece)
        assert digest.digest() == bytes(upload.digest), "pieces are never changed"
        file.seek(0)
        yield file


@contextmanager
def _turn(upload):
    """A step: one transaction, in which nobody else works on the upload."""
    with transaction.atomic():
        if not turns.take_if_free(f"upload {upload.pk}"):
            raise _Taken
        yield


def _keep(upload, at, **changes):
    """Keeps how far the upload is, unless another worker has gone on with it meanwhile."""
    changes = {"leased_until": at + LEASE, **changes}
    unchanged = Upload.objects.filter(
        pk=upload.pk, state=upload.state, rows_checked=upload.rows_checked
    )
    if not unchanged.update(**changes):
        raise _Taken
    for name, value in changes.items():
        setattr(upload, name, value)


def _note(upload, failures):
    """Keeps errors while there is room, and returns how many there are in all."""
    room = max(0, MOST_ERRORS - upload.errors_total)
    with translation.override(None):
        UploadError.objects.bulk_create(_error(upload, failure) for failure in failures[:room])
    return upload.errors_total + len(failures)


def _error(upload, failure):
    data = dict(failure.data)
    column = data.pop("column", "")
    return UploadError(
        upload=upload,
        row=failure.line,
        column=column,
        code=failure.code,
        message=str(failure.message),
        hint=str(failure.hint),
        data=data,
    )


def _refuse(upload, error, at):
    total = _note(upload, error.failures)
    _keep(upload, at, state=State.REFUSED, errors_total=total, finished_at=at)


def _read(upload_id):
    return Upload.objects.select_related("registry", "person", "api_key").get(pk=upload_id)


def _uploader(upload):
    return actor_for(upload.person, upload.api_key)


def _decider(upload):
    decisions = GovernanceDecision.objects.filter(request=upload.request_id, approved=True)
    last = decisions.select_related("person", "api_key").latest("pk")
    return actor_for(last.person, last.api_key)
