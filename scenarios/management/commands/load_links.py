"""Load an example set of links: its unit types, its agreement, signed by all, and readiness."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from scenarios.management.owner import writer
from scenarios.management.problems import explained
from scenarios.services.load_links import load_links


class Command(BaseCommand):
    """Loads once: a second call says so."""

    help = _("Bring an example set of links into force, once. All its numbers are examples.")

    def add_arguments(self, parser):
        parser.add_argument("name", help=_("The set of links, for example city_pilot."))

    def handle(self, *args, **options):
        with explained():
            loaded = load_links(options["name"], at=timezone.now(), using=writer())
        text = (
            _("Agreement %(agreement)s was already loaded: %(edges)s edges.")
            if loaded.already
            else _("Agreement %(agreement)s is in force: %(edges)s edges, %(scores)s scores.")
        )
        self.stdout.write(text % vars(loaded))
        if loaded.units:
            units = {"units": f"{loaded.units:,}"}
            self.stdout.write(_("%(units)s units of this year issued as examples.") % units)
