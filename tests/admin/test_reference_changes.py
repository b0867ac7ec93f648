"""Reference data on the pages: a form proposes, another person decides, the history tells."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import (
    AccountClass,
    CalendarDay,
    Jurisdiction,
    ReferenceChange,
    RegistryRules,
    UnitType,
    UnitTypeAlias,
)

WHY = {
    "reason_for_the_change": "the gazette says so",
    "source_of_the_change": "Gazette 2026/14",
}
UNIT_TYPE = {
    "code": "XXX",
    "name_en": "Korean Allowance Unit",
    "name_ko": "할당배출권",
    "names_unofficial": "ja,zh-hans",
    "description": "",
    "source_codes": "S03",
    "transferable": "on",
    "code_is_official": "on",
    "aliases-TOTAL_FORMS": "1",
    "aliases-INITIAL_FORMS": "0",
    "aliases-0-alias": "another",
}


def address(model, page, *args):
    return reverse(f"admin:registry_{model._meta.model_name}_{page}", args=args)


def decision(change, act):
    return reverse("admin:registry_referencechange_decide", args=[change.pk, act])


def confirmed(change, reason="read it"):
    return {"payload_hash": bytes(change.payload_hash).hex(), "reason": reason}


def test_form_proposes_and_another_one_approves(system_administrator, other, world):
    """Codes can not be sent; the row changes with the approval, and its history says by whom."""
    path = address(UnitType, "change", world.kau.pk)
    answer = system_administrator.post(path, {**UNIT_TYPE, **WHY})
    change = ReferenceChange.objects.get()
    assert answer["Location"] == address(ReferenceChange, "change", change.pk)
    world.kau.refresh_from_db()
    assert world.kau.name_ko == "" and change.proposer.username == "system_administrator"
    page = other.get(decision(change, "approve"))
    assert b"<ins>" in page.content and "할당배출권" in page.content.decode()
    assert other.post(decision(change, "approve"), confirmed(change)).status_code == 302
    world.kau.refresh_from_db()
    assert (world.kau.code, world.kau.name_ko, world.kau.source_codes) == (
        *("KAU", "할당배출권"),
        ["S03"],
    )
    assert not UnitTypeAlias.objects.exists()
    history = other.get(address(UnitType, "history", world.kau.pk)).content.decode()
    assert "system_administrator" in history and "second" in history and "할당배출권" in history


def test_values_are_shown_in_words(system_administrator, world):
    """Yes and no, choices and lists, in the reader's language; what is switched off is seen."""
    form = {**UNIT_TYPE, **WHY, "transferable": ""}
    system_administrator.post(address(UnitType, "change", world.kau.pk), form)
    page = address(ReferenceChange, "change", ReferenceChange.objects.get().pk)
    shown = system_administrator.get(page).content.decode()
    assert "<del>yes</del>" in shown and "<ins>no</ins>" in shown
    assert "<ins>ja, zh-hans</ins>" in shown and "<td>allowance</td>" in shown
    korean = system_administrator.get(page, headers={"accept-language": "ko"}).content.decode()
    assert "<td>allowance</td>" not in korean and "<ins>no</ins>" not in korean


def test_page_of_the_row_tells_of_the_change_that_waits(system_administrator, world):
    """Whoever opens the form again sees that somebody decides already, and is told so."""
    path = address(UnitType, "change", world.kau.pk)
    system_administrator.post(path, {**UNIT_TYPE, **WHY})
    change = ReferenceChange.objects.get()
    assert address(ReferenceChange, "change", change.pk) in (
        system_administrator.get(path).content.decode()
    )
    again = system_administrator.post(path, {**UNIT_TYPE, **WHY, "name_ko": "x"}, follow=True)
    assert "Another change of this row awaits a decision." in again.content.decode()
    assert ReferenceChange.objects.count() == 1


@pytest.mark.parametrize("missing", WHY)
def test_reason_and_source_are_mandatory(system_administrator, world, missing):
    """Without them the form comes back, and nothing is proposed."""
    form = {**UNIT_TYPE, **WHY, missing: " "}
    answer = system_administrator.post(address(UnitType, "change", world.kau.pk), form)
    assert answer.status_code == 200 and missing in answer.context["adminform"].form.errors
    assert not ReferenceChange.objects.exists()


def test_form_survives_the_end_of_a_session(system_administrator, world):
    """What was typed when the session had ended is there again after signing in, once, also what
    was not ticked; nothing was proposed."""
    path = address(UnitType, "change", world.kau.pk)
    typed = {**UNIT_TYPE, **WHY, "name_ko": "half a name", "transferable": ""}
    outside = Client()
    answer = outside.post(path, typed)
    assert answer["Location"].startswith("/admin/login/")
    session = system_administrator.session
    session["kept_forms"] = outside.session["kept_forms"]
    session.save()
    form = system_administrator.get(path).context["adminform"].form
    assert form["name_ko"].value() == "half a name" and not form["transferable"].value()
    assert form["reason_for_the_change"].value() == WHY["reason_for_the_change"]
    assert system_administrator.get(path).context["adminform"].form["name_ko"].value() == ""
    assert not ReferenceChange.objects.exists()


def test_rows_are_added_and_deleted_by_proposals(system_administrator, other, world):
    """A new day comes, and an uncertain fact goes, by approval alone."""
    form = {"jurisdiction": world.home.jurisdiction_id, "day": "2026-05-01", "source_codes": ""}
    assert (
        system_administrator.post(address(CalendarDay, "add"), {**form, **WHY}).status_code == 302
    )
    change = ReferenceChange.objects.get()
    assert not CalendarDay.objects.exists()
    other.post(decision(change, "approve"), confirmed(change))
    day = CalendarDay.objects.get()
    path = address(CalendarDay, "delete", day.pk)
    assert system_administrator.get(path).status_code == 200
    assert system_administrator.post(path, {"post": "yes"}).status_code == 200
    system_administrator.post(path, WHY)
    assert CalendarDay.objects.exists()
    change = ReferenceChange.objects.latest("pk")
    other.post(decision(change, "approve"), confirmed(change))
    assert not CalendarDay.objects.exists()
    assert other.get(address(CalendarDay, "history", day.pk)).status_code == 200


def test_proposer_and_others_do_not_decide(system_administrator, other, signed_in, world):
    """The proposer may only withdraw; who administers a registry decides nothing here."""
    system_administrator.post(address(UnitType, "change", world.kau.pk), {**UNIT_TYPE, **WHY})
    change = ReferenceChange.objects.get()
    for browser in (system_administrator, signed_in("administrator_1"), signed_in("auditor")):
        page = browser.get(address(ReferenceChange, "change", change.pk)).content.decode()
        assert decision(change, "approve") not in page
        assert browser.post(decision(change, "approve"), confirmed(change)).status_code == 200
        change.refresh_from_db()
        assert change.status == "waiting"
    assert other.post(decision(change, "withdraw"), confirmed(change)).status_code == 200
    system_administrator.post(decision(change, "withdraw"), confirmed(change))
    change.refresh_from_db()
    assert change.status == "withdrawn"


def test_stale_change_says_so(system_administrator, world, signed_in, request):
    """What was proposed before the row changed can not be approved."""
    korea = Jurisdiction.objects.get(code="KR")
    form = {"level": "party", "name_en": "Korea", "time_zone": "Asia/Seoul", "iso_3166": "KR"}
    system_administrator.post(address(Jurisdiction, "change", korea.pk), {**form, **WHY})
    change = ReferenceChange.objects.get()
    Jurisdiction.objects.filter(pk=korea.pk).update(currency="KRW")
    other = request.getfixturevalue("other")
    page = other.get(decision(change, "approve")).content.decode()
    assert "The row has changed since this was proposed" in page
    answer = other.post(decision(change, "approve"), confirmed(change))
    assert answer.status_code == 409
    korea.refresh_from_db()
    assert (korea.time_zone, korea.currency) == ("UTC", "KRW")


def test_rules_of_a_registry_get_a_new_version(system_administrator, other, world):
    """A version never changes: the form adds the next one, which holds from its day."""
    form = {
        "registry": world.home.pk,
        "rights": "read,initiate,approve",
        "most_representatives": "4",
        "trusted_delay_days": "2",
        "stop_quorum": "2",
        "valid_from_0": "2099-01-01",
        "valid_from_1": "00:00:00",
    }
    answer = system_administrator.post(address(RegistryRules, "add"), {**form, **WHY})
    assert answer.status_code == 302, answer.context["errors"]
    change = ReferenceChange.objects.get()
    other.post(decision(change, "approve"), confirmed(change))
    made = RegistryRules.objects.get(registry=world.home)
    assert (made.version, made.rights, len(made.digest)) == (1, ["read", "initiate", "approve"], 32)
    assert system_administrator.get(address(RegistryRules, "delete", made.pk)).status_code == 403


def test_list_of_changes_is_filtered(system_administrator, world):
    """By fate, table and operation; an account class is proposed as well."""
    form = {"registry": world.home.pk, "code": "designated", "kind": "operator", "name_en": "d"}
    answer = system_administrator.post(address(AccountClass, "add"), {**form, **WHY})
    assert answer.status_code == 302, answer.context["errors"]
    path = address(ReferenceChange, "changelist")
    for query, found in (("table__exact=account_class", 1), ("status__exact=approved", 0)):
        assert system_administrator.get(f"{path}?{query}").context["cl"].result_count == found
