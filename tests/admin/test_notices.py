"""The pages of notices, and of how a person wants to be told."""

import pytest
from django.urls import reverse

from registry.models import Notice, Person
from registry.services import write_notices
from tests.signing_in import enrol, sign_in


@pytest.fixture
def told(world, proposed):
    """Administrators 1 and 2 are told of a proposal."""
    from registry.lines import Line
    from registry.services.transfer import transfer

    write_notices.write_notices(at=world.at)
    lines = [Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 7)]
    transfer(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)
    for _step in range(2):
        write_notices.write_notices(at=world.at)
    return Notice.objects.get(person__username="administrator_2")


def test_number_stands_in_the_header_of_every_page(told, signed_in):
    """One unread notice is one; whoever has none sees no number."""
    page = signed_in("administrator_2").get("/admin/registry/account/").content.decode()
    assert '<span class="unread" aria-label="unread">1</span>' in page
    page = signed_in("auditor").get("/admin/registry/account/").content.decode()
    assert 'class="bell"' in page and 'class="unread"' not in page


def test_number_is_counted_to_a_bound(world, signed_in):
    """Whoever was away for a year waits no longer for the page."""
    person = Person.objects.get(username="auditor")
    Notice.objects.bulk_create(
        Notice(
            person=person,
            kind="security_event",
            key=f"k{number}",
            subject="x",
            at=world.at,
            data={"security_event": "key_made", "username": "auditor"},
        )
        for number in range(120)
    )
    browser = signed_in("auditor")
    assert ">99+</span>" in browser.get("/admin/").content.decode()
    page = browser.get("/admin/notices/")
    assert len(page.context["found"]) == 50
    older = browser.get(f"/admin/notices/?before={page.context['before']}")
    assert len(older.context["found"]) == 50
    last = browser.get(f"/admin/notices/?before={older.context['before']}")
    assert len(last.context["found"]) == 20 and last.context["before"] is None


def test_notice_leads_to_what_it_is_about(told, signed_in):
    """The title is a link to the transaction's page; the text says who and how much."""
    page = signed_in("administrator_2").get("/admin/notices/").content.decode()
    number = told.data["transaction"]
    address = reverse("admin:registry_transaction_change", args=[number])
    assert f'<a href="{address}">Transaction #{number} awaits approval</a>' in page
    assert "7 units." in page


def test_marking_one_and_all(told, signed_in):
    """A button each; marked notices are not among the unread ones."""
    browser = signed_in("administrator_2")
    assert browser.post("/admin/notices/", {"read": str(told.pk)}).status_code == 302
    told.refresh_from_db()
    assert told.read_at
    assert not browser.get("/admin/notices/?unread=1").context["found"]
    first = signed_in("administrator_1")
    (notice, _text, _address) = first.get("/admin/notices/?kind=transaction_proposed").context[
        "found"
    ][0]
    first.post("/admin/notices/", {"upto": str(notice.pk)})
    assert not Notice.objects.filter(read_at__isnull=True).exists()


@pytest.mark.parametrize(
    "form", [{}, {"read": "x"}, {"read": "9" * 30}, {"upto": "-1"}, {"read": "٣"}, {"read": "1"}]
)
def test_what_is_no_number_marks_nothing(told, signed_in, form):
    """Nor does the number of a notice that is another person's."""
    other = Notice.objects.get(person__username="administrator_1")
    form = {"read": str(other.pk)} if form == {"read": "1"} else form
    assert signed_in("administrator_2").post("/admin/notices/", form).status_code == 302
    assert not Notice.objects.filter(read_at__isnull=False).exists()


@pytest.mark.parametrize("query", ["kind=x", "before=x", "before=" + "9" * 40, "unread=%00"])
def test_wrong_filters_are_no_error(told, signed_in, query):
    """The list is shown as if they were not there."""
    assert signed_in("administrator_2").get(f"/admin/notices/?{query}").status_code == 200


def test_preferences(world, signed_in):
    """Language, mail and address; what is wrong is told at its field."""
    browser = signed_in("administrator_2")
    wrong = browser.post(
        "/admin/notices/preferences/", {"language": "ja", "email": "nobody", "mail_notices": "on"}
    )
    assert "This is not a mail address." in wrong.content.decode()
    right = {"language": "ja", "email": "two@mail.example", "mail_notices": ""}
    assert browser.post("/admin/notices/preferences/", right)["Location"] == "/admin/notices/"
    person = Person.objects.get(username="administrator_2")
    assert (person.language, person.email, person.mail_notices) == (
        "ja",
        "two@mail.example",
        False,
    )


def test_preferences_ask_for_the_second_factor_again(client, world):
    """Whoever finds an open session does not lead somebody's mail elsewhere."""
    person = Person.objects.get(username="administrator_2")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    enrol(person)
    sign_in(client, person, minutes_ago=6)
    answer = client.post(
        "/admin/notices/preferences/", {"language": "ja", "email": "thief@mail.example"}
    )
    assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
    person.refresh_from_db()
    assert person.email == ""
