"""What can be wrong with a document that is verified, each under a stable code. Pure."""

from dataclasses import dataclass, field


def gettext_noop(text):
    """Marks a text for the catalogues; whoever shows it translates it."""
    return text


TEXTS = {
    "DOCUMENT_MALFORMED": (
        gettext_noop("This is not a JSON object in UTF-8 that names each member once."),
        gettext_noop("Use the file as it was received."),
    ),
    "DOCUMENT_FORMAT_UNKNOWN": (
        gettext_noop("The document is of no format that is known here: %(format)s."),
        gettext_noop("Use a certificate, a receipt or a holding proof as it was received."),
    ),
    "DOCUMENT_MEMBER_WRONG": (
        gettext_noop("The member %(member)s is missing, unknown or not well formed."),
        gettext_noop("Use the file as it was received; docs/signatures.md describes the members."),
    ),
    "DOCUMENT_NOT_CANONICAL": (
        gettext_noop("The bytes are not the canonical form (RFC 8785) of what they say."),
        gettext_noop("Use the file as it was received: programs that tidy JSON change its bytes."),
    ),
    "DOCUMENT_ALTERED": (
        gettext_noop("The document was changed after it was made: its digest is another."),
        gettext_noop("Use the file as it was received, or ask for it again."),
    ),
    "RANGE_OUTSIDE_ISSUANCE": (
        gettext_noop(
            "The serials %(first)s–%(last)s are not all of the issuance %(issued_first)s–"
            "%(issued_last)s."
        ),
        gettext_noop("Nothing is proved of them: ask their issuer for a certificate."),
    ),
    "HOLDING_CONTRADICTS_ITSELF": (
        gettext_noop("The block ends before it begins, or was held before it came."),
        gettext_noop("Do not rely on the document."),
    ),
    "LEAF_NOT_PROVED": (
        gettext_noop("It is not proved that the posting is in the node's log: %(reason)s."),
        gettext_noop("Fetch the list of keys again; else do not rely on the document."),
    ),
    "SIGNER_UNKNOWN": (
        gettext_noop("The key %(key)s is not in the list of keys."),
        gettext_noop("Fetch the signer's list of keys again, from the signer."),
    ),
    "SIGNER_WITHOUT_RIGHT": (
        gettext_noop("The key %(key)s does not sign such documents for %(owner)s."),
        gettext_noop("Do not rely on the document."),
    ),
    "SIGNER_NOT_YET_VALID": (
        gettext_noop("It was signed at %(signed_at)s, before the key %(key)s was valid."),
        gettext_noop("Do not rely on the document: the key is valid from %(valid_from)s."),
    ),
    "SIGNER_EXPIRED": (
        gettext_noop("It was signed at %(signed_at)s, after the key %(key)s had ended."),
        gettext_noop("Do not rely on the document: the key ended at %(valid_to)s."),
    ),
    "SIGNER_REVOKED": (
        gettext_noop("It was signed at %(signed_at)s, when the key %(key)s was revoked."),
        gettext_noop("Do not rely on it: nothing holds that was signed from %(revoked_at)s on."),
    ),
    "SIGNATURE_WRONG": (
        gettext_noop("The signature is not one of the key %(key)s over this document."),
        gettext_noop("Use the file as it was received; else do not rely on it."),
    ),
    "KEYS_MALFORMED": (
        gettext_noop("This is not a list of public keys (JWKS) of a node: %(reason)s."),
        gettext_noop("Fetch it from /.well-known/jwks.json of the node."),
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong; the particulars fill its texts."""

    code: str
    data: dict = field(default_factory=dict)

    @property
    def texts(self) -> tuple[str, str]:
        """What is wrong and what to do, in English, with placeholders for `data`."""
        return TEXTS[self.code]
