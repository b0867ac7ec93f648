"""Random sequences of services against a dictionary from serials to accounts.

After every step, the open blocks and the standing marks are those of the dictionary; at the end,
so is the ledger as of each position.
"""

import pytest
from django.db import transaction
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from registry import facts, posting
from registry.errors import DomainError
from registry.lines import Line
from registry.models import Holding, Mark, Transaction
from registry.selectors.holdings import held
from registry.services.approve import approve, reject
from registry.services.consolidate import consolidate
from registry.services.freeze import freeze, release
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from registry.services.transfer import deliver, transfer
from registry.services.withdraw import withdraw
from tests.properties.model import Model
from tests.world import complete, issue_units, make_world

OWNERS = ("operator_a", "operator_b", "trading")
owners = st.sampled_from(OWNERS)
quantities = st.integers(1, 9)
places = st.integers(0, 10**6)


class Ledger(RuleBasedStateMachine):
    """Each rule asks the model what must happen, and a service to do it."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        facts.forget()
        self.world = make_world()
        self.model = Model()
        self.requests = []

    def teardown(self):
        try:
            self.compare_every_position()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def account(self, name):
        return getattr(self.world.at_home, name)

    def do(self, call, code):
        """Run a service in a savepoint: refused with the code, or done when there is none."""
        try:
            with transaction.atomic():
                outcome = call()
        except DomainError as error:
            assert code in error.codes, error
            return None
        assert code is None, f"not refused with {code}"
        return outcome

    def by(self):
        return {"actor": self.world.administrator_1, "key": self.world.key(), "at": self.world.at}

    def line(self, source, destination, quantity, **line):
        ends = [name and self.account(name) for name in (source, destination)]
        return Line(*ends, self.world.kau.pk, quantity, **line)

    @initialize(sizes=st.lists(st.tuples(owners, quantities), min_size=2, max_size=4))
    def begin(self, sizes):
        for account, quantity in sizes:
            self.issue(account, quantity + 5, 2025)

    @rule(account=owners, quantity=quantities, year=st.sampled_from([2023, 2024, 2025]))
    def issue(self, account, quantity, year):
        issue_units(self.world, self.world.kau, [(self.account(account), quantity)], year=year)
        self.model.issue(account, quantity, year)

    @rule(
        source=owners,
        destination=owners,
        quantity=quantities,
        first=st.none() | st.integers(1, 30),
        least=st.none() | quantities,
    )
    def deliver(self, source, destination, quantity, first, least):
        if source == destination:
            return
        least = least and min(least, quantity)
        serials, code = self.model.pick(source, quantity, first=first, least=least)
        lines = [self.line(source, destination, quantity, first=first, minimum=least)]
        request = {"lines": lines, **self.by()}
        outcome = self.do(lambda: deliver(**request), code)
        if outcome:
            self.model.move(outcome.transaction_id, "delivery", serials, destination)
            self.requests.append((deliver, request, outcome))

    @rule(
        source=owners,
        destination=owners,
        quantity=quantities,
        first=st.none() | st.integers(1, 30),
    )
    def propose(self, source, destination, quantity, first):
        if source == destination:
            return
        serials, code = self.model.pick(source, quantity, first=first)
        request = {"lines": [self.line(source, destination, quantity, first=first)], **self.by()}
        outcome = self.do(lambda: transfer(**request), code)
        if outcome:
            self.model.waiting[outcome.transaction_id] = (serials, destination)
            self.model.reserved.update(dict.fromkeys(serials, outcome.transaction_id))
            self.requests.append((transfer, request, outcome))

    @precondition(lambda self: self.model.waiting)
    @rule(place=places, decision=st.sampled_from([approve, reject, withdraw]))
    def decide(self, place, decision):
        number = sorted(self.model.waiting)[place % len(self.model.waiting)]
        serials, destination = self.model.waiting.pop(number)
        if decision is withdraw:
            withdraw(actor=self.world.administrator_1, transaction_id=number)
        else:
            decision(
                actor=self.world.administrator_2,
                transaction_id=number,
                payload_hash=bytes(Transaction.objects.get(pk=number).payload_hash),
                at=self.world.at,
            )
        for serial in serials:
            del self.model.reserved[serial]
        if decision is approve:
            self.model.move(number, "transfer", serials, destination)

    @rule(account=owners, quantity=quantities)
    def freeze(self, account, quantity):
        serials, code = self.model.pick(account, quantity)
        lines = [self.line(account, None, quantity)]
        outcome = self.do(lambda: freeze(lines=lines, **self.by()), code)
        if outcome:
            self.model.frozen.update(dict.fromkeys(serials, outcome.transaction_id))

    @precondition(lambda self: self.model.frozen)
    @rule(place=places)
    def release(self, place):
        freezes = sorted(set(self.model.frozen.values()))
        number = freezes[place % len(freezes)]
        complete(self.world, release(freeze_id=number, **self.by()))
        kept = {serial: by for serial, by in self.model.frozen.items() if by != number}
        self.model.frozen = kept

    @rule(account=owners, quantity=quantities)
    def surrender(self, account, quantity):
        serials, code = self.model.pick(account, quantity)
        lines = [self.line(account, None, quantity, period="2025")]
        outcome = self.do(lambda: complete(self.world, surrender(lines=lines, **self.by())), code)
        if outcome:
            self.model.move(outcome.transaction_id, "surrender", serials, "surrender")

    @precondition(lambda self: self.model.done)
    @rule(place=places)
    def reverse(self, place):
        done = self.model.done[place % len(self.model.done)]
        code = self.model.undoable(done) if done.kind != "delivery" else "NOT_REVERSIBLE"
        outcome = self.do(
            lambda: complete(self.world, reverse(transaction_id=done.transaction, **self.by())),
            code,
        )
        if outcome:
            self.model.undo(done)

    @rule(account=owners)
    def consolidate(self, account):
        ids = {"account_id": self.account(account), "unit_type_id": self.world.kau.pk}
        before = self.mergeable(account)
        code = None if before else "NOTHING_TO_CONSOLIDATE"
        if self.do(lambda: consolidate(**ids, **self.by()), code):
            assert not self.mergeable(account)
            self.model.remember()

    def mergeable(self, account):
        """Whether two neighbouring blocks of one issuance are free of marks."""
        marked = set(self.model.reserved) | set(self.model.frozen)
        blocks = Holding.objects.filter(account_id=self.account(account), closed_by=None)
        rows = [
            (issuance, first, last)
            for issuance, first, last in blocks.values_list("issuance_id", "first", "last")
            if not marked & set(range(first, last + 1))
        ]
        ends = {(issuance, last + 1) for issuance, _first, last in rows}
        return any((issuance, first) in ends for issuance, first, _last in rows)

    @precondition(lambda self: self.requests)
    @rule(place=places)
    def repeat(self, place):
        """A client that lost the answer asks again: the answer is the same, the ledger too."""
        service, request, first = self.requests[place % len(self.requests)]
        again = service(**request)
        assert again.replayed and again.transaction_id == first.transaction_id

    @rule(limit=st.integers(1, 3))
    def sequence(self, limit):
        posting.sequence(limit)

    @invariant()
    def blocks_are_those_of_the_model(self):
        assert self.expand(Holding.objects.filter(closed_by=None)) == self.model.holder

    @invariant()
    def marks_are_those_of_the_model(self):
        for kind, expected in (
            ("reservation", self.model.reserved),
            ("freeze", self.model.frozen),
        ):
            standing = {
                serial: mark.transaction_id
                for mark in Mark.objects.filter(kind=kind, released_at=None)
                for serial in range(mark.first, mark.last + 1)
            }
            assert standing == expected

    def compare_every_position(self):
        while posting.sequence(100):
            pass
        for position, expected in enumerate(self.model.snapshots):
            assert self.expand(held(as_of=position)) == expected, f"position {position}"

    def expand(self, holdings):
        """Serials to account names; every serial once."""
        names = {account: name for name, account in vars(self.world.at_home).items()}
        found = {}
        for account, first, last in holdings.values_list("account_id", "first", "last"):
            for serial in range(first, last + 1):
                assert serial not in found, f"{serial} is held twice"
                found[serial] = names[account]
        return found


def _run(examples, **changes):
    run_state_machine_as_test(
        Ledger,
        settings=settings(settings(), max_examples=examples, stateful_step_count=30, **changes),
    )


@pytest.mark.django_db
def test_ledger_is_what_the_model_says():
    """Random sequences of thirty steps; --hypothesis-profile=search tries many more."""
    examples = settings().max_examples
    _run(25 if examples <= 100 else examples)


@pytest.mark.django_db
def test_difference_of_one_serial_is_noticed(monkeypatch):
    """With a model that forgets vintages when it picks, the same sequences fail."""
    monkeypatch.setattr(
        Model,
        "held",
        lambda self, account: sorted(s for s, holder in self.holder.items() if holder == account),
    )
    with pytest.raises(AssertionError):
        _run(40, phases=[Phase.generate], report_multiple_bugs=False)
