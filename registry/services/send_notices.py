"""Sends notices by mail: at least once, later and later while nobody takes them.

What is to be sent to one person at one time is one mail. It is leased before it is sent, by the
time of its next attempt, and no transaction is open meanwhile: a worker that dies in between
leaves it to another one, which sends it under the same Message-ID.
"""

from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry import notice_texts, telling
from registry.keys.node import node_name
from registry.models import Notice, NoticeMail

IN_ONE_MAIL = 50
LEASE = timedelta(minutes=10)
PATIENCE = timedelta(days=3)
KEPT = timedelta(days=400)
# Seconds to the next attempt; the last one is repeated until patience ends.
BACK_OFF_S = (60, 300, 1_800, 7_200, 21_600)


def due(*, at) -> list[int]:
    """The persons to whom something is to be sent now."""
    rows = NoticeMail.objects.filter(sent_at__isnull=True, next_attempt_at__lte=at)
    return list(rows.order_by("person_id").values_list("person_id", flat=True).distinct())


def send(person_id, *, clock) -> int:
    """Sends a person what is due, as one mail; returns how many notices were taken.

    Another worker at the same person sends the rest, or nothing.
    """
    at = clock()
    leased = _lease(person_id, at)
    if not leased:
        return 0
    problem = _send(leased)
    rows = NoticeMail.objects.filter(pk__in=[mail.pk for mail in leased])
    if not problem:
        rows.update(sent_at=clock(), problem="")
        return len(leased)
    for mail in leased:
        wait = BACK_OFF_S[min(mail.attempts - 1, len(BACK_OFF_S) - 1)]
        NoticeMail.objects.filter(pk=mail.pk).update(
            problem=problem, next_attempt_at=clock() + timedelta(seconds=wait)
        )
    return 0


def forget(*, at) -> int:
    """Ends the attempts that nobody takes, and removes notices that are older than they are kept;
    returns how many rows went. A notice whose mail nobody took stays in the application."""
    tried = NoticeMail.objects.filter(sent_at__isnull=True, notice__at__lt=at - PATIENCE)
    gone, _by_model = tried.filter(attempts__gte=len(BACK_OFF_S)).delete()
    old, _by_model = Notice.objects.filter(at__lt=at - KEPT).delete()
    return gone + old


def _lease(person_id, at):
    numbers = telling.lease(person_id, at=at, until=at + LEASE, most=IN_ONE_MAIL)
    rows = NoticeMail.objects.select_related("notice__person")
    return list(rows.filter(pk__in=numbers).order_by("pk"))


def _send(mails):
    """What went wrong, in a few words, or nothing."""
    person = mails[0].notice.person
    # Whoever wants none any more is sent none of those that waited either; but an address that
    # was given up is told so, in case it was somebody else who did it.
    to = {mail.notice.data["before"] for mail in mails if mail.notice.data.get("before")}
    if person.mail_notices and person.email:
        to.add(person.email)
    if not to or not person.is_active:
        return ""
    name = node_name()
    with translation.override(person.language):
        subject, body = _texts([mail.notice for mail in mails], name)
    message = EmailMessage(
        subject,
        body,
        settings.DEFAULT_FROM_EMAIL,
        sorted(to),
        headers={
            "Message-ID": f"<notices-{mails[0].pk}-{mails[-1].pk}@{name.partition(':')[0]}>",
            "Content-Language": person.language,
            # Nobody's holiday answers come back for it (RFC 3834, section 5).
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except (SMTPException, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:200]
    return ""


def _texts(notices, name):
    told = [(notice, notice_texts.text_of(notice.kind, notice.data)) for notice in notices]
    title = told[0][1].title
    if len(told) > 1:
        text = ngettext("%(count)s notice", "%(count)s notices", len(told))
        title = text % {"count": len(told)}
    moments = "%Y-%m-%d %H:%M:%S UTC"
    parts = [f"{text.title}\n{notice.at:{moments}}\n{text.body}" for notice, text in told]
    parts.append(
        _("You read all notices on %(node)s, and choose there what is mailed.") % {"node": name}
    )
    return f"{name}: {title}", "\n\n".join(parts) + "\n"
