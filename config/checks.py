"""System checks of the node."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OWNS_NOTHING_HINT = gettext_lazy(
    "Give the tables to a role of their own: set DATABASE_OWNER_URL for `manage.py migrate`, and "
    "let DATABASE_URL name a role that owns nothing."
)


@register(Tags.database)
def application_owns_nothing(app_configs, databases=None, **kwargs):
    """An owner can switch off the triggers that guard the ledger; the application must not."""
    if not databases or "default" not in databases:
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_tables"
                " WHERE tableowner = current_user AND schemaname = current_schema()"
            )
            owned = cursor.fetchone()[0]
    except DatabaseError:
        # Whoever needs the database will say that it cannot be reached.
        return []
    if not owned:
        return []
    return [
        Warning(
            _("The application's database role owns %(count)s tables.") % {"count": owned},
            hint=OWNS_NOTHING_HINT,
            id="config.W001",
        )
    ]


@register()
def requests_are_not_transactions(app_configs, **kwargs):
    """Services hold the transactions: an answer that says no must still be able to commit."""
    return [
        Error(
            _("ATOMIC_REQUESTS is on for the database %(alias)s.") % {"alias": alias},
            hint=_("Remove it from DATABASES."),
            id="config.E002",
        )
        for alias, found in settings.DATABASES.items()
        if found.get("ATOMIC_REQUESTS")
    ]
