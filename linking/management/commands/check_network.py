"""`manage.py check_network`: do the books of all registries agree with each other?"""

import json
import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from linking.services.check_network import check_network
from linking.services.check_nodes import check_nodes

SHOWN = 20
PAUSE_S = 3


class Command(BaseCommand):
    """Exit code 0 where all agree, 1 where two do not or a node does not answer."""

    help = _("Ask all registries whether their books agree, and tell where they do not.")

    def add_arguments(self, parser):
        parser.add_argument(
            "urls",
            nargs="*",
            help=_("Nodes to be read from outside, instead of this one and its peers."),
        )
        parser.add_argument(
            "--keys", type=Path, help=_("A JSON file: the address of each node and a key.")
        )

    def handle(self, *args, urls, keys, **options):
        if urls or keys:
            rows = check_nodes(self.secrets(urls, keys), pause=lambda: time.sleep(PAUSE_S))
        else:
            rows = check_network(at=timezone.now(), clock=timezone.now)
        if not rows:
            self.stdout.write(_("Nothing has crossed a border yet."))
        for row in rows:
            self.stdout.write(
                f"{row.node}  {row.unit_type} {row.registry} → {row.partner}: {row.result}"
            )
            for first, last, times in row.differences[:SHOWN]:
                self.stdout.write(f"    {first}–{last} ({times:+d})")
        if any(row.result != "agreed" for row in rows):
            sys.exit(1)

    def secrets(self, urls, keys):
        """The keys of the nodes that are to be read; of all in the file, where none is named."""
        try:
            known = json.loads(keys.read_text()) if keys else {}
            known = {str(url).rstrip("/"): str(secret) for url, secret in known.items()}
            return {url: known[url] for url in [each.rstrip("/") for each in urls] or known}
        except (OSError, ValueError, AttributeError, KeyError) as error:
            raise CommandError(
                _("There is no key for %(node)s: --keys names a JSON file, address to key.")
                % {"node": error}
            ) from error
