"""Take a file of many rows: kept in pieces, checked by workers."""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import permissions, posting
from registry.errors import Conflict, Failure, InvalidInput
from registry.lines import text_failure
from registry.models import LARGEST_UPLOAD, PIECE, Upload, UploadPiece
from registry.services.accounts import hosted_registry
from registry.services.opening_balances import LOADERS

LONGEST_NAME = 200
LONGEST_REASON = 10_000
PACKED = b"PK\x03\x04"
MEDIA_TYPES = {
    "text/csv": Upload.Form.CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Upload.Form.XLSX,
    "application/zip": Upload.Form.ZIP,
}
SEND = _("Send CSV in UTF-8 or an XLSX workbook; the files of an opening balance as a ZIP file.")


@dataclass(frozen=True)
class File:
    """A file as it was sent: which kind of rows it has, and why."""

    kind: str
    name: str
    media_type: str
    content: bytes
    reason: str = ""


@transaction.atomic
def upload(*, actor, registry_id, file: File, key, at) -> Upload:
    """Keeps a file, which a worker then checks; the same request under the same key gets it again.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict (IDEMPOTENCY_KEY_REUSED,
    FILE_WAS_UPLOADED).
    """
    registry = hosted_registry(registry_id)
    roles = LOADERS if file.kind == Upload.Kind.OPENING_BALANCES else permissions.KEEPERS
    permissions.require_role(actor, roles, registry.pk)
    failures = list(_failures(file))
    if failures:
        raise InvalidInput(*failures)
    digest = hashlib.sha256(file.content).digest()
    earlier = Upload.objects.filter(person_id=actor.person_id, key=key).first()
    if earlier is not None:
        return _again(earlier, (Upload.Kind(file.kind), registry.pk, digest))
    _require_first(registry, file.kind, digest)
    with posting.explained():
        made = Upload.objects.create(
            kind=Upload.Kind(file.kind),
            form=MEDIA_TYPES[file.media_type],
            registry=registry,
            name=file.name,
            size=len(file.content),
            digest=digest,
            key=key,
            person_id=actor.person_id,
            api_key_id=actor.api_key_id,
            reason=file.reason,
            uploaded_at=at,
            leased_until=at,
        )
    for number, start in enumerate(range(0, len(file.content), PIECE)):
        UploadPiece.objects.create(
            upload=made, number=number, content=file.content[start : start + PIECE]
        )
    return made


def _again(earlier, said):
    if (earlier.kind, earlier.registry_id, bytes(earlier.digest)) != said:
        raise Conflict(
            Failure(
                "IDEMPOTENCY_KEY_REUSED",
                _("This idempotency key was used for another request."),
                _("Use a new key for a new request."),
            )
        )
    return earlier


def _require_first(registry, kind, digest):
    """A file is written once, whoever sends it again and under whatever key."""
    over = (Upload.State.REFUSED, Upload.State.DROPPED)
    same = Upload.objects.filter(registry=registry, kind=kind, digest=digest)
    earlier = same.exclude(state__in=over).first()
    if earlier is not None:
        raise Conflict(
            Failure(
                "FILE_WAS_UPLOADED",
                _("This file was uploaded before, for the same registry."),
                _("See the upload that data names; a changed file is another one."),
                data={"upload": str(earlier.pk)},
            )
        )


def _failures(file):
    failure = text_failure(file.name, "name", LONGEST_NAME)
    if failure:
        yield failure
    failure = text_failure(file.reason, "reason", LONGEST_REASON)
    if failure:
        yield failure
    if not 0 < len(file.content) <= LARGEST_UPLOAD:
        yield Failure(
            "FILE_SIZE",
            _("A file has from 1 byte to 32 MiB."),
            _("Divide it, and upload each part."),
            data={"bytes": str(len(file.content))},
        )
    if file.media_type not in MEDIA_TYPES or not _is_of_its_kind(file):
        yield Failure(
            "FILE_TYPE_NOT_TAKEN",
            _("Files of this type are not taken."),
            SEND,
            data={"media_type": str(file.media_type)[:100]},
        )
    elif not _is_what_it_says(file):
        yield Failure(
            "FILE_IS_ANOTHER_TYPE",
            _("The file is not of the type that is given."),
            _("Send it with the type that it has."),
            data={"media_type": file.media_type},
        )


def _is_of_its_kind(file):
    """Whether rows of this kind come in files of this type."""
    packed = MEDIA_TYPES[file.media_type] == Upload.Form.ZIP
    return packed == (file.kind == Upload.Kind.OPENING_BALANCES)


def _is_what_it_says(file):
    packed = file.content.startswith(PACKED)
    if MEDIA_TYPES[file.media_type] != Upload.Form.CSV:
        return packed
    return not packed and b"\0" not in file.content[:4096]
