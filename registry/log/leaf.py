"""The data of a leaf: a header of a few members and the digest of what is logged.

The documents themselves can have megabytes; a leaf stays far below the 65,535 bytes that an entry
may have where it is served (C2SP tlog-tiles). docs/log.md describes each member.
"""

from datetime import datetime

from registry import canonical

FORMAT = "concord-leaf-1"
POSTING = "posting"


def entry(*, kind: str, subject: str, recorded_at: datetime, sha256: bytes) -> bytes:
    """The bytes that are hashed into the tree: canonical JSON (RFC 8785).

    `subject` names what the leaf is about among others of its kind: of a posting, its number.
    `sha256` is the digest of its canonical bytes, and `recorded_at` the moment from which the
    promise to log it counts.
    """
    return canonical.encode(
        {
            "format": FORMAT,
            "kind": kind,
            "recorded_at": canonical.instant(recorded_at),
            "sha256": sha256.hex(),
            "subject": subject,
        }
    )
