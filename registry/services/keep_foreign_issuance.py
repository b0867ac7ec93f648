"""Keep what is known of units that a registry of another node has issued."""

from registry import permissions, posting
from registry.models import Role

WORKERS = frozenset({Role.SYSTEM})


def keep_foreign_issuance(*, actor, unit_type_id, first, last, attributes: dict) -> int:
    """The id of the issuance, by its certificate, which the caller has verified.

    `attributes` are those of the columns, dates as text.

    Raises: NotPermitted, RuleViolated (FOREIGN_ISSUANCE_DIFFERS) where another one is known of
    any of these serials.
    """
    permissions.require_role(actor, WORKERS, None)
    return posting.keep_foreign_issuance(unit_type_id, first, last, attributes)
