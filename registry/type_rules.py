"""What a version of a transaction type may say. Pure."""

import itertools
from datetime import date

from django.utils.translation import gettext_lazy as _

from .errors import Failure

MOST_APPROVALS = 9
MOST_UNITS = 10**12
LISTS = {
    "source_kinds",
    "destination_kinds",
    "source_statuses",
    "destination_statuses",
    "unit_kinds",
    "roles",
    "approver_roles",
}
BOOLEANS = {"reason_required", "trusted_only", "counts_per_day", "reversible"}
# The most that a number may be; those that may be left open are null then.
NUMBERS = {
    "approvals": MOST_APPROVALS,
    "delay_days": 366,
    "delay_hours": 1000,
    "expires_after_hours": 24 * 366,
    "reversal_days": 3660,
}
OPEN_NUMBERS = {"expires_after_hours", "reversal_days"}
DATES = {"earliest_vintage", "latest_vintage"}
DELAYS = ("none", "untrusted", "always")
FIELDS = LISTS | BOOLEANS | set(NUMBERS) | DATES | {"bands", "delay", "pool"}
# What nobody may approve first: it takes no part in reservations.
AT_ONCE = ("freeze", "consolidate")


def failures(rules: dict, effect: str, choices: dict) -> list[Failure]:
    """Everything that is wrong with the rules of a version.

    `rules` are the whole version; `choices` the words that each of LISTS may have.
    """
    broken = [
        _invalid(name, rules[name])
        for name in sorted(rules)
        if name not in FIELDS or not _is_valid(name, rules[name], choices)
    ]
    return broken or list(_contradictions(rules, effect))


def _is_valid(name, value, choices):
    if name in LISTS:
        return (
            type(value) is list
            and all(type(word) is str for word in value)
            and set(value) <= set(choices[name])
        )
    if name in BOOLEANS:
        return type(value) is bool
    if name in NUMBERS:
        least = 1 if name in OPEN_NUMBERS else 0
        return (value is None and name in OPEN_NUMBERS) or _is_number(value, least, NUMBERS[name])
    if name in DATES:
        return value is None or _is_date(value)
    if name == "pool":
        return type(value) is str and len(value) <= 64 and "\0" not in value
    if name == "delay":
        return value in DELAYS
    return value is None or _are_bands(value)


def _is_number(value, least, most):
    return type(value) is int and least <= value <= most


def _is_date(value):
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _are_bands(value):
    return (
        type(value) is list
        and 0 < len(value) <= 20
        and all(
            type(band) is dict
            and band.keys() == {"above", "approvals"}
            and _is_number(band["above"], 0, MOST_UNITS)
            and _is_number(band["approvals"], 1, MOST_APPROVALS)
            for band in value
        )
        # Who asks for more units is asked for more approvals.
        and all(
            lower["above"] < higher["above"] and lower["approvals"] < higher["approvals"]
            for lower, higher in itertools.pairwise(value)
        )
    )


def _invalid(name, value):
    return Failure(
        "TYPE_RULE_INVALID",
        _("A transaction type has no such rule, or the rule does not take this value."),
        _("See the rules of the version in force."),
        data={"rule": name, "value": str(value)[:200]},
    )


def _contradictions(rules, effect):
    waits = rules["delay"] != "none"
    if waits != bool(rules["delay_days"] or rules["delay_hours"]):
        yield _contradiction("delay", "delay_days", "delay_hours")
    if rules["bands"] and rules["bands"][0]["approvals"] <= rules["approvals"]:
        yield _contradiction("bands", "approvals")
    if (rules["approvals"] or rules["bands"]) and not rules["approver_roles"]:
        yield _contradiction("approvals", "approver_roles")
    if effect in AT_ONCE and (waits or rules["approvals"] or rules["bands"]):
        yield _contradiction("approvals", "bands", "delay")
    if rules["reversal_days"] is not None and not rules["reversible"]:
        yield _contradiction("reversal_days", "reversible")
    vintages = (rules["earliest_vintage"], rules["latest_vintage"])
    if None not in vintages and vintages[0] > vintages[1]:
        yield _contradiction("earliest_vintage", "latest_vintage")


def _contradiction(*names):
    return Failure(
        "TYPE_RULES_CONTRADICT",
        _("Rules of the version contradict each other."),
        _("Change one of the rules named."),
        data={"rules": list(names)},
    )
