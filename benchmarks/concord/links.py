"""Links: what a transfer across costs, and sixteen clients on one quota, on sixteen, on slots."""

import json
import statistics

from benchmarks import databases, processes
from benchmarks.choices import CLIENTS
from benchmarks.concord import ledger, node
from benchmarks.contender import Contender, UnitsLost, nonzero
from benchmarks.figures import Figure
from benchmarks.server import Server
from benchmarks.tally import Tally

MARKET = "benchmarks.concord.links_market"
DATABASE = f"{databases.PREFIX}cross"

RULES = {
    **ledger.RULES,
    "limits that lost other than decisions took": """
        SELECT count(*) FROM (
            SELECT pool, entity_id AS entity, period, sum(used_t) AS used
            FROM registry_limitcounter GROUP BY 1, 2, 3
        ) c FULL JOIN (
            SELECT l ->> 'pool' AS pool, (l ->> 'entity')::bigint AS entity,
                l ->> 'period' AS period,
                sum((l ->> 'before')::bigint - (l ->> 'after')::bigint) AS taken
            FROM linking_storeddecision d, jsonb_array_elements(d.outcome -> 'limits') l
            GROUP BY 1, 2, 3
        ) d ON c.pool = d.pool AND c.entity IS NOT DISTINCT FROM d.entity AND c.period = d.period
        WHERE coalesce(c.used, 0) <> coalesce(d.taken, 0)""",
    "transfers without what was decided for them": """
        SELECT count(*) FROM linking_transfer t WHERE t.quantity IS DISTINCT FROM (
            SELECT sum((d.outcome ->> 'accepted')::bigint)
            FROM linking_transferpart p JOIN linking_storeddecision d ON d.id = p.decision_id
            WHERE p.transfer_id = t.id)""",
}

# Where units have crossed they are held in the books of both sides: by the partner's account where
# they came from, and by who got them.
CROSSED = {
    **{
        name: rule
        for name, rule in RULES.items()
        if name not in ("units more or less than issued", "postings whose holdings do not balance")
    },
    "units taken in other than sent": """
        SELECT (SELECT coalesce(sum(h.last - h.first + 1), 0)
            FROM registry_holding h JOIN registry_posting p ON p.id = h.opened_by_id
            WHERE p.kind = 'post_in')
            - (SELECT coalesce(sum(t.quantity), 0) FROM linking_transfer t)""",
}


class Quota(Contender):
    """linking.services.transfer: decided, taken from the quota, proposed; 16 processes."""

    rules = RULES
    processes = CLIENTS
    scope = "jurisdiction"
    slots = 1

    def load(self, database: str) -> None:
        make(self.server, database, scope=self.scope, slots=self.slots)

    def run(self, database: str, *, seconds: int) -> Tally:
        return processes.drive(
            "benchmarks.concord.links_worker",
            environment=node.environment(self.server, database),
            seconds=seconds,
            processes=self.processes,
        )

    def prepare(self) -> None:
        """Make the template, without a run: serials that a run has reserved are not there twice."""
        databases.create(self.server, self.template)
        self.load(self.template)
        databases.settle(self.server, self.template)

    def recorded(self, database: str) -> int:
        return self.server.query(database, "SELECT count(*) FROM linking_transfer")[0][0]


class QuotaOne(Quota):
    name = "quota_one"
    title = "16 clients, transfers over a link on one quota"


class QuotaSixteen(Quota):
    name = "quota_sixteen"
    title = "the same, on a quota each"
    scope = "entity"


class QuotaSlots(Quota):
    name = "quota_slots"
    title = "the same, on one quota in 64 slots"
    slots = 64


def make(server: Server, database: str, *, scope: str, slots: int) -> None:
    """A node with two registries and a link between them."""
    node.make(server, database)
    node.run(["-m", MARKET, scope, str(slots)], node.environment(server, database))


def cross(server: Server, *, rounds: int, turns: int) -> dict[str, Figure]:
    """Milliseconds of the server for a transfer inside a registry, and over a link, in turn.

    Raises: UnitsLost.
    """
    titles = {
        "domestic": "SQL of a transfer in a registry, proposed and approved (1 process)",
        "cross": "the same over a link, decided on and taken in on the other side",
    }
    figures = {name: Figure(name, title, "ms of the server") for name, title in titles.items()}
    for _round in range(rounds):
        make(server, DATABASE, scope="jurisdiction", slots=1)
        databases.settle(server, DATABASE)
        arguments = ["-m", "benchmarks.concord.cross_worker", str(turns)]
        for name, found in json.loads(
            node.run(arguments, node.environment(server, DATABASE))
        ).items():
            figures[name].rounds.append(statistics.median(found["ms"]))
            figures[name].note = f"{statistics.median(found['statements']):g} statements"
        wrong = nonzero(lambda sql: server.query(DATABASE, sql), CROSSED)
        if wrong:
            raise UnitsLost("; ".join(wrong))
    databases.drop(server, DATABASE)
    return figures
