"""Rules about what protects the ledger: constraints, triggers, functions, rights."""

from django.utils.translation import gettext_lazy as _

from registry.audit.rules import Rule

RULES = (
    Rule(
        "CONSTRAINTS_IN_PLACE",
        _("All constraints are there, valid and in force."),
        {
            "missing": _("Constraint %(row)s of %(of)s is missing."),
            "other_kind": _("Constraint %(row)s of %(of)s is a %(found)s, not a %(kind)s."),
            "not_in_force": _("Constraint %(row)s of %(of)s is not valid or not enforced."),
            "switched_off": _("Foreign key %(row)s of %(of)s is switched off."),
            "index": _("Index %(row)s of %(of)s is not valid."),
        },
    ),
    Rule(
        "TRIGGERS_IN_PLACE",
        _("All guards are there and always fire."),
        {
            "missing": _("Trigger %(row)s of %(of)s is missing."),
            "unknown": _("Trigger %(row)s of %(of)s is not of this release."),
            "not_always": _("Trigger %(row)s of %(of)s does not always fire."),
            "differs": _("Trigger %(row)s of %(of)s is “%(found)s”, not “%(expected)s”."),
        },
    ),
    Rule(
        "FUNCTIONS_AS_RELEASED",
        _("The functions of gate and guards are those of this release."),
        {
            "missing": _("Function %(row)s is missing."),
            "unknown": _("Function %(row)s is not of this release."),
            "differs": _("The text of function %(row)s is not that of this release."),
            "search_path": _(
                "Function %(row)s runs with its owner's rights and no fixed search path."
            ),
        },
    ),
    Rule(
        "TABLES_ARE_PLAIN",
        _("Nothing stands between the ledger's tables and their reader."),
        {
            "missing": _("Table %(row)s is missing."),
            "not_a_table": _("%(row)s is not a table."),
            "not_logged": _("Table %(row)s does not survive a crash."),
            "hides_rows": _("Table %(row)s has row security, which hides rows."),
            "rewritten": _("Table %(row)s has a rewrite rule."),
            "has_children": _("Table %(row)s shows the rows of %(child)s as its own."),
        },
    ),
    Rule(
        "ROLE_HAS_NO_MORE_RIGHTS",
        _("The application's role owns nothing and has no more rights than it needs."),
        {
            "no_role": _("There is no role %(row)s."),
            "attribute": _("The role %(row)s has %(right)s."),
            "member": _("The role %(row)s can act as %(right)s."),
            "owns": _("The application's role owns %(row)s."),
            "table": _("The application's role has %(right)s on %(row)s."),
            "sequence": _("The application's role can set the sequence %(row)s."),
            "function": _("The application's role can call %(row)s."),
            "makes": _("The application's role has %(right)s on %(row)s."),
            "setting": _("A role or database is set to start with %(row)s."),
        },
    ),
)
