"""`manage.py receipt`: the promise to log a posting, as a document that is verified elsewhere."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import canonical
from registry.errors import DomainError, unknown_transaction
from registry.management.files import write_documents
from registry.management.problems import told
from registry.models import Transaction
from registry.services.make_receipt import of_transaction


class Command(BaseCommand):
    """Exit code 0 when it is written, 1 when it is refused; the reason is printed."""

    help = _("Write the receipt for the posting of a transaction.")

    def add_arguments(self, parser):
        parser.add_argument("transaction", type=int, help=_("The number of a transaction."))
        parser.add_argument(
            "--directory",
            type=Path,
            help=_("Write a file there, and the public keys beside it; else print it."),
        )

    def handle(self, *args, transaction, directory, **options):
        try:
            receipt = self._made(transaction)
        except DomainError as error:
            raise CommandError(told(error)) from error
        if directory is None:
            self.stdout.write(canonical.encode(receipt).decode())
        else:
            name = f"transaction-{transaction}.receipt.json"
            write_documents(self, directory, [(name, receipt)])

    def _made(self, number):
        """Raises: NotFound, KeyUnavailable."""
        found = Transaction.objects.filter(pk=number).select_related("posting").first()
        if found is None:
            raise unknown_transaction(number)
        return of_transaction(found, at=timezone.now())
