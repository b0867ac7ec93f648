"""Workers that are killed, or overtaken, while they work on an upload."""

from datetime import timedelta

import pytest

from registry.models import Account, Upload
from registry.selectors import uploads
from registry.services import work_on_upload as working
from registry.services.submit_upload import submit_upload
from registry.services.work_on_upload import work_on_upload
from tests.people import approved, person
from tests.services.uploading import OPENINGS, checked, errors, numbers, sent, worked
from tests.world import stock

State = Upload.State


class Killed(BaseException):
    """What a worker sees that is killed: nothing is caught, nothing is tidied up."""


@pytest.mark.parametrize("kind", ["accounts", "representatives", "allocations"])
@pytest.mark.parametrize("step", range(4))
def test_killed_worker_is_resumed(world, monkeypatch, kind, step):
    """Whichever step a worker does not survive, the next one goes on, and the end is the same."""
    monkeypatch.setattr(working, "STEP", 3)
    text = _file(world, kind, 10)
    whole = checked(world, kind, text + "\n")
    keep, calls, began_at = working._keep, [], []

    def killed(found, at, **changes):
        keep(found, at, **changes)
        calls.append(changes)
        if len(calls) == step + 2:
            raise Killed

    made = sent(world, kind, text)
    monkeypatch.setattr(working, "_keep", killed)
    with pytest.raises(Killed):
        work_on_upload(made.pk, clock=lambda: world.at)
    monkeypatch.setattr(working, "_keep", keep)
    stands = Upload.objects.get(pk=made.pk)
    assert (stands.state, stands.rows_checked) == (State.CHECKING, 3 * step)
    assert uploads.waiting(world.at) == []
    assert uploads.waiting(world.at + timedelta(seconds=61)) == [made.pk]
    check = working.WORKS[kind].check

    def watched(self, batch):
        began_at.append(batch[0].number)
        return check(self, batch)

    monkeypatch.setattr(working.WORKS[kind], "check", watched)
    done = worked(world, made)
    assert began_at[0] == 2 + 3 * step
    assert (done.state, done.errors_total) == (whole.state, whole.errors_total)
    assert errors(done) == errors(whole)
    assert bytes(done.rows_digest) == bytes(whole.rows_digest)


def _file(world, kind, count):
    """Rows of which the last says again what the first said, so that it has an error."""
    known = numbers(world)
    stock(world, government=1000)
    for number in range(count):
        person(world, f"p{number}")
    header, row = {
        "accounts": (OPENINGS, lambda n: f"trading,Desk {n},,,"),
        "representatives": (
            "account,person,right\n",
            lambda n: f"{known['operator_a']},p{n},read",
        ),
        "allocations": (
            "source,destination,unit_type,quantity\n",
            lambda n: f"{known['government']},{known['operator_a']},KAU,{n + 1}",
        ),
    }[kind]
    return header + "\n".join([*(row(n) for n in range(count)), row(0)])


def test_worker_killed_while_it_writes_leaves_nothing(world, monkeypatch):
    """Writing is one transaction: of a killed worker nothing stays, and the next one writes all."""
    monkeypatch.setattr(working, "STEP", 2)
    rows = "".join(f"trading,Desk {number},,,\n" for number in range(5))
    made = checked(world, "accounts", OPENINGS + rows)
    submitted = submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    approved(world, submitted.request)
    write, count = working.WORKS["accounts"].write, []

    def killed(self, batch):
        count.append(batch)
        if len(count) == 3:
            raise Killed
        write(self, batch)

    monkeypatch.setattr(working.WORKS["accounts"], "write", killed)
    with pytest.raises(Killed):
        worked(world, made)
    assert not Account.objects.filter(name__startswith="Desk").exists()
    monkeypatch.setattr(working.WORKS["accounts"], "write", write)
    assert worked(world, made).state == State.WRITTEN
    assert Account.objects.filter(name__startswith="Desk").count() == 5
    worked(world, made)
    assert Account.objects.filter(name__startswith="Desk").count() == 5


def test_two_workers_do_no_harm(world, monkeypatch):
    """A worker that finds that another has gone on meanwhile stops, and nothing is done twice."""
    monkeypatch.setattr(working, "STEP", 2)
    rows = "".join(f"factory,Desk {number},,,\n" for number in range(6))
    made = sent(world, "accounts", OPENINGS + rows)
    keep, calls = working._keep, []

    def overtaken(found, at, **changes):
        keep(found, at, **changes)
        calls.append(changes)
        if len(calls) == 2:
            # Another one works to the end between two steps of this one.
            work_on_upload(made.pk, clock=lambda: world.at)

    monkeypatch.setattr(working, "_keep", overtaken)
    work_on_upload(made.pk, clock=lambda: world.at)
    done = Upload.objects.get(pk=made.pk)
    assert (done.state, done.rows_checked, done.errors_total) == (State.REFUSED, 6, 6)
    assert len(errors(done)) == 6
