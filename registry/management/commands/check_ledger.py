"""Proves that every unit is in exactly one place, and that the ledger's other rules hold."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from registry.audit import report, runner
from registry.audit.every_rule import CODES, RULES

COULD_NOT_RUN = 2


class Command(BaseCommand):
    """Exit code 0: all rules hold. 1: violations, which are printed. 2: it could not run."""

    help = _("Proves that every unit is in exactly one place. Changes nothing.")
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--rule",
            action="append",
            choices=CODES,
            metavar="CODE",
            help=_("Run this rule only; can be given several times."),
        )
        parser.add_argument(
            "--limit",
            type=int,
            default=20,
            help=_("How many violations of a rule are printed (20); all are counted."),
        )
        parser.add_argument("--json", action="store_true", help=_("Print JSON."))
        parser.add_argument("--list", action="store_true", help=_("Print the rules and run none."))
        parser.add_argument(
            "--database",
            default="default",
            help=_("The alias of the database, a replica for example."),
        )

    def handle(self, *args, **options):
        rules = [rule for rule in RULES if not options["rule"] or rule.code in options["rule"]]
        if options["limit"] < 0:
            raise CommandError(_("--limit is not negative."), returncode=COULD_NOT_RUN)
        if options["list"]:
            width = max(len(rule.code) for rule in rules)
            for rule in rules:
                self.stdout.write(f"{rule.code:<{width}}  {rule.says}")
            return
        try:
            results = self.audit(rules, options)
        except BrokenPipeError:  # Whoever reads has seen enough; manage.py ends the process.
            raise
        except Exception as error:  # 1 means violations: nothing else may look like them.
            raise CommandError(
                _("The ledger could not be checked: %(error)s") % {"error": str(error).strip()},
                returncode=COULD_NOT_RUN,
            ) from error
        if any(result.violations for result in results):
            sys.exit(1)

    def audit(self, rules, options):
        """Runs the rules and prints what they find, each as soon as it is known."""
        layout = report.Layout(rules)
        results = []
        with runner.snapshot(options["database"]) as cursor:
            moment = runner.moment(cursor)
            self.print(layout.head(moment), options)
            for result in runner.examine(
                cursor,
                rules,
                role=runner.application_role(cursor),
                limit=options["limit"],
                begin=lambda index, rule: self.progress(layout.started(index, rule)),
            ):
                self.progress("")
                results.append(result)
                self.print(layout.lines(len(results), result), options)
        self.print(layout.foot(results), options)
        if options["json"]:
            self.stdout.write(
                json.dumps(report.document(moment, results), ensure_ascii=False, indent=2)
            )
        return results

    def print(self, lines, options):
        if not options["json"]:
            for line in lines:
                self.stdout.write(line)
            self.stdout.flush()

    def progress(self, text):
        """A line on the terminal that the next one replaces; nothing elsewhere."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{text}", style_func=str, ending="")
            self.stderr.flush()
