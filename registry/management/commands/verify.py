"""`manage.py verify`: the offline verification, in the language of the person at the keyboard.

It asks no database: `python -m registry.certificates.verify` does the same without settings.
"""

import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from registry.certificates import verify


class Command(BaseCommand):
    """Exit code 0: every document holds. 1: something is wrong. 2: it could not be judged."""

    help = _("Verify certificates, receipts and holding proofs with public keys alone.")
    requires_system_checks = []

    def add_arguments(self, parser):
        verify.add_arguments(parser, _)

    def handle(self, *args, **options):
        status = verify.run(
            verify.Options(**{name: options[name] for name in ("files", "keys", "json")}),
            self.stdout.write,
            _,
        )
        if status != verify.HOLDS:
            sys.exit(status)
