"""Load a scenario: operators, accounts, and a year of issuances, trades and surrenders."""

from time import monotonic

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from scenarios.management.hosts import add_hosts
from scenarios.management.keeping import finish, keep_up
from scenarios.management.owner import writer
from scenarios.management.problems import explained
from scenarios.management.signing import sign_loaded
from scenarios.services.load_scenario import load_scenario


class Command(BaseCommand):
    """Loads once: a second call says so, and a call after one that was broken off goes on."""

    help = _("Load a scenario through the registry's services, once.")

    def add_arguments(self, parser):
        parser.add_argument("name", help=_("The scenario, for example northeast_asia."))
        add_hosts(parser)

    def handle(self, *args, **options):
        started = monotonic()
        with explained():
            loaded = load_scenario(
                options["name"],
                at=timezone.now(),
                tell=self._stepped,
                using=writer(),
                hosts=options["hosts"],
            )
        finish()
        sign_loaded(self)
        text = (
            _("“%(name)s” was already loaded: %(steps)s steps, %(lines)s lines.")
            if loaded.already
            else _(
                "“%(name)s” is loaded: %(holders)s operators, %(steps)s steps, %(lines)s lines,"
                " %(time).1f s."
            )
        )
        self._tell(
            text
            % {
                "name": options["name"],
                "steps": f"{loaded.step_count:,}",
                "lines": f"{loaded.line_count:,}",
                "holders": f"{loaded.holder_count:,}",
                "time": monotonic() - started,
            }
        )

    def _stepped(self, text):
        self._tell(text)
        keep_up()

    def _tell(self, text):
        self.stdout.write(text)
        self.stdout.flush()
