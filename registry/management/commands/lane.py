"""`manage.py lane`: one lane to the gate, until the process is asked to end."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from registry.services.serve_lane import serve_lane


class Command(BaseCommand):
    """Exit code 1 when the lane is served already."""

    requires_system_checks = []
    help = _("Submit together what several processes of the node propose at the same moment.")

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, help=_("Which of the lanes: 0, 1, 2 …"))

    def handle(self, number, **options):
        try:
            serve_lane(number)
        except BlockingIOError as error:
            raise CommandError(
                _("Lane %(number)s is served by another process.") % {"number": number}
            ) from error
