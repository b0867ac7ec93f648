"""Uploads of tests: sent by administrator 1, worked on, decided by another person."""

from registry.models import Account, Upload
from registry.services.submit_upload import submit_upload
from registry.services.upload import File, upload
from registry.services.work_on_upload import work_on_upload
from tests.people import approved

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPENINGS = "account_kind,name,holder,account_class,holding_limit\n"
State = Upload.State


def sent(world, kind, text, *, by=None, media_type=CSV, key=None):
    content = text if isinstance(text, bytes) else text.encode()
    return upload(
        actor=by or world.administrator_1,
        registry_id=world.home.pk,
        file=File(kind, "x.csv", media_type, content, "a reason"),
        key=key or world.key(),
        at=world.at,
    )


def worked(world, made):
    """The upload after a worker has gone on with it."""
    work_on_upload(made.pk, clock=lambda: world.at)
    return Upload.objects.get(pk=made.pk)


def checked(world, kind, text, **more):
    return worked(world, sent(world, kind, text, **more))


def errors(made):
    return list(made.errors.order_by("pk").values_list("row", "column", "code"))


def decided(world, made, **more):
    """The upload as it is after administrator 1 has submitted it, and another has decided."""
    submitted = submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    approved(world, submitted.request, **more)
    return worked(world, made)


def numbers(world):
    found = dict(Account.objects.values_list("pk", "number"))
    return {name: found[pk] for name, pk in vars(world.at_home).items()}
