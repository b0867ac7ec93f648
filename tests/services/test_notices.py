"""Notices: who is told of what, once, in which language, and what comes of a killed worker."""

import os
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import connection, connections
from django.utils import timezone, translation

from registry import notice_texts
from registry.errors import NotFound
from registry.lines import Line
from registry.models import (
    AccountEvent,
    Notice,
    NoticeMail,
    NoticeSource,
    Person,
    Representative,
    SecurityEvent,
    Transaction,
)
from registry.services import api_keys, people, send_notices, write_notices
from registry.services.approve import reject
from registry.services.read_notices import mark_all_read, mark_read
from registry.services.stops import Stopped, place_stop
from registry.services.transfer import transfer
from tests.people import approved, asked, represents
from tests.type_versions import new_version
from tests.world import complete, stock


@pytest.fixture
def told(world, settings):
    """told() writes what is to be told now; the beginning of each source is now."""
    settings.CONCORD = {**settings.CONCORD, "MAIL": True}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    write_notices.write_notices(at=world.at)

    def tell(at=None):
        # Once to see up to where, once to tell.
        at = at or world.at
        return sum(write_notices.write_notices(at=at) for _step in range(2))

    return tell


def kinds(username):
    rows = Notice.objects.filter(person__username=username).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def notices(kind):
    return Notice.objects.filter(kind=kind).order_by("pk")


def proposed(world, quantity=100):
    lines = [Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, quantity)]
    return transfer(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)


def reached_by_mail(username, language="en"):
    Person.objects.filter(username=username).update(
        email=f"{username}@mail.example", language=language
    )
    return Person.objects.get(username=username)


def test_proposal_and_its_end_are_told_to_those_concerned(world, told):
    """Representatives of both sides and the administrators are told, each of each thing once."""
    stock(world, operator_a=1000)
    represents(world, "giver", world.at_home.operator_a, "initiate")
    represents(world, "receiver", world.at_home.operator_b, "read")
    represents(world, "neither", world.at_home.trading, "read")
    suspended = represents(world, "suspended", world.at_home.operator_a, "approve")
    Representative.objects.filter(person_id=suspended.person_id).update(suspended_at=world.at)
    told()
    Notice.objects.all().delete()
    outcome = proposed(world)
    assert told() > 0
    assert kinds("giver") == ["transaction_proposed"]
    assert kinds("administrator_2") == ["transaction_proposed"]
    assert kinds("receiver") == kinds("neither") == kinds("suspended") == kinds("auditor") == []
    complete(world, outcome)
    told()
    assert kinds("giver") == [
        "transaction_proposed",
        "transaction_approved",
        "transaction_completed",
    ]
    assert kinds("receiver") == ["transaction_completed"]
    assert kinds("neither") == kinds("system") == []
    assert told() == 0
    notice = notices("transaction_proposed").first()
    assert notice.subject == f"transaction:{outcome.transaction_id}"
    assert notice.data["quantity"] == "100"


def test_rejection_is_told_with_its_reason(world, told):
    """One notice, by the decision: the end that it makes is not told a second time."""
    stock(world, operator_a=1000)
    outcome = proposed(world)
    found = Transaction.objects.get(pk=outcome.transaction_id)
    reject(
        actor=world.administrator_2,
        transaction_id=found.pk,
        payload_hash=bytes(found.payload_hash),
        reason="too dear",
        at=world.at,
    )
    told()
    assert "transaction_ended" not in kinds("administrator_1")
    notice = notices("transaction_rejected").first()
    text = notice_texts.text_of(notice.kind, notice.data)
    assert "Reason: too dear" in text.body and "administrator_2" in text.body


def test_what_completes_at_once_is_told_to_nobody(world, told):
    """Nobody has to do anything, and a thousand transfers in a second are no thousand mails."""
    from tests.world import moved

    stock(world, trading=10)
    told()
    Notice.objects.all().delete()
    moved(world, world.at_home.trading, world.at_home.operator_a, 5)
    assert told() == 0


def test_deadline_is_told_when_it_comes_near(world, told, settings):
    """A day before a proposal expires, once, and not of one that was decided meanwhile."""
    stock(world, operator_a=1000)
    waiting, done = proposed(world), proposed(world)
    complete(world, done)
    expires = Transaction.objects.get(pk=waiting.transaction_id).expires_at
    told(expires - timedelta(hours=25))
    assert not notices("proposal_expiring").exists()
    told(expires - timedelta(hours=23))
    told(expires - timedelta(hours=22))
    found = notices("proposal_expiring")
    assert {each.person.username for each in found} == {"administrator_1", "administrator_2"}
    assert {each.data["transaction"] for each in found} == {str(waiting.transaction_id)}


def test_end_of_a_delay_is_told_when_it_comes_near(fresh_database, world, told):
    """Whoever may stop the transaction is told while there is time."""
    stock(world, operator_a=1000)
    new_version(world, "transfer", delay="always", delay_days=4)
    outcome = proposed(world)
    complete(world, outcome)
    found = Transaction.objects.get(pk=outcome.transaction_id)
    assert found.status == Transaction.Status.DELAYED
    told(found.due_at - timedelta(hours=30))
    assert notices("transaction_delayed").exists()
    told(found.due_at - timedelta(hours=20))
    told(found.due_at - timedelta(hours=19))
    assert notices("delay_ending").count() == 2


def test_requests_and_events_of_accounts_are_told(world, told):
    """An appointment: to the administrators, the representatives there, and the new one."""
    account = world.at_home.operator_a
    represents(world, "there already", account, "read")
    newcomer = Person.objects.create(username="newcomer", display_name="newcomer")
    request = asked(world, "representative", account, person="newcomer", right="approve")
    told()
    assert kinds("there already") == ["request_asked"]
    assert kinds("newcomer") == []
    approved(world, request)
    told()
    assert kinds("newcomer")[-1] == "account_event"
    assert kinds("there already")[1:] == ["request_approved", "account_event"]
    assert AccountEvent.objects.filter(kind="representative_appointed").count() == 1
    assert newcomer.notices.get(kind="account_event").data["about"] == "newcomer"


def test_emergency_stop_is_told_to_the_whole_registry(world, told):
    """Every representative in it, and the administrators; nobody of another registry."""
    represents(world, "here", world.at_home.operator_a, "read")
    represents(world, "elsewhere", world.at_neighbour.operator, "read")
    place_stop(
        actor=world.administrator_1, what=Stopped(world.home.pk), reason="theft", at=world.at
    )
    told()
    assert "stop_placed" in kinds("here")
    assert "stop_placed" in kinds("administrator_2")
    assert "stop_placed" not in kinds("elsewhere")


def test_security_events_are_told_to_their_person(world, told):
    """A key, a role, and another second factor; what gives power also to who manages the node."""
    manager = people.add_person(actor=world.system, username="manager", display_name="manager")
    people.give_role(actor=world.system, person_id=manager.pk, role="system_administrator")
    told()
    Notice.objects.all().delete()
    someone = people.add_person(actor=world.system, username="someone", display_name="someone")
    people.give_role(actor=world.system, person_id=someone.pk, role="auditor")
    people.give_role(actor=world.system, person_id=someone.pk, role="auditor")
    issued = api_keys.issue_key(
        actor=world.system, person_id=someone.pk, label="nightly", at=world.at
    )
    api_keys.revoke_key(actor=world.system, key_id=issued.api_key.pk, at=world.at)
    api_keys.revoke_key(actor=world.system, key_id=issued.api_key.pk, at=world.at)
    told()
    assert [each.data["security_event"] for each in someone.notices.order_by("pk")] == [
        "role_given",
        "key_made",
        "key_revoked",
    ]
    assert [each.data["security_event"] for each in manager.notices.all()] == ["role_given"]
    assert issued.text not in str(list(Notice.objects.values()))


def test_mail_is_in_the_language_of_its_reader(world, told):
    """Each in their own, one mail for what is due at one time, none to who wants none."""
    stock(world, operator_a=1000)
    told()
    Notice.objects.all().delete()
    first = reached_by_mail("administrator_1", "ja")
    second = reached_by_mail("administrator_2", "ko")
    without = reached_by_mail("auditor")
    Person.objects.filter(pk=second.pk).update(mail_notices=False)
    proposed(world)
    proposed(world)
    told()
    assert send_notices.due(at=world.at) == [first.pk]
    assert send_notices.send(first.pk, clock=lambda: world.at) == 2
    (sent,) = mail.outbox
    assert sent.to == ["administrator_1@mail.example"]
    with translation.override("ja"):
        assert (
            notice_texts.text_of(
                *notices("transaction_proposed").values_list("kind", "data").first()
            ).title
            in sent.body
        )
    assert sent.extra_headers["Content-Language"] == "ja"
    assert send_notices.send(first.pk, clock=lambda: world.at) == 0
    assert not NoticeMail.objects.exclude(person=first).exists()
    assert not without.notices.exists()


def test_mail_that_is_not_taken_is_tried_again_later(world, told, monkeypatch):
    """Later and later; after the server has come back it is sent, once."""
    person = reached_by_mail("administrator_2")
    stock(world, operator_a=1000)
    proposed(world)
    told()

    def refuse(message):
        raise OSError("connection refused")

    at = world.at
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", refuse)
        waits = []
        for _attempt in range(3):
            assert send_notices.send(person.pk, clock=partial(datetime.replace, at)) == 0
            row = NoticeMail.objects.filter(person=person).order_by("pk").first()
            waits.append((row.next_attempt_at - at).total_seconds())
            assert row.problem == "OSError: connection refused"
            assert send_notices.due(at=at) == []
            at = row.next_attempt_at
    assert waits == [60, 300, 1800]
    assert send_notices.send(person.pk, clock=lambda: at) > 0
    assert send_notices.due(at=at + timedelta(days=1)) == []
    assert len(mail.outbox) == 1


def test_mail_of_a_killed_worker_is_sent_by_another(world, told, monkeypatch):
    """At least once: the lease of a worker that died runs out, and the Message-ID is the same."""
    person = reached_by_mail("administrator_2")
    stock(world, operator_a=1000)
    proposed(world)
    told()
    sent = []

    def die(message):
        sent.append(message.extra_headers["Message-ID"])
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", die)
        with pytest.raises(SystemExit):
            send_notices.send(person.pk, clock=lambda: world.at)
    assert send_notices.send(person.pk, clock=lambda: world.at) == 0
    later = world.at + send_notices.LEASE
    assert send_notices.send(person.pk, clock=lambda: later) > 0
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == sent


def test_killed_writer_leaves_all_or_nothing(fresh_database, world, told):
    """A worker that is killed before it commits has told nobody; the next one tells each once."""
    reached_by_mail("administrator_2")
    stock(world, operator_a=1000)
    told()
    Notice.objects.all().delete()
    proposed(world)
    write_notices.write_notices(at=world.at)
    connections.close_all()
    child = os.fork()
    if child == 0:
        write = write_notices._write

        def killed(occurrences, at):
            if write(occurrences, at):
                os.kill(os.getpid(), 9)
            return 0

        write_notices._write = killed
        write_notices.write_notices(at=world.at)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert not Notice.objects.exists()
    assert told() == 2
    assert notices("transaction_proposed").filter(person__username="administrator_2").count() == 1
    assert NoticeMail.objects.filter(notice__kind="transaction_proposed").count() == 1


def test_row_that_is_committed_late_is_told(fresh_database, world, told):
    """A smaller number that becomes visible after a greater one is not passed over."""
    other = connections.create_connection("default")
    insert = (
        "INSERT INTO registry_securityevent (person_id, kind, address, data)"
        " VALUES (%s, 'key_made', '', '{}')"
    )
    first, second = (Person.objects.get(username=f"administrator_{number}") for number in (1, 2))
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(insert, [first.pk])
            with connection.cursor() as mine:
                mine.execute(insert, [second.pk])
            told()
            assert told() == 0
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert told() == 2
    assert kinds("administrator_1") == kinds("administrator_2") == ["security_event"]


def test_source_of_a_restored_database_goes_on(world, told):
    """Transaction numbers of a server before a restore are of no meaning, and block nothing."""
    NoticeSource.objects.update(candidate_xmax=2**62)
    SecurityEvent.objects.create(
        person_id=world.administrator_1.person_id, kind="key_made", address=""
    )
    assert told() == 1


def test_address_that_is_given_up_is_told(world, told):
    """Whoever takes over somebody's mail does not stay unseen: both addresses are told, also
    where mail was switched off at the same time."""
    person = reached_by_mail("administrator_1")
    chosen = people.Preferences("ko", False, "thief@mail.example")
    people.set_preferences(actor=world.administrator_1, chosen=chosen)
    told()
    send_notices.send(person.pk, clock=lambda: world.at)
    (sent,) = mail.outbox
    assert sent.to == ["administrator_1@mail.example"]


def test_reading_is_by_oneself_and_once(world, told):
    """Another person's notice does not exist; what came meanwhile stays unread."""
    stock(world, operator_a=1000)
    proposed(world)
    told()
    mine = Notice.objects.filter(person_id=world.administrator_2.person_id).order_by("pk")
    now = timezone.now()
    read = mark_read(actor=world.administrator_2, notice_id=mine[0].pk, at=now)
    again = mark_read(
        actor=world.administrator_2, notice_id=mine[0].pk, at=now + timedelta(hours=1)
    )
    assert read.read_at == again.read_at == now
    with pytest.raises(NotFound) as refused:
        mark_read(actor=world.administrator_1, notice_id=mine[0].pk, at=now)
    assert refused.value.code == "UNKNOWN_NOTICE"
    proposed(world)
    upto = mine.last().pk
    told()
    mark_all_read(actor=world.administrator_2, upto=upto, at=now)
    assert mine.filter(read_at__isnull=True).get().pk > upto


def test_old_notices_are_forgotten(world, told):
    """Those of more than a year ago, and their mails with them."""
    reached_by_mail("administrator_2")
    stock(world, operator_a=1000)
    proposed(world)
    told()
    assert send_notices.forget(at=world.at + timedelta(days=1)) == 0
    assert send_notices.forget(at=timezone.now() + send_notices.KEPT * 2) > 0
    assert not Notice.objects.exists()
