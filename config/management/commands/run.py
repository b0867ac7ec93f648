"""`manage.py run`: from nothing to a node with the scenario in it, and what to try first."""

import time

from django.core.management import call_command
from django.db import connection
from django.utils.translation import gettext as _

from config import processes
from config.management.commands import stack
from config.static import collect

SCENARIO = "northeast_asia"
LINKS = ("city_pilot", "indirect_mechanism")


class Command(stack.Command):
    help = "Start the servers, migrate, load the scenario once, and run the node until Ctrl-C."

    def prepare(self, **options):
        self.step(_("starting PostgreSQL and Valkey"), processes.look_after_servers)
        self.step(_("migrating"), lambda: call_command("migrate", interactive=False, verbosity=0))
        self.check(databases=["default"])
        self.stdout.write(_("loading the scenario %(name)s") % {"name": SCENARIO})
        call_command("load_scenario", SCENARIO, stdout=self.stdout)
        for name in LINKS:
            call_command("load_links", name, stdout=self.stdout)
        call_command("load_methodologies", stdout=self.stdout)
        self.step(_("collecting static files"), collect)

    def announce(self):
        super().announce()
        # Now, and not before: what is shown once must not be lost with a node that never answers.
        call_command("walkthrough", address=self.address, stdout=self.stdout)
        connection.close()
        self.stdout.flush()

    def step(self, name, work):
        self.stdout.write(f"{name} … ", ending="")
        self.stdout.flush()
        began = time.monotonic()
        work()
        self.stdout.write(f"{time.monotonic() - began:.1f} s")
