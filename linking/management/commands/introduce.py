"""`manage.py introduce URL`: the first step by which another node becomes a peer."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from linking.selectors import peers
from linking.services.introduce_peer import introduce_peer
from registry.errors import DomainError
from registry.management.problems import told
from registry.services.people import system_actor

GROUP = 4


class Command(BaseCommand):
    """Exit code 0 when the card is kept, 1 when it is refused; the reason is printed."""

    help = _("Fetch the card of another node, and show the fingerprint that people compare.")

    def add_arguments(self, parser):
        parser.add_argument("url", help=_("The address of the node: https://registry.example"))

    def handle(self, *args, url, **options):
        at = timezone.now()
        # Whoever may run commands on the host acts as the system; a person confirms.
        actor = system_actor(username="links", display_name="Links")
        try:
            peer = introduce_peer(actor=actor, url=url, at=at)
        except DomainError as error:
            raise CommandError(told(error)) from error
        digits = peers.card_of(peer).fingerprint(at)
        groups = (digits[start : start + GROUP] for start in range(0, len(digits), GROUP))
        self.stdout.write(f"{peer.name}  {peer.url}  {peer.get_state_display()}")
        self.stdout.write(" ".join(groups))
