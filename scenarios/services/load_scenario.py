"""Bring a scenario into the ledger through the registry's services, as people would.

Each step of the year is one proposal of one system actor and, where its type asks for it, one
approval of another, in one database transaction under a key of its own. So a load that was
broken off goes on where it stopped, and no step is ever done twice.
"""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils.translation import gettext as _

from registry import models
from registry.errors import DomainError
from registry.services.accounts import NewAccount, open_accounts
from registry.services.approve import approve
from registry.services.people import system_actor
from scenarios.broken import Broken, gettext_noop
from scenarios.models import LoadedScenario
from scenarios.plan import OFFICES, Place, make_plan
from scenarios.reference import read_reference
from scenarios.script import ROOT, scenario_names
from scenarios.script_rules import checked_script

from .load_reference import load_reference
from .steps import Books, propose_step

# Steps are dated; the hour is the opening of offices in the jurisdiction.
HOUR = time(9)


@dataclass(frozen=True)
class Loaded:
    """What a call did: `already` when the scenario was there before it."""

    already: bool
    step_count: int
    line_count: int
    holder_count: int


def load_scenario(name, *, at, tell, root=ROOT, using=DEFAULT_DB_ALIAS, hosts=()):
    """Loads a scenario, or the rest of it. `tell` is called with a line of text for each step.

    `root` is the directory that has a directory for each scenario. The reference data are brought
    up to date in any case: a newer version of the software can come with newer ones. They are
    written by the connection `using`, and `hosts` says whose registries the node keeps (see
    load_reference): steps of all others are left out.

    Raises: BrokenFiles, Broken (SCENARIO_UNKNOWN, SCENARIO_CHANGED, SCENARIO_BUSY, HOST_UNKNOWN,
    PLAN_SHORT_OF_UNITS), DomainError where the registry refuses a step.
    """
    if name not in scenario_names(root):
        raise Broken(
            "SCENARIO_UNKNOWN",
            gettext_noop("There is no scenario “%(name)s”."),
            gettext_noop("Choose one of: %(names)s."),
            name=name,
            names=", ".join(scenario_names(root)),
        )
    reference = read_reference()
    script = checked_script(root / name, reference)
    with _alone(name):
        record = LoadedScenario.objects.filter(name=name).first()
        if record is not None and record.completed_at is not None:
            _refer(tell, using, hosts)
            return Loaded(True, record.step_count, record.line_count, _holder_count(script))
        if record is not None and record.digest != script.digest:
            raise _changed(record)
        whole = make_plan(script, reference)
        _refer(tell, using, hosts)
        plan = _kept_here(whole)
        if record is None:
            record = LoadedScenario.objects.create(
                name=name,
                version=script.version,
                digest=script.digest,
                started_at=at,
                step_count=len(plan.steps),
                line_count=sum(len(step.moves) for step in plan.steps),
            )
        _Load(script, plan, tell).run()
        record.completed_at = max(at, record.started_at)
        record.save(update_fields=["completed_at"])
    return Loaded(False, record.step_count, record.line_count, len(plan.holders))


def _kept_here(plan):
    """What of a plan is about registries that this node keeps."""
    kept = set(models.Registry.objects.filter(hosted=True).values_list("code", flat=True))
    holders = [
        replace(holder, registries=tuple(code for code in holder.registries if code in kept))
        for holder in plan.holders
    ]
    return replace(
        plan,
        holders=tuple(holder for holder in holders if holder.registries),
        steps=tuple(step for step in plan.steps if step.registry in kept),
    )


def _refer(tell, using, hosts):
    """Loads the reference data; a row that a person edited or removed stays as it is."""
    reports = load_reference(using=using, hosts=hosts)
    text = _("Reference data: %(added)s rows added, %(updated)s updated, %(kept)s kept as edited.")
    tell(
        text
        % {
            "added": f"{sum(report.added for report in reports):,}",
            "updated": f"{sum(report.updated for report in reports):,}",
            "kept": f"{sum(len(report.kept) for report in reports):,}",
        }
    )


def _holder_count(script):
    return sum(group["operators"] for group in script.operators)


def _changed(record):
    return Broken(
        "SCENARIO_CHANGED",
        gettext_noop(
            "Version %(version)s of “%(name)s” was broken off while it was loaded, and its files"
            " have changed since."
        ),
        gettext_noop("Put the files of that version back and load again, or begin a new database."),
        name=record.name,
        version=record.version,
    )


@contextmanager
def _alone(name):
    """Holds a lock of the session, which PostgreSQL gives back whatever happens to the process.

    Raises: Broken (SCENARIO_BUSY).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [f"scenario {name}"])
        if not cursor.fetchone()[0]:
            raise Broken(
                "SCENARIO_BUSY",
                gettext_noop("Another process is loading “%(name)s”."),
                gettext_noop("Wait until it has finished."),
                name=name,
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [f"scenario {name}"])


class _Load:
    """One load: who acts, where the accounts are, and the steps in their order."""

    def __init__(self, script, plan, tell):
        self.script = script
        self.plan = plan
        self.tell = tell
        self.proposer = system_actor(
            username="scenario-proposer", display_name="Scenario, proposing"
        )
        self.approver = system_actor(
            username="scenario-approver", display_name="Scenario, approving"
        )
        self.registries = {
            registry.code: registry
            for registry in models.Registry.objects.select_related("jurisdiction")
        }
        self.prefix = f"scenario/{script.name}/{script.version}"

    def run(self):
        """Raises: DomainError, with everything before the refused step loaded."""
        holders = self._holders()
        books = Books(
            prefix=self.prefix,
            proposer=self.proposer,
            accounts=self._accounts(holders),
            holders=holders,
            unit_types=dict(models.UnitType.objects.values_list("code", "pk")),
            credits=set(
                models.UnitType.objects.filter(kind="credit").values_list("code", flat=True)
            ),
        )
        done = self._done()
        for number, step in enumerate(self.plan.steps, 1):
            where = {"number": number, "count": len(self.plan.steps), "name": step.name}
            if books.key(step) in done:
                continue
            started = monotonic()
            try:
                self._step(step, books)
            except DomainError:
                self.tell(_("[%(number)d/%(count)d] %(name)s: refused.") % where)
                raise
            self.tell(
                _("[%(number)d/%(count)d] %(name)s: %(lines)s lines, %(units)s units, %(time).1f s")
                % {
                    **where,
                    "lines": f"{len(step.moves):,}",
                    "units": f"{sum(move.tonnes for move in step.moves):,}",
                    "time": monotonic() - started,
                }
            )

    def _done(self):
        """The keys of the steps that are completed."""
        status = models.Transaction.Status
        return set(
            models.Transaction.objects.filter(
                proposer_id=self.proposer.person_id,
                key__startswith=f"{self.prefix}/",
                status__in=[status.COMPLETED, status.REVERSED],
            ).values_list("key", flat=True)
        )

    @transaction.atomic
    def _step(self, step, books):
        at = self._at(step.registry, step.on)
        outcome = propose_step(step, books, at)
        if outcome.status == models.Transaction.Status.AWAITING_APPROVAL:
            proposal = models.Transaction.objects.get(pk=outcome.transaction_id)
            approve(
                actor=self.approver,
                transaction_id=proposal.pk,
                payload_hash=bytes(proposal.payload_hash),
                at=at,
            )

    def _at(self, registry, day):
        zone = ZoneInfo(self.registries[registry].jurisdiction.time_zone)
        return datetime.combine(day, HOUR, zone)

    def _holders(self):
        """Ids of the synthetic operators by code, added where they are missing."""
        jurisdictions = dict(models.Jurisdiction.objects.values_list("code", "pk"))
        models.AccountHolder.objects.bulk_create(
            [
                models.AccountHolder(
                    code=holder.code,
                    name=holder.name,
                    jurisdiction_id=jurisdictions[holder.jurisdiction],
                    sector=holder.sector,
                    is_synthetic=True,
                )
                for holder in self.plan.holders
            ],
            ignore_conflicts=True,
            batch_size=2000,
        )
        return dict(models.AccountHolder.objects.values_list("code", "pk"))

    def _accounts(self, holders):
        """Ids of the accounts by place, opened where they are missing."""
        found = {
            Place(registry, code or kind): pk
            for pk, registry, code, kind in models.Account.objects.filter(status="open")
            # The oldest account of an office is the one that the services use.
            .order_by("-pk")
            .values_list("pk", "registry__code", "holder__code", "kind")
        }
        missing = {}
        for place, new in self._wanted_accounts(holders):
            if place not in found:
                missing.setdefault(place.registry, {})[place] = new
        for code, places in missing.items():
            days = [step.on for step in self.plan.steps if step.registry == code]
            opened = open_accounts(
                actor=self.proposer,
                registry_id=self.registries[code].pk,
                accounts=list(places.values()),
                at=self._at(code, min(days, default=self.plan.steps[0].on)) - timedelta(days=1),
            )
            found |= {place: account.pk for place, account in zip(places, opened, strict=True)}
            self.tell(
                _("%(registry)s: %(count)s accounts opened.")
                % {"registry": code, "count": f"{len(opened):,}"}
            )
        return found

    def _wanted_accounts(self, holders):
        """(place, account) of the offices of each registry, then of its operators."""
        registries = {code for holder in self.plan.holders for code in holder.registries}
        for code in sorted(registries):
            for kind in (*OFFICES, "conversion"):
                label = models.Account.Kind(kind).label
                yield Place(code, kind), NewAccount(kind, f"{code}: {label}")
        for holder in self.plan.holders:
            for code in holder.registries:
                new = NewAccount("operator", holder.name, holders[holder.code])
                yield Place(code, holder.code), new
