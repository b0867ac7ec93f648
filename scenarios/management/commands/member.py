"""`manage.py member`: a node that keeps the registries of some jurisdictions, for a federation."""

import json
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import gettext as _

from config import processes
from config.management.commands import run, stack
from config.static import collect
from scenarios.management.hosts import add_hosts
from scenarios.management.keeping import finish
from scenarios.management.owner import writer
from scenarios.management.problems import explained
from scenarios.management.signing import sign_loaded
from scenarios.services.load_reference import load_reference
from scenarios.services.prepare_member import prepare_member


class Command(run.Command):
    """The keys of its two administrators are kept in a file that only its owner reads."""

    help = _("Start a node that keeps the registries of some jurisdictions, and run it.")

    def add_arguments(self, parser):
        super().add_arguments(parser)
        add_hosts(parser)
        parser.add_argument("--keys", required=True, help=_("The file of the keys."))

    def prepare(self, *, hosts, keys, **options):
        self.step(_("starting PostgreSQL and Valkey"), processes.look_after_servers)
        self.step(_("migrating"), lambda: call_command("migrate", interactive=False, verbosity=0))
        self.check(databases=["default"])
        self.step(_("loading reference data"), lambda: self.load(hosts, Path(keys)))
        finish()
        sign_loaded(self)
        self.step(_("collecting static files"), collect)

    def load(self, hosts, path):
        with explained():
            load_reference(using=writer(), hosts=hosts)
            known = json.loads(path.read_text()) if path.exists() else {}
            given = prepare_member(known=known, at=timezone.now())
        path.touch(mode=0o600)
        path.write_text(json.dumps(given))

    def announce(self):
        # What a person would try first is told by whoever runs the federation.
        stack.Command.announce(self)
