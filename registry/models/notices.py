"""What happens to the safety of persons and keys, and what persons are told of what happens."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .people import ApiKey, Person


class SecurityEvent(models.Model):
    """What happened to how a person acts: sign-ins, second factors, keys, roles. Append-only.

    `by` is who did it, where that is somebody; `data` are codes and numbers as text, no secret.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("signed in")
        NEW_ADDRESS = "new_address", _("signed in from a new address")
        FACTOR_ADDED = "factor_added", _("second factor added")
        FACTOR_REMOVED = "factor_removed", _("second factor removed")
        CODES_MADE = "codes_made", _("recovery codes made")
        KEY_MADE = "key_made", _("API key made")
        KEY_REVOKED = "key_revoked", _("API key revoked")
        ROLE_GIVEN = "role_given", _("role given")
        ROLE_TAKEN = "role_taken", _("role taken back")
        DEACTIVATED = "deactivated", _("person deactivated")
        REACTIVATED = "reactivated", _("person let in again")
        PASSWORD_GIVEN = "password_given", _("one-time password given")
        RECOVERED = "recovered", _("sign-in recovered")
        MAIL_CHANGED = "mail_changed", _("mail address changed")

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="security_events", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    at = models.DateTimeField(_("at"), db_default=Now())
    by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    api_key = models.ForeignKey(
        ApiKey,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("API key"),
    )
    address = models.CharField(_("address"), max_length=45, blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("signed_in", "new_address", "factor_added", "factor_removed"),
                        *("codes_made", "key_made", "key_revoked", "role_given"),
                        *("password_given", "recovered", "mail_changed"),
                        *("role_taken", "deactivated", "reactivated"),
                    ]
                ),
                name="security_event_kind_is_known",
            )
        ]

    def __str__(self):
        return self.get_kind_display()


class Notice(models.Model):
    """One person is told of one thing that happened, once.

    There is no text here: it is made of `kind` and `data` in the language of whoever reads it.
    `key` names the thing, as in approval:12; `subject` what it is about, as in transaction:7.
    """

    class Kind(models.TextChoices):
        TRANSACTION_PROPOSED = "transaction_proposed", _("transaction proposed")
        TRANSACTION_APPROVED = "transaction_approved", _("transaction approved")
        TRANSACTION_REJECTED = "transaction_rejected", _("transaction rejected")
        TRANSACTION_DELAYED = "transaction_delayed", _("transaction delayed")
        TRANSACTION_COMPLETED = "transaction_completed", _("transaction completed")
        TRANSACTION_ENDED = "transaction_ended", _("transaction ended without a posting")
        PROPOSAL_EXPIRING = "proposal_expiring", _("proposal about to expire")
        DELAY_ENDING = "delay_ending", _("delay about to end")
        REQUEST_ASKED = "request_asked", _("request made")
        REQUEST_APPROVED = "request_approved", _("request approved")
        REQUEST_REJECTED = "request_rejected", _("request rejected")
        ACCOUNT_EVENT = "account_event", _("account event")
        STOP_PLACED = "stop_placed", _("emergency stop placed")
        SECURITY_EVENT = "security_event", _("security event")

    person = models.ForeignKey(
        Person,
        models.PROTECT,
        related_name="notices",
        db_index=False,
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    key = models.CharField(_("name of the event"), max_length=80)
    subject = models.CharField(_("subject"), max_length=80)
    data = models.JSONField(_("details"), default=dict, blank=True)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"], name="notice_is_given_once_to_a_person"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("transaction_proposed", "transaction_approved", "transaction_rejected"),
                        *("transaction_delayed", "transaction_completed", "transaction_ended"),
                        *("proposal_expiring", "delay_ending", "request_asked"),
                        *("request_approved", "request_rejected", "account_event"),
                        *("stop_placed", "security_event"),
                    ]
                ),
                name="notice_kind_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_of_person"),
            models.Index(
                fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"
            ),
        ]

    def __str__(self):
        return f"#{self.pk} {self.get_kind_display()}"


class NoticeMail(models.Model):
    """A notice that is also sent by mail: tried until it is taken, at least once.

    It is written together with its notice. Whoever sends it puts its next attempt off before, so
    that no other worker sends it as well; one that dies in between leaves it to be sent again.
    """

    notice = models.OneToOneField(
        Notice, models.CASCADE, related_name="mail", verbose_name=_("notice")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="+", db_index=False, verbose_name=_("person")
    )
    attempts = models.IntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("mail of a notice")
        verbose_name_plural = _("mails of notices")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(sent_at__isnull=True),
                name="notice_mail_waiting",
            )
        ]

    def __str__(self):
        return f"#{self.notice_id}"


class NoticeSource(models.Model):
    """Up to where one kind of event has been told.

    Numbers are given before rows are committed. What is told is up to `reached`; the next step is
    `candidate`, once every transaction has ended that can still write a number up to it.
    """

    code = models.CharField(_("code"), primary_key=True, max_length=32)
    reached = models.BigIntegerField(_("number told up to"))
    candidate = models.BigIntegerField(_("next number"))
    candidate_xmax = models.BigIntegerField(_("transaction that must have ended"))

    class Meta:
        verbose_name = _("source of notices")
        verbose_name_plural = _("sources of notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(candidate__gte=models.F("reached")),
                name="notice_source_goes_forward",
            )
        ]

    def __str__(self):
        return self.code
