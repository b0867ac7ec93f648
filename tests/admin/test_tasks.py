"""Tasks on the pages: claimed from the work queue, worked on, and safe against old forms."""

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Task, TaskEvent
from registry.services.tasks.claim import claim
from registry.services.tasks.open import Subject, open_task
from registry.services.tasks.release import release
from tests.people import asked


def begin(kind, number):
    return reverse("admin:registry_task_begin", args=[kind, number])


def page_of(task):
    return reverse("admin:registry_task_change", args=[task.pk])


def act(task, name):
    return reverse("admin:registry_task_act", args=[task.pk, name])


@pytest.fixture
def task(world, proposed):
    """A task about the proposed transfer that nobody has."""
    about = Subject(transaction_id=proposed.pk)
    return open_task(actor=world.administrator_2, about=about, at=world.at)


def said(pages, task, name, **form):
    """The page after an act, as text."""
    answer = pages.post(act(task, name), {"version": task.version, **form})
    assert answer["Location"] == page_of(task)
    return pages.get(page_of(task)).content.decode()


def test_queue_offers_the_task_and_says_who_has_it(signed_in, proposed):
    """Claimed on the home page by one button; then it is in the list of one's own tasks."""
    pages = signed_in("administrator_2")
    assert begin("transaction", proposed.pk) in pages.get("/admin/").content.decode()
    answer = pages.post(begin("transaction", proposed.pk), {"next": "/admin/"})
    assert answer["Location"] == "/admin/"
    home = pages.get("/admin/").content.decode()
    assert "You have the task now." in home
    assert '<span class="with">administrator_2</span>' in home
    assert "My tasks" in home
    assert page_of(Task.objects.get()) in home
    assert begin("transaction", proposed.pk) not in home
    assert (
        "You have claimed nothing." in signed_in("administrator_1").get("/admin/").content.decode()
    )


def test_double_click_claims_once(signed_in, proposed):
    """The second click finds that it is theirs already."""
    pages = signed_in("administrator_2")
    for _click in range(2):
        pages.post(begin("transaction", proposed.pk), {"next": "/admin/"})
    kinds = TaskEvent.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["opened", "claimed"]


def test_claim_does_not_lead_elsewhere(signed_in, proposed):
    """An address of another host is not followed; a subject of no known kind is not found."""
    pages = signed_in("administrator_2")
    answer = pages.post(begin("transaction", proposed.pk), {"next": "https://example.org/"})
    assert answer["Location"] == "/admin/"
    assert pages.post(begin("account", 1)).status_code == 404
    assert pages.get(begin("transaction", proposed.pk))["Location"] == "/admin/"


def test_task_is_worked_on_by_buttons(signed_in, task, world):
    """Claimed, commented, assigned: the history is on the page."""
    pages = signed_in("administrator_2")
    assert "You have the task now." in said(pages, task, "claim")
    task.refresh_from_db()
    text = said(pages, task, "comment", text="<b>called</b> the operator")
    assert "&lt;b&gt;called&lt;/b&gt; the operator" in text
    task.refresh_from_db()
    assert "Nobody has the task now." in said(pages, task, "release")
    task.refresh_from_db()
    text = said(pages, task, "assign", assignee="administrator_2", text="back to me")
    assert "The task is assigned." in text and "→ administrator_2" in text


def test_old_form_is_refused_and_what_was_typed_is_kept(signed_in, task, world):
    """Somebody has done something meanwhile: said so, nothing done, the text still there."""
    pages = signed_in("administrator_2")
    by = {"actor": world.administrator_2, "task_id": task.pk, "at": timezone.now()}
    claim(version=0, **by)
    release(version=1, **by)
    text = said(pages, task, "assign", assignee="administrator_2", text="please look at it")
    assert "Somebody has done something with the task meanwhile." in text
    assert ">please look at it</textarea>" in text
    assert Task.objects.get().version == 2


def test_what_the_services_forbid_the_pages_forbid(signed_in, elsewhere, task):
    """Who proposed, an auditor, somebody of another registry, an empty comment, nonsense."""
    tried = [
        ("administrator_1", "claim", {}, "Who asks for something does not get the task of it."),
        ("auditor", "claim", {}, "Your roles in this registry do not allow this."),
        ("administrator_2", "complete", {}, "Somebody else has the task, or nobody."),
        ("administrator_2", "comment", {"text": " "}, "The comment is empty."),
        ("administrator_2", "assign", {"assignee": "auditor"}, "no administrator of the registry."),
        ("administrator_2", "claim", {"version": "x"}, "Enter a whole number."),
    ]
    for username, name, form, text in tried:
        assert text in said(signed_in(username), task, name, **form), text
    assert elsewhere.post(act(task, "claim"), {"version": 0}).status_code == 302
    assert signed_in("administrator_2").post(act(task, "burn")).status_code == 404
    assert list(TaskEvent.objects.values_list("kind", flat=True)) == ["opened"]


def test_pages_offer_what_this_person_may_do(signed_in, task):
    """Buttons for who may; an auditor reads."""
    offered = {
        "administrator_2": {"claim", "assign", "comment"},
        "administrator_1": {"assign", "comment"},
        "auditor": set(),
    }
    for username, acts in offered.items():
        text = signed_in(username).get(page_of(task)).content.decode()
        found = {
            name
            for name in ("claim", "release", "assign", "complete", "comment")
            if act(task, name) in text
        }
        assert found == acts, username


def test_what_was_typed_survives_the_end_of_a_session(signed_in, task):
    """Sent when the second factor was asked for again: the page has the text, nothing is done."""
    pages = signed_in("administrator_2")
    session = pages.session
    session["kept_forms"] = {
        "path": act(task, "comment"),
        "fields": {"text": ["half a sentence"], "version": ["0"]},
    }
    session.save()
    assert pages.get(act(task, "comment"))["Location"] == page_of(task)
    assert ">half a sentence</textarea>" in pages.get(page_of(task)).content.decode()
    assert TaskEvent.objects.count() == 1


def test_requests_are_in_the_queue_of_those_who_decide(signed_in, world, elsewhere):
    """Not in that of who asked, nor of who reads only; with the button that claims the task."""
    request = asked(world, "account_change", world.at_home.operator_a, name="another")
    expected = {"administrator_2": True, "administrator_1": False, "auditor": False}
    for username, is_there in expected.items():
        text = signed_in(username).get("/admin/").content.decode()
        assert (f"#{request.pk} change of an account" in text) is is_there, username
        assert (begin("request", request.pk) in text) is is_there, username
    assert "change of an account" not in elsewhere.get("/admin/").content.decode()


def test_lists_of_tasks(signed_in, task):
    """Mine, nobody's, and all."""
    pages = signed_in("administrator_2")
    address = reverse("admin:registry_task_changelist")
    assert f"#{task.pk}" in pages.get(address, {"mine": "nobody"}).content.decode()
    assert ">0 tasks<" in pages.get(address, {"mine": "yes"}).content.decode().replace("\n", "")
