"""Rows of requests, representatives, trusted accounts and stops, for attacks to start from.

Administrator 1 asks, and administrator 2 and another one decide. One request of each fate stands:
approved ones, and one that waits with one approval of the two that it needs.
"""

from registry.models import AccountClass, AccountEvent, Notice, NoticeMail, NoticeSource, Role
from registry.services.governance import Request, ask
from registry.services.keep_reading import Answered, Asked, keep_reading
from registry.services.request_documents import attach
from registry.services.security_events import record
from registry.services.stops import Stopped, place_stop
from tests.people import approved, asked, person, represents

PDF = b"%PDF-1.7"


def govern(world):
    """Write a row of each table. Nothing of it stands in the way of what is proposed later."""
    home = world.at_home
    others = [person(world, f"administrator_{n}", Role.ADMINISTRATOR, world.home) for n in (3, 4)]
    represents(world, "representative", home.operator_a, "initiate")
    AccountClass.objects.create(
        registry=world.home, code="designated", kind="operator", per_holder=1, name_en="designated"
    )
    by = {"actor": world.administrator_1, "at": world.at}
    change = asked(world, "account_change", home.operator_a, name="operator_a")
    attach(request_id=change.pk, name="x", media_type="application/pdf", content=PDF, **by)
    approved(world, change)
    number = AccountEvent.objects.get().account.registry.accounts.get(pk=home.operator_b).number
    approved(world, asked(world, "trusted_account", home.operator_a, account=number))
    request = asked(
        world, "holder_merger", None, predecessor="KR-OPERATOR-C", successor=world.holder_a.code
    )
    approved(world, request)
    what = Stopped(world.home.pk, subject="agreement:1")
    stop = place_stop(actor=world.administrator_2, what=what, reason="a test", at=world.at)
    lifting = asked(world, "stop_lifting", None, stop=str(stop.pk))
    for other in others:
        approved(world, lifting, by=other)
    again = place_stop(actor=world.administrator_2, what=what, reason="a test", at=world.at)
    approved(world, asked(world, "stop_lifting", None, stop=str(again.pk)), by=others[0])
    for what in (
        Stopped(world.home.pk, unit_type_id=world.kcu.pk),
        Stopped(world.home.pk, account_id=home.suspense),
    ):
        place_stop(actor=world.administrator_2, what=what, reason="a test", at=world.at)


def recover(world):
    """A recovery that waits, what security events are like, and a notice that nobody has read."""
    managers = [person(world, f"manager_{n}", Role.SYSTEM_ADMINISTRATOR) for n in (1, 2)]
    asking = Request("recovery", None, None, {"person": "auditor"}, "a reason")
    asked_for = ask(actor=managers[0], request=asking, at=world.at)
    record(person_id=managers[0].person_id, kind="key_made", actor=world.system, label="x")
    notice = Notice.objects.create(
        person_id=managers[1].person_id,
        kind="request_asked",
        key=f"request:{asked_for.pk}",
        subject=f"request:{asked_for.pk}",
        at=world.at,
    )
    NoticeMail.objects.create(
        notice=notice, person_id=managers[1].person_id, next_attempt_at=world.at
    )
    NoticeSource.objects.create(code="requests", reached=1, candidate=1, candidate_xmax=1)
    route = Asked(managers[0].person_id, None, "admin", "admin:index", {})
    keep_reading(route, Answered(200, 1, ids=frozenset({world.home.pk})))
