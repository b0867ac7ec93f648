"""Decisions on one core: a plain edge with two quotas, beside the slow reference of the tests.

No database takes part: `decide` and `route` are pure.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from linking.decide import Request, State, decide
from linking.edges.edge import read
from linking.graph import Graph
from linking.presets import preset
from linking.route import Unit, route
from tests.linking import reference

from .figures import Figure

AT = datetime(2027, 3, 2, 9, tzinfo=UTC)
QUANTITY = 1_000
# The reference goes through every unit of a request.
SLOW_QUANTITY = 100


def document() -> dict:
    """A restricted edge at 0.8 with an import quota for all and one for each entity."""
    made = preset("restricted", source="CN", acceptor="KR", unit_types=["CEA"])
    quota = {**made["quotas"][0], "base": "absolute", "value": "500000", "direction": "gross"}
    made["quotas"] = [quota, {**quota, "scope": "entity", "value": "20000"}]
    made["article6"]["authorisation_id"] = "A-1"
    return made


def decisions(*, rounds: int, seconds: int) -> dict[str, Figure]:
    """Decisions a second, with and without the search for the route, and the reference's."""
    edge = read(document())
    graph, unit, state = Graph((edge,)), Unit("CEA", "CN", 2026), State()
    way = route(graph, unit, "CN", "KR", AT)
    request = Request(QUANTITY, 1, year=2027, period="2027")
    figures = {
        "decide": Figure("decide", "decisions on a plain edge, two quotas", "decisions/s"),
        "route": Figure("route", "the same with the search for the route", "decisions/s"),
        "reference": Figure("reference", "the slow reference, a tenth as many units",
                            "decisions/s"),
    }  # fmt: skip
    calls = {
        "decide": lambda: decide(way, request, state, AT),
        "route": lambda: decide(route(graph, unit, "CN", "KR", AT), request, state, AT),
        "reference": lambda: reference.import_(document(), SLOW_QUANTITY, {}, {}),
    }
    assert decide(way, request, state, AT).accepted == QUANTITY
    for _round in range(rounds):
        for name, call in calls.items():
            figures[name].rounds.append(_rate(call, seconds / len(calls)))
    return figures


def _rate(call: Callable[[], object], seconds: float) -> float:
    """Calls for each second of this process's time: what else runs does not count."""
    done, used = 0, 0.0
    began = time.process_time()
    while used < seconds:
        for _time in range(20):
            call()
        done += 20
        used = time.process_time() - began
    return done / used
