"""What is kept of the signatures of requests, so that none is used a second time."""

import hashlib
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, NotPermitted
from registry.models import SeenSignature

# Longer than any signature is accepted.
KEPT = timedelta(hours=1)


def use_once(signature: bytes, *, at) -> None:
    """Raises: NotPermitted (SIGNATURE_REPLAYED) when a request has used it before."""
    digest = hashlib.sha256(signature).digest()
    _row, is_new = SeenSignature.objects.get_or_create(digest=digest, defaults={"seen_at": at})
    if not is_new:
        raise NotPermitted(
            Failure(
                "SIGNATURE_REPLAYED",
                _("A request with this signature was received before."),
                _("Sign each request anew, with a nonce of its own."),
            )
        )


def forget(*, at) -> int:
    """Removes what no clock would accept any more; returns how many."""
    return SeenSignature.objects.filter(seen_at__lt=at - KEPT).delete()[0]
