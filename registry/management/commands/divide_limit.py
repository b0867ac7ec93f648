"""`manage.py divide_limit`: the slots of a limit that many draw on at the same moment."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from registry.errors import DomainError
from registry.management.problems import told
from registry.services.divide_limit import divide_limit
from registry.services.people import system_actor


class Command(BaseCommand):
    help = _("Divide a limit into slots, so that many can draw on it at the same moment.")

    def add_arguments(self, parser):
        parser.add_argument("pool", help=_("The pool, for example link:CN>KR:0."))
        parser.add_argument("period", help=_("The period, for example 2026."))
        parser.add_argument("--slots", type=int, required=True, help=_("How many slots."))

    def handle(self, *args, pool, period, slots, **options):
        actor = system_actor(username="limits", display_name="Limits")
        try:
            divide_limit(actor=actor, pool=pool, period=period, slots=slots)
        except DomainError as error:
            raise CommandError(told(error)) from error
