"""Documents that belong to a request."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import posting
from registry.errors import Conflict, Failure, InvalidInput, NotPermitted
from registry.lines import text_failure
from registry.models import LARGEST_DOCUMENT, GovernanceDocument, GovernanceRequest
from registry.selectors import governance

LONGEST_NAME = 200
# What a media type's files begin with: a file is what it says that it is.
BEGINNINGS = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}


@transaction.atomic
def attach(*, actor, request_id, name, media_type, content: bytes, at) -> GovernanceDocument:
    """Adds a document to a waiting request of one's own.

    Raises: NotPermitted (NOT_THE_REQUESTER), NotFound, InvalidInput, Conflict.
    """
    found = governance.find(actor, request_id)
    if found.requested_by_id != actor.person_id:
        raise NotPermitted(
            Failure(
                "NOT_THE_REQUESTER",
                _("Only who asked adds documents to a request."),
                _("Ask them to add it."),
            )
        )
    failures = list(_failures(name, media_type, content))
    if failures:
        raise InvalidInput(*failures)
    if found.status != GovernanceRequest.Status.WAITING:
        raise Conflict(
            Failure(
                "REQUEST_IS_CLOSED",
                _("The request is decided or was taken back."),
                _("Ask anew."),
            )
        )
    with posting.explained():
        return GovernanceDocument.objects.create(
            request=found,
            name=name,
            media_type=media_type,
            digest=hashlib.sha256(content).digest(),
            content=content,
            added_by_id=actor.person_id,
            added_at=at,
        )


def _failures(name, media_type, content):
    failure = text_failure(name, "name", LONGEST_NAME)
    if failure or not name:
        yield failure or Failure(
            "INVALID_TEXT",
            _("This can not be stored as text."),
            _("Give a shorter text without null characters."),
            data={"field": "name", "longest": str(LONGEST_NAME)},
        )
    if not 0 < len(content) <= LARGEST_DOCUMENT:
        yield Failure(
            "DOCUMENT_SIZE",
            _("A document has from 1 byte to 5 MiB."),
            _("Send a smaller file."),
            data={"bytes": str(len(content))},
        )
    if media_type not in BEGINNINGS:
        yield Failure(
            "DOCUMENT_TYPE_NOT_TAKEN",
            _("Documents of this media type are not taken."),
            _("Send a PDF, a PNG or a JPEG."),
            data={"media_type": str(media_type)[:100]},
        )
    elif not content.startswith(BEGINNINGS[media_type]):
        yield Failure(
            "DOCUMENT_IS_ANOTHER_TYPE",
            _("The document is not of the media type that is given."),
            _("Give the type that the file has."),
            data={"media_type": media_type},
        )
