"""Sound ledgers to audit.

A sound ledger has something of everything that the rules look at. It is made by the services,
but for what crosses the border, which is written as the gate would write it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connections
from django.utils import timezone

from registry import posting
from registry.lines import Line
from registry.models import Holding, Role, TransactionType
from registry.services.accounts import close_account
from registry.services.append_leaves import append_batch
from registry.services.approve import reject
from registry.services.cancel import cancel
from registry.services.consolidate import consolidate
from registry.services.convert import convert
from registry.services.decide_batch import decide_batch
from registry.services.execute_due import execute_due
from registry.services.freeze import freeze, release
from registry.services.issue import Issuance
from registry.services.log_document import log_document
from registry.services.make_checkpoint import make_checkpoint
from registry.services.propose import Request, propose
from registry.services.propose_batch import propose_all_or_nothing
from registry.services.reference_changes import Change, approve_change, propose_change
from registry.services.reverse import reverse
from registry.services.sign_issuances import sign_all
from registry.services.signing_keys import ensure_keys
from registry.services.stops import Stopped, place_stop
from registry.services.surrender import surrender
from registry.services.transfer import deliver, transfer
from registry.services.withdraw import withdraw
from tests.audit.hand import Hand
from tests.openings import open_offsets
from tests.people import approved, asked, person
from tests.type_versions import approved_version, system_administrators
from tests.world import (
    AT,
    World,
    allocated,
    complete,
    issue_units,
    make_world,
    moved,
    open_operators,
    stock,
    vintage,
)

# KAU of 2025:
#   1-100      surrendered by operator A          101-400    operator A, in blocks
#   401-410    operator B, frozen                 411-500    operator B
#   501-520    operator B, reserved               521-600    operator B
#   601-650    the account of the neighbour, which holds 601-620 and gave 611-615 back
#   651-670    allocated to operator A, and back by a reversal
#   671-1000   government, but 681-690 cancelled by operator A
# KAU of 2024: 1001-1200, of which 7 in the trading account and 5 came back from the auction.
# After these come the many blocks of other operators.

BULK = 10_000


@dataclass(frozen=True)
class Ledger:
    """The world that a ledger is about, and ids of its transactions and postings."""

    world: World
    surrendered: int
    reversed: int
    reversal: int
    waiting: int
    frozen: int
    released: int
    converted: int
    delivered: int
    named: int
    consolidated: int
    rejected: int
    delayed: int
    waited: int
    version: int
    batch: int
    request: int
    lifting: int
    taken_in: int
    given_back: int


def build(holdings: int = 0) -> Ledger:
    """Write a sound ledger with at least so many open holdings, all postings placed."""
    world = make_world()
    ensure_keys(at=world.at)
    _types()
    home, kau, by = world.at_home, world.kau.pk, _by(world)
    stock(world, operator_a=400, operator_b=200, government=400)
    issue_units(world, world.kau, [(home.operator_a, 200)], year=2024)
    surrendered = surrender(
        lines=[Line(home.operator_a, None, kau, 100, first=1, period="2025")], **by()
    )
    complete(world, surrendered)
    back = allocated(world, home.operator_a, 20, first=651)
    reversal = reverse(transaction_id=back.transaction_id, **by())
    complete(world, reversal)
    _log(world)
    allocated(world, home.operator_a, 10, first=681)
    complete(world, cancel(lines=[Line(home.operator_a, None, kau, 10, first=681)], **by()))
    delivered = moved(world, home.operator_a, home.trading, 7, vintage_from=date(2024, 1, 1))
    named = moved(world, home.operator_a, home.operator_b, 50, first=201)
    moved(world, home.operator_b, home.operator_a, 50, first=201)
    consolidated = consolidate(account_id=home.operator_a, unit_type_id=kau, **by())
    taken_in, given_back = _abroad(world)
    ledger = Ledger(
        world,
        surrendered=surrendered.transaction_id,
        reversed=back.transaction_id,
        reversal=reversal.transaction_id,
        converted=_converted(world),
        delivered=delivered.posting_id,
        named=named.transaction_id,
        consolidated=consolidated.posting_id,
        taken_in=taken_in,
        given_back=given_back,
        **_marked(world),
        **_delayed(world),
        **_asked(world),
        batch=_batched(world),
        version=approved_version("cancel_for_omge", reason_required=True).pk,
    )
    _renamed()
    _emptied_and_closed(world)
    _fill(world, holdings)
    _log(world)
    return ledger


def _renamed():
    """A jurisdiction that has got a name by an approved change."""
    one, two = system_administrators()
    change = propose_change(
        actor=one,
        change=Change(
            *("jurisdiction", "change", "a test", "a test"),
            identity={"code": "KR"},
            values={"name_ko": "대한민국"},
        ),
        at=timezone.now(),
    )
    approve_change(actor=two, change_id=change.pk, payload_hash=bytes(change.payload_hash))


def _delayed(world):
    """A transfer that was due and is completed, and one that is due tomorrow."""
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 3)
    numbers = []
    for moment in (world.at + timedelta(hours=1), timezone.now() + timedelta(days=1)):
        request = Request("transfer", [line], world.key(), world.at, execute_at=moment)
        outcome = propose(world.administrator_1, request)
        complete(world, outcome)
        execute_due(actor=world.system, at=timezone.now())
        numbers.append(outcome.transaction_id)
    return {"waited": numbers[0], "delayed": numbers[1]}


def _batched(world):
    """A batch of two types that was approved and completed; its number."""
    home, kau = world.at_home, world.kau.pk
    requests = [
        Request("transfer", [Line(home.operator_a, home.operator_b, kau, 2)], "b/1", world.at),
        Request("delivery", [Line(home.operator_b, home.operator_a, kau, 2)], "b/2", world.at),
    ]
    _outcomes, batch = propose_all_or_nothing(actor=world.administrator_1, requests=requests)
    decide_batch(
        actor=world.administrator_2,
        batch_id=batch.pk,
        approved=True,
        payload_hash=batch.payload_hash,
        at=world.at,
    )
    return batch.pk


def _asked(world):
    """A change of an account, approved; and the lifting of a stop, which two have approved."""
    change = asked(world, "account_change", world.at_home.operator_a, name="operator_a")
    approved(world, change)
    what = Stopped(world.home.pk, subject="agreement:1")
    stop = place_stop(actor=world.administrator_2, what=what, reason="a test", at=world.at)
    lifting = asked(world, "stop_lifting", None, stop=str(stop.pk))
    for number in (3, 4):
        other = person(world, f"administrator_{number}", Role.ADMINISTRATOR, world.home)
        approved(world, lifting, by=other)
    return {"request": change.pk, "lifting": lifting.pk}


def _log(world):
    """Sign what was issued, give positions, log what has them, and sign the log."""
    sign_all(lambda: world.at)
    while posting.sequence(5000):
        pass
    log_document(kind="report", subject="1", document={"year": 2025})
    while append_batch():
        pass
    make_checkpoint(at=world.at)


def _by(world):
    return lambda: {"actor": world.administrator_1, "key": world.key(), "at": world.at}


def _converted(world):
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 500)])
    issuance = Issuance(world.kcu.pk, [(world.at_home.operator_a, 100)], **vintage(2025))
    line = Line(world.at_offsets.operator_a, world.at_offsets.conversion, world.koc.pk, 100)
    outcome = convert(lines=[line], issuances=[issuance], **_by(world)())
    converted = complete(world, outcome).posting_id
    open_offsets(world)
    return converted


def _marked(world):
    """Frozen, released, waiting, rejected and withdrawn."""
    home, kau, by = world.at_home, world.kau.pk, _by(world)
    frozen = freeze(lines=[Line(home.operator_b, None, kau, 10, first=401)], **by())
    melting = freeze(lines=[Line(home.operator_b, None, kau, 10, first=411)], **by())
    released = release(freeze_id=melting.transaction_id, **by())
    complete(world, released)
    line = Line(home.operator_b, home.operator_a, kau, 20, first=501)
    waiting = transfer(lines=[line], **by())
    other = transfer(lines=[Line(home.operator_b, home.operator_a, kau, 5)], **by())
    reject(
        actor=world.administrator_2,
        transaction_id=other.transaction_id,
        payload_hash=_payload_hash(other.transaction_id),
        at=world.at,
    )
    third = transfer(lines=[Line(home.operator_b, home.operator_a, kau, 6)], **by())
    withdraw(actor=world.administrator_1, transaction_id=third.transaction_id)
    return {
        "frozen": frozen.transaction_id,
        "released": released.transaction_id,
        "waiting": waiting.transaction_id,
        "rejected": other.transaction_id,
    }


def _payload_hash(transaction_id):
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT payload_hash FROM registry_transaction WHERE id = %s", [transaction_id]
        )
        return bytes(cursor.fetchone()[0])


def _emptied_and_closed(world):
    home, kau, by = world.at_home, world.kau.pk, _by(world)
    for source, destination in ((home.operator_a, home.auction), (home.auction, home.operator_a)):
        complete(world, transfer(lines=[Line(source, destination, kau, 5)], **by()))
    close_account(actor=world.administrator_2, account_id=home.auction, at=world.at)


def _abroad(world):
    """Home units go to the partner's account; the partner takes some in and gives some back."""
    home, kau, by = world.at_home, world.kau.pk, _by(world)
    propose(
        world.administrator_1,
        Request("send", [Line(home.government, home.partner, kau, 50, first=601)], **_rest(by)),
    )
    abroad = world.at_neighbour.operator
    with Hand.of_owner() as hand:
        taken = hand.cross(world, "take_in", Line(None, abroad, kau, 20, first=601))
        given = hand.cross(world, "give_back", Line(abroad, None, kau, 5, first=611))
        hand.connection.commit()
    return taken, given


def _rest(by):
    return {key: value for key, value in by().items() if key != "actor"}


def _types():
    """What the gate's own types do not offer yet."""
    kinds = {"source_kinds": ["government"], "destination_kinds": ["partner"]}
    _type("send", "move", "3-0", source_statuses=["open"], destination_statuses=["open"], **kinds)
    _type("take_in", "post_in", "3-53", destination_kinds=["operator"])
    _type("give_back", "post_out", "3-54", source_kinds=["operator"])


def _type(code, effect, number, **options):
    """A transaction type without approvals, as the owner adds it."""
    TransactionType.objects.using("owner").create(
        code=code,
        version=1,
        number=number,
        effect=effect,
        approvals=0,
        valid_from=AT,
        digest=bytes(32),
        name_en=code,
        **{
            "source_kinds": [],
            "destination_kinds": [],
            "source_statuses": [],
            "destination_statuses": [],
            "unit_kinds": ["allowance"],
            "roles": ["administrator"],
            **options,
        },
    )


def _fill(world, holdings):
    """Issue blocks of ten to many operators; some are then cut in two by deliveries."""
    if not holdings:
        return
    count = min(holdings, 5000)
    operators = open_operators(world, count)
    for start in range(0, holdings, 250_000):
        blocks = [(operators[n % count], 10) for n in range(start, min(holdings, start + 250_000))]
        issue_units(world, world.kau, blocks, year=2020 + start // 250_000)
        _log(world)
    for _batch in range(min(5, holdings // BULK)):
        lines = [
            Line(operators[n % count], operators[(n + 1) % count], world.kau.pk, 3)
            for n in range(BULK)
        ]
        deliver(lines=lines, **_by(world)())
        _log(world)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    assert Holding.objects.filter(closed_by__isnull=True).count() >= holdings
