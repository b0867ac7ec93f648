"""The digest of a version of a registry's rules. Pure."""

from . import canonical

NAMES = (
    *("registry", "version", "rights", "most_representatives"),
    *("trusted_delay_days", "stop_quorum", "valid_from"),
)


def rules_digest(said: dict) -> bytes:
    """SHA-256 of the canonical JSON of what a version says; `registry` is a code, or None."""
    return canonical.digest(
        {
            **{name: str(said[name]) for name in NAMES if name not in ("registry", "rights")},
            "registry": said["registry"],
            "rights": list(said["rights"]),
            "valid_from": canonical.instant(said["valid_from"]),
        }
    )
