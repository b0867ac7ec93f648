"""`manage.py forget_readings`: let go of who has read what, as long ago as the node's setting."""

from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError
from django.utils import timezone
from django.utils.translation import gettext as _

from config import databases
from registry.services.forget_readings import forget_readings


class Command(BaseCommand):
    """Exit code 0 when it is done, 1 where the owner of the tables is not known here."""

    help = _("Delete readings that are older than READINGS_KEPT_DAYS.")

    def handle(self, *args, **options):
        before = timezone.now() - timedelta(days=settings.CONCORD["READINGS_KEPT_DAYS"])
        try:
            deleted = forget_readings(before=before, using=databases.owner_alias())
        except ProgrammingError as error:
            text = _("Only the owner of the tables deletes readings: set DATABASE_OWNER_URL.")
            raise CommandError(text) from error
        line = _("%(count)s readings of before %(moment)s were deleted.")
        said = {"count": deleted, "moment": f"{before:%Y-%m-%d %H:%M} UTC"}
        self.stdout.write(line % said)
