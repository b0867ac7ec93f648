"""Codes of allocation plans, tables of allocations and returns, with their words for people."""

from django.utils.translation import gettext_lazy as _

RULES = {
    "SHARE_NOT_POSSIBLE": (
        _("A share is not between 0 and 1."),
        _("Write it as text: 0.7 or 7/10."),
    ),
    "VALUE_NOT_USED": (
        _("The formula of the rule does not use this value."),
        _("Leave the value out, or correct its name."),
    ),
    "VALUE_IS_GIVEN_AND_ASKED": (
        _("The plan lays this value down and asks installations for it as well."),
        _("State it once: as a value of the plan, or as an input."),
    ),
}
TABLES = {
    "ALLOCATION_BEYOND_CAP": (
        _("More would be allocated than the cap of the allocation plan leaves."),
        _("Correct the inputs, or have a version of the plan recorded that lowers all."),
    ),
    "RESERVE_TOO_SMALL": (
        _("New entrants would be allocated more than the reserve of the plan has left."),
        _("Correct the inputs, or have a version of the plan recorded with a larger reserve."),
    ),
    "BENCHMARK_WITHOUT_OUTPUT": (
        _("A benchmark is to be applied, and the output of the installation is not known."),
        _("Declare the output of the installation for this period."),
    ),
    "INPUT_MISSING": (
        _("The rule asks for a value of the installation that is not known."),
        _("Declare the value, or determine the emissions of the period."),
    ),
}
TEXTS = {**RULES, **TABLES}
