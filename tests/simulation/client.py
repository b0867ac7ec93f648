"""A client that does random things, loses answers, asks again, and writes down what it was told.

It works alone, so that a dictionary (tests/properties/model.py) says what every answer must be.
"""

import itertools

from django.db import connection, connections, transaction

from registry.errors import DomainError
from registry.lines import Line
from registry.models import Transaction
from registry.services.approve import approve, reject
from registry.services.consolidate import consolidate
from registry.services.freeze import freeze, release
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from registry.services.transfer import deliver, transfer
from registry.services.withdraw import withdraw
from tests.properties.model import Model
from tests.simulation.faults import GONE, Rates
from tests.world import issue_units

OWNERS = ("operator_a", "operator_b", "trading")
ATTEMPTS = 50


class Surprise(Exception):
    """An answer that the model did not expect."""


class Client:
    """Does one random step at a time; `acknowledged` are the answers that it got."""

    rates = Rates()

    def __init__(self, world, random, faults):
        self.world = world
        self.random = random
        self.faults = faults
        self.model = Model()
        self.acknowledged = []
        self.numbers = itertools.count(1)

    def begin(self):
        """Stock, before anything can go wrong."""
        for owner in OWNERS:
            account = getattr(self.world.at_home, owner)
            issue_units(self.world, self.world.kau, [(account, 60)])
            self.model.issue(owner, 60, 2025)

    def step(self):
        steps = [self.deliver] * 6 + [self.propose] * 3 + [self.freeze, self.surrender]
        steps += [self.decide] * 3 * bool(self.model.waiting)
        steps += [self.release] * bool(self.model.frozen)
        steps += [self.reverse] * bool(self.model.done)
        steps += [self.consolidate]
        self.random.choice(steps)()

    # What a client is: calls until there is an answer.

    def attempt(self, call, key):
        return call(key)

    def next_key(self, key):
        """The key of the next attempt: the same, for it is the same request."""
        return key

    def ask(self, call, key):
        """The answer to a request, or the error that refuses it, however often it was lost."""
        for _attempt in range(ATTEMPTS):
            fault = self.faults.draw()
            try:
                with self.faults.striking(fault):
                    answer = self.attempt(call, key)
            except GONE:
                connections.close_all()
            except DomainError as error:
                answer = error
                if fault != "lose":
                    return answer
            else:
                if fault != "lose":
                    return answer
            key = self.next_key(key)
        raise Surprise(f"no answer after {ATTEMPTS} attempts")

    def request(self, service, code, **arguments):
        """A service's answer, when none or this refusal was expected; None when refused."""
        number = next(self.numbers)
        if service is not consolidate:
            arguments["reason"] = f"request {number}"

        def call(key):
            return service(actor=self.world.administrator_1, key=key, at=self.world.at, **arguments)

        answer = self.ask(call, f"request {number}")
        if isinstance(answer, DomainError):
            if code not in answer.codes:
                raise Surprise(f"request {number}, {service.__name__}: {answer}, not {code}")
            return None
        if code is not None:
            raise Surprise(f"request {number}, {service.__name__}: done, not {code}")
        self.acknowledged.append((answer.transaction_id, answer.posting_id))
        return answer

    def end(self, number, decision, status):
        """Decide on a proposal. It has no key: whoever lost the answer reads what became of it."""
        arguments = {"transaction_id": number}
        if decision is not withdraw:
            stored = self.stored(number)
            arguments["payload_hash"] = bytes(stored.payload_hash)
            arguments["at"] = self.world.at
        person = self.world.administrator_1 if decision is withdraw else self.world.administrator_2
        answer = self.ask(lambda _key: decision(actor=person, **arguments), None)
        stored = self.stored(number)
        if stored.status != status:
            raise Surprise(f"transaction {number} has status {stored.status}: {answer}")
        self.acknowledged.append((number, stored.posting_id))

    def stored(self, number):
        found = self.read(lambda: Transaction.objects.filter(pk=number).first())
        if found is None:
            raise Surprise(f"transaction {number} was acknowledged and is not there")
        return found

    def read(self, query):
        for _attempt in range(ATTEMPTS):
            try:
                return query()
            except GONE:
                connections.close_all()
        raise Surprise("the database can not be read")

    # What it does.

    def line(self, source, destination, quantity, **line):
        ends = [name and getattr(self.world.at_home, name) for name in (source, destination)]
        return Line(*ends, self.world.kau.pk, quantity, **line)

    def picked(self):
        """A source, a destination, a quantity, a first serial or none, and what the model says."""
        source, destination = self.random.sample(OWNERS, 2)
        quantity = self.random.randint(1, 12)
        first = self.random.choice([None, None, self.random.randint(1, 180)])
        serials, code = self.model.pick(source, quantity, first=first)
        return (
            source,
            destination,
            self.line(source, destination, quantity, first=first),
            (
                serials,
                code,
            ),
        )

    def deliver(self):
        _source, destination, line, (serials, code) = self.picked()
        answer = self.request(deliver, code, lines=[line])
        if answer:
            self.model.move(answer.transaction_id, "delivery", serials, destination)

    def propose(self):
        _source, destination, line, (serials, code) = self.picked()
        answer = self.request(transfer, code, lines=[line])
        if answer:
            self.model.waiting[answer.transaction_id] = (serials, destination)
            self.model.reserved.update(dict.fromkeys(serials, answer.transaction_id))

    def decide(self):
        number = self.random.choice(sorted(self.model.waiting))
        serials, destination = self.model.waiting.pop(number)
        decision, status = self.random.choice(
            [(approve, 4), (approve, 4), (reject, 6), (withdraw, 7)]
        )
        self.end(number, decision, status)
        for serial in serials:
            del self.model.reserved[serial]
        if decision is approve:
            self.model.move(number, "transfer", serials, destination)

    def freeze(self):
        owner, quantity = self.random.choice(OWNERS), self.random.randint(1, 5)
        serials, code = self.model.pick(owner, quantity)
        answer = self.request(freeze, code, lines=[self.line(owner, None, quantity)])
        if answer:
            self.model.frozen.update(dict.fromkeys(serials, answer.transaction_id))

    def release(self):
        number = self.random.choice(sorted(set(self.model.frozen.values())))
        answer = self.request(release, None, freeze_id=number)
        self.end(answer.transaction_id, approve, 4)
        self.model.frozen = {s: by for s, by in self.model.frozen.items() if by != number}

    def surrender(self):
        owner, quantity = self.random.choice(OWNERS), self.random.randint(1, 5)
        serials, code = self.model.pick(owner, quantity)
        lines = [self.line(owner, None, quantity, period="2025")]
        answer = self.request(surrender, code, lines=lines)
        if answer:
            self.end(answer.transaction_id, approve, 4)
            self.model.move(answer.transaction_id, "surrender", serials, "surrender")

    def reverse(self):
        done = self.random.choice(self.model.done)
        code = "NOT_REVERSIBLE" if done.kind == "delivery" else self.model.undoable(done)
        answer = self.request(reverse, code, transaction_id=done.transaction)
        if answer:
            self.end(answer.transaction_id, approve, 4)
            self.model.undo(done)

    def consolidate(self):
        account = getattr(self.world.at_home, self.random.choice(OWNERS))
        arguments = {"account_id": account, "unit_type_id": self.world.kau.pk}
        number = next(self.numbers)

        def call(key):
            return consolidate(
                actor=self.world.administrator_1, key=key, at=self.world.at, **arguments
            )

        answer = self.ask(call, f"request {number}")
        if isinstance(answer, DomainError):
            if answer.codes != ["NOTHING_TO_CONSOLIDATE"]:
                raise Surprise(f"request {number}, consolidate: {answer}")
            return
        self.acknowledged.append((answer.transaction_id, answer.posting_id))


class EarlyClient(Client):
    """Broken on purpose: tells its user that it is done before the database has committed."""

    rates = Rates(between=0, during=0, lost=0.1)

    def attempt(self, call, key):
        answer = None
        try:
            with transaction.atomic():
                answer = call(key)
                if self.random.random() < 0.2:
                    self.faults.kill_postgresql("PostgreSQL killed before the commit", True)
        except GONE:
            connection.close()
            if answer is None:
                raise
        return answer


class KeylessClient(Client):
    """Broken on purpose: asks again under a new key, as if it were another request."""

    rates = Rates(between=0, during=0.01, lost=0.4)

    def next_key(self, key):
        return key and f"{key} again"


class UnguardedClient(Client):
    """Broken on purpose: the gate loses a unit of each cut block, and the guard is off."""

    rates = Rates(between=0, during=0.01)

    def begin(self):
        super().begin()
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE registry_posting DISABLE TRIGGER posting_is_checked")
            cursor.execute(
                "SELECT pg_get_functiondef(oid) FROM pg_proc"
                " WHERE proname = 'registry_move_at_once'"
            )
            (definition,) = cursor.fetchone()
            kept = "v_end + 1, v_block.last"
            assert kept in definition
            lost = "least(v_end + 2, v_block.last), v_block.last"
            cursor.execute(definition.replace(kept, lost))


CLIENTS = {
    "none": Client,
    "answers early": EarlyClient,
    "repeats without the key": KeylessClient,
    "loses units": UnguardedClient,
}
