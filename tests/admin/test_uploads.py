"""The pages of uploads: a clear page and the right status, and nothing written where refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from registry.models import Account, GovernanceRequest, Upload
from registry.services.work_on_upload import work_on_upload

NEW = "/admin/registry/upload/new/"
GOOD = "account_kind,name\ntrading,Desk\n"
BAD = "account_kind,name\nfactory,=1+1\ntrading,\n"


def send(browser, text, *, name="file.csv", key="k", **said):
    file = SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
    form = {"registry": "KR-ETRS", "kind": "accounts", "file": file, "key": key, **said}
    return browser.post(NEW, form)


def page_of(upload):
    return reverse("admin:registry_upload_change", args=[upload.pk])


def worked(world):
    found = Upload.objects.latest("pk")
    work_on_upload(found.pk, clock=lambda: world.at)
    return Upload.objects.get(pk=found.pk)


def act(browser, upload, name):
    return browser.post(reverse("admin:registry_upload_act", args=[upload.pk, name]))


def test_file_is_sent_checked_submitted_and_approved(world, signed_in):
    """Two persons and a worker open the accounts of a file."""
    one, two = signed_in("administrator_1"), signed_in("administrator_2")
    form = one.get(NEW)
    assert form.status_code == 200 and "holding_limit" in form.content.decode()
    sent = send(one, GOOD)
    found = Upload.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, page_of(found))
    assert "A worker is at it" in one.get(page_of(found)).content.decode()
    found = worked(world)
    assert "Submit for approval" in one.get(page_of(found)).content.decode()
    assert "Submit for approval" not in two.get(page_of(found)).content.decode()
    assert act(one, found, "submit").status_code == 302
    request = GovernanceRequest.objects.get(kind="upload")
    decide = reverse("admin:registry_upload_decide", args=[found.pk])
    assert one.get(decide).status_code == 404
    assert two.get(decide).status_code == 200
    payload = bytes(request.payload_hash).hex()
    done = two.post(decide, {"payload_hash": payload, "approve": "1", "reason": "seen"})
    assert done.status_code == 302
    assert worked(world).state == Upload.State.WRITTEN
    assert Account.objects.filter(name="Desk").exists()


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ko"])
def test_errors_are_shown_by_row(world, signed_in, language):
    """Each error has its row, its column and its code, in the language of the reader."""
    browser = signed_in("administrator_1")
    send(browser, BAD)
    found = worked(world)
    answer = browser.get(page_of(found), headers={"accept-language": language})
    page = answer.content.decode()
    for text in ("FORMULA_IN_CELL", "CELL_EMPTY", "<code>name</code>"):
        assert text in page
    with translation.override(language):
        assert translation.gettext("Errors by row") in page
        assert translation.gettext("Put the value itself into the cell.") in page
    assert translation.gettext("Submit for approval") not in page
    assert not Account.objects.filter(name="Desk").exists()


@pytest.mark.parametrize(
    ("name", "text", "status", "told"),
    [
        ("file.pdf", b"%PDF-", 400, "Files of this type are not taken."),
        ("file.xlsx", GOOD, 400, "The file is not of the type that is given."),
        ("file.csv", b"PK\x03\x04", 400, "The file is not of the type that is given."),
        ("file.csv", b"", 400, "empty"),
    ],
)
def test_wrong_files(world, signed_in, name, text, status, told):
    """A wrong file is told on the page of the form, and nothing is kept."""
    answer = send(signed_in("administrator_1"), text, name=name)
    assert answer.status_code == status
    assert told in answer.content.decode()
    assert not Upload.objects.exists()


def test_double_click(world, signed_in):
    """Two clicks are one upload; two submissions one request, and the second is told."""
    browser = signed_in("administrator_1")
    first, second = send(browser, GOOD), send(browser, GOOD)
    assert first["Location"] == second["Location"]
    assert send(browser, GOOD, key="another").status_code == 409
    assert Upload.objects.count() == 1
    found = worked(world)
    assert act(browser, found, "submit").status_code == 302
    stale = act(browser, found, "submit")
    assert stale.status_code == 409
    assert "in which this is not done" in stale.content.decode()
    assert GovernanceRequest.objects.filter(kind="upload").count() == 1


def test_stale_decision(world, signed_in):
    """Who decides on what was taken back meanwhile gets a page that says so; nothing is written."""
    one, two = signed_in("administrator_1"), signed_in("administrator_2")
    send(one, GOOD)
    found = worked(world)
    act(one, found, "submit")
    decide = reverse("admin:registry_upload_decide", args=[found.pk])
    stale = two.post(decide, {"payload_hash": "00" * 32, "approve": "1", "reason": "seen"})
    assert stale.status_code == 409
    assert worked(world).state == Upload.State.SUBMITTED
    assert not Account.objects.filter(name="Desk").exists()


def test_others_send_and_see_none(world, signed_in, elsewhere):
    """An auditor reads and has no buttons; an administrator elsewhere finds nothing."""
    send(signed_in("administrator_1"), GOOD)
    found = worked(world)
    auditor = signed_in("auditor")
    page = auditor.get(page_of(found))
    assert page.status_code == 200 and "Submit for approval" not in page.content.decode()
    assert auditor.get(NEW).status_code == 403
    assert send(auditor, GOOD, key="x").status_code == 403
    assert act(auditor, found, "submit").status_code == 403
    assert act(elsewhere, found, "submit").status_code == 404
    assert elsewhere.get(page_of(found)).status_code == 302
    assert send(elsewhere, GOOD, key="y").status_code == 400
    listed = elsewhere.get(reverse("admin:registry_upload_changelist")).content.decode()
    assert "file.csv" not in listed
    assert Upload.objects.count() == 1


def test_get_of_an_act_does_nothing(world, signed_in):
    """A link that somebody follows submits nothing."""
    browser = signed_in("administrator_1")
    send(browser, GOOD)
    found = worked(world)
    answer = browser.get(reverse("admin:registry_upload_act", args=[found.pk, "submit"]))
    assert (answer.status_code, answer["Location"]) == (302, page_of(found))
    assert worked(world).state == Upload.State.CHECKED
