"""What was approved waits until its delay ends, and then completes, fails or expires."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from registry.errors import Conflict, NotPermitted, RuleViolated
from registry.lines import Line
from registry.models import (
    Account,
    AccountDay,
    CalendarDay,
    CalendarYear,
    Jurisdiction,
    LimitCounter,
    Mark,
    OfficeHours,
    Reconciliation,
    Transaction,
    TransactionEvent,
)
from registry.selectors.calendars import calendar_of
from registry.services.allocate import allocate
from registry.services.approve import approve, reject
from registry.services.cancel_delayed import cancel_delayed
from registry.services.execute_due import execute_due
from registry.services.propose import Request, dry_run, propose
from registry.services.reverse import reverse
from registry.services.transfer import deliver
from registry.services.withdraw import withdraw
from tests.clocks import owner_says, owner_sets
from tests.type_versions import approved_version, new_version
from tests.world import blocks, complete, stock

SEOUL = ZoneInfo("Asia/Seoul")
STATUS = Transaction.Status


@pytest.fixture
def seoul(world):
    Jurisdiction.objects.filter(code="KR").update(time_zone="Asia/Seoul")
    return world


@pytest.fixture
def delayed(fresh_database, seoul):
    """Transfers wait two working hours; operator A has 100 units."""
    stock(seoul, operator_a=100)
    new_version(seoul, "transfer", delay="always", delay_hours=2)
    return seoul


def proposed(world, at, quantity=10, **options):
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, quantity)
    request = Request("transfer", [line], world.key(), at, **options)
    return propose(world.administrator_1, request).transaction_id


def approved(world, number, at):
    payload_hash = Transaction.objects.get(pk=number).payload_hash
    return approve(
        actor=world.administrator_2, transaction_id=number, payload_hash=bytes(payload_hash), at=at
    )


def waiting(world, at, **options):
    number = proposed(world, at, **options)
    assert approved(world, number, at).status == STATUS.DELAYED
    return number


def history(number):
    rows = TransactionEvent.objects.filter(transaction_id=number).order_by("pk")
    return [*rows.values_list("status", flat=True)]


def test_an_approved_transfer_waits_until_its_delay_ends(delayed):
    """Friday 17:00 in Seoul and two working hours: due on Tuesday 10:00, after a holiday."""
    friday = datetime(2026, 2, 27, 17, tzinfo=SEOUL)
    number = waiting(delayed, friday)
    row = Transaction.objects.get(pk=number)
    assert row.due_at == datetime(2026, 3, 3, 10, tzinfo=SEOUL)
    assert blocks(delayed.at_home.operator_a, delayed.kau) == [(1, 100)]
    assert Mark.objects.filter(transaction_id=number, released_at=None).count() == 1
    early = row.due_at - timedelta(seconds=1)
    assert execute_due(actor=delayed.system, at=early).completed == 0
    run = execute_due(actor=delayed.system, at=row.due_at)
    assert (run.completed, run.failed, run.expired, run.waiting) == (1, 0, 0, 0)
    assert history(number) == [STATUS.DELAYED, STATUS.COMPLETED]
    assert blocks(delayed.at_home.operator_b, delayed.kau) == [(1, 10)]
    assert not Mark.objects.filter(released_at=None).exists()
    assert execute_due(actor=delayed.system, at=row.due_at).completed == 0


def test_nothing_completes_before_the_clock_of_the_database_says_so(delayed):
    """Whatever a caller says the time is, a transaction that is not due stays."""
    now = timezone.now()
    number = waiting(delayed, now)
    assert execute_due(actor=delayed.system, at=now + timedelta(days=30)).completed == 0
    assert history(number) == [STATUS.DELAYED]


def test_a_delay_without_approvals_begins_with_the_proposal(fresh_database, seoul):
    """A type that nobody approves can wait all the same."""
    stock(seoul, operator_a=100)
    new_version(seoul, "delivery", delay="always", delay_days=1)
    at = datetime(2026, 3, 3, 10, tzinfo=SEOUL)
    line = Line(seoul.at_home.operator_a, seoul.at_home.operator_b, seoul.kau.pk, 10)
    outcome = deliver(actor=seoul.administrator_1, lines=[line], key="k", at=at)
    assert outcome.status == STATUS.DELAYED
    row = Transaction.objects.get(pk=outcome.transaction_id)
    assert row.due_at == at + timedelta(days=1)
    again = deliver(actor=seoul.administrator_1, lines=[line], key="k", at=at)
    assert again.replayed and again.transaction_id == row.pk
    assert execute_due(actor=seoul.system, at=row.due_at).completed == 1


def test_transfers_to_trusted_accounts_do_not_wait(fresh_database, world):
    """An account trusts the accounts of its own holder."""
    stock(world, operator_a=100)
    new_version(world, "transfer", delay="untrusted", delay_hours=24)
    own = world.at_home.operator_b
    Account.objects.filter(pk=own).update(holder_id=world.holder_a.pk)
    assert approved(world, proposed(world, world.at), world.at).status == STATUS.COMPLETED
    Account.objects.filter(pk=own).update(holder_id=world.holder_b.pk)
    assert approved(world, proposed(world, world.at), world.at).status == STATUS.DELAYED


def test_a_transaction_is_not_completed_before_the_moment_asked_for(fresh_database, world):
    """Without any rule of its type, a proposer can ask for a later moment."""
    stock(world, operator_a=100)
    later = world.at + timedelta(days=3)
    number = waiting(world, world.at, execute_at=later)
    assert Transaction.objects.get(pk=number).due_at == later
    assert execute_due(actor=world.system, at=later).completed == 1
    tomorrow = timezone.now() + timedelta(days=1)
    number = waiting(world, world.at, execute_at=tomorrow)
    assert execute_due(actor=world.system, at=tomorrow).completed == 0


def test_the_later_of_delay_and_moment_counts(delayed):
    """A moment within the delay does not shorten it."""
    at = datetime(2026, 3, 3, 10, tzinfo=SEOUL)
    ends = at + timedelta(hours=2)
    for asked, due in ((ends - timedelta(hours=1), ends), (ends + timedelta(hours=1), None)):
        number = waiting(delayed, at, execute_at=asked)
        assert Transaction.objects.get(pk=number).due_at == (due or asked)


@pytest.mark.parametrize("who", ["administrator_1", "administrator_2"])
def test_cancel_during_the_delay(delayed, who):
    """The proposer and whoever may decide can stop it; the units are free again."""
    number = waiting(delayed, delayed.at)
    outcome = cancel_delayed(actor=getattr(delayed, who), transaction_id=number, reason="theft")
    assert outcome.status == STATUS.MANUALLY_CANCELLED
    assert not Mark.objects.filter(released_at=None).exists()
    assert execute_due(actor=delayed.system, at=timezone.now()).completed == 0
    with pytest.raises(Conflict) as told:
        cancel_delayed(actor=delayed.administrator_1, transaction_id=number)
    assert told.value.codes == ["NOT_DELAYED"]


def test_not_everybody_cancels(delayed):
    """An auditor reads, and stops nothing; nobody at all stops nothing either."""
    number = waiting(delayed, delayed.at)
    for actor in (delayed.auditor, None):
        with pytest.raises(NotPermitted):
            cancel_delayed(actor=actor, transaction_id=number)
    with pytest.raises(NotPermitted):
        execute_due(actor=delayed.administrator_1, at=delayed.at)


def test_what_may_pass_is_waited_for_until_it_expires(delayed):
    """A suspended account holds a due transaction back; when the time is over, it ends."""
    number = waiting(delayed, delayed.at)
    Account.objects.filter(pk=delayed.at_home.operator_a).update(status="suspended")
    run = execute_due(actor=delayed.system, at=timezone.now())
    assert (run.completed, run.waiting) == (0, 1)
    Account.objects.filter(pk=delayed.at_home.operator_a).update(status="open")
    assert execute_due(actor=delayed.system, at=timezone.now()).completed == 1
    assert history(number) == [STATUS.DELAYED, STATUS.COMPLETED]


def test_what_a_rule_forbids_for_good_fails(delayed, monkeypatch):
    """What can not pass by itself ends the transaction, and its history says why."""
    monkeypatch.setattr("registry.services.execute_due.PASSING", frozenset())
    number = waiting(delayed, delayed.at)
    Account.objects.filter(pk=delayed.at_home.operator_a).update(status="suspended")
    run = execute_due(actor=delayed.system, at=timezone.now())
    assert (run.completed, run.failed, run.waiting) == (0, 1, 0)
    assert history(number) == [STATUS.DELAYED, STATUS.FAILED]
    last = TransactionEvent.objects.filter(transaction_id=number).latest("pk")
    assert last.reason == "SOURCE_ACCOUNT_BLOCKED"
    assert not Mark.objects.filter(released_at=None).exists()


def test_proposals_expire(fresh_database, world):
    """After its time, nobody approves a proposal; the clock ends it and frees its units."""
    stock(world, operator_a=100)
    number = proposed(world, world.at)
    owner_sets(number, "expires_at = clock_timestamp() - interval '1 second'")
    with pytest.raises(Conflict) as told:
        approved(world, number, world.at)
    assert told.value.codes == ["PROPOSAL_EXPIRED"]
    assert execute_due(actor=world.system, at=timezone.now()).expired == 1
    assert history(number) == [STATUS.TERMINATED]
    assert not Mark.objects.filter(released_at=None).exists()


def test_the_delayed_expire_as_well(delayed):
    """What could not be completed in time ends: an approval is not good for ever."""
    number = waiting(delayed, delayed.at)
    owner_sets(number, "expires_at = clock_timestamp() - interval '1 second'")
    run = execute_due(actor=delayed.system, at=timezone.now())
    assert (run.completed, run.expired) == (0, 1)
    assert history(number) == [STATUS.DELAYED, STATUS.TERMINATED]


SLOW = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END';
CREATE TRIGGER slow AFTER INSERT ON registry_holding
    FOR EACH STATEMENT EXECUTE FUNCTION slow()
"""


def test_what_expires_while_it_is_written_is_not_posted(delayed):
    """A posting is held against the expiry by the clock that stamps it, however it began."""
    number = waiting(delayed, delayed.at)
    owner_says(SLOW)
    owner_sets(number, "expires_at = clock_timestamp() + interval '0.3 seconds'")
    run = execute_due(actor=delayed.system, at=timezone.now())
    assert (run.completed, run.failed, run.waiting) == (0, 0, 1)
    assert execute_due(actor=delayed.system, at=timezone.now()).expired == 1
    assert history(number) == [STATUS.DELAYED, STATUS.TERMINATED]


def test_amounts_decide_how_many_approve(fresh_database, world):
    """Bands ask for more approvals above an amount, of all lines together."""
    stock(world, operator_a=100)
    new_version(
        world, "delivery", bands=[{"above": 10, "approvals": 1}, {"above": 50, "approvals": 2}]
    )
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 6)
    one, several = [line], [line, line]
    by = {"actor": world.administrator_1, "at": world.at}
    assert deliver(lines=one, key="one", **by).status == STATUS.COMPLETED
    outcome = deliver(lines=several, key="two", **by)
    assert outcome.status == STATUS.AWAITING_APPROVAL
    assert complete(world, outcome).status == STATUS.COMPLETED
    outcome = deliver(lines=[line] * 9, key="nine", **by)
    row = Transaction.objects.get(pk=outcome.transaction_id)
    assert row.approvals_needed == 2
    assert complete(world, outcome).status == STATUS.AWAITING_APPROVAL


def test_the_daily_limit_counts_what_is_asked(fresh_database, seoul):
    """Exactly the limit leaves an account in a day; what is rejected does not count."""
    world = seoul
    stock(world, operator_a=100)
    Account.objects.filter(pk=world.at_home.operator_a).update(daily_limit=20)
    number = proposed(world, world.at, quantity=20)
    with pytest.raises(RuleViolated) as told:
        proposed(world, world.at, quantity=1)
    (failure,) = told.value.failures
    assert failure.code == "DAILY_LIMIT_EXCEEDED"
    assert (failure.data["limit"], failure.data["asked_today"]) == ("20", "21")
    payload_hash = bytes(Transaction.objects.get(pk=number).payload_hash)
    reject(
        actor=world.administrator_2, transaction_id=number, payload_hash=payload_hash, at=world.at
    )
    assert AccountDay.objects.get().units == 0
    number = proposed(world, world.at, quantity=15)
    withdraw(actor=world.administrator_1, transaction_id=number)
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 20)
    by = {"actor": world.administrator_1, "at": world.at}
    assert deliver(lines=[line], key="all", **by).status == STATUS.COMPLETED
    with pytest.raises(RuleViolated):
        deliver(lines=[Line(line.source, line.destination, line.unit_type, 1)], key="more", **by)
    today = timezone.now().astimezone(SEOUL).date()
    assert AccountDay.objects.get().day == today


def test_nobody_gets_more_than_the_entitlement(fresh_database, world):
    """Allocations draw on what the entity is entitled to in the period; a reversal gives back."""
    stock(world, government=100)
    new_version(world, "allocate", pool="allocation")
    LimitCounter.objects.create(
        pool="allocation", entity=world.holder_a, period="2026", capacity_t=30
    )
    by = {"actor": world.administrator_1, "at": world.at}
    home = world.at_home

    def line(quantity, **options):
        return Line(home.government, home.operator_a, world.kau.pk, quantity, **options)

    first = allocate(lines=[line(20, period="2026")], key="a", **by)
    for asked in (line(11, period="2026"), line(1, period="2025"), line(1)):
        with pytest.raises(RuleViolated) as told:
            allocate(lines=[asked], key=world.key(), **by)
        assert told.value.codes == ["ENTITLEMENT_EXCEEDED"]
    complete(world, first)
    assert LimitCounter.objects.get().used_t == 20
    second = allocate(lines=[line(10, period="2026")], key="b", **by)
    assert LimitCounter.objects.get().used_t == 30
    withdraw(actor=world.administrator_1, transaction_id=second.transaction_id)
    assert LimitCounter.objects.get().used_t == 20
    back = reverse(transaction_id=first.transaction_id, key="c", **by)
    complete(world, back)
    assert LimitCounter.objects.get().used_t == 0


def test_books_that_are_being_compared_hold_back_what_was_approved(delayed):
    """A due transaction waits until the reconciliation has ended."""
    waiting(delayed, delayed.at)
    pending = Reconciliation.objects.create(
        registry=delayed.home, unit_type=delayed.kau, began_at=delayed.at
    )
    run = execute_due(actor=delayed.system, at=timezone.now())
    assert (run.completed, run.waiting) == (0, 1)
    with pytest.raises(RuleViolated) as told:
        proposed(delayed, delayed.at)
    assert told.value.codes == ["RECONCILIATION_PENDING"]
    Reconciliation.objects.filter(pk=pending.pk).update(ended_at=timezone.now())
    assert execute_due(actor=delayed.system, at=timezone.now()).completed == 1


def test_roles_that_a_version_names_approve(fresh_database, world):
    """A version can keep administrators from approving."""
    stock(world, operator_a=100)
    number = proposed(world, world.at)
    new_version(world, "transfer", approver_roles=["representative"])
    later = proposed(world, world.at)
    assert approved(world, number, world.at).status == STATUS.COMPLETED
    with pytest.raises(NotPermitted) as told:
        approved(world, later, world.at)
    assert told.value.codes == ["NOT_AN_APPROVER"]


def test_a_dry_run_begins_no_delay(delayed):
    """A dry run of a delayed type tells no failure and leaves nothing."""
    line = Line(delayed.at_home.operator_a, delayed.at_home.operator_b, delayed.kau.pk, 10)
    before = Transaction.objects.count()
    assert dry_run(delayed.administrator_1, Request("transfer", [line], "k", delayed.at)) == []
    assert Transaction.objects.count() == before


def test_rows_hold_before_the_published_calendar(seoul):
    """A day, a year or office hours that the jurisdiction states are what counts."""
    korea = Jurisdiction.objects.get(code="KR")
    known = calendar_of(seoul.home.pk)
    sunday, monday = date(2026, 3, 8), date(2026, 3, 9)
    assert (known.is_working(sunday), known.is_working(monday)) == (False, True)
    assert known.is_published(2026) and not known.is_published(2040)
    CalendarDay.objects.create(jurisdiction=korea, day=sunday, is_working=True)
    CalendarDay.objects.create(jurisdiction=korea, day=monday, is_working=False)
    CalendarYear.objects.create(jurisdiction=korea, year=2040, is_published=True)
    OfficeHours.objects.create(jurisdiction=korea, opens="10:00", closes="16:00")
    said = calendar_of(seoul.home.pk)
    assert (said.is_working(sunday), said.is_working(monday)) == (True, False)
    assert said.is_published(2040) and said.opens.hour == 10
    assert said.zone == SEOUL


def test_versions_of_types_begin_when_they_are_approved(world):
    """Who proposed is not who approves; nothing holds before its approval or for the past."""
    now = datetime.now(UTC)
    version = approved_version("transfer", approvals=3)
    assert (version.version, version.approvals) == (2, 3)
    assert version.valid_from >= now
