"""The node's Merkle log: its leaves, the tree over them, and the checkpoints that it has signed.

Only registry/appending.py writes here, through the SQL functions beside the migrations. What the
bytes are is told in docs/log.md, and which rules the database holds in docs/invariants.md.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .keys import KeyRecord
from .ledger import Posting


class LogLeaf(models.Model):
    """What was logged, in the log's order: dense, from 0; postings in the order of positions.

    `digest` is the SHA-256 of the canonical bytes of what was logged, `leaf_hash` that of the
    leaf's own data, which hold the digest and a header.
    """

    class Kind(models.TextChoices):
        POSTING = "posting", _("posting")

    index = models.BigIntegerField(pgettext_lazy("of a leaf", "index"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    posting = models.OneToOneField(
        Posting, models.PROTECT, related_name="leaf", verbose_name=_("posting")
    )
    digest = models.BinaryField(_("SHA-256 of the canonical bytes"), max_length=32)
    leaf_hash = models.BinaryField(_("leaf hash"), max_length=32)
    appended_at = models.DateTimeField(_("appended at"))

    class Meta:
        verbose_name = _("leaf of the log")
        verbose_name_plural = _("leaves of the log")

    def __str__(self):
        return str(self.index)


class LogTile(models.Model):
    """Up to 256 hashes of the tree, side by side, as C2SP tlog-tiles lays them out.

    Level 0 holds the hashes of leaves; each hash above is the root over a full tile below.
    """

    level = models.SmallIntegerField(_("level"))
    number = models.BigIntegerField(_("number"))
    hashes = models.BinaryField(_("hashes"), max_length=8192)

    class Meta:
        verbose_name = _("tile of the log")
        verbose_name_plural = _("tiles of the log")
        constraints = [
            models.UniqueConstraint(fields=["level", "number"], name="log_tile_has_its_own_place")
        ]

    def __str__(self):
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed statement of the node: so many leaves, under this root."""

    size = models.BigIntegerField(_("size (leaves)"), primary_key=True)
    root = models.BinaryField(_("root"), max_length=32)
    key = models.ForeignKey(
        KeyRecord, models.PROTECT, related_name="checkpoints", verbose_name=_("signing key")
    )
    note = models.TextField(_("signed note"))
    at = models.DateTimeField(_("made at"), db_index=True)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self):
        return str(self.size)
