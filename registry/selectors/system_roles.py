"""The roles of a part of the software, with which each of its acts begins."""

from registry.prepared import Prepared, rows

ROLES = Prepared(
    "registry_system_roles",
    ("text",),
    """
SELECT a.person_id, a.registry_id, a.role
FROM registry_roleassignment a JOIN registry_person p ON p.id = a.person_id
WHERE p.username = $1 AND p.is_system
""",
)


def of(username) -> list:
    """(person, registry or None, role) each."""
    return rows(ROLES, [username])
