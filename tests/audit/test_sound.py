"""Whatever the services do, the audit finds nothing wrong."""

import random

import pytest

from registry import posting
from registry.audit import runner
from registry.audit.every_rule import RULES
from registry.errors import DomainError
from registry.lines import Line
from registry.models import Transaction
from registry.services.allocate import allocate
from registry.services.append_leaves import append_batch
from registry.services.approve import approve, reject
from registry.services.cancel import cancel
from registry.services.consolidate import consolidate
from registry.services.convert import convert
from registry.services.freeze import freeze, release
from registry.services.issue import Issuance, issue
from registry.services.retire import retire
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from registry.services.transfer import deliver, transfer
from registry.services.withdraw import withdraw
from tests.world import issue_units, stock, vintage

STEPS = 250


class Wanderer:
    """Does something random with every step; refusals are part of the way."""

    def __init__(self, world, seed):
        self.world = world
        self.random = random.Random(seed)
        self.done = []

    def step(self):
        act = self.random.choice(
            [self.move] * 5
            + [self.decide] * 6
            + [self.use] * 2
            + [
                self.issue,
                self.hold,
                self.let_go,
                self.undo,
                self.merge,
                self.change,
                self.take_back,
            ]
        )
        try:
            outcome = act()
        except DomainError as error:
            self.done.append((act.__name__, error.codes))
        else:
            self.done.append((act.__name__, outcome))
        if self.random.random() < 0.2:
            posting.sequence(self.random.randint(1, 20))

    def by(self):
        return {
            "actor": self.world.administrator_1,
            "key": self.world.key(),
            "at": self.world.at,
        }

    def account(self):
        home = self.world.at_home
        return self.random.choice([home.operator_a, home.operator_b, home.trading])

    def lines(self, *, destination=True):
        return [
            self.line(self.account() if destination else None)
            for _line in range(self.random.randint(1, 4))
        ]

    def line(self, destination):
        quantity = self.random.randint(1, 60)
        named, partly, vintaged = (self.random.random() < 0.25 for _choice in range(3))
        return Line(
            self.account(),
            destination,
            self.world.kau.pk,
            quantity,
            minimum=self.random.randint(1, quantity) if partly else None,
            first=self.random.randint(1, 1500) if named else None,
            vintage_from=vintage(2025)["vintage_from"] if vintaged and not named else None,
            period=self.random.choice(["2025", "2026"]),
        )

    def move(self):
        if self.random.random() < 0.2:
            government = self.world.at_home.government
            line = Line(government, self.account(), self.world.kau.pk, self.random.randint(1, 99))
            return allocate(lines=[line], **self.by())
        return self.random.choice([deliver, transfer])(lines=self.lines(), **self.by())

    def use(self):
        service = self.random.choice([surrender, retire, cancel])
        return service(lines=self.lines(destination=False), **self.by())

    def issue(self):
        blocks = [(self.world.at_home.government, self.random.randint(1, 200)) for _block in "ab"]
        year = self.random.choice([2024, 2025])
        issuance = Issuance(self.world.kau.pk, blocks, **vintage(year))
        return issue(issuances=[issuance, issuance], **self.by())

    def hold(self):
        return freeze(lines=self.lines(destination=False), **self.by())

    def let_go(self):
        return release(freeze_id=self.some(type__code="freeze"), **self.by())

    def undo(self):
        return reverse(transaction_id=self.some(type__reversible=True), **self.by())

    def merge(self):
        return consolidate(account_id=self.account(), unit_type_id=self.world.kau.pk, **self.by())

    def change(self):
        offsets, quantity = self.world.at_offsets, self.random.randint(1, 9)
        line = Line(offsets.operator_a, offsets.conversion, self.world.koc.pk, quantity)
        issuance = Issuance(self.world.kcu.pk, [(self.account(), quantity)], **vintage(2025))
        return convert(lines=[line], issuances=[issuance], **self.by())

    def take_back(self):
        return withdraw(actor=self.world.administrator_1, transaction_id=self.some(status=0))

    def decide(self):
        waiting = Transaction.objects.filter(pk=self.some(status=0)).first()
        service = reject if self.random.random() < 0.15 else approve
        return waiting and service(
            actor=self.world.administrator_2,
            transaction_id=waiting.pk,
            payload_hash=bytes(waiting.payload_hash),
            at=self.world.at,
        )

    def some(self, **conditions):
        found = Transaction.objects.filter(**conditions).order_by("pk").values_list("pk", flat=True)
        return self.random.choice(list(found)[-20:] or [0])


@pytest.mark.parametrize("seed", range(3))
def test_whatever_services_do_is_sound(fresh_database, world, seed):
    """After a random walk through all services, with refusals, no rule finds a violation."""
    stock(world, operator_a=500, operator_b=300, government=600, trading=100)
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 100)])
    wanderer = Wanderer(world, seed)
    for _step in range(STEPS):
        wanderer.step()
    while posting.sequence(1000):
        pass
    while append_batch():
        pass
    with runner.snapshot("default") as cursor:
        role = runner.application_role(cursor)
        results = list(runner.examine(cursor, RULES, role=role, limit=20))
    wrong = [f"{f.rule.code}: {f.message}" for result in results for f in result.findings]
    assert wrong == [], (seed, wanderer.done)
    figures = {result.rule.code: result.figures[0] for result in results}
    assert figures["REVERSAL_RETURNS"]["reversals"] > 0
    assert figures["USE_IS_WHAT_MOVED"]["uses"] > 0
    assert figures["LEAF_IS_OF_ITS_POSTING"]["leaves"] > 0
    assert figures["CONVERTED_ONE_FOR_ONE"]["postings"] > 0
    assert figures["NAMED_SERIALS_MOVED"]["lines"] > 0
