from registry.models import Position
from registry.services import sequence
from registry.tasks import sequence_postings
from tests.world import moved


def test_everything_that_waits_is_placed(world, home, monkeypatch):
    """However small the batches, all postings have places afterwards, and no place is left out."""
    for _posting in range(5):
        moved(world, home.operator_a, home.operator_b, 1)
    monkeypatch.setattr(sequence, "BATCH", 2)
    assert sequence.sequence_postings() == 6
    assert list(Position.objects.order_by("pk").values_list("pk", flat=True)) == [*range(1, 7)]
    assert sequence.sequence_postings() == 0


def test_the_task_does_the_same(world, home):
    """What beat calls every second is the service; running twice does no harm."""
    sequence_postings()
    sequence_postings()
    assert Position.objects.count() == 1
