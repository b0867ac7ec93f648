"""The log's pages, and its part of the work queue."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registry.admin import node_panels
from registry.models import Checkpoint, LogLeaf, LogTile
from registry.selectors import log
from registry.services.append_leaves import append_batch
from registry.services.make_checkpoint import make_checkpoint
from registry.services.sequence import sequence_postings
from registry.services.signing_keys import ensure_keys
from tests.world import moved, stock


@pytest.fixture
def logged(world):
    ensure_keys(at=world.at)
    stock(world, operator_a=100)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
    sequence_postings()
    append_batch()
    make_checkpoint(at=world.at)
    return world


@pytest.mark.parametrize("model", [Checkpoint, LogLeaf, LogTile])
def test_list_and_page(logged, signed_in, model):
    """Whoever reads the ledger reads its log, and nobody changes it."""
    pages = signed_in("auditor")
    name = model._meta.model_name
    listed = pages.get(reverse(f"admin:registry_{name}_changelist"))
    assert listed.status_code == 200
    row = model.objects.order_by("-pk").first()
    page = pages.get(reverse(f"admin:registry_{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert "_save" not in page.content.decode()


def test_checkpoint_shows_its_note(logged, signed_in):
    """As it is handed out, so that it can be compared."""
    pages = signed_in("auditor")
    last = log.latest()
    page = pages.get(reverse("admin:registry_checkpoint_change", args=[last.pk]))
    assert last.note in page.content.decode()


def test_leaf_is_found_by_its_posting(logged, signed_in):
    """And by nothing else."""
    pages = signed_in("auditor")
    path = reverse("admin:registry_logleaf_changelist")
    posting = LogLeaf.objects.get(pk=1).posting_id
    assert [r.pk for r in pages.get(path, {"q": str(posting)}).context["cl"].result_list] == [1]
    assert list(pages.get(path, {"q": "x"}).context["cl"].result_list) == []


def test_panel_tells_the_last_checkpoint(logged):
    """And what is in none yet, which asks for attention once a promise is broken."""
    panel = node_panels.head_of_the_log(logged.auditor)
    assert [entry.name for entry in panel.entries] == ["Checkpoint of 2 leaves"]
    moved(logged, logged.at_home.operator_a, logged.at_home.operator_b, 1)
    panel = node_panels.head_of_the_log(logged.auditor)
    assert panel.entries[1].name == "1 in no checkpoint yet"
    assert not panel.late


def test_late_log_asks_for_attention(world, monkeypatch):
    """After the minute that receipts promise."""
    monkeypatch.setattr(node_panels.log, "lag", lambda: log.Lag(2, timedelta(seconds=61)))
    assert node_panels.head_of_the_log(world.auditor).late
