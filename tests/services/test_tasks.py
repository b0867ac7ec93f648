"""Tasks are claimed, released, assigned, commented and completed, by those who keep accounts."""

import pytest

from registry.errors import DomainError
from registry.lines import Line
from registry.models import Role, Task, Transaction
from registry.selectors import tasks
from registry.services.approve import approve
from registry.services.governance import decide
from registry.services.tasks.assign import assign
from registry.services.tasks.claim import claim
from registry.services.tasks.comment import comment
from registry.services.tasks.complete import complete, complete_decided
from registry.services.tasks.open import Subject, open_task
from registry.services.tasks.release import release
from registry.services.transfer import transfer
from tests.people import asked, person
from tests.world import stock


@pytest.fixture
def proposed(world):
    """Administrator 1 proposes a transfer, which waits."""
    stock(world, operator_a=1000)
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 100)
    made = transfer(actor=world.administrator_1, lines=[line], key=world.key(), at=world.at)
    return made.transaction_id


@pytest.fixture
def task(world, proposed):
    """Administrator 2 begins a task about it."""
    return begun(world, transaction_id=proposed)


def begun(world, **about):
    return open_task(actor=world.administrator_2, about=Subject(**about), at=world.at)


def by(world, actor=None, **more):
    return {"actor": actor or world.administrator_2, "at": world.at, **more}


def refused(service, **arguments):
    with pytest.raises(DomainError) as caught:
        service(**arguments)
    return caught.value.codes


def told(task):
    return [(each.kind, each.assignee and each.assignee.username) for each in tasks.events(task.pk)]


def test_task_goes_from_hand_to_hand(world, task):
    """Claimed, assigned to a colleague, released: the history tells who had it when."""
    junior = person(world, "junior", Role.JUNIOR_ADMINISTRATOR, world.home)
    claim(**by(world, task_id=task.pk, version=0))
    assign(**by(world, task_id=task.pk, version=1, assignee="junior", text="please look"))
    found = release(**by(world, junior, task_id=task.pk, version=2))
    assert (found.assignee, found.version, found.status) == (None, 3, "open")
    assert told(task) == [
        ("opened", None),
        ("claimed", "administrator_2"),
        ("assigned", "junior"),
        ("released", None),
    ]


def test_task_of_a_thing_is_one(world, task, proposed):
    """Whoever begins it again gets the same one."""
    assert begun(world, transaction_id=proposed).pk == task.pk
    assert Task.objects.count() == 1


def test_task_is_about_one_thing(world, proposed):
    """Nothing, or two things, are refused; a subject of others needs its registry."""
    for about in ({}, {"transaction_id": proposed, "subject": "case:1"}):
        arguments = by(world, about=Subject(**about))
        assert refused(open_task, **arguments) == ["TASK_IS_ABOUT_ONE_THING"]
    arguments = by(world, about=Subject(subject="case:1"))
    assert refused(open_task, **arguments) == ["UNKNOWN_REGISTRY"]
    made = begun(world, registry_id=world.home.pk, subject="case:1")
    assert made.subject == "case:1"


def test_stale_step_is_refused(world, task):
    """What somebody else has done since is not overwritten."""
    third = person(world, "administrator_3", Role.ADMINISTRATOR, world.home)
    claim(**by(world, task_id=task.pk, version=0))
    arguments = by(world, third, task_id=task.pk, version=0, assignee="administrator_3")
    assert refused(assign, **arguments) == ["TASK_CHANGED"]
    assert refused(claim, **by(world, third, task_id=task.pk, version=1)) == ["TASK_IS_TAKEN"]


def test_second_click_does_nothing(world, task):
    """The same step of the same person from the same version is done once."""
    for _click in range(2):
        claim(**by(world, task_id=task.pk, version=0))
    for _click in range(2):
        comment(**by(world, task_id=task.pk, version=1, text="called the operator"))
    for _click in range(2):
        release(**by(world, task_id=task.pk, version=2))
    assert [kind for kind, _who in told(task)] == ["opened", "claimed", "commented", "released"]


def test_comments_of_two_do_not_exclude_each_other(world, task):
    """A comment takes nothing from anybody, so it is added to what others have said meanwhile."""
    third = person(world, "administrator_3", Role.ADMINISTRATOR, world.home)
    comment(**by(world, task_id=task.pk, version=0, text="first"))
    comment(**by(world, third, task_id=task.pk, version=0, text="second"))
    assert [each.text for each in tasks.events(task.pk)] == ["", "first", "second"]
    arguments = by(world, task_id=task.pk, version=2)
    assert refused(comment, **arguments, text="  ") == ["COMMENT_MISSING"]
    assert refused(comment, **arguments, text="x" * 2001) == ["INVALID_TEXT"]


def test_four_eyes(world, task):
    """Who proposed does not get the task; the task of it gives nobody the right to approve."""
    own = {"task_id": task.pk, "version": 0}
    one = world.administrator_1
    assert refused(claim, **by(world, one, **own)) == ["TASK_IS_OF_WHO_ASKS"]
    arguments = by(world, **own, assignee="administrator_1")
    assert refused(assign, **arguments) == ["TASK_IS_OF_WHO_ASKS"]
    junior = person(world, "junior", Role.JUNIOR_ADMINISTRATOR, world.home)
    claim(**by(world, junior, **own))
    said = {"payload_hash": _hash(task), "transaction_id": task.transaction_id}
    assert refused(approve, **by(world, junior, **said)) == ["NOT_PERMITTED"]


def test_only_colleagues_of_the_registry(world, task):
    """An auditor, an administrator of another registry, and nobody at all."""
    person(world, "elsewhere", Role.ADMINISTRATOR, world.neighbour)
    for name in ("auditor", "elsewhere", "nobody"):
        arguments = by(world, task_id=task.pk, version=0, assignee=name)
        assert refused(assign, **arguments) == ["NOT_A_COLLEAGUE"], name
    assert [each.username for each in tasks.colleagues(world.home.pk)] == [
        "administrator_1",
        "administrator_2",
    ]


def test_only_those_who_keep_accounts(world, task):
    """An auditor reads tasks and has none; a stranger does not even see them."""
    stranger = person(world, "stranger", Role.ADMINISTRATOR, world.neighbour)
    arguments = {"task_id": task.pk, "version": 0}
    assert refused(claim, **by(world, world.auditor, **arguments)) == ["NOT_PERMITTED"]
    assert refused(claim, **by(world, stranger, **arguments)) == ["UNKNOWN_TASK"]
    nobody = {"actor": None, "at": world.at}
    assert refused(claim, **nobody, **arguments) == ["NO_ACTOR"]


def test_task_of_another_is_theirs(world, task):
    """A junior takes nothing from anybody; a registry administrator may."""
    junior = person(world, "junior", Role.JUNIOR_ADMINISTRATOR, world.home)
    third = person(world, "administrator_3", Role.ADMINISTRATOR, world.home)
    claim(**by(world, task_id=task.pk, version=0))
    said = {"task_id": task.pk, "version": 1}
    for service, more in ((release, {}), (complete, {}), (assign, {"assignee": "junior"})):
        assert refused(service, **by(world, junior, **said, **more)) == ["TASK_IS_NOT_YOURS"]
    assert assign(**by(world, third, **said, assignee="junior")).assignee_id == junior.person_id


def test_task_completes_with_the_decision(world, task):
    """Not before it, not by hand; by itself after it, whoever has the task."""
    claim(**by(world, task_id=task.pk, version=0))
    arguments = by(world, task_id=task.pk, version=1)
    assert refused(complete, **arguments) == ["TASK_WAITS_FOR_A_DECISION"]
    assert complete_decided(actor=world.system, at=world.at) == 0
    approve(**by(world, transaction_id=task.transaction_id, payload_hash=_hash(task)))
    arguments |= {"assignee": "administrator_2"}
    assert refused(assign, **arguments) == ["SUBJECT_IS_DECIDED"]
    assert complete_decided(actor=world.system, at=world.at) == 1
    assert complete_decided(actor=world.system, at=world.at) == 0
    found = tasks.find(world.auditor, task.pk)
    assert (found.status, found.assignee.username) == ("completed", "administrator_2")
    last = tasks.events(task.pk).last()
    assert (last.kind, last.person.username) == ("completed", "system")
    assert refused(comment, **by(world, task_id=task.pk, version=2, text="x")) == [
        "TASK_IS_COMPLETED"
    ]
    decided = by(world, about=Subject(transaction_id=task.transaction_id))
    assert open_task(**decided).pk == task.pk


def test_nothing_begins_about_what_is_decided(world, proposed):
    """A decided transaction needs no work any more."""
    payload_hash = bytes(Transaction.objects.get(pk=proposed).payload_hash)
    approve(**by(world, transaction_id=proposed, payload_hash=payload_hash))
    arguments = by(world, about=Subject(transaction_id=proposed))
    assert refused(open_task, **arguments) == ["SUBJECT_IS_DECIDED"]


def test_task_of_a_request_completes_with_it(world):
    """The same for requests."""
    request = asked(world, "account_change", world.at_home.operator_a, name="another")
    task = begun(world, request_id=request.pk)
    decide(**by(world, request_id=request.pk, approved=False, payload_hash=request.payload_hash))
    assert complete_decided(actor=world.system, at=world.at) == 1
    assert tasks.find(world.administrator_2, task.pk).status == "completed"


def test_work_on_a_case_is_completed_by_hand(world):
    """Nobody decides a subject that others know: who has the task says that it is done."""
    task = begun(world, registry_id=world.home.pk, subject="case:1")
    arguments = by(world, task_id=task.pk, version=0)
    assert refused(complete, **arguments) == ["TASK_IS_NOT_YOURS"]
    claim(**arguments)
    done = complete(**by(world, task_id=task.pk, version=1, text="both sides agree"))
    assert (done.status, done.closed_at) == ("completed", world.at)
    assert complete(**by(world, task_id=task.pk, version=1, text="both sides agree")) == done


def test_only_the_system_completes_by_itself(world):
    """The worker's way is not open to people."""
    assert refused(complete_decided, **by(world)) == ["NOT_PERMITTED"]


def test_one_of_two_claims_wins(fresh_database, world, together):
    """At the same moment: one has it, the other is told so."""
    third = person(world, "administrator_3", Role.ADMINISTRATOR, world.home)
    task = begun(world, registry_id=world.home.pk, subject="case:1")
    arguments = {"task_id": task.pk, "version": 0, "at": world.at}
    found = together(
        lambda: claim(actor=world.administrator_2, **arguments),
        lambda: claim(actor=third, **arguments),
    )
    (lost,) = [each.error for each in found if not each.succeeded]
    assert lost.codes[0] in ("TASK_CHANGED", "TASK_IS_TAKEN")
    assert [kind for kind, _who in told(task)] == ["opened", "claimed"]


def test_one_task_of_two_beginnings(fresh_database, world, together):
    """Two who begin at the same moment have the same task."""
    about = Subject(registry_id=world.home.pk, subject="case:1")
    arguments = {"about": about, "at": world.at}
    first, second = together(
        lambda: open_task(actor=world.administrator_1, **arguments),
        lambda: open_task(actor=world.administrator_2, **arguments),
    )
    assert first.value.pk == second.value.pk
    assert Task.objects.count() == 1


def _hash(task):
    return bytes(Transaction.objects.get(pk=task.transaction_id).payload_hash)
