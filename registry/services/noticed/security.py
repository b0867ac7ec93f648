"""What happens to the safety of a person's sign-in and keys."""

from registry.models import Notice, Role, SecurityEvent

from .occurrence import Occurrence

Event = SecurityEvent.Kind
# Each sign-in is kept for auditors; told are those from where the person never was before.
NOT_TOLD = (Event.SIGNED_IN,)
# What gives somebody power, or takes a protection away: who manages the node sees it too.
TO_MANAGERS = frozenset(
    {
        *(Event.ROLE_GIVEN, Event.ROLE_TAKEN, Event.DEACTIVATED, Event.REACTIVATED),
        *(Event.PASSWORD_GIVEN, Event.RECOVERED),
    }
)
MANAGERS = frozenset({Role.SYSTEM_ADMINISTRATOR})


def happened(rows) -> list[Occurrence]:
    """Told to the person, and where it gives power to those who manage the node."""
    found = rows.exclude(kind__in=NOT_TOLD).select_related("person", "by")
    return [
        Occurrence(
            Notice.Kind.SECURITY_EVENT,
            key=f"security:{each.pk}",
            subject=f"person:{each.person.username}",
            at=each.at,
            data={
                name: value
                for name, value in {
                    **each.data,
                    "security_event": each.kind,
                    "username": each.person.username,
                    "address": each.address,
                    "person": str(each.by) if each.by else "",
                }.items()
                if value
            },
            roles=MANAGERS if each.kind in TO_MANAGERS else frozenset(),
            persons=frozenset({each.person_id}),
        )
        for each in found
    ]


SOURCES = {"security": (SecurityEvent, happened)}
