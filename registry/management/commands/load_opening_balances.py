"""`manage.py load_opening_balances`: accounts and units of a registry that moves here."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.errors import DomainError
from registry.management.problems import told
from registry.opening_files import COLUMNS, MAPPING
from registry.selectors import reference
from registry.services.opening_balances import load
from registry.services.people import system_actor


class Command(BaseCommand):
    """Exit code 0 when everything is proposed or could be, 1 when it is refused."""

    help = _("Open accounts and propose the units that a registry moves here with, from files.")

    def add_arguments(self, parser):
        parser.add_argument(
            "directory",
            type=Path,
            help=_("Where accounts.csv, holdings.csv, totals.csv and mapping.toml are."),
        )
        parser.add_argument("--registry", required=True, help=_("The code of the registry."))
        parser.add_argument(
            "--dry-run", action="store_true", help=_("List every error and write nothing.")
        )

    def handle(self, *args, directory, registry, dry_run, **options):
        names = [name for name in (*COLUMNS, MAPPING) if directory.joinpath(name).is_file()]
        try:
            loaded = load(
                actor=system_actor(username="opening-balances", display_name="Opening balances"),
                registry_id=reference.registry(registry).pk,
                files={name: directory.joinpath(name).read_bytes() for name in names},
                at=timezone.now(),
                dry_run=dry_run,
            )
        except DomainError as error:
            raise CommandError(told(error)) from error
        line = _("%(accounts)s accounts, %(blocks)s blocks.")
        self.stdout.write(line % {"accounts": loaded.accounts, "blocks": loaded.blocks})
        for code, units in sorted(loaded.units.items()):
            number = loaded.transactions[code]
            line = (
                _("%(units)s %(code)s could be proposed.")
                if number is None
                else _("%(units)s %(code)s: transaction %(number)s, for others to approve.")
            )
            self.stdout.write(line % {"units": units, "code": code, "number": number})
