"""`manage.py reconcile_statement FILE`: compare with a partner that can only export files."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from linking.models import ReconciliationRun
from linking.services.open_case import actor_of_reconciliation
from linking.services.reconcile_statement import Statement, reconcile_statement
from linking.statements import Form
from registry.errors import DomainError
from registry.management.problems import told
from registry.models import Registry, UnitType


class Command(BaseCommand):
    """Exit code 0 where both agree, 1 where they differ or the file is refused; why is printed."""

    help = _("Compare what a partner's file says of a unit type with what its home books there.")

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help=_("CSV; NDJSON if its name ends so."))
        parser.add_argument("--unit-type", required=True, help=_("The code of the unit type."))
        parser.add_argument("--partner", required=True, help=_("The code of the registry."))
        parser.add_argument(
            "--as-of", required=True, help=_("When it was so, such as 2026-11-22T09:30:00Z.")
        )

    def handle(self, *args, file, unit_type, partner, as_of, **options):
        said = _statement(file, unit_type, partner, as_of)
        try:
            run = reconcile_statement(
                # Whoever may run commands on the host acts as the system.
                actor=actor_of_reconciliation(),
                said=said,
                at=timezone.now(),
                clock=timezone.now,
            )
        except DomainError as error:
            raise CommandError(told(error)) from error
        self.stdout.write(f"#{run.pk}  {run.get_result_display()}")
        for first, last, times in run.differences:
            self.stdout.write(f"{first}–{last}  {times:+d}")
        if run.result != ReconciliationRun.Result.AGREED:
            raise SystemExit(1)


def _statement(file, unit_type, partner, as_of):
    found = UnitType.objects.select_related("registry").filter(code=unit_type).first()
    registry = Registry.objects.filter(code=partner).first()
    moment = _moment(as_of)
    if found is None:
        raise CommandError(_("There is no unit type %(code)s.") % {"code": unit_type})
    if registry is None:
        raise CommandError(_("There is no registry %(code)s.") % {"code": partner})
    if moment is None or moment.tzinfo is None:
        raise CommandError(_("Write the instant as 2026-11-22T09:30:00Z."))
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CommandError(str(error)) from error
    form = Form.NDJSON if file.suffix.lower() == ".ndjson" else Form.CSV
    return Statement(found, registry, form, data, moment, file.name[:200])


def _moment(text):
    try:
        return parse_datetime(text)
    except ValueError:
        return None
