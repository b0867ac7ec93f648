"""Load the reference data: jurisdictions, schemes, registries, unit types, facts, sources."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from scenarios.management.hosts import add_hosts
from scenarios.management.owner import writer
from scenarios.management.problems import explained
from scenarios.management.signing import sign_loaded
from scenarios.reference import DIRECTORY
from scenarios.services.load_reference import load_reference


class Command(BaseCommand):
    """Reads the files, and writes them whole or not at all. Running it again changes nothing."""

    help = _("Load jurisdictions, schemes, registries, unit types, facts and sources.")

    def add_arguments(self, parser):
        parser.add_argument(
            "--directory", default=str(DIRECTORY), help=_("Where the reference files are.")
        )
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help=_("Also replace rows that were edited or removed in the database."),
        )
        add_hosts(parser)

    def handle(self, *args, **options):
        with explained():
            reports = load_reference(
                directory=options["directory"],
                overwrite=options["overwrite"],
                using=writer(),
                hosts=options["hosts"],
            )
        sign_loaded(self)
        for report in reports:
            self.stdout.write(
                _("%(table)s: %(added)d added, %(updated)d updated, %(unchanged)d unchanged.")
                % vars(report)
            )
            for key in report.kept:
                self.stdout.write(
                    _("%(table)s %(key)s was edited or removed here; --overwrite takes the file’s.")
                    % {"table": report.table, "key": key}
                )
