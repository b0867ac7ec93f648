"""Signing in, the home page, languages, and the content policy."""

from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.test import override_settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst

from registry.models import Holding, Person
from registry.services import people

PAGES = (
    "/admin/",
    "/admin/password_change/",
    *(
        f"/admin/registry/{model._meta.model_name}/"
        for model in admin.site._registry
        if model._meta.app_label == "registry"
    ),
)


class Inline(HTMLParser):
    """What a page has in itself that a strict content policy forbids."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.script = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.script = tag == "script" and "src" not in given
        kind = given.get("type", "")
        if self.script and kind not in ("application/json", "text/plain"):
            self.found.append(tag)
        if tag == "style":
            self.found.append(tag)
        self.found.extend(
            f"{tag} {name}" for name in given if name == "style" or name.startswith("on")
        )


def test_pages_need_someone_signed_in(client, db):
    """Without a session there is the sign-in page and nothing else."""
    for path in PAGES:
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={path}")


def test_pages_keep_to_the_content_policy(world, client, signed_in, proposed):
    """No page has a script or a style of its own, and none comes from elsewhere."""
    person = world.administrator_2.person_id
    people.give_role(actor=world.system, person_id=person, role="auditor")
    pages = signed_in("administrator_2")
    for path, browser in (("/accounts/login/", client), *((path, pages) for path in PAGES)):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert Inline(text).found == [], path
        assert "https://" not in text, path
        assert "unsafe" not in answer["Content-Security-Policy"], path


def test_pages_of_rows_keep_to_the_content_policy(signed_in, proposed):
    """Neither has the page of a transaction, nor that of its decision, nor that of an account."""
    pages = signed_in("administrator_2")
    account = proposed.lines.first().source
    for address in (
        reverse("admin:registry_transaction_change", args=[proposed.pk]),
        reverse("admin:registry_transaction_decide", args=[proposed.pk, "approve"]),
        reverse("admin:registry_account_change", args=[account.pk]),
    ):
        answer = pages.get(address)
        assert answer.status_code == 200
        assert Inline(answer.content.decode()).found == []


def test_lists_are_headed_by_what_they_list(signed_in, world):
    """The heading is the plural of what is listed, whatever Django's words are."""
    page = signed_in("auditor").get("/admin/registry/holding/", headers={"accept-language": "ko"})
    with translation.override("ko"):
        title = capfirst(Holding._meta.verbose_name_plural)
    assert f"<h1>{title}</h1>" in page.content.decode()


def test_weak_password_is_not_taken(world, client):
    """A person who signed in for one time stays at the change of the password until it is good."""
    person = Person.objects.get(username="administrator_1")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    once = people.give_one_time_password(actor=world.system, person_id=person.pk)
    client.post("/accounts/login/", {"login": person.username, "password": once})
    for path in PAGES:
        if path != "/admin/password_change/":
            assert client.get(path, follow=True).redirect_chain[-1][0] == "/admin/password_change/"
    weak = {"old_password": once, "new_password1": "12345678", "new_password2": "12345678"}
    assert client.post("/admin/password_change/", weak).status_code == 200
    person.refresh_from_db()
    assert person.must_change_password


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh-hans", "退出登录"), ("ja", "ログアウト"), ("ko", "로그아웃")],
)
def test_language_is_chosen_in_the_header(signed_in, world, language, text):
    """The header's buttons post to Django's view, and all pages follow."""
    pages = signed_in("auditor")
    page = pages.get("/admin/").content.decode()
    assert f'<button name="language" value="{language}"' in page
    answer = pages.post("/i18n/setlang/", {"language": language, "next": "/admin/"})
    assert answer["Location"] == "/admin/"
    page = pages.get("/admin/").content.decode()
    assert f'<html lang="{language}"' in page
    assert text in page


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ("evaluation", "Evaluation: these units are not real."),
        ("test", "Test: these units are not real."),
        ("production", "Production: these units are real."),
    ],
)
def test_environment_is_on_every_page(signed_in, client, settings, environment, said):
    """A colour and a sentence say whether the units are real, also before signing in."""
    concord = {**settings.CONCORD, "ENVIRONMENT": environment}
    with override_settings(CONCORD=concord):
        pages = signed_in("auditor")
        for path, browser in (
            ("/admin/", pages),
            ("/admin/registry/account/", pages),
            ("/accounts/2fa/", pages),
            ("/accounts/login/", client),
            ("/nowhere", client),
        ):
            page = browser.get(path).content.decode()
            assert f'class="strip environment environment-{environment}"' in page, path
            assert said in page, path
        assert pages.get("/api/v1/schema").status_code == 200


def test_environment_says_what_the_node_is_told_to_say(signed_in, settings):
    """A text of the node's own takes the place of the built-in one."""
    concord = {**settings.CONCORD, "ENVIRONMENT_TEXT": "Training of operators"}
    with override_settings(CONCORD=concord):
        page = signed_in("auditor").get("/admin/").content.decode()
    assert "<p>Training of operators</p>" in page


def test_home_shows_the_work_queue(signed_in, proposed):
    """What waits for approval is on the home page, with its address."""
    page = signed_in("administrator_2").get("/admin/").content.decode()
    assert f"#{proposed.pk} Transfer within the registry" in page
    assert reverse("admin:registry_transaction_change", args=[proposed.pk]) in page
    assert "by administrator_1" in page
    assert "1 without a position" in page


def test_home_has_an_empty_state(signed_in, world):
    """A new registry says that nothing waits."""
    page = signed_in("auditor").get("/admin/").content.decode()
    assert "Nothing waits." in page
    assert "No posting has a position yet." in page


def test_home_shows_what_is_waiting_in_own_registries(elsewhere, proposed):
    """The work queue of another registry's administrator is empty."""
    assert "Nothing waits." in elsewhere.get("/admin/").content.decode()
