"""Have a document logged besides postings."""

import hashlib

from registry import appending, canonical


def log_document(*, kind: str, subject: str, document: dict) -> int:
    """Records the SHA-256 of a document's canonical bytes (RFC 8785) for the log; the row's id.

    Its leaf follows within seconds after the caller's transaction has committed, with `kind` and
    `subject`, which everybody may read; the document itself stays with the caller. Where somebody
    could guess it whole, it carries a salt. It is nobody's act of its own: who may make the
    document is decided before. The same document again changes nothing.

    Raises: Conflict (DOCUMENT_DIFFERS) for another document of this kind and subject.
    """
    digest = hashlib.sha256(canonical.encode(document)).digest()
    return appending.record_document(kind, subject, digest)
