"""Signing keys, and the signatures of issuances: public halves, to be read here."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registry.keys import text_forms
from registry.models import IssuanceSignature, KeyRecord

from . import shown
from .base import ByCode, Ledger, ReadOnly


def encoded(value):
    """Bytes as documents write them, which can be selected as one word."""
    return format_html('<code class="digest">{}</code>', text_forms.encode(bytes(value)))


@admin.register(KeyRecord)
class KeyRecordAdmin(ReadOnly):
    """Public keys are published, so whoever has a role sees all of them."""

    list_display = ("key_id", "purpose", "owner", "valid_from", "valid_to", "revoked_at")
    list_filter = ("purpose", ("registry", ByCode))
    list_select_related = ("registry",)
    search_fields = ("key_id", "registry__code", "node")
    ordering = ("-pk",)
    readonly_fields = ("key_shown",)
    fields = (
        "key_id",
        "purpose",
        "registry",
        "node",
        "algorithm",
        "key_shown",
        "valid_from",
        "valid_to",
        "revoked_at",
        "revocation_reason",
    )

    @admin.display(description=_("owner"), ordering="registry")
    def owner(self, row):
        return row.registry.code if row.registry else row.node

    @admin.display(description=_("public key"))
    def key_shown(self, row):
        return encoded(row.public_key)


@admin.register(IssuanceSignature)
class IssuanceSignatureAdmin(Ledger):
    scope = "issuance__unit_type__registry"
    list_display = ("number", "serials", "signed_by", "signed_at", "state")
    list_filter = (("key__registry", ByCode),)
    list_select_related = ("issuance__unit_type", "key")
    readonly_fields = ("serials", "signed_by", "signature_shown", "state")
    fields = ("serials", "signed_by", "signature_shown", "signed_at", "state", "replaces")

    @admin.display(description=_("signature"))
    def number(self, row):
        return f"#{row.pk}"

    @admin.display(description=_("serials"))
    def serials(self, row):
        issued = row.issuance
        text = shown.block(issued.unit_type.code, issued.first, issued.last)
        return format_html("{} {}", shown.link(issued, text), shown.quiet(issued.unit_type.name))

    @admin.display(description=_("signing key"))
    def signed_by(self, row):
        return shown.link(row.key)

    @admin.display(description=_("signature"))
    def signature_shown(self, row):
        return encoded(row.signature)

    @admin.display(description=_("status"))
    def state(self, row):
        void = row.key.revoked_at is not None and row.key.revoked_at <= row.signed_at
        return _("void: its key was revoked") if void else _("stands")
