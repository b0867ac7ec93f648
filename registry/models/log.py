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

    A leaf is of a posting, or of a document, whose kind it has.

    `digest` is the SHA-256 of the canonical bytes of what was logged, `leaf_hash` that of the
    leaf's own data, which hold the digest and a header.
    """

    # The kind of a posting's leaf; each other kind is that of a document.
    POSTING = "posting"

    index = models.BigIntegerField(pgettext_lazy("of a leaf", "index"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=32)
    posting = models.OneToOneField(
        Posting, models.PROTECT, null=True, related_name="leaf", verbose_name=_("posting")
    )
    digest = models.BinaryField(_("SHA-256 of the canonical bytes"), max_length=32)
    leaf_hash = models.BinaryField(_("leaf hash"), max_length=32)
    appended_at = models.DateTimeField(_("appended at"))

    class Meta:
        verbose_name = _("leaf of the log")
        verbose_name_plural = _("leaves of the log")

    def __str__(self):
        return str(self.index)


class LoggedDocument(models.Model):
    """What is logged besides postings: which document, and the SHA-256 of its canonical bytes.

    The document stays with whoever made it; `kind` and `subject` are how that one finds it, and
    everybody may read them. It has no leaf until the log has come to it, some seconds later.
    """

    kind = models.CharField(_("kind"), max_length=32)
    subject = models.CharField(_("subject"), max_length=128)
    digest = models.BinaryField(_("SHA-256 of the canonical bytes"), max_length=32)
    recorded_at = models.DateTimeField(_("recorded at"))
    leaf = models.OneToOneField(
        LogLeaf, models.PROTECT, null=True, related_name="document", verbose_name=_("leaf")
    )

    class Meta:
        verbose_name = _("logged document")
        verbose_name_plural = _("logged documents")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], name="logged_document_is_recorded_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(leaf=None), name="documents_that_have_no_leaf"
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.subject}"


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
