"""A committed little ledger to attack.

Every attack works in a database transaction that is rolled back, so all attacks share one ledger.
Once it stands, nothing goes through the services: an attacker writes SQL.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import psycopg2
from django.contrib.auth.models import Group, Permission
from django.db import connections, transaction
from django.utils import timezone

from registry import posting
from registry.lines import Line
from registry.models import (
    AccountDay,
    AccountHolder,
    Basis,
    CalendarDay,
    CalendarYear,
    CorporateGroup,
    Fact,
    GroupLimit,
    IssuanceCap,
    Jurisdiction,
    LimitCounter,
    OfficeHours,
    Person,
    Reconciliation,
    SeenSignature,
    Source,
    StoredAnswer,
    TransactionType,
    UnitTypeAlias,
    WebhookDelivery,
    WebhookEndpoint,
)
from registry.services.accounts import close_account
from registry.services.append_leaves import append_batch
from registry.services.convert import convert
from registry.services.decide_batch import decide_batch
from registry.services.freeze import freeze
from registry.services.issue import Issuance
from registry.services.log_document import log_document
from registry.services.make_checkpoint import make_checkpoint
from registry.services.propose import Request, propose
from registry.services.propose_batch import propose_all_or_nothing
from registry.services.reference_changes import (
    Change,
    approve_change,
    propose_change,
    reject_change,
)
from registry.services.reverse import reverse
from registry.services.sign_issuances import sign_all
from registry.services.signing_keys import ensure_keys
from registry.services.surrender import surrender
from registry.services.transaction_types import NewVersion, propose_version
from registry.services.transfer import transfer
from tests.database.attacker import Attacker
from tests.database.governed import govern, recover
from tests.database.uploaded import upload_files
from tests.database.worked_on import work_on
from tests.databases import Copy
from tests.openings import open_offsets
from tests.type_versions import approved_version, system_administrators
from tests.world import (
    World,
    allocated,
    complete,
    issue_units,
    make_world,
    moved,
    stock,
    vintage,
)

# Serials of KAU in the ledger:
#   1-100      surrendered by operator A          101-400  operator A
#   401-410    operator B, frozen                 411-600  operator B, 501-520 reserved
#   601-650    government, in the account of the partner; 601-620 taken in by the neighbour
#   521-530    reserved by a transfer that is due tomorrow
#   651-670    allocated to operator A, and back by a reversal
#   671-1000   government                         1001-1200 operator A, vintage 2024


@dataclass(frozen=True)
class Facts:
    """Ids of rows that attacks start from."""

    world: World
    surrender: int
    waiting: int
    delayed: int
    reversed: int
    frozen: int
    unposted_message: int
    hidden_posting: int


def build() -> Facts:
    """Write the ledger into the database that Django's aliases point to."""
    world = make_world()
    home = world.at_home
    by = {"actor": world.administrator_1, "at": world.at}
    stock(world, operator_a=400, operator_b=200, government=400)
    issue_units(world, world.kau, [(home.operator_a, 200)], year=2024)
    surrendered = surrender(
        lines=[Line(home.operator_a, None, world.kau.pk, 100, first=1, period="2025")],
        key="surrender",
        **by,
    )
    complete(world, surrendered)
    frozen = freeze(
        lines=[Line(home.operator_b, None, world.kau.pk, 10, first=401)], key="freeze", **by
    )
    waiting = transfer(
        lines=[Line(home.operator_b, home.operator_a, world.kau.pk, 20, first=501)],
        key="waiting",
        **by,
    )
    delayed = _delayed(world, by)
    back = allocated(world, home.operator_a, 20, first=651)
    complete(world, reverse(transaction_id=back.transaction_id, key="back", **by))
    moved(world, home.operator_a, home.trading, 7, first=1001)
    _converted(world, by)
    open_offsets(world)
    _reference(world)
    govern(world)
    _rules(world)
    _batched(world)
    work_on(world, waiting.transaction_id)
    upload_files(world)
    ensure_keys(at=world.at)
    sign_all(lambda: world.at)
    close_account(actor=world.administrator_2, account_id=home.buffer, at=world.at)
    message = _held_abroad(world)
    hidden = _passed_by_the_sequencer()
    _log(world)
    # Two postings have positions and are not logged, and the last one has no position yet.
    moved(world, home.operator_a, home.trading, 1, first=1101)
    moved(world, home.operator_a, home.trading, 1, first=1102)
    posting.sequence(1000)
    moved(world, home.operator_a, home.trading, 1, first=1103)
    # Two system administrators begin the guard of reference data: after what is laid down freely.
    recover(world)
    _reference_changes()
    return Facts(
        world,
        surrender=surrendered.transaction_id,
        waiting=waiting.transaction_id,
        delayed=delayed,
        reversed=back.transaction_id,
        frozen=frozen.transaction_id,
        unposted_message=message,
        hidden_posting=hidden,
    )


def _log(world):
    """Of two documents beside the postings one is in the log, and one is not yet."""
    log_document(kind="report", subject="1", document={"year": 2025})
    while append_batch():
        pass
    log_document(kind="report", subject="2", document={"year": 2026})
    # The last leaf is again that of a posting.
    moved(world, world.at_home.operator_a, world.at_home.trading, 1, first=1104)
    posting.sequence(1000)
    append_batch()
    make_checkpoint(at=world.at)


def _reference(world):
    """A row of each table that the rest leaves empty, so that every table can be attacked."""
    UnitTypeAlias.objects.create(alias="K-KAU", unit_type=world.kau)
    Source.objects.create(code="S1", where="a register", what="a figure")
    Fact.objects.create(topic="cap", param="cap", value="1")
    Fact.objects.create(topic="cap", param="cap", jurisdiction=world.home.jurisdiction)
    LimitCounter.objects.create(pool="offsets", period="2025", capacity_t=10)
    AccountHolder.objects.create(
        code="KR-OPERATOR-C", name="Operator C", jurisdiction=world.home.jurisdiction
    )
    Basis.objects.create(entity=world.holder_a, kind="obligation", period="2025", tonnes=1)
    Basis.objects.create(jurisdiction=world.home.jurisdiction, kind="cap", period="2025", tonnes=1)
    Jurisdiction.objects.create(
        code="KR-11", level="subnational", parent=world.home.jurisdiction, name_en="Seoul"
    )
    SeenSignature.objects.create(digest=bytes(32), seen_at=world.at)
    endpoint = WebhookEndpoint.objects.create(
        person_id=world.auditor.person_id,
        url="https://example.org/",
        reached=0,
        created_at=world.at,
        leased_until=world.at,
    )
    WebhookDelivery.objects.create(endpoint=endpoint, position=1, next_attempt_at=world.at)
    StoredAnswer.objects.create(
        person_id=world.auditor.person_id,
        address="/",
        key="k",
        fingerprint=bytes(32),
        status=201,
        body=b"x",
        created_at=world.at,
    )
    person = Person.objects.get(pk=world.auditor.person_id)
    person.groups.add(Group.objects.create(name="readers"))
    person.user_permissions.add(Permission.objects.first())


def _reference_changes():
    """One change of each fate, and a loading; then the guards stand open again, as before there
    were two system administrators, so that each attack meets the rule that it is aimed at."""
    one, two = system_administrators()
    by = {"actor": one, "at": timezone.now()}
    for code, decide in (("CN", approve_change), ("JP", reject_change), ("KR", None)):
        change = propose_change(
            change=Change(
                *("jurisdiction", "change", "a test", "a test"),
                identity={"code": code},
                values={"name_ko": code},
            ),
            **by,
        )
        if decide is not None:
            decide(actor=two, change_id=change.pk, payload_hash=bytes(change.payload_hash))
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT registry_begin_loading('a test')")
        cursor.execute("UPDATE registry_fact SET unit = 't'")
        cursor.execute("UPDATE registry_reference SET governed_since = NULL")


def _delayed(world, by):
    line = Line(world.at_home.operator_b, world.at_home.operator_a, world.kau.pk, 10, first=521)
    tomorrow = timezone.now() + timedelta(days=1)
    request = Request("transfer", [line], "delayed", by["at"], execute_at=tomorrow)
    outcome = propose(by["actor"], request)
    complete(world, outcome)
    return outcome.transaction_id


def _batched(world):
    """A batch that is rejected, and one that waits."""
    home, kau = world.at_home, world.kau.pk
    for key in ("rejected", "waits"):
        lines = [Line(home.trading, home.operator_a, kau, 1)]
        requests = [
            Request(kind, lines, f"{key}/{kind}", world.at) for kind in ("transfer", "delivery")
        ]
        _outcomes, batch = propose_all_or_nothing(actor=world.administrator_1, requests=requests)
        if key == "rejected":
            decide_batch(
                actor=world.administrator_2,
                batch_id=batch.pk,
                approved=False,
                payload_hash=batch.payload_hash,
                at=world.at,
            )


def _rules(world):
    """Rules that are data, and two proposals of them: one approved, one that waits."""
    korea = world.home.jurisdiction
    CalendarDay.objects.create(jurisdiction=korea, day=date(2026, 5, 1), is_working=False)
    CalendarYear.objects.create(jurisdiction=korea, year=2030, is_published=True)
    OfficeHours.objects.create(jurisdiction=korea, opens="09:00", closes="18:00")
    IssuanceCap.objects.create(unit_type=world.kau, units=10**9)
    group = CorporateGroup.objects.create(code="G-1", name="Group 1")
    GroupLimit.objects.create(group=group, registry=world.home, units=10**9)
    Reconciliation.objects.create(
        registry=world.home, unit_type=world.kau, began_at=world.at, ended_at=world.at
    )
    AccountDay.objects.using("owner").create(
        account_id=world.at_home.operator_a, day=date(2026, 3, 2), units=1
    )
    approved_version("cancel_for_omge", reason_required=True)
    one, _two = system_administrators()
    now = timezone.now()
    propose_version(
        actor=one,
        version=NewVersion("retire", {"reason_required": True}, now, registry_id=world.home.pk),
        at=now,
        reason="for a test",
    )


def _converted(world, by):
    issue_units(world, world.koc, [(world.at_offsets.operator_a, 500)])
    issuance = Issuance(world.kcu.pk, [(world.at_home.operator_a, 100)], **vintage(2025))
    line = Line(world.at_offsets.operator_a, world.at_offsets.conversion, world.koc.pk, 100)
    complete(world, convert(lines=[line], issuances=[issuance], key="convert", **by))


def _held_abroad(world):
    """Home units go to the partner's account, and the partner takes some of them in."""
    home, kau = world.at_home, world.kau.pk
    for code, number in (("post_in", "3-53"), ("post_out", "3-54")):
        TransactionType.objects.using("owner").create(
            code=code,
            version=1,
            number=number,
            effect=code,
            approvals=0,
            valid_from=world.at,
            digest=bytes(32),
            name_en=code,
            source_kinds=[],
            destination_kinds=[],
            source_statuses=[],
            destination_statuses=[],
            unit_kinds=[],
            roles=[],
        )
    with _owner() as attacker:
        attacker.world = world
        attacker.move(attacker.block(home.government, 601), home.partner)
        for code in ("issue", "convert", "surrender"):
            # Of a draft that completes at once, approvals are not what refuses.
            where = f"code = '{code}'"
            attacker.copy("transactiontype", where, code=f"{code}_at_once", approvals=0)
        first = attacker.message(world.home, world.neighbour, kau, 601, 620)
        draft = attacker.draft("post_in")
        attacker.open(
            attacker.block(home.partner, 601),
            draft,
            account_id=world.at_neighbour.operator,
            registry_id=world.neighbour.pk,
            last=620,
            is_foreign=True,
        )
        attacker.post(draft, kind="post_in", message_id=first)
        second = attacker.message(world.home, world.neighbour, kau, 621, 630)
        attacker.connection.commit()
    return second


def _passed_by_the_sequencer():
    """An id that a database transaction took and gave up, behind the watermark."""
    with _owner() as attacker:
        passed = attacker.one("SELECT nextval('registry_posting_id_seq')")
    for _attempt in range(100):
        posting.sequence(1000)
        with _owner() as attacker:
            if attacker.one("SELECT watermark FROM registry_sequencer") >= passed:
                return passed
    raise AssertionError("the sequencer's watermark does not pass an id that was given up")


class _owner:
    """An attacker with a connection of its own, as the owner."""

    def __enter__(self):
        self.connection = psycopg2.connect(Copy(connections.settings["owner"]["NAME"]).owner_url)
        return Attacker(self.connection)

    def __exit__(self, *_):
        self.connection.close()
