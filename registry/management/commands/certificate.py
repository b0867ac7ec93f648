"""`manage.py certificate`: where units come from, as a document that is verified elsewhere."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import canonical
from registry.errors import DomainError, Failure, InvalidInput
from registry.management.files import write_documents
from registry.management.problems import told
from registry.models import Transaction
from registry.selectors import certificates, reference
from registry.serial_texts import TEXTS
from registry.services.make_receipt import of_transaction

# Of a range that was issued in more acts than this, nobody wants a file for each.
MOST = 100


class Command(BaseCommand):
    """Exit code 0 when all is written, 1 when something is refused; the reason is printed."""

    help = _("Write the certificates of a block, one for each issuance that it is of.")

    def add_arguments(self, parser):
        parser.add_argument("unit_type", help=_("A code or an alias, for example KAU."))
        parser.add_argument("first", type=int, help=_("The first serial."))
        parser.add_argument(
            "last", type=int, nargs="?", help=_("The last serial; the first one when not given.")
        )
        parser.add_argument(
            "--directory",
            type=Path,
            help=_(
                "Write files there, with receipts and the public keys beside them; else print one."
            ),
        )

    def handle(self, *args, unit_type, first, last, directory, **options):
        try:
            made = self._made(reference.unit_type(unit_type), first, last or first)
            if directory is not None:
                made = [document for pair in made for document in self._with_receipt(*pair)]
        except DomainError as error:
            raise CommandError(told(error)) from error
        if directory is None:
            self._print(made)
        else:
            write_documents(self, directory, made)

    def _made(self, unit_type, first, last):
        """(beginning of the file's name, certificate) of each issuance.

        Raises: InvalidInput, NotFound, Unavailable.
        """
        if last < first:
            raise InvalidInput(Failure("BLOCK_BACKWARDS", *TEXTS["BLOCK_BACKWARDS"]))
        found = certificates.issuances(unit_type.pk, first, last, limit=MOST)
        covered = sum(min(i.last, last) - max(i.first, first) + 1 for i in found)
        if not found or covered != last - first + 1:
            raise certificates.not_issued(first, last)
        made = []
        for issuance in found:
            block = {"first": max(first, issuance.first), "last": min(last, issuance.last)}
            name = f"{unit_type.code}-{block['first']}-{block['last']}"
            made.append((name, certificates.of_issuance(issuance, **block)))
        return made

    def _with_receipt(self, name, certificate):
        """The certificate, and the receipt for the posting of the issuance, as files.

        Raises: KeyUnavailable.
        """
        issued_by = Transaction.objects.select_related("posting").get(
            posting=certificate["issuance"]["posting"]
        )
        yield f"{name}.certificate.json", certificate
        yield f"{name}.receipt.json", of_transaction(issued_by, at=timezone.now())

    def _print(self, made):
        if len(made) > 1:
            raise CommandError(
                _("The block is of %(count)s issuances: write them with --directory.")
                % {"count": len(made)}
            )
        self.stdout.write(canonical.encode(made[0][1]).decode())
