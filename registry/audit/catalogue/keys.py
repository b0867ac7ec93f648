"""Rules about signing keys, and about the signatures of issuances."""

from django.utils.translation import gettext_lazy as _

from registry.audit import issuances
from registry.audit.rules import ComputedRule, Rule

RULES = (
    Rule(
        "KEYS_ARE_SOUND",
        _("Each owner has one key at a time for each purpose, under its thumbprint."),
        {
            "thumbprint": _("The id of key %(row)s is not its thumbprint: %(key)s."),
            "owner": _("Key %(row)s is for %(purpose)s, which is not for its owner to sign."),
            "validity": _("Key %(row)s is valid from %(valid_from)s to %(valid_to)s: never."),
            "revocation": _("Key %(row)s is revoked from %(revoked_at)s on, or has no reason."),
            "overlap": _("Keys %(row)s and %(other)s are in force at the same time."),
            "node": _("Key %(row)s is of node %(node)s; this node has another name."),
        },
    ),
    Rule(
        "ISSUANCES_ARE_SIGNED",
        _("Each issuance has one signature, by a key of its registry that was in force."),
        {
            "unsigned": _(
                "Issuance %(row)s of %(unit_type)s %(first)s–%(last)s has had no signature since "
                "%(since)s."
            ),
            "no_issuance": _("Signature %(row)s is of issuance %(issuance)s, which is not there."),
            "key": _("Signature %(row)s is by key %(key)s, which is not one of the registry."),
            "validity": _("Signature %(row)s is of %(signed_at)s, when its key was not valid."),
            "twice": _("Signature %(row)s is the second one of issuance %(issuance)s."),
            "replaces": _("Signature %(row)s replaces %(replaces)s, which stands."),
        },
    ),
    ComputedRule(
        "SIGNATURES_HOLD",
        _("Every signature of an issuance is one of its key over what the ledger says."),
        {
            "signature": _(
                "Signature %(row)s is not one of key %(key)s over issuance %(issuance)s."
            ),
        },
        judge=issuances.signatures,
    ),
)
