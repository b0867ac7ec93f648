"""Comparisons and cases on the pages: read by who reads the registry, mended by two of its own."""

import re

from django.urls import reverse
from django.utils import timezone

from linking.models import ReconciliationCase, ReconciliationRun
from linking.selectors.digests import Pair
from linking.services.open_case import open_case
from linking.services.reconcile import reconcile
from tests.linking.test_transfers import approved, sent

SEEN = re.compile(r'name="seen" value="([^"]*)"')


def test_case_is_seen_mended_and_gone_from_the_home_page(table, link, korea, china):
    """Korea's administrator proposes; the same person can not decide, and China's is refused."""
    world = table.world
    approved(table, sent(table, 100))
    reconcile(world.cea, world.home, trigger="asked", at=world.at, clock=timezone.now)
    told = {"evidence": {}, "at": world.at}
    case = open_case(Pair(world.home, world.neighbour, world.cea), "not_at_home", [(1, 10)], **told)
    page = reverse("admin:linking_reconciliationcase_change", args=[case.pk])
    act = reverse("admin:linking_reconciliationcase_act", args=[case.pk, "propose"])
    home = korea.get(reverse("admin:index")).content.decode()
    assert page in home
    assert page not in china.get(reverse("admin:index")).content.decode()
    assert "1–10" in korea.get(page).content.decode()
    assert china.get(page).status_code == 302
    assert china.get(act).status_code == 404
    shown = korea.get(act).content.decode()
    assert "give_up" in shown
    assert "take_home" not in shown
    said = {"party": "KR", "seen": SEEN.search(shown)[1], "repair": "none", "reason": "explained"}
    assert korea.post(act, said).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.reason) == (ReconciliationCase.State.PROPOSED, "explained")
    decide = reverse("admin:linking_reconciliationcase_act", args=[case.pk, "decide"])
    shown = korea.get(decide).content.decode()
    said = {"party": "KR", "seen": SEEN.search(shown)[1], "decision": "approve"}
    assert "Another administrator" in korea.post(decide, said, follow=True).content.decode()
    case.refresh_from_db()
    assert case.state == ReconciliationCase.State.PROPOSED


def test_comparisons_are_listed_with_their_totals(table, link, korea):
    """The list, its file, and the page of one."""
    world = table.world
    approved(table, sent(table, 100))
    reconcile(world.cea, world.home, trigger="asked", at=world.at, clock=timezone.now)
    run = ReconciliationRun.objects.get()
    listed = reverse("admin:linking_reconciliationrun_changelist")
    assert "KR-ETRS" in korea.get(listed).content.decode()
    assert korea.get(listed, {"export": "csv"}).status_code == 200
    page = reverse("admin:linking_reconciliationrun_change", args=[run.pk])
    assert "agreed" in korea.get(page).content.decode()
    cases = reverse("admin:linking_reconciliationcase_changelist")
    assert korea.get(cases).status_code == 200


def test_statement_is_handed_in_on_a_page(world, system_administrator, signed_in):
    """Rows that are wrong are named; a good file leads to its comparison. Who administers no
    registry here does not see the page."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = reverse("admin:linking_reconciliationrun_statement")
    client = signed_in("administrator_1")
    listed = client.get(reverse("admin:linking_reconciliationrun_changelist"))
    assert page in listed.content.decode()

    def sent(text):
        file = SimpleUploadedFile("stock.csv", text.encode())
        said = {"unit_type": world.kau.pk, "partner": world.overseas.pk, "file": file}
        return client.post(page, {**said, "as_of": "2026-03-02 09:30"}, follow=True)

    assert "Row 3: " in sent("first,last\n1,2\n3,x\n").content.decode()
    assert not ReconciliationRun.objects.exists()
    assert "statement handed in" in sent("first,last\n").content.decode()
    assert ReconciliationRun.objects.get().result == "agreed"
    assert signed_in("auditor").get(page).status_code == 403
