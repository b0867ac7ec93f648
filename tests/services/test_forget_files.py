"""Files of uploads go when nothing needs them any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.errors import Conflict
from registry.models import Upload, UploadPiece
from registry.services.forget_files import KEPT, forget_files
from registry.services.submit_upload import check_again, submit_upload
from registry.services.withdraw import withdraw
from tests.services.uploading import OPENINGS, checked, decided, numbers, worked
from tests.world import stock

pytestmark = pytest.mark.django_db
LATER = KEPT + timedelta(minutes=2)


def left():
    return set(UploadPiece.objects.values_list("upload_id", flat=True))


def test_files_go_when_their_uploads_are_over(world):
    """Written, refused and proposed ones whose transaction has ended; not what still waits."""
    stock(world, government=100)
    known = numbers(world)
    row = f"{known['government']},{known['operator_a']},KAU,10\n"
    table = "source,destination,unit_type,quantity\n" + row
    written = decided(world, checked(world, "accounts", OPENINGS + "trading,Desk,,,\n"))
    refused = checked(world, "accounts", OPENINGS + "factory,Plant,,,\n")
    waits = checked(world, "accounts", OPENINGS + "trading,Desk 2,,,\n")
    proposed = checked(world, "allocations", table)
    submit_upload(actor=world.administrator_1, upload_id=proposed.pk, at=world.at)
    proposed = worked(world, proposed)
    # Of the world's day, months ago by the clock of the database, which looks as well.
    assert forget_files(at=world.at + KEPT) == 0
    assert forget_files(at=world.at + LATER) == 2
    assert left() == {waits.pk, proposed.pk}
    withdraw(
        actor=world.administrator_1, transaction_id=proposed.transaction_number, reason="a slip"
    )
    assert forget_files(at=world.at + LATER) == 1
    assert left() == {waits.pk}
    assert Upload.objects.get(pk=written.pk).state == Upload.State.WRITTEN
    with pytest.raises(Conflict) as told:
        check_again(actor=world.administrator_1, upload_id=refused.pk, at=world.at)
    assert told.value.codes == ["UPLOAD_FILE_IS_GONE"]


def test_database_keeps_files_as_long(world):
    """Whoever says that it is later than it is deletes nothing."""
    made = checked(world, "accounts", OPENINGS + "factory,Plant,,,\n")
    Upload.objects.filter(pk=made.pk).update(leased_until=timezone.now())
    assert forget_files(at=timezone.now() + LATER) == 0
    assert left() == {made.pk}
