"""Delete the files of uploads that are done with; what they were and became stays."""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction

from registry.models import UploadPiece
from registry.selectors import uploads

# The database keeps them as long.
KEPT = timedelta(days=30)

logger = logging.getLogger(__name__)


def forget_files(*, at) -> int:
    """Deletes what was over so long before `at`; returns of how many uploads."""
    gone = 0
    for number in uploads.done_with(at - KEPT):
        try:
            with transaction.atomic():
                UploadPiece.objects.filter(upload=number).delete()
        except IntegrityError:
            # Somebody has just had it checked again.
            logger.info("the file of upload %s is still needed", number)
        else:
            gone += 1
    return gone
