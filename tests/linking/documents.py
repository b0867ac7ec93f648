"""Documents of edges for tests, with what a test changes of them."""

from datetime import UTC, datetime

from linking.decide import Request, State, decide
from linking.edges import edge as edges
from linking.graph import Graph
from linking.route import Unit, route

AT = datetime(2027, 3, 2, 9, tzinfo=UTC)  # a Tuesday


def quota(**changes) -> dict:
    """An import quota of 500,000 tonnes for the jurisdiction in the calendar year."""
    return {
        "scope": "jurisdiction",
        "base": "absolute",
        "value": 500_000,
        "measure": "compliance_tonnes",
        "at": "import",
        "direction": "gross",
        "period": "calendar_year",
        **changes,
    }


def use_quota(**changes) -> dict:
    """5 % of an entity's obligation, tested at surrender."""
    return quota(
        **{
            "scope": "entity",
            "base": "obligation",
            "value": "0.05",
            "at": "use",
            "period": "acceptor_compliance_year",
            **changes,
        }
    )


def document(**changes) -> dict:
    """An open edge CN > KR for CEA at par, without quotas."""
    return {
        "edge_id": "CN>KR",
        "source": "CN",
        "acceptor": "KR",
        "form": "restricted",
        "legal_basis": "unilateral_regulation",
        "method": "recognition",
        "accept_unit_types": ["CEA"],
        "accept_project_types": None,
        "deny_project_types": [],
        "vintage_window": [-2, 0],
        "min_issue_date": None,
        "holder_classes": "covered",
        "factor": {"kind": "par", "value": "1", "review": None},
        "symmetric_with": None,
        "rounding": "cumulative_floor",
        "residue": "return",
        "remainder_to": "cancel",
        "reserve_share": "0",
        "quotas": [],
        "banking": {"allowed": True, "limit": "none", "counts_as_net_sales": False},
        "re_export": "repatriation_only",
        "phases": [],
        "state": "active",
        "suspension": {
            "notice_days": 30,
            "triggers": ["security"],
            "in_flight": "return",
            "held": "grandfather_until_period_end",
            "grace": "P0D",
        },
        "transfer_windows": [],
        "article6": {"ca_required": False},
        **changes,
    }


def factor(value, kind=None, **more) -> dict:
    """A factor of the kind that suits the value."""
    from fractions import Fraction

    exact = Fraction(value)
    suited = "par" if exact == 1 else "discount" if exact < 1 else "exchange"
    return {"kind": kind or suited, "value": value, **more}


def edge(**changes):
    return edges.read(document(**changes))


def unit(**changes) -> Unit:
    return Unit(**{"unit_type": "CEA", "issuer": "CN", "vintage": 2026, **changes})


def request(quantity, **changes) -> Request:
    return Request(quantity, **{"entity": 7, "year": 2027, "period": "2027", **changes})


def imported(edge_, quantity=1000, *, of=None, state=None, at=AT, **changes):
    """The decision on an import over one edge."""
    way = route(Graph((edge_,)), of or unit(), edge_.source, edge_.acceptor, at)
    return decide(way, request(quantity, **changes), state or State(), at)


def used(edge_, quantity=1000, *, of=None, state=None, at=AT, **changes):
    """The decision on a use of what was imported over one edge."""
    way = route(Graph((edge_,)), of or unit(), edge_.acceptor, edge_.acceptor, at)
    return decide(way, request(quantity, **changes), state or State(), at)
