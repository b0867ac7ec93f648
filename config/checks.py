"""System checks of the node."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.keys import node, vkeys

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


@register(Tags.database)
def node_keeps_its_name(app_configs, databases=None, **kwargs):
    """Checkpoints and receipts are signed under the name that the first key was made with."""
    wanted = node.configured_name()
    if not wanted or not databases or "default" not in databases:
        return []
    try:
        kept = node.node_name()
    except DatabaseError:
        # Whoever needs the database, or its tables, will say that they are missing.
        return []
    if kept == wanted:
        return []
    return [
        Error(
            _("NODE_NAME says %(wanted)s, but this node has signed as %(kept)s.")
            % {"wanted": wanted, "kept": kept},
            hint=_("Set NODE_NAME to the old name, or leave it out: a node keeps its name."),
            id="config.E003",
        )
    ]


@register()
def node_name_can_be_signed_with(app_configs, **kwargs):
    """The name stands in signed notes, where a space or a plus sign would end it."""
    name = node.configured_name()
    if not name or (vkeys.NAME.fullmatch(name) and "://" not in name):
        return []
    return [
        Error(
            _("NODE_NAME can not be %(name)s.") % {"name": name},
            hint=_("Give an address without a scheme, spaces and plus signs: registry.example"),
            id="config.E004",
        )
    ]


@register()
def keys_have_a_place(app_configs, **kwargs):
    """Without a directory nothing can be signed; only a node with its own servers has one."""
    if settings.CONCORD["KEYS_DIR"]:
        return []
    return [
        Warning(
            _("KEYS_DIR is not set: this process can sign nothing."),
            hint=_("Set KEYS_DIR to a directory that only the node's user can read."),
            id="config.W005",
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
