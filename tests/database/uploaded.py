"""Uploads for attacks to start from: one with errors, one without, and one that was written."""

from registry.models import Upload
from registry.services.submit_upload import submit_upload
from registry.services.upload import File, upload
from registry.services.work_on_upload import work_on_upload
from tests.people import approved

HEADER = "account_kind,name\n"
FILES = {"refused": "factory,Plant\n", "checked": "trading,Desk\n", "written": "trading,Desk 2\n"}


def upload_files(world):
    for state, row in FILES.items():
        made = upload(
            actor=world.administrator_1,
            registry_id=world.home.pk,
            file=File("accounts", f"{state}.csv", "text/csv", (HEADER + row).encode()),
            key=state,
            at=world.at,
        )
        work_on_upload(made.pk, clock=lambda: world.at)
    submitted = submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    approved(world, submitted.request)
    work_on_upload(made.pk, clock=lambda: world.at)
    assert set(Upload.objects.values_list("state", flat=True)) == set(FILES)
