"""Orders that take units through their home to a third registry."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Registry

from .peers import Peer
from .transfers import Transfer


class OnwardTransfer(models.Model):
    """Where the units of a transfer that goes home go on to, and what has become of that.

    `uuid` and `role` are those of the first transfer's half on this node, which may be known later
    than this. `second` is the transfer by which the units go on; only the node of their home has
    it. `answer` is why they stay there, or what that node has said.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        AT_HOME = "at_home", _("at home")
        SENT = "sent", _("sent on")
        ARRIVED = "arrived", _("arrived")
        STAYED = "stayed", _("stays at home")
        DROPPED = "dropped", _("dropped")

    uuid = models.UUIDField(_("transfer"))
    role = models.CharField(_("half"), max_length=16, choices=Transfer.Role.choices)
    peer = models.ForeignKey(
        Peer, models.PROTECT, null=True, related_name="+", verbose_name=_("peer")
    )
    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="+", verbose_name=_("receiver")
    )
    account = models.CharField(_("to account"), max_length=40)
    period = models.CharField(_("period"), max_length=32, blank=True)
    second = models.OneToOneField(
        Transfer,
        models.PROTECT,
        null=True,
        related_name="goes_on",
        verbose_name=_("second transfer"),
    )
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.PLANNED
    )
    answer = models.JSONField(_("answer"), null=True)
    ordered_at = models.DateTimeField(_("ordered at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("onward transfer")
        verbose_name_plural = _("onward transfers")
        constraints = [
            models.UniqueConstraint(fields=["uuid", "role"], name="onward_transfer_is_one"),
            models.CheckConstraint(
                condition=Q(role="both", peer=None)
                | Q(role__in=["source", "destination"], peer__isnull=False),
                name="onward_transfer_is_of_a_half",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "at_home", "sent"], ended_at=None)
                | Q(state__in=["arrived", "stayed", "dropped"], ended_at__isnull=False),
                name="onward_transfer_ends_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(second__isnull=False),
                name="onward_transfer_is_sent_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["planned", "at_home", "sent"]),
                name="onward_transfer_under_way",
            )
        ]

    def __str__(self):
        return f"#{self.pk}"
