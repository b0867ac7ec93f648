"""One directed edge of a link: what its acceptor recognises of its source's units. Pure.

`read` turns the document of an edge into frozen values, or tells everything that is wrong with
it. Phases are read as the whole edges that they make of it, so that nothing is put together when
a decision is made. docs/linking.md explains each field.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import lcm

from . import factor, kinds, quota, suspension, windows
from .findings import Broken, Unreadable
from .reader import Reader

FORMS = ("indirect", "gradual", "restricted", "reciprocal", "formal_direct")
LEGAL_BASES = ("treaty", "agreement", "MoU", "unilateral_regulation")
METHODS = ("recognition", "issue_and_cancel", "escrow_mirror")
HOLDERS = ("covered", "intermediary", "any")
STATES = ("draft", "pilot", "active", "suspended", "terminated")
FIRST_TRANSFERS = ("authorization", "issuance", "international_transfer", "use_or_cancellation")
# Who accepts what comes: the rules at once, or people of the acceptor after the rules.
ACCEPTANCES = ("rules", "people")
REMAINDERS = ("cancel", "acceptor_reserve", "source_reserve")
# What a phase may change: not what the edge is, nor between whom.
FIXED = ("edge_id", "source", "acceptor", "phases", "suspension", "symmetric_with")


@dataclass(frozen=True, slots=True)
class Remainder:
    """Where the discounted part goes. `reserved` is the share of it that a split keeps."""

    to: str
    reserved: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Banking:
    """What may be kept for later periods: all, as the acceptor's own units, or a share."""

    allowed: bool
    limit: str
    share: Fraction
    counts_as_net_sales: bool


@dataclass(frozen=True, slots=True)
class Article6:
    authorisation_id: str | None
    first_transfer: str | None
    ca_required: bool
    annual_report: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """What readiness a phase needs to begin. `min_must`: the least score of what must align."""

    min_readiness: Fraction = Fraction(0)
    no_blockers: bool = False
    min_must: int = 0


@dataclass(frozen=True, slots=True)
class Phase:
    """From the day `begins` up to, and not including, `ends`; `edge` is the edge in it."""

    n: int
    begins: date
    ends: date | None
    gate: Gate | None
    edge: "Edge"


@dataclass(frozen=True, slots=True)
class Edge:
    """See docs/linking.md for each field; `factor.value` is in tonnes for one unit.

    `scale` is the least number of parts of a tonne in which every factor of the edge, in all of
    its phases, is whole: what quotas in tonnes are counted in, so that nothing is rounded.
    """

    edge_id: str
    source: str
    acceptor: str
    form: str
    legal_basis: str
    method: str
    accept_unit_types: tuple
    accept_project_types: tuple | None
    deny_project_types: tuple
    vintage_window: tuple
    min_issue_date: date | None
    facility_limit_t: int | None
    holder_classes: str
    factor: factor.Factor
    symmetric_with: str | None
    rounding: str
    residue: str
    remainder_to: Remainder
    reserve_share: Fraction
    quotas: tuple
    banking: Banking
    re_export: str
    converts_to: dict
    state: str
    suspension: suspension.Suspension
    transfer_windows: tuple
    article6: Article6
    acceptance: str = "rules"
    phases: tuple = ()
    scale: int = 1


def read(document) -> Edge:
    """The edge that a document describes.   Raises: Broken with all findings."""
    findings = []
    edge = read_into(document, "", findings)
    if findings:
        raise Broken(findings)
    return edge


def read_into(document, where, findings):
    """As `read`, with the findings added to a list; None where the edge can not be made."""
    before = len(findings)
    edge = _plain(document, where, findings)
    phases = ()
    if isinstance(document, dict) and "phases" in document:
        phases = _phases(document, where, findings)
    if len(findings) > before:
        return None
    edges = [edge, *(phase.edge for phase in phases)]
    scale = lcm(*(each.factor.value.denominator for each in edges))
    for each in edges:
        object.__setattr__(each, "scale", scale)
    object.__setattr__(edge, "phases", phases)
    return edge


def _plain(document, where, findings):
    """The edge without its phases."""
    reader = Reader(document, where, findings)
    taken = {
        "edge_id": reader.take("edge_id", kinds.text),
        "source": reader.take("source", kinds.text),
        "acceptor": reader.take("acceptor", kinds.text),
        "form": reader.take("form", kinds.choice(*FORMS)),
        "legal_basis": reader.take("legal_basis", kinds.choice(*LEGAL_BASES)),
        "method": reader.take("method", kinds.choice(*METHODS)),
        "accept_unit_types": reader.take("accept_unit_types", kinds.texts),
        "accept_project_types": reader.take(
            "accept_project_types", kinds.optional(kinds.texts), None
        ),
        "deny_project_types": reader.take("deny_project_types", kinds.texts, ()),
        "vintage_window": reader.take("vintage_window", _vintages),
        "min_issue_date": reader.take("min_issue_date", kinds.optional(kinds.day), None),
        "facility_limit_t": reader.take("facility_limit_t", kinds.optional(kinds.whole), None),
        "holder_classes": reader.take("holder_classes", kinds.choice(*HOLDERS)),
        "factor": reader.part("factor", factor.read),
        "symmetric_with": reader.take("symmetric_with", kinds.optional(kinds.text), None),
        "rounding": reader.take(
            "rounding", kinds.choice("cumulative_floor", "per_batch_floor"), "cumulative_floor"
        ),
        "residue": reader.take("residue", kinds.choice("return", "absorb"), "return"),
        "remainder_to": reader.take("remainder_to", _remainder, Remainder("cancel")),
        "reserve_share": reader.take("reserve_share", kinds.share, Fraction(0)),
        "quotas": reader.parts("quotas", quota.read, ()),
        "banking": reader.part("banking", _banking, ALL_BANKED),
        "re_export": reader.take(
            "re_export", kinds.choice("allowed", "repatriation_only", "forbidden")
        ),
        "converts_to": reader.part("converts_to", _conversions, {}),
        "state": reader.take("state", kinds.choice(*STATES)),
        "suspension": reader.part("suspension", suspension.read, suspension.NONE),
        "acceptance": reader.take("acceptance", kinds.choice(*ACCEPTANCES), "rules"),
        "transfer_windows": reader.parts("transfer_windows", windows.read, ()),
        "article6": reader.part("article6", _article6, NO_ARTICLE6),
    }
    reader.take("phases", lambda value: value, ())
    reader.close()
    return Edge(**taken)


def _phases(document, where, findings):
    """The phases in their order, each with the whole edge that it makes."""
    reader = Reader({"phases": document["phases"]}, where, findings)
    plain = {name: value for name, value in document.items() if name != "phases"}
    phases = reader.parts("phases", lambda *given: _phase(plain, *given))
    if None in phases:
        return ()
    for number, (one, next_) in enumerate(pairwise(phases)):
        if next_.begins <= one.begins or next_.n <= one.n:
            reader.add("PHASES_OVERLAP", f"phases/{number + 1}", n=str(next_.n))
        elif one.ends is not None and one.ends > next_.begins:
            reader.add("PHASES_OVERLAP", f"phases/{number}", n=str(one.n))
    return phases


def _phase(plain, given, where, findings):
    before = len(findings)
    reader = Reader(given, where, findings)
    n = reader.take("n", kinds.whole)
    begins = reader.take("from", kinds.day)
    ends = reader.take("to", kinds.optional(kinds.day), None)
    gate = reader.part("gate", _gate, None)
    overrides = reader.take("overrides", lambda value: value, {})
    reader.close()
    if not isinstance(overrides, dict):
        reader.add("WRONG_TYPE", "overrides", wanted="object")
        return None
    for name in overrides:
        if name in FIXED:
            reader.add("UNKNOWN_FIELD", f"overrides/{name}")
    if begins is not None and ends is not None and ends <= begins:
        reader.add("PHASES_OVERLAP", "to", n=str(n))
    if len(findings) > before:
        return None
    # What is wrong with the edge itself is told once, not again in each phase.
    known = len(findings)
    edge = _plain({**plain, **overrides}, f"{where}/overrides", findings)
    changed = [f for f in findings[known:] if _is_of(f, f"{where}/overrides", overrides)]
    findings[known:] = changed
    return None if changed else Phase(n, begins, ends, gate, edge)


def _is_of(finding, where, overrides):
    name = finding.where.removeprefix(where).lstrip("/").partition("/")[0]
    return name in overrides


ALL_BANKED = Banking(True, "none", Fraction(1), False)
NO_ARTICLE6 = Article6(None, None, False, False)


def _vintages(value):
    """The oldest and the newest vintage, in years from the year of compliance."""
    if not (isinstance(value, list | tuple) and len(value) == 2):
        raise Unreadable("WRONG_TYPE", wanted="two numbers of years")
    oldest, newest = map(kinds.whole, value)
    if oldest > newest:
        raise Unreadable("WRONG_TYPE", wanted="the oldest first")
    return oldest, newest


def _remainder(value):
    """`cancel`, a reserve, or `split(1/4)`: that share to the acceptor's reserve, the rest not."""
    if isinstance(value, str) and value.startswith("split(") and value.endswith(")"):
        return Remainder("split", kinds.share(value[6:-1]))
    return Remainder(kinds.choice(*REMAINDERS)(value))


def _banking(given, where, findings):
    """`limit` is `none`, `follow_acceptor`, or the share of what is held that may be kept."""
    reader = Reader(given, where, findings)
    allowed = reader.take("allowed", kinds.boolean)
    limit = reader.take("limit", kinds.text, "none")
    counts = reader.take("counts_as_net_sales", kinds.boolean, False)
    share = Fraction(1)
    if limit not in ("none", "follow_acceptor", None):
        share = Reader({"limit": limit}, where, findings).take("limit", kinds.share)
        limit = "share"
    reader.close()
    return Banking(allowed, limit, share, counts)


def _article6(given, where, findings):
    reader = Reader(given, where, findings)
    authorisation = reader.take("authorisation_id", kinds.optional(kinds.text), None)
    first = reader.take("first_transfer", kinds.optional(kinds.choice(*FIRST_TRANSFERS)), None)
    required = reader.take("ca_required", kinds.boolean)
    report = reader.take("annual_report", kinds.boolean, False)
    reader.close()
    return Article6(authorisation, first, required, report)


def _conversions(given, where, findings):
    """The unit type that the acceptor issues for each of the source's."""
    if given is None:
        return {}
    reader = Reader(given, where, findings)
    names = list(given) if reader.is_object else []
    found = {name: reader.take(name, kinds.text) for name in names}
    reader.close()
    return found


def _gate(given, where, findings):
    if given is None:
        return None
    reader = Reader(given, where, findings)
    index = reader.take("min_readiness", kinds.share, Fraction(0))
    none = reader.take("no_blockers", kinds.boolean, False)
    must = reader.take("min_must", kinds.whole, 0)
    reader.close()
    return None if None in (index, none, must) else Gate(index, none, must)
