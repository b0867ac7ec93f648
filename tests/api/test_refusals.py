"""Every wrong request that the registry promises to refuse, each with a code of its own."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from registry.models import Account, Holding, Mark, Posting, Transaction
from registry.selectors.holdings import balance
from registry.services.accounts import close_account
from registry.services.api_keys import issue_key, register_key
from tests.api.conftest import ApiClient
from tests.api.proposals import approve, line, proposal
from tests.api.signing import Signer
from tests.clocks import owner_sets
from tests.concurrency.racing import race, serials_by_account
from tests.people import represents
from tests.type_versions import approved_version
from tests.world import issue_units, open_operators, stock

PATH = "/api/v1/transactions"
WRITTEN = (Transaction, Posting, Holding, Mark)
MANY_BYTES = 100 * 2**20
TRIALS = 200


class Desk:
    """What the rows of the table do: requests of people, and what has happened before."""

    def __init__(self, world, description, keys, numbers):
        self.world, self.description, self.numbers = world, description, numbers
        self.one, self.two = (
            ApiClient(description, keys[name]) for name in ("administrator_1", "administrator_2")
        )
        self.anybody = ApiClient(description)
        self.ends = numbers("operator_a"), numbers("operator_b")

    def deliver(
        self, client=None, *, kind="delivery", source=None, destination=None, quantity="1", **more
    ):
        """An administrator delivers from operator A to operator B, but for what is named."""
        ends = source or self.ends[0], destination or self.ends[1]
        said = {name: more.pop(name) for name in ("unit_type",) if name in more}
        body = proposal(kind, line(*ends, quantity, **said))
        return (client or self.one).post("transactions", body, **more)

    def waiting(self):
        """The answer to a transfer that waits for approval."""
        answer = self.one.post("transactions", proposal("transfer", line(*self.ends)))
        assert answer.status_code == 202
        return answer

    def key_of(self, person_id):
        """A client with a new key of a person."""
        issued = issue_key(
            actor=self.world.system, person_id=person_id, label="k", at=self.world.at
        )
        return ApiClient(self.description, issued.text)

    def sign(self, *, sent=None, by=None, created=None, **options):
        """A delivery that is signed by a key of administrator 1."""
        signer = Signer.new()
        registered = register_key(
            actor=self.world.system,
            person_id=self.world.administrator_1.person_id,
            label="signer",
            public_key=signer.public,
            at=self.world.at,
        )
        signer.key_id = registered.api_key.prefix
        signer.private = by or signer.private
        text = json.dumps(proposal("delivery", line(*self.ends, "1")))
        headers = signer.headers(
            "POST", PATH, text.encode(), key="s", created=created or timezone.now(), **options
        )
        headers.pop("idempotency-key")
        return lambda: self.anybody.post("transactions", text=sent or text, key="s", **headers)


def expired(desk):
    waiting = desk.waiting()
    owner_sets(waiting.json()["id"], "expires_at = clock_timestamp() - interval '1 second'")
    return lambda: approve(desk.two, waiting)


def own_proposal(desk):
    waiting = desk.waiting()
    return lambda: approve(desk.one, waiting)


def approved_twice(desk):
    """By two keys of one person: the second of two approvals that are needed."""
    approved_version("transfer", approvals=2)
    waiting = desk.waiting()
    assert approve(desk.two, waiting).status_code == 201
    again = desk.key_of(desk.world.administrator_2.person_id)
    return lambda: approve(again, waiting)


def closed(desk):
    close_account(
        actor=desk.world.administrator_2, account_id=desk.world.at_home.trading, at=desk.world.at
    )
    return lambda: desk.deliver(destination=desk.numbers("trading"))


def suspended(desk):
    operator = desk.world.at_home.operator_a
    actor = represents(desk.world, "suspended", operator, "initiate", suspended_at=desk.world.at)
    client = desk.key_of(actor.person_id)
    return lambda: desk.deliver(client, kind="transfer")


def replayed(desk):
    send = desk.sign()
    assert send().status_code == 201
    return send


def key_of_another_body(desk):
    assert desk.deliver(key="k", quantity="1").status_code == 201
    return lambda: desk.deliver(key="k", quantity="2")


def too_large(desk):
    """It is refused by its length: the body itself is not even sent."""
    return lambda: desk.one.request(
        "POST",
        "transactions",
        headers={"idempotency-key": "k", "content-length": str(MANY_BYTES)},
        media_type="application/json",
    )


def cursor_from_elsewhere(desk):
    following = desk.one.get("accounts", {"limit": "1"}).json()["next"]
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]
    return lambda: desk.one.get("holdings", {"cursor": cursor})


UNKNOWN = "KR-ETRS-9999999-41"
# What is wrong, how it comes about, and the status and the code that tell it.
TABLE = {
    "unknown account": (lambda d: lambda: d.deliver(source=UNKNOWN), 422, "UNKNOWN_SOURCE_ACCOUNT"),
    "wrong check digits": (
        lambda d: lambda: d.deliver(source=d.ends[0][:-2] + "00"),
        400,
        "ACCOUNT_NUMBER_INVALID",
    ),
    "unit type not allowed": (
        lambda d: (
            lambda: d.deliver(kind="allocate", source=d.numbers("government"), unit_type="KCU")
        ),
        422,
        "UNIT_KIND_NOT_ALLOWED",
    ),
    "too many units": (lambda d: lambda: d.deliver(quantity="1001"), 422, "INSUFFICIENT_UNITS"),
    "10.5 units": (lambda d: lambda: d.deliver(quantity="10.5"), 400, "NOT_WHOLE_UNITS"),
    "negative": (lambda d: lambda: d.deliver(quantity="-1"), 400, "NOT_POSITIVE"),
    "2^63": (lambda d: lambda: d.deliver(quantity=str(2**63)), 400, "TOO_LARGE"),
    "an initiator who approves": (own_proposal, 403, "PROPOSER_CAN_NOT_APPROVE"),
    "an expired approval": (expired, 409, "PROPOSAL_EXPIRED"),
    "two approvals by one person": (approved_twice, 409, "ALREADY_DECIDED"),
    "a closed account": (closed, 422, "DESTINATION_ACCOUNT_BLOCKED"),
    "a suspended representative": (suspended, 403, "REPRESENTATIVE_SUSPENDED"),
    "a forged signature": (
        lambda d: d.sign(by=Signer.new().private),
        401,
        "SIGNATURE_INVALID",
    ),
    "a replayed signature": (replayed, 401, "SIGNATURE_REPLAYED"),
    "a body changed after signing": (lambda d: d.sign(sent="{}"), 401, "BODY_CHANGED"),
    "a clock 10 minutes slow": (
        lambda d: d.sign(created=timezone.now() - timedelta(minutes=10)),
        401,
        "SIGNATURE_TIME",
    ),
    "a clock 10 minutes fast": (
        lambda d: d.sign(created=timezone.now() + timedelta(minutes=10)),
        401,
        "SIGNATURE_TIME",
    ),
    "an idempotency key reused with another body": (
        key_of_another_body,
        422,
        "IDEMPOTENCY_KEY_REUSED",
    ),
    "a 100 MB body": (too_large, 413, "BODY_TOO_LARGE"),
    "a cursor from elsewhere": (cursor_from_elsewhere, 400, "CURSOR_INVALID"),
    "a filter that does not exist": (
        lambda d: lambda: d.one.get("holdings", {"colour": "green"}),
        400,
        "UNKNOWN_PARAMETER",
    ),
}


@pytest.fixture
def desk(fresh_database, world, description, keys, numbers):
    """Operator A has 1,000 KAU."""
    stock(world, operator_a=1000)
    return Desk(world, description, keys, numbers)


def written():
    """The rows of the ledger, as they are."""
    return {model: list(model.objects.order_by("pk").values()) for model in WRITTEN}


@pytest.mark.parametrize("name", TABLE)
def test_refused_with_its_own_code(name, desk):
    """The code, with what is wrong and how to mend it; the ledger is as it was before."""
    prepare, status, code = TABLE[name]
    send = prepare(desk)
    before = written()
    answer = send()
    document = answer.json()
    assert (answer.status_code, document["code"]) == (status, code), answer.content
    assert document["detail"] and all(error["hint"] for error in document["errors"])
    assert written() == before


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_that_is_five_minutes_off_is_tolerated(desk, minutes):
    """Less a moment, in which the request arrives."""
    created = timezone.now() + timedelta(minutes=minutes, seconds=-minutes)
    assert desk.sign(created=created)().status_code == 201


def test_one_of_two_requests_gets_the_last_units(fresh_database, world, description, keys, numbers):
    """Two persons sell the seven units of an account at the same moment, 200 times."""
    accounts = open_operators(world, TRIALS)
    issue_units(world, world.kau, [(account, 7) for account in accounts])
    named = dict(Account.objects.values_list("pk", "number"))
    to = numbers("trading")

    def seller(name):
        client = ApiClient(description, keys[name])

        def sell(trial):
            body = proposal("delivery", line(named[accounts[trial]], to, "7"))
            answer = client.post("transactions", body, key=f"{name} {trial}")
            return answer.status_code, answer.json().get("code")

        return sell

    outcomes = race(TRIALS, seller("administrator_1"), seller("administrator_2"), seconds=300)
    one_wins = {(201, None), (422, "INSUFFICIENT_UNITS")}
    assert [set(trial) for trial in outcomes] == [one_wins] * TRIALS
    assert len(serials_by_account(world.kau)) == 7 * TRIALS
    assert balance(account_id=world.at_home.trading, unit_type_id=world.kau.pk) == 7 * TRIALS
