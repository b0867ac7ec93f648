"""Requests: who asks, who decides, and what the last approval does."""

from datetime import UTC, datetime, timedelta

import pytest

from registry.actors import actor_for
from registry.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolated
from registry.models import (
    Account,
    AccountClass,
    AccountEvent,
    AccountHolder,
    GovernanceRequest,
    Representative,
    RoleAssignment,
    TrustedAccount,
)
from registry.services import representatives, request_documents
from registry.services.governance import Request, ask, decide, withdraw
from registry.services.people import add_person
from registry.services.trusted_accounts import remove_trusted
from registry.trust import untrusted
from tests.people import approved, asked, person, represents
from tests.world import stock

PDF = b"%PDF-1.7 a permit"


@pytest.fixture
def junior(world):
    """A junior administrator of `home`: asks, and decides nothing."""
    return person(world, "junior", "junior_administrator", world.home)


def opening(world, **changes):
    payload = {"kind": "operator", "name": "New", "holder": world.holder_a.code, **changes}
    return Request("account_opening", world.home.pk, payload=payload, reason="permit 7")


def test_account_is_opened_by_two(world, junior):
    """The junior administrator asks, another person approves, and the account is there."""
    world_people = person(world, "operator-person")
    request = ask(
        actor=junior,
        request=opening(
            world, representatives=[{"person": "operator-person", "right": "initiate"}]
        ),
        at=world.at,
    )
    before = Account.objects.count()
    done = approved(world, request)
    assert done.status == "approved"
    opened = Account.objects.latest("pk")
    assert (Account.objects.count(), opened.name) == (before + 1, "New")
    assert opened.holder == world.holder_a
    given = Representative.objects.get(account=opened)
    assert (given.person_id, given.right) == (world_people.person_id, "initiate")
    kinds = AccountEvent.objects.filter(account=opened).values_list("kind", flat=True)
    assert list(kinds) == ["opened", "representative_appointed"]


def test_nobody_decides_what_they_ask(world):
    """An administrator who asks may decide in general, and does not decide this."""
    request = ask(actor=world.administrator_1, request=opening(world), at=world.at)
    with pytest.raises(NotPermitted) as refusal:
        approved(world, request, by=world.administrator_1_second_key)
    assert refusal.value.code == "REQUESTER_CAN_NOT_DECIDE"
    assert GovernanceRequest.objects.get().status == "waiting"


@pytest.mark.parametrize("who", ["auditor", "nobody", "junior"])
def test_others_do_not_decide(world, junior, who):
    """An auditor reads all and writes nothing; nobody signed in writes nothing."""
    request = ask(actor=world.administrator_1, request=opening(world), at=world.at)
    actor = {"auditor": world.auditor, "nobody": None, "junior": junior}[who]
    with pytest.raises(NotPermitted):
        approved(world, request, by=actor)
    with pytest.raises(NotPermitted):
        if who == "junior":
            approved(world, request, by=actor)
        ask(actor=actor, request=opening(world), at=world.at)


def test_other_registries_see_nothing(world):
    """An administrator of another registry neither asks here nor finds what is asked."""
    other = person(world, "other", "administrator", world.neighbour)
    request = ask(actor=world.administrator_1, request=opening(world), at=world.at)
    with pytest.raises(NotPermitted):
        ask(actor=other, request=opening(world), at=world.at)
    with pytest.raises(NotFound) as refusal:
        approved(world, request, by=other)
    assert refusal.value.code == "UNKNOWN_REQUEST"


def test_exactly_the_payload_is_approved(world):
    """Another hash is refused, and a second decision on what is closed as well."""
    request = ask(actor=world.administrator_1, request=opening(world), at=world.at)
    by = {"actor": world.administrator_2, "request_id": request.pk, "at": world.at}
    with pytest.raises(Conflict) as refusal:
        decide(approved=True, payload_hash=bytes(32), **by)
    assert refusal.value.code == "PAYLOAD_DIFFERS"
    decide(approved=False, payload_hash=bytes(request.payload_hash), **by)
    third = person(world, "third", "administrator", world.home)
    with pytest.raises(Conflict) as refusal:
        approved(world, request, by=third)
    assert refusal.value.code == "REQUEST_IS_CLOSED"


def test_everything_wrong_is_told_at_once(world):
    """An unknown holder, class and kind in one answer; nothing is asked."""
    wrong = opening(world, kind="partner", holder="NOBODY", account_class="x", name="n" * 301)
    with pytest.raises(RuleViolated) as refusal:
        ask(actor=world.administrator_1, request=wrong, at=world.at)
    assert refusal.value.codes == [
        "UNKNOWN_ENTITY",
        "UNKNOWN_ACCOUNT_CLASS",
        "PARTNER_MISMATCH",
        "INVALID_TEXT",
    ]
    assert not GovernanceRequest.objects.exists()


def test_classes_have_room_for_so_many(world):
    """Tokyo's rule: one designated account of a holder, any number of general ones."""
    for code, kind, most in (("designated", "operator", 1), ("general", "trading", None)):
        AccountClass.objects.create(
            registry=world.home, code=code, kind=kind, per_holder=most, name_en=code
        )
    for _time in range(2):
        approved(
            world,
            ask(
                actor=world.administrator_1,
                request=opening(world, kind="trading", account_class="general"),
                at=world.at,
            ),
        )
    designated = opening(world, account_class="designated")
    approved(world, ask(actor=world.administrator_1, request=designated, at=world.at))
    second = ask(actor=world.administrator_1, request=designated, at=world.at)
    with pytest.raises(RuleViolated) as refusal:
        approved(world, second)
    assert refusal.value.code == "ACCOUNT_CLASS_FULL"
    assert Account.objects.filter(account_class__code="general").count() == 2


def test_closing_waits_and_then_closes(world):
    """While it waits the account is in its state; rejected, it is open again; approved, closed."""
    account = world.at_home.operator_a
    request = asked(world, "account_closure", account)
    assert Account.objects.get(pk=account).status == "closure_pending"
    with pytest.raises(RuleViolated) as refusal:
        asked(world, "account_handover", account, holder=world.holder_b.code)
    assert refusal.value.code == "REQUEST_PENDING"
    approved(world, request, yes=False)
    assert Account.objects.get(pk=account).status == "open"
    withdrawn = asked(world, "account_closure", account)
    withdraw(actor=world.administrator_1, request_id=withdrawn.pk, at=world.at)
    assert Account.objects.get(pk=account).status == "open"
    approved(world, asked(world, "account_closure", account))
    closed = Account.objects.get(pk=account)
    assert (closed.status, closed.closed_at) == ("closed", world.at)


def test_account_with_units_is_not_closed(world):
    """The decision is refused as a whole: the request goes on waiting."""
    stock(world, operator_a=10)
    request = asked(world, "account_closure", world.at_home.operator_a)
    with pytest.raises(RuleViolated) as refusal:
        approved(world, request)
    assert refusal.value.code == "ACCOUNT_NOT_EMPTY"
    assert GovernanceRequest.objects.get(pk=request.pk).status == "waiting"


def test_status_and_name_are_changed_by_request(world):
    """Each change has its record with what it was before."""
    account = world.at_home.operator_a
    approved(world, asked(world, "account_status", account, status="some_restricted"))
    approved(world, asked(world, "account_change", account, name="Other", holding_limit="500"))
    changed = Account.objects.get(pk=account)
    assert (changed.status, changed.name) == ("some_restricted", "Other")
    assert changed.holding_limit == 500
    with pytest.raises(RuleViolated) as refusal:
        asked(world, "account_status", account, status="some_restricted")
    assert refusal.value.code == "STATUS_IS_SET"
    events = AccountEvent.objects.filter(account=account).order_by("pk")
    assert [event.data["before"] for event in events] == [
        "open",
        {"name": "operator_a", "holding_limit": None},
    ]


def test_account_is_handed_over(world):
    """The holder changes, and those who acted for the one before act no more."""
    account = world.at_home.operator_a
    represents(world, "theirs", account, "initiate_and_approve")
    approved(world, asked(world, "account_handover", account, holder=world.holder_b.code))
    found = Account.objects.get(pk=account)
    assert (found.holder, found.status) == (world.holder_b, "open")
    assert not Representative.objects.current().filter(account=account).exists()


def test_holders_merge(world):
    """All accounts of one are the other's; the one before holds nothing any more."""
    request = Request(
        "holder_merger",
        world.home.pk,
        payload={"predecessor": world.holder_a.code, "successor": world.holder_b.code},
    )
    with pytest.raises(RuleViolated) as refusal:
        ask(actor=world.administrator_1, request=request, at=world.at)
    assert refusal.value.code == "HOLDER_HAS_ACCOUNTS_ELSEWHERE"
    Account.objects.filter(pk=world.at_offsets.operator_a).update(holder=world.holder_b)
    approved(world, ask(actor=world.administrator_1, request=request, at=world.at))
    assert Account.objects.get(pk=world.at_home.operator_a).holder == world.holder_b
    with pytest.raises(RuleViolated) as refusal:
        ask(actor=world.administrator_1, request=opening(world), at=world.at)
    assert refusal.value.code == "HOLDER_HAS_A_SUCCESSOR"
    assert AccountHolder.objects.get(pk=world.holder_a.pk).succession.successor == world.holder_b


def test_representatives_are_appointed_and_restored(world):
    """Appointed by two, suspended by one at once, restored by two, ended by themselves."""
    account = world.at_home.operator_a
    someone = person(world, "someone")
    wrong = {"person": "no-one", "right": "initiate"}
    with pytest.raises(RuleViolated) as refusal:
        asked(world, "representative", account, **wrong)
    assert refusal.value.code == "UNKNOWN_PERSON"
    approved(world, asked(world, "representative", account, person="someone", right="approve"))
    with pytest.raises(RuleViolated) as refusal:
        asked(world, "representative", account, person="someone", right="read")
    assert refusal.value.code == "REPRESENTATIVE_EXISTS"
    one = Representative.objects.get(person_id=someone.person_id)
    by = {"representative_id": one.pk, "at": world.at}
    representatives.suspend(actor=world.administrator_1, reason="lost phone", **by)
    with pytest.raises(Conflict) as refusal:
        representatives.suspend(actor=world.administrator_1, reason="again", **by)
    assert refusal.value.code == "REPRESENTATIVE_NOT_IN_FORCE"
    approved(world, asked(world, "restoration", account, representative=str(one.pk)))
    one.refresh_from_db()
    assert one.suspended_at is None
    with pytest.raises(RuleViolated) as refusal:
        asked(world, "restoration", account, representative=str(one.pk))
    assert refusal.value.code == "REPRESENTATIVE_NOT_SUSPENDED"
    representatives.end(actor=someone, **by)
    assert not Representative.objects.current().filter(pk=one.pk).exists()


def test_suspension_is_an_administrator_s(world):
    """Another representative, and an administrator of another registry, can not."""
    account = world.at_home.operator_a
    first = represents(world, "first", account, "initiate")
    represents(world, "second", account, "approve")
    second = Representative.objects.get(person__username="second")
    other = person(world, "other", "administrator", world.neighbour)
    for actor, code in ((first, "NOT_PERMITTED"), (other, "UNKNOWN_REPRESENTATIVE")):
        with pytest.raises((NotPermitted, NotFound)) as refusal:
            representatives.suspend(
                actor=actor, representative_id=second.pk, at=world.at, reason="x"
            )
        assert refusal.value.code == code


def test_account_has_so_many_representatives(world):
    """Five by the first rules; those who only read do not count."""
    account = world.at_home.operator_a
    for number in range(5):
        represents(world, f"actor-{number}", account, "initiate")
    person(world, "sixth")
    with pytest.raises(RuleViolated) as refusal:
        asked(world, "representative", account, person="sixth", right="approve")
    assert refusal.value.code == "TOO_MANY_REPRESENTATIVES"
    approved(world, asked(world, "representative", account, person="sixth", right="read"))


def test_trusted_accounts_count_after_the_delay(world):
    """Four working days from the approval; removed at once; own accounts from the beginning."""
    account, other = world.at_home.operator_a, world.at_home.operator_b
    number = Account.objects.get(pk=other).number
    approved(world, asked(world, "trusted_account", account, account=number))
    entry = TrustedAccount.objects.get()
    # Monday, 2 March 2026, is a substitute holiday in Korea: it begins to count on Tuesday, in the
    # zone of the world's Korea, which is UTC.
    assert entry.trusted_from == datetime(2026, 3, 9, tzinfo=UTC)
    pair = {(account, other)}
    assert untrusted(pair, world.at) == pair
    assert untrusted(pair, entry.trusted_from - timedelta(seconds=1)) == pair
    assert untrusted(pair, entry.trusted_from) == set()
    assert untrusted({(other, account)}, entry.trusted_from) == {(other, account)}
    with pytest.raises(RuleViolated) as refusal:
        asked(world, "trusted_account", account, account=number)
    assert refusal.value.code == "TRUSTED_ACCOUNT_LISTED"
    later = entry.trusted_from + timedelta(days=1)
    remove_trusted(actor=world.administrator_1, entry_id=entry.pk, at=later)
    assert untrusted(pair, later) == pair
    with pytest.raises(NotFound):
        remove_trusted(actor=world.administrator_1, entry_id=entry.pk, at=later)


def test_own_and_terminal_accounts_are_trusted(world):
    """Accounts of the same holder need no list, and units do not come back from a surrender."""
    home = world.at_home
    Account.objects.filter(pk=home.trading).update(holder=world.holder_a)
    pairs = {(home.operator_a, to) for to in (home.trading, home.operator_b, home.surrender)}
    assert untrusted(pairs, world.at) == {(home.operator_a, home.operator_b)}
    with pytest.raises(RuleViolated) as refusal:
        number = Account.objects.get(pk=home.trading).number
        asked(world, "trusted_account", home.operator_a, account=number)
    assert refusal.value.code == "ACCOUNT_IS_TRUSTED_ANYWAY"


def test_representatives_ask_and_approve_for_their_list(world):
    """Who may initiate asks, who may approve decides; neither does the other's part."""
    account = world.at_home.operator_a
    initiator = represents(world, "initiator", account, "initiate")
    approver = represents(world, "approver", account, "approve")
    number = Account.objects.get(pk=world.at_home.operator_b).number
    request = Request("trusted_account", world.home.pk, account, {"account": number})
    with pytest.raises(NotPermitted) as refusal:
        ask(actor=approver, request=request, at=world.at)
    assert refusal.value.code == "REPRESENTATIVE_RIGHT_MISSING"
    found = ask(actor=initiator, request=request, at=world.at)
    with pytest.raises(NotPermitted):
        approved(world, found, by=represents(world, "third", account, "initiate"))
    assert approved(world, found, by=approver).status == "approved"


def test_documents_are_what_they_say(world):
    """A PDF is kept with its digest; a wrong type, beginning or size is refused."""
    request = ask(actor=world.administrator_1, request=opening(world), at=world.at)
    by = {"actor": world.administrator_1, "request_id": request.pk, "at": world.at}
    kept = request_documents.attach(
        name="permit.pdf", media_type="application/pdf", content=PDF, **by
    )
    assert bytes(kept.content) == PDF
    for given, code in (
        ({"media_type": "application/pdf", "content": PDF}, "DOCUMENT_EXISTS"),
        ({"media_type": "image/png", "content": PDF}, "DOCUMENT_IS_ANOTHER_TYPE"),
        ({"media_type": "text/html", "content": PDF}, "DOCUMENT_TYPE_NOT_TAKEN"),
        ({"media_type": "application/pdf", "content": b""}, "DOCUMENT_SIZE"),
        ({"media_type": "application/pdf", "content": PDF + bytes(5 * 2**20)}, "DOCUMENT_SIZE"),
    ):
        with pytest.raises((InvalidInput, Conflict)) as refusal:
            request_documents.attach(name="x", **given, **by)
        assert refusal.value.code == code
    with pytest.raises(NotPermitted) as refusal:
        request_documents.attach(
            **{**by, "actor": world.administrator_2},
            name="x",
            media_type="application/pdf",
            content=PDF + b"2",
        )
    assert refusal.value.code == "NOT_THE_REQUESTER"


def test_only_who_asked_withdraws(world):
    """Another administrator rejects instead; what is closed is not withdrawn."""
    request = ask(actor=world.administrator_1, request=opening(world), at=world.at)
    with pytest.raises(NotPermitted) as refusal:
        withdraw(actor=world.administrator_2, request_id=request.pk, at=world.at)
    assert refusal.value.code == "NOT_THE_REQUESTER"
    approved(world, request)
    with pytest.raises(Conflict) as refusal:
        withdraw(actor=world.administrator_1, request_id=request.pk, at=world.at)
    assert refusal.value.code == "REQUEST_IS_CLOSED"


def test_representatives_of_nothing_ask_nothing(world):
    """A person without role and account is refused."""
    someone = add_person(actor=world.system, username="x", display_name="X")
    assert not RoleAssignment.objects.filter(person=someone).exists()
    with pytest.raises(NotPermitted):
        ask(actor=actor_for(someone), request=opening(world), at=world.at)
