"""What linking adds to the audit of the ledger (registry/audit/above.py).

Like every rule of the audit these share no code with what they judge.
"""

from functools import partial
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.audit import rules

from . import recount

HERE = Path(__file__).parent
APP = "linking"
EXPECTED = HERE / "expected.toml"
MIGRATIONS = HERE.parent / "migrations"
FIGURES = {
    "agreements": _("agreements"),
    "changes_of_edges": _("changes of edges"),
    "edges": _("edges"),
    "entities": _("entities"),
    "given_back": _("given back"),
    "limits": _("limits"),
    "phases": _("phases"),
    "standing": pgettext_lazy("uses of units", "standing"),
    "transfers": pgettext_lazy("over links", "transfers"),
}

Rule = partial(rules.Rule, directory=HERE / "sql")
ComputedRule = partial(rules.ComputedRule, directory=HERE / "sql")

RULES = (
    Rule(
        "AGREEMENTS_ARE_SIGNED",
        _("Agreements in force are signed by all their parties, and every version is kept."),
        {
            "unsigned": _(
                "Version %(row)s of agreement %(agreement)s lacks %(party)s's signature."
            ),
            "stranger": _("Signature %(row)s of version %(version)s is by no party."),
            "digest": _("The digest of version %(row)s is not that of its text."),
            "not_kept": _("Agreement %(row)s has %(kept)s versions, and the last is %(last)s."),
            "several": _("Agreement %(row)s has %(count)s versions in force."),
        },
    ),
    ComputedRule(
        "SIGNED_TEXTS_HOLD",
        _("Signatures are over the texts of their versions, and edges are what the texts say."),
        {
            "signature": _("Signature %(row)s by the key of %(registry)s does not hold."),
            "edge": _("Edge %(edge)s, row %(row)s, is not what was signed."),
        },
        judge=recount.texts,
    ),
    Rule(
        "EDGES_FOLLOW_THEIR_CHANGES",
        _("Edges change by their acceptors, in an order in which states can follow."),
        {
            "order": _("Change %(row)s of edge %(edge)s: %(state)s can not follow %(before)s."),
            "no_edge": _("Change %(row)s is of edge %(edge)s, which was never in force."),
            "by": _("Change %(row)s of edge %(edge)s is by party %(party)s, not its acceptor."),
            "alone": _("Change %(row)s of edge %(edge)s follows a partner that did not change."),
            "no_phase": _("Row %(row)s: edge %(edge)s has no phase %(phase)s that could begin."),
        },
    ),
    Rule(
        "DECISIONS_REST_ON_WHAT_HELD",
        _("Decisions rest on versions in force, and only undone uses are given back."),
        {
            "not_in_force": _(
                "Decision %(row)s rests on version %(version)s of edge %(edge)s, which was not in "
                "force then."
            ),
            "stands": _(
                "Row %(row)s gives back decision %(decision)s, whose use by transaction "
                "%(transaction)s stands."
            ),
        },
    ),
    ComputedRule(
        "LIMITS_ARE_WHAT_DECISIONS_TOOK",
        _("Limits of links have lost exactly what decisions took."),
        {
            "capacity": _(
                "The slots of limit %(row)s (%(pool)s, %(period)s) have a capacity of %(capacity)s "
                "together, which is not the limit's."
            ),
            "differs": _(
                "Limit %(row)s (%(pool)s, %(period)s) has lost %(lost)s, and decisions took "
                "%(taken)s."
            ),
            "missing": _(
                "Decisions took %(taken)s from %(row)s in %(period)s, which has no limit."
            ),
        },
        judge=recount.limits,
    ),
    Rule(
        "UNITS_USED_ADD_UP",
        _("The sums by which credits are rounded are those of the uses."),
        {
            "differs": _("Sum %(row)s of edge %(edge)s is %(units)s units, and uses are %(used)s."),
            "missing": _("Uses of %(used)s units over edge %(row)s are in no sum."),
        },
    ),
    Rule(
        "USES_ABROAD_ARE_KEPT_AT_HOME",
        _("Homes know which of their units were used abroad, and those units stay there."),
        {
            "not_abroad": _(
                "Units %(first)s to %(last)s of row %(row)s were used in %(registry)s, and home "
                "has not booked them there."
            ),
            "posting": _(
                "Posting %(posting)s used no units %(first)s to %(last)s, as row %(row)s says."
            ),
            "undone": _(
                "The use by posting %(posting)s in row %(row)s was not undone by posting %(by)s."
            ),
            "not_kept": _(
                "Transaction %(row)s used %(units)s units of %(unit_type)s, and home does not know."
            ),
        },
    ),
    Rule(
        "TRANSFERS_HAVE_TWO_HALVES",
        _("Transfers over links are what was decided, and both halves agree."),
        {
            "parts": _("Transfer %(row)s is of %(units)s units, and its parts of %(parts)s."),
            "decision": _(
                "Part %(row)s of transfer %(transfer)s is not what decision %(decision)s accepted."
            ),
            "half": _("Transfer %(row)s is %(state)s, and its transactions are not."),
            "brought": _("Transfer %(row)s is of %(units)s units, and brought %(brought)s."),
            "given_back": _(
                "Part %(row)s of transfer %(transfer)s stands, and decision %(decision)s was given "
                "back."
            ),
            "not_given_back": _(
                "Part %(row)s of transfer %(transfer)s never came about, and decision %(decision)s "
                "was not given back."
            ),
        },
    ),
)
