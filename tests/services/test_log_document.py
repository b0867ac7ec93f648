"""Documents that are logged besides postings."""

import pytest
from django.db import transaction

from registry.errors import Conflict
from registry.log import merkle, tiles
from registry.models import LoggedDocument, LogLeaf
from registry.selectors import log
from registry.services.append_leaves import append_batch
from registry.services.log_document import log_document
from registry.services.sequence import sequence_postings
from tests.world import moved, stock


def record(subject, year=2025):
    return log_document(kind="report", subject=subject, document={"year": year})


def test_documents_follow_the_postings_that_wait(world):
    """Postings keep the order of positions; documents come after them, each once."""
    stock(world, operator_a=10)
    record("a")
    record("b")
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
    sequence_postings()
    assert [append_batch(), append_batch(), append_batch()] == [2, 2, 0]
    kinds = list(LogLeaf.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["posting", "posting", "report", "report"]
    assert list(LoggedDocument.objects.order_by("pk").values_list("leaf", flat=True)) == [2, 3]
    found = [bytes(leaf.leaf_hash) for leaf in LogLeaf.objects.order_by("pk")]
    assert log.root(4) == merkle.root(4, tiles.reader(lambda wanted: {(0, 0): b"".join(found)}))
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 1)
    sequence_postings()
    assert append_batch() == 1


def test_same_document_is_recorded_once(world):
    """Whoever asks again gets the same row; another document under its name is refused."""
    number = record("a")
    assert record("a") == number
    with pytest.raises(Conflict) as refused, transaction.atomic():
        record("a", year=2026)
    assert refused.value.codes == ["DOCUMENT_DIFFERS"]
    assert LoggedDocument.objects.count() == 1


def test_document_of_a_transaction_that_is_rolled_back_is_none(world):
    """What is not committed is not logged."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("a")
        raise ZeroDivisionError
    assert append_batch() == 0
