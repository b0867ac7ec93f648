"""`manage.py stack`: web, workers and beat as one, until Ctrl-C."""

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from config import addresses, processes
from config.errors import NodeError
from config.static import collect
from config.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run web, workers and beat until Ctrl-C; whatever of them dies stops the others."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--bind", default=os.environ.get("BIND", "127.0.0.1"))
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"))

    def handle(self, *, bind, port, **options):
        number = self.port(port)
        with self.only_stack_of_home():
            processes.refuse_taken_port(bind=bind, port=number)
            self.prepare(**options)
            status = self.supervise(bind=bind, port=number)
        if status:
            sys.exit(status)

    def prepare(self, **options):
        """Start what the processes need, so that a failure is told once and not by each."""
        processes.look_after_servers()
        self.check(databases=["default"])
        collect()

    def supervise(self, *, bind, port):
        self.address = addresses.shown(bind=bind, port=port)
        supervisor = Supervisor(
            processes.stages(bind=bind, port=port, schedule=self.home() / "beat-schedule"),
            watch=self.watch,
            ready=lambda: processes.answers(addresses.answering(bind=bind, port=port)),
            on_ready=self.announce,
        )
        return supervisor.run()

    def watch(self):
        try:
            processes.look_after_servers()
        except NodeError as error:
            self.stderr.write(str(error))

    def announce(self):
        answers = _("Concord answers at %(address)s") % {"address": self.address}
        self.stdout.write(f"\n{answers}")
        self.stdout.write(_("Ctrl-C stops it.") + "\n")
        self.stdout.flush()

    def port(self, text):
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise NodeError(
                _("%(text)s is not a port.") % {"text": text},
                _("Choose one from 1 to 65535: PORT=8000"),
            )
        return int(text)

    def home(self):
        if settings.EMBEDDED_DATABASE or not settings.REDIS_URL:
            from config.embedded.layout import layout

            return layout().home
        return Path(tempfile.gettempdir())

    @contextmanager
    def only_stack_of_home(self):
        """Refuse a second stack on one home: there would be two schedules of one node."""
        if not settings.EMBEDDED_DATABASE:
            yield
            return
        from config.embedded.stack_lock import taken

        with taken():
            yield
