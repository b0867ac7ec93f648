"""Signing in: a password of one's own, a second factor, and both again where it matters."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import Approval, Person
from registry.services import people
from tests.signing_in import code, enrol, sign_in

PASSWORD = "a long sentence that nobody guesses"


@pytest.fixture
def person(world):
    """An administrator who has chosen a password and has no second factor."""
    found = Person.objects.get(username="administrator_2")
    found.is_staff = True
    found.save(update_fields=["is_staff"])
    people.change_password(person=found, password=PASSWORD)
    return found


def decided(proposed):
    return Approval.objects.filter(transaction=proposed)


def give_password(client, person, password=PASSWORD, **more):
    form = {"login": person.username, "password": password, **more}
    return client.post("/accounts/login/", form)


def test_newcomer_gets_from_one_password_to_the_work_queue(fresh_database, world, client, person):
    """Password for one time, own password, app, recovery codes, home: each page leads on."""
    once = people.give_one_time_password(actor=world.system, person_id=person.pk)
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/")["Location"].startswith("/accounts/login/")
    assert give_password(client, person, once)["Location"] == "/admin/"
    assert client.get("/admin/login/")["Location"] == "/admin/password_change/"
    own = {"old_password": once, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/admin/password_change/", own)["Location"] == "/admin/"
    assert client.get("/admin/login/")["Location"] == "/accounts/2fa/"
    page = client.get("/accounts/2fa/").content.decode()
    assert reverse("mfa_activate_totp") in page
    assert reverse("mfa_add_webauthn") in page
    activation = reverse("mfa_activate_totp")
    # Who has just typed the old password is not asked for the new one.
    form = client.get(activation).context["form"]
    answer = client.post(activation, {"code": code(form.secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    page = client.get(answer.url).content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", page)) == 10
    assert 'href="/admin/"' in page
    assert client.get("/admin/").status_code == 200


def test_only_the_steps_are_open_without_a_second_factor(client, person, proposed):
    """A password alone shows no page, lists nothing and decides nothing."""
    give_password(client, person)
    for path in (
        "/admin/",
        "/admin/registry/account/",
        "/admin/password_change/",
        "/admin/jsi18n/",
    ):
        assert client.get(path)["Location"].startswith("/admin/login/"), path
    address = reverse("admin:registry_transaction_decide", args=[proposed.pk, "approve"])
    assert client.post(address, {}).status_code == 302
    assert client.get("/admin/login/")["Location"] == "/accounts/2fa/"
    assert not decided(proposed)


def test_second_factor_is_asked_for_at_each_sign_in(client, person):
    """A wrong code is refused, the app's code lets in, and once only."""
    secret = enrol(person)
    assert give_password(client, person)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    answer = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code." in answer.content.decode()
    right = code(secret)
    answer = client.post("/accounts/2fa/authenticate/", {"code": right})
    assert answer["Location"] == "/admin/"
    assert answer.cookies["sessionid"]["max-age"] == ""
    assert client.get("/admin/").status_code == 200
    again = Client()
    give_password(again, person)
    # As it is a step later, when the code is still good.
    cache.delete(Authenticator.objects.get(user=person).wrap()._get_used_cache_key(right))
    assert again.post("/accounts/2fa/authenticate/", {"code": right}).status_code == 200
    assert again.get("/admin/").status_code == 302


def test_recovery_code_lets_in_once(client, person):
    """Whoever has lost the telephone signs in with a code on paper."""
    enrol(person)
    on_paper = RecoveryCodes.activate(person).get_unused_codes()[0]
    for status in (302, 200):
        browser = Client()
        give_password(browser, person)
        answer = browser.post("/accounts/2fa/authenticate/", {"code": on_paper})
        assert answer.status_code == status


def test_second_factor_is_stronger_than_the_password(client, person):
    """Who has a factor confirms by it: the password is neither offered nor taken."""
    enrol(person)
    sign_in(client, person, minutes_ago=10)
    asked = client.get(reverse("mfa_generate_recovery_codes"))["Location"]
    assert asked.startswith("/accounts/2fa/reauthenticate/")
    assert "/accounts/reauthenticate/" not in client.get(asked).content.decode()
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/reauthenticate/"
    assert client.get(reverse("mfa_generate_recovery_codes")).status_code == 302


def test_last_factor_stays(client, person):
    """The only app can not be removed: the person would have to begin anew."""
    enrol(person)
    sign_in(client, person)
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert answer.status_code == 200
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_secret_is_not_readable_in_the_database(person):
    """What the app and the server share is encrypted, and is found again."""
    secret = enrol(person)
    row = Authenticator.objects.get(user=person)
    assert secret not in str(row.data)
    assert TOTP(row).validate_code(code(secret))


def test_earlier_secret_keys_still_decrypt(person, settings):
    """A node that changes SECRET_KEY keeps the old one among the fallbacks."""
    secret = enrol(person)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one, just as long and just as unknown as the first"
    assert TOTP(Authenticator.objects.get(user=person)).validate_code(code(secret))


def test_nobody_signs_up_and_nothing_is_reset_by_mail(client, db):
    """The addresses for it do not exist."""
    for path in ("signup/", "password/reset/", "email/", "login/code/"):
        assert client.get(f"/accounts/{path}").status_code == 404, path


def test_guessing_is_slowed_down(client, person):
    """After five wrong passwords the right one is refused for a while as well."""
    for _attempt in range(5):
        assert "not correct" in give_password(client, person, "wrong").content.decode()
    answer = give_password(client, person)
    assert answer.status_code == 200
    assert "Too many failed login attempts" in answer.content.decode()


def test_guessing_codes_is_slowed_down(client, person):
    """The same holds for the codes of the app."""
    secret = enrol(person)
    give_password(client, person)
    for _attempt in range(5):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    answer = client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert answer.status_code == 200


def test_session_ends_when_nothing_is_asked(client, person, settings):
    """Each request begins the time anew; the cookie goes with the browser."""
    enrol(person)
    sign_in(client, person)
    ends = client.session.model.objects.get(pk=client.session.session_key).expire_date
    left = (ends - timezone.now()).total_seconds()
    assert settings.SESSION_COOKIE_AGE - 60 < left <= settings.SESSION_COOKIE_AGE == 1800
    client.session.model.objects.update(expire_date=timezone.now())
    assert client.get("/admin/").status_code == 302


def test_approval_asks_for_the_second_factor_again(client, person, proposed):
    """Five minutes later a session is not enough; what was typed is there after the code."""
    secret = enrol(person)
    sign_in(client, person, minutes_ago=6)
    address = reverse("admin:registry_transaction_decide", args=[proposed.pk, "approve"])
    payload = {"payload_hash": bytes(proposed.payload_hash).hex(), "reason": "as agreed"}
    answer = client.post(address, payload)
    assert answer["Location"] == f"/accounts/2fa/reauthenticate/?next={address.replace('/', '%2F')}"
    assert not decided(proposed)
    page = client.get(answer.url)
    assert "Nothing was sent yet" in page.content.decode()
    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code(secret), "next": address})
    assert answer["Location"] == address
    assert not decided(proposed)
    assert "as agreed</textarea>" in client.get(address).content.decode()
    client.post(address, payload)
    assert decided(proposed).get().reason == "as agreed"


def test_ended_session_loses_nothing_that_was_typed(client, person, proposed):
    """The form of somebody whose session has ended is there again after signing in."""
    secret = enrol(person)
    address = reverse("admin:registry_transaction_decide", args=[proposed.pk, "reject"])
    answer = client.post(address, {"payload_hash": "00", "reason": "too dear", "password": "x"})
    assert answer["Location"].startswith("/admin/login/")
    assert "password" not in client.session["kept_forms"]["fields"]
    give_password(client, person)
    client.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert "too dear</textarea>" in client.get(address).content.decode()
    assert "too dear" not in client.get(address).content.decode()
    assert not decided(proposed)


def test_person_without_a_role_is_told(world, client):
    """Being allowed to sign in is not being allowed to look."""
    guest = people.add_person(
        actor=world.system, username="guest", display_name="Guest", signs_in=True
    )
    enrol(guest)
    sign_in(client, guest)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "You have no role here" in answer.content.decode()
    assert reverse("account_logout") in answer.content.decode()


def test_wanted_page_is_of_this_site(client, person):
    """Signing in leads to no other site."""
    enrol(person)
    sign_in(client, person)
    assert client.get("/admin/login/?next=https://elsewhere.example/")["Location"] == "/admin/"
    assert (
        client.get("/admin/login/?next=/admin/registry/account/").url == "/admin/registry/account/"
    )


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1:8000", True), ("localhost:8000", False)])
def test_security_keys_need_a_name(client, person, host, shown):
    """Under a number the page says how to come by a name instead of offering what can not work."""
    sign_in(client, person)
    page = client.get("/accounts/2fa/", headers={"host": host}).content.decode()
    assert ("open this page by a name such as localhost" in page) is shown
    assert (reverse("mfa_add_webauthn") in page) is not shown
