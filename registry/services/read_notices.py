"""A person's own notices are marked as read; nobody marks another one's."""

from registry import permissions
from registry.models import Notice
from registry.selectors import notices


def mark_read(*, actor, notice_id, at) -> Notice:
    """Marks one notice as read; again it changes nothing.

    Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_NOTICE).
    """
    found = notices.find(actor, notice_id)
    if Notice.objects.filter(pk=found.pk, read_at__isnull=True).update(read_at=at):
        found.read_at = at
    return found


def mark_all_read(*, actor, upto, at) -> int:
    """Marks all notices up to a number as read, so that one that comes meanwhile stays unread;
    returns how many were not.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    unread = notices.own(actor).filter(pk__lte=upto, read_at__isnull=True)
    return unread.update(read_at=at)
