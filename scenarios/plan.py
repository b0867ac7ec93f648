"""The year of a scenario worked out to every line: who moves how much to whom, on which day.

The plan is a pure function of the script and the reference data, so that what the ledger holds
after the load can be compared with what the plan says it must hold. It keeps its own balances,
and refuses a script that would move what nobody holds.
"""

import random
from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate

from .apportion import apportion, sizes
from .broken import Broken, gettext_noop
from .script import OFFICES, conversion_target, holder_code, operators_at
from .vintages import Vintage, read

# How often a seller too small for a trade is passed over before the richest one is taken.
TRIES = 20


@dataclass(frozen=True)
class Place:
    """An account of the plan: in a registry, an operator's by the holder's code, or an office's."""

    registry: str
    holder: str


@dataclass(frozen=True)
class Move:
    """One line: so many units from one place to another; none where units begin or only stay."""

    source: Place | None
    destination: Place | None
    tonnes: int


@dataclass(frozen=True)
class Step:
    """One step of the year with all its lines, of one unit type and vintage.

    `undone` is the freeze that a release lifts or the transfer that a reversal reverses.
    `target` is what a conversion issues.
    """

    name: str
    kind: str
    on: date
    registry: str
    unit_type: str
    vintage: Vintage
    moves: tuple[Move, ...]
    period: str = ""
    reason: str = ""
    undone: str | None = None
    target: tuple[str, Vintage] | None = None


@dataclass(frozen=True)
class Holder:
    """A synthetic operator. `tonnes` is its size."""

    code: str
    jurisdiction: str
    sector: str
    registries: tuple[str, ...]
    tonnes: int

    @property
    def name(self):
        """A name that nobody takes for a real company's."""
        return f"Operator {self.code} (synthetic)"


@dataclass
class Plan:
    """Operators, steps in order of their days, and what every place holds in the end."""

    holders: tuple[Holder, ...]
    steps: tuple[Step, ...] = ()
    # (place, unit type, vintage label) -> units
    balances: dict = field(default_factory=lambda: defaultdict(int))
    # the same keys -> units under a freeze that stands
    frozen: dict = field(default_factory=lambda: defaultdict(int))

    @cached_property
    def size(self):
        """The operators' sizes by code."""
        return {holder.code: holder.tonnes for holder in self.holders}

    def held(self, unit_type):
        """Units of a type by place, over all vintages."""
        totals = defaultdict(int)
        for (place, held_type, _label), units in self.balances.items():
            if held_type == unit_type and units:
                totals[place] += units
        return dict(totals)


def make_plan(script, reference):
    """The plan of a script that `checked_script` accepted.

    Raises: Broken PLAN_SHORT_OF_UNITS
    """
    plan = Plan(holders=tuple(_holders(script)))
    rows = sorted(script.year, key=lambda row: row["date"])
    worked, steps = {}, []
    for row in rows:
        step = _Worker(row, script, reference, plan, worked).step()
        _settle(step, plan)
        worked[step.name] = step
        steps.append(step)
    plan.steps = tuple(steps)
    return plan


def _holders(script):
    for group in script.operators:
        seed = f"{script.seed}: sizes of {group['prefix']}"
        for number, tonnes in enumerate(sizes(group["tonnes"], group["operators"], seed), 1):
            yield Holder(
                holder_code(group, number),
                group["jurisdiction"],
                group["sector"],
                group["accounts"],
                tonnes,
            )


def _settle(step, plan):
    """Book a step in the plan's own balances."""
    key = (step.unit_type, step.vintage.label)
    for move in step.moves:
        if step.kind in ("freeze", "release"):
            sign = 1 if step.kind == "freeze" else -1
            plan.frozen[(move.source, *key)] += sign * move.tonnes
            continue
        if step.kind == "convert":
            # What is converted lies in the account of converted units; new units take its place.
            plan.balances[(move.source, *key)] -= move.tonnes
            plan.balances[(Place(step.registry, "conversion"), *key)] += move.tonnes
            unit_type, vintage = step.target
            plan.balances[(move.destination, unit_type, vintage.label)] += move.tonnes
            continue
        if move.source is not None:
            plan.balances[(move.source, *key)] -= move.tonnes
        plan.balances[(move.destination, *key)] += move.tonnes


class _Worker:
    """Works out the lines of one row of the script."""

    def __init__(self, row, script, reference, plan, worked):
        self.row = row
        self.script = script
        self.reference = reference
        self.plan = plan
        self.worked = worked
        self.size = plan.size
        self.key = (row["unit_type"], row["vintage"])
        self.random = random.Random(f"{script.seed}: {row['name']}")  # noqa: S311 - no secrets

    def step(self):
        """The step with its lines.   Raises: Broken PLAN_SHORT_OF_UNITS"""
        row = self.row
        vintage = read(row["vintage"], self.reference.convention(row["unit_type"]))
        target = None
        if row["step"] == "convert":
            unit_type = conversion_target(row["unit_type"], self.reference)
            target = unit_type, read(row["destination"], self.reference.convention(unit_type))
        return Step(
            name=row["name"],
            kind=row["step"],
            on=row["date"],
            registry=row["registry"],
            unit_type=row["unit_type"],
            vintage=vintage,
            moves=tuple(self._moves(target)),
            period=row["period"] or "",
            reason=row["reason"] or row["fact"],
            undone=row["undoes"],
            target=target,
        )

    def _moves(self, target):
        row, kind = self.row, self.row["step"]
        if kind == "release":
            return self.worked[row["undoes"]].moves
        if kind == "reverse":
            undone = self.worked[row["undoes"]].moves
            return [Move(move.destination, move.source, move.tonnes) for move in undone]
        if kind in ("issue", "allocate"):
            return self._dealt()
        if kind == "auction":
            return self._delivered()
        if kind == "trade":
            return self._traded()
        if kind == "transfer":
            return self._transferred()
        if kind == "convert":
            registry = self.reference.by_code("unit_types")[target[0]]["registry"]
            return [
                Move(place, Place(registry, place.holder), tonnes)
                for place, tonnes in self._given()
            ]
        destination = self._office("destination")
        return [Move(place, destination, tonnes) for place, tonnes in self._given()]

    def _office(self, column):
        """The office named in a column; None where it is empty."""
        named = self.row[column]
        name = named[0] if isinstance(named, tuple) else named
        return Place(self.row["registry"], name) if name in OFFICES else None

    def _operators(self, column):
        """The places of the operators named in a column, by size, the largest first."""
        named = self.row[column] or ()
        places = []
        for place in named if isinstance(named, tuple) else named.split(";"):
            group, number = operators_at(place, self.script)
            numbers = range(1, group["operators"] + 1) if number is None else [number]
            places += [
                Place(self.row["registry"], holder_code(group, number)) for number in numbers
            ]
        return sorted(places, key=lambda place: (-self.size[place.holder], place.holder))

    def _free(self, place):
        """What a place can give: what it holds, without what is frozen there."""
        return self.plan.balances[(place, *self.key)] - self.plan.frozen[(place, *self.key)]

    def _short(self, asked, free):
        return Broken(
            "PLAN_SHORT_OF_UNITS",
            gettext_noop("%(name)s moves %(asked)s units of %(vintage)s; %(free)s can be moved."),
            gettext_noop("Lower the tonnes, or raise the lines so that more operators take part."),
            name=self.row["name"],
            asked=asked,
            vintage=self.row["vintage"],
            free=free,
        )

    def _dealt(self):
        """From nowhere or an office: to an office, or to the largest operators by size."""
        source, total = self._office("source"), self.row["tonnes"]
        if source is not None and self._free(source) < total:
            raise self._short(total, self._free(source))
        office = self._office("destination")
        if office is not None:
            return [Move(source, office, total)]
        places = self._operators("destination")[: self.row["lines"]]
        weights = [self.size[place.holder] for place in places]
        shares = apportion(total, weights)
        if not all(shares):
            # Nobody is left with nothing: each has one unit before the rest is dealt.
            shares = [1 + share for share in apportion(total - len(places), weights)]
        return [Move(source, place, share) for place, share in zip(places, shares, strict=True)]

    def _delivered(self):
        """Auction deliveries: a few winners many times, one more than once."""
        source, count = self._office("source"), self.row["lines"]
        if self._free(source) < self.row["tonnes"]:
            raise self._short(self.row["tonnes"], self._free(source))
        places = self._operators("destination")
        winners = self.random.sample(places, min(len(places), count))
        amounts = sizes(self.row["tonnes"], count, f"{self.script.seed}: {self.row['name']}")
        return [
            Move(source, winners[index % len(winners)], amount)
            for index, amount in enumerate(amounts)
        ]

    def _transferred(self):
        """One line between two places, each an office or one operator."""
        source = self._office("source") or self._operators("source")[0]
        destination = self._office("destination") or self._operators("destination")[0]
        if self._free(source) < self.row["tonnes"]:
            raise self._short(self.row["tonnes"], self._free(source))
        return [Move(source, destination, self.row["tonnes"])]

    def _traded(self):
        """Trades whose sizes have a heavy tail; who holds more, sells more often."""
        sellers, buyers = self._operators("source"), self._operators("destination")
        free = [self._free(place) for place in sellers]
        amounts = sorted(
            sizes(self.row["tonnes"], self.row["lines"], f"{self.script.seed}: {self.row['name']}"),
            reverse=True,
        )
        if not sum(free):
            raise self._short(self.row["tonnes"], 0)
        cumulated = list(accumulate(free))
        for amount in amounts:
            for _attempt in range(TRIES):
                index = bisect(cumulated, self.random.randrange(cumulated[-1]))
                # Nobody sells more than half at once.
                if 2 * amount <= free[index]:
                    break
            else:
                index = max(range(len(sellers)), key=lambda at: free[at])
                if amount > free[index]:
                    raise self._short(amount, free[index])
            free[index] -= amount
            yield Move(sellers[index], self._buyer(buyers, sellers[index]), amount)

    def _buyer(self, buyers, seller):
        buyer = self.random.choice(buyers)
        if buyer == seller and len(buyers) > 1:
            buyer = buyers[(buyers.index(buyer) + 1) % len(buyers)]
        return buyer

    def _given(self):
        """(place, tonnes) of the operators that hold most, in proportion to what they can give."""
        total = self.row["tonnes"]
        places = [place for place in self._operators("source") if self._free(place) > 0]
        places.sort(key=lambda place: (-self._free(place), place.holder))
        places = places[: self.row["lines"]]
        free = [self._free(place) for place in places]
        if sum(free) < total:
            raise self._short(total, sum(free))
        shares = apportion(total, free)
        return [(place, share) for place, share in zip(places, shares, strict=True) if share]
