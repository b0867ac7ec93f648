"""The node's log: leaves, tiles and checkpoints, to be read here."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from registry.log import tiles
from registry.log.hashing import HASH_BYTES
from registry.models import Checkpoint, LoggedDocument, LogLeaf, LogTile

from . import shown
from .base import Ledger, ReadOnly


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnly):
    """Checkpoints are published, so whoever has a role sees all of them."""

    list_display = ("leaves", "root_shown", "at", "key")
    list_select_related = ("key",)
    search_fields = ("=size",)
    search_help_text = _("The number of leaves.")
    ordering = ("-pk",)
    readonly_fields = ("leaves", "root_shown", "note_shown")
    fields = ("leaves", "root_shown", "note_shown", "key", "at")

    @admin.display(description=_("size (leaves)"), ordering="size")
    def leaves(self, row):
        return shown.units(row.pk)

    @admin.display(description=_("root"))
    def root_shown(self, row):
        return shown.digest(row.root)

    @admin.display(description=_("signed note"))
    def note_shown(self, row):
        return format_html("<pre>{}</pre>", row.note)


@admin.register(LogLeaf)
class LogLeafAdmin(Ledger):
    scope = "posting__transaction__registry"
    list_display = ("number", "of_posting", "hash_shown", "appended_at")
    list_select_related = ("posting",)
    search_fields = ("=posting__id",)
    search_help_text = _("The number of a posting.")
    readonly_fields = ("number", "of_posting", "digest_shown", "hash_shown")
    fields = ("number", "kind", "of_posting", "digest_shown", "hash_shown", "appended_at")

    @admin.display(description=_("leaf"), ordering="index")
    def number(self, row):
        return shown.units(row.pk)

    @admin.display(description=_("posting"))
    def of_posting(self, row):
        return shown.link(row.posting)

    @admin.display(description=_("SHA-256 of the canonical bytes"))
    def digest_shown(self, row):
        return shown.digest(row.digest)

    @admin.display(description=_("leaf hash"))
    def hash_shown(self, row):
        return shown.digest(row.leaf_hash)


@admin.register(LoggedDocument)
class LoggedDocumentAdmin(ReadOnly):
    """What a document says is shown where it was made; that it was logged is for everybody."""

    list_display = ("subject", "kind", "of_leaf", "digest_shown", "recorded_at")
    list_filter = ("kind",)
    list_select_related = ("leaf",)
    search_fields = ("subject",)
    search_help_text = _("The subject of a document.")
    ordering = ("-pk",)
    readonly_fields = ("of_leaf", "digest_shown")
    fields = ("kind", "subject", "of_leaf", "digest_shown", "recorded_at")

    @admin.display(description=_("leaf"), ordering="leaf")
    def of_leaf(self, row):
        return shown.link(row.leaf)

    @admin.display(description=_("SHA-256 of the canonical bytes"))
    def digest_shown(self, row):
        return shown.digest(row.digest)


@admin.register(LogTile)
class LogTileAdmin(ReadOnly):
    """Tiles hold hashes of hashes, and are for everybody."""

    list_display = ("place", "level", "number", "width")
    list_filter = ("level",)
    ordering = ("-pk",)
    readonly_fields = ("place", "width", "hashes_shown")
    fields = ("place", "level", "number", "width", "hashes_shown")

    @admin.display(description=_("address"))
    def place(self, row):
        return tiles.path(row.level, row.number, self.width(row))

    @admin.display(description=_("hashes"))
    def width(self, row):
        return len(row.hashes) // HASH_BYTES

    @admin.display(description=_("hashes"))
    def hashes_shown(self, row):
        data = bytes(row.hashes)
        starts = range(0, len(data), HASH_BYTES)
        return format_html_join(
            "\n", "<div>{}</div>", ((shown.digest(data[at : at + HASH_BYTES]),) for at in starts)
        )
