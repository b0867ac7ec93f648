"""Publish the example methodologies of offset projects."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from scenarios.management.problems import explained
from scenarios.services.load_methodologies import load_methodologies


class Command(BaseCommand):
    """Publishes once: a second call adds nothing."""

    help = _("Publish the example methodologies of offset projects, once.")

    def handle(self, *args, **options):
        with explained():
            loaded = load_methodologies(at=timezone.now())
        text = _("%(methodologies)s methodologies of offset projects, %(new)s of them new.")
        self.stdout.write(text % vars(loaded))
