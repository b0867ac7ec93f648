"""Bring units into being."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput
from registry.lines import Line, text_failure, units_failure

from .propose import Outcome, Request, propose

TEXT_LENGTHS = {
    "vintage_label": 32,
    "legal_basis": 300,
    "project": 100,
    "activity": 100,
    "sector": 100,
    "mitigation_type": 32,
}


@dataclass(frozen=True)
class Issuance:
    """The attributes that the issued units share, and how many of them go to which account.

    The vintage is the half-open interval [vintage_from, vintage_to). `blocks` lists (account,
    quantity); serials follow the last that the type has issued unless `first` is given.
    """

    unit_type: int
    blocks: list
    vintage_from: date
    vintage_to: date
    vintage_label: str
    first: int | None = None
    usable_until: date | None = None
    legal_basis: str = ""
    project: str = ""
    activity: str = ""
    sector: str = ""
    mitigation_type: str = ""


def issue(*, actor, issuances, key, at, reason="") -> Outcome:
    """Proposes one or more issuances as one transaction.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    lines = [
        Line(None, account, issuance.unit_type, quantity)
        for issuance in issuances
        for account, quantity in issuance.blocks
    ]
    attributes = {"issuances": describe(issuances)}
    return propose(actor, Request("issue", lines, key, at, reason, attributes))


def describe(issuances, after=0):
    """The issuances as attributes of a transaction whose issuing lines follow line `after`.

    Raises: InvalidInput (VINTAGE_NOT_AN_INTERVAL, INVALID_TEXT, and what a serial may lack).
    """
    described, failures, number = [], [], after + 1
    for issuance in issuances:
        failures.extend(_failures(issuance, number))
        last = number + len(issuance.blocks) - 1
        described.append(
            {
                "first_line": number,
                "last_line": last,
                "first": issuance.first,
                "vintage_from": issuance.vintage_from.isoformat(),
                "vintage_to": issuance.vintage_to.isoformat(),
                "vintage_label": issuance.vintage_label,
                "usable_until": issuance.usable_until and issuance.usable_until.isoformat(),
                "legal_basis": issuance.legal_basis,
                "project": issuance.project,
                "activity": issuance.activity,
                "sector": issuance.sector,
                "mitigation_type": issuance.mitigation_type,
            }
        )
        number = last + 1
    if failures:
        raise InvalidInput(*failures)
    return described


def _failures(issuance, number):
    if issuance.first is not None:
        failure = units_failure(issuance.first, number, "first")
        if failure:
            yield failure
    if issuance.vintage_to <= issuance.vintage_from:
        yield Failure(
            "VINTAGE_NOT_AN_INTERVAL",
            _("The vintage ends before it begins."),
            _("The last day is exclusive: a calendar year ends on 1 January."),
            number,
        )
    for name, length in TEXT_LENGTHS.items():
        failure = text_failure(getattr(issuance, name), name, length, number)
        if failure:
            yield failure
