"""The writing of an upload: one decision on all rows of a file, which a worker then writes."""

from registry.errors import Failure
from registry.models import Upload
from registry.selectors.uploads import not_in_state, unknown_upload

from .kind import Asked, Kind

State = Upload.State


def payload_of(upload: Upload) -> dict:
    """What is decided on: the file, and what its rows say, by their digests."""
    return {
        "upload": str(upload.pk),
        "kind": upload.kind,
        "file": upload.name,
        "digest": bytes(upload.digest).hex(),
        "rows": str(upload.rows_total),
        "rows_digest": bytes(upload.rows_digest).hex(),
    }


def _failures(asked: Asked) -> list[Failure]:
    upload = _upload(asked)
    if upload is None:
        return unknown_upload(asked.payload["upload"]).failures
    expected = State.CHECKED if asked.request is None else State.SUBMITTED
    return [] if upload.state == expected else not_in_state(upload).failures


def _begin(asked: Asked):
    """From now on a worker writes it, in one transaction of the database."""
    Upload.objects.filter(pk=_upload(asked).pk, state=State.SUBMITTED).update(
        state=State.WRITING, leased_until=asked.at
    )


def _drop(asked: Asked):
    Upload.objects.filter(pk=asked.payload["upload"], state=State.SUBMITTED).update(
        state=State.DROPPED, finished_at=asked.at
    )


def _upload(asked):
    rows = Upload.objects.filter(registry=asked.registry)
    return rows.filter(pk=asked.payload["upload"]).first()


WRITING = Kind(_failures, _begin, about_account=False, drop=_drop)
