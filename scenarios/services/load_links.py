"""Bring an example set of links into force through the services, as its parties would.

Each party is acted for by a person of its own, made for the example; one proposes, all sign. The
hypothetical unit types of the set, and the registry of a jurisdiction that has none, are added.
"""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, transaction

from linking.models import Agreement, AgreementVersion, ReadinessScore
from linking.services.create_agreement import NewParty, create_agreement
from linking.services.propose_version import propose_version
from linking.services.record_score import NewScore, record_scores
from linking.services.sign_version import sign_version
from registry.actors import actor_for
from registry.models import Account, Jurisdiction, Person, Registry, Role, Scheme, UnitType
from registry.services.accounts import NewAccount, open_accounts
from registry.services.load_reference_rows import loading
from registry.services.people import add_person, give_role, system_actor
from registry.services.signing_keys import ensure_keys
from scenarios.broken import Broken, gettext_noop

from .example_units import issue_examples

LINKS = Path(__file__).parents[1] / "links"
SCORES = LINKS.parent / "readiness" / "scores.csv"
# The day and the author of the published scores.
SCORED_ON, ASSESSOR = date(2026, 1, 1), "assessor 1"
# What the history says of a loading.
WHAT = "manage.py load_links"
# The scheme that the scores name is the one of its jurisdiction.
PLACES = {"JP-GX": "JP"}
KINDS = ("surrender", "retirement", "cancellation", "conversion", "buffer", "suspense")


@dataclass(frozen=True)
class Loaded:
    """`already`: the agreement was there; `edges` of it; scores, and units of this year, that are
    new."""

    already: bool
    agreement: str
    edges: int
    scores: int
    units: int


def names() -> list[str]:
    return sorted(path.stem for path in LINKS.glob("*.json"))


@transaction.atomic
def load_links(name, *, at, using=DEFAULT_DB_ALIAS) -> Loaded:
    """Loads a set once; a second call says so, and issues the examples of a year that has come.

    Registries and unit types are written by the connection `using` (see load_reference): where
    that is the owner's, they are there for good before the rest begins, and found by the next call.

    Raises: Broken (LINKS_UNKNOWN), RuleViolated (REFERENCE_DATA_NEED_APPROVAL), DomainError where
    a service refuses.
    """
    if name not in names():
        raise Broken(
            "LINKS_UNKNOWN",
            gettext_noop("There is no set of links “%(name)s”."),
            gettext_noop("Choose one of: %(names)s."),
            name=name,
            names=", ".join(names()),
        )
    said = json.loads((LINKS / f"{name}.json").read_text())
    code = said["agreement"]
    keeper = system_actor(username="example-links", display_name="Loader of example links")
    found = Agreement.objects.filter(code=code).first()
    if found is not None:
        edges = found.versions.latest("number").edges.count()
        return Loaded(True, code, edges, 0, issue_examples(name, keeper, at=at))
    with loading(WHAT, using=using):
        _add_registries(said["registries"], using)
        _add_unit_types(said["registries"], using)
    ensure_keys(at=at)
    actors = {
        place: _representative(keeper, place, registry)
        for place, registry in said["registries"].items()
    }
    open_link_accounts(keeper, list(said["registries"].values()), at)
    version = _enact(said, actors, at)
    units = issue_examples(name, keeper, at=at)
    return Loaded(False, code, version.edges.count(), _add_scores(keeper), units)


def _enact(said, actors, at) -> AgreementVersion:
    """One party proposes, and all sign what they have read."""
    first = next(iter(actors))
    parties = [NewParty(registry) for registry in said["registries"].values()]
    create_agreement(actor=actors[first], code=said["agreement"], parties=parties, at=at)
    text = {name: said[name] for name in ("title", "clauses", "edges")}
    by = {"agreement": said["agreement"], "at": at}
    version = propose_version(actor=actors[first], party=first, said=text, **by)
    for place, actor in actors.items():
        version = sign_version(actor=actor, party=place, digest=bytes(version.digest), **by)
    return version


def _add_registries(registries, using):
    """The registry of a jurisdiction whose programme has no trading, for the example."""
    for place, code in registries.items():
        if Registry.objects.using(using).filter(code=code).exists():
            continue
        scheme = Scheme.objects.using(using).get(jurisdiction__code=place)
        Registry.objects.using(using).create(
            code=code,
            scheme=scheme,
            jurisdiction=scheme.jurisdiction,
            name_en=f"Registry of {scheme.jurisdiction.name_en} (example)",
            name_zh_hans=f"{scheme.jurisdiction.name_zh_hans}登记簿（示例）",
            name_ja=f"{scheme.jurisdiction.name_ja}の登録簿（例）",
            name_ko=f"{scheme.jurisdiction.name_ko} 등록부(예시)",
            names_unofficial=["en", "zh-hans", "ja", "ko"],
        )


def _add_unit_types(registries, using):
    known = UnitType.objects.using(using)
    with (LINKS / "unit_types.csv").open() as file:
        for row in csv.DictReader(file):
            place = row["jurisdiction"]
            if place not in registries or known.filter(code=row["code"]).exists():
                continue
            known.create(
                registry=Registry.objects.using(using).get(code=registries[place]),
                code_is_official=False,
                names_unofficial=["en", "zh-hans", "ja", "ko"],
                **{
                    name: row[name]
                    for name in ("code", "kind", "name_en", "name_zh_hans", "name_ja", "name_ko")
                },
            )


def open_link_accounts(keeper, codes, at):
    """The accounts that transfers over the links need and that are missing: where units lie that
    are abroad, and where those end or are kept that are converted, discounted or withheld."""
    registries = list(Registry.objects.filter(code__in=codes).order_by("code"))
    for registry in registries:
        if not registry.hosted:
            continue
        known = set(Account.objects.filter(registry=registry).values_list("kind", "stands_for_id"))
        wanted = [(kind, None, kind.replace("_", " ").capitalize()) for kind in KINDS]
        wanted += [
            ("partner", other.pk, f"Units held in {other.code}")
            for other in registries
            if other != registry
        ]
        missing = [
            NewAccount(kind, name, stands_for_id=partner)
            for kind, partner, name in wanted
            if (kind, partner) not in known
        ]
        if missing:
            open_accounts(actor=keeper, registry_id=registry.pk, accounts=missing, at=at)


def _representative(keeper, place, registry):
    """Who acts for a party: a person who can not sign in, and administers its registry only."""
    username = f"links-{place.lower()}"
    person = Person.objects.filter(username=username).first() or add_person(
        actor=keeper, username=username, display_name=f"Administrator of {registry} (example)"
    )
    registry_id = Registry.objects.get(code=registry).pk
    give_role(actor=keeper, person_id=person.pk, role=Role.ADMINISTRATOR, registry_id=registry_id)
    return actor_for(person)


def _add_scores(keeper):
    """The published scores, unless they are there; how many are new."""
    if ReadinessScore.objects.exists():
        return 0
    ids = dict(Jurisdiction.objects.values_list("code", "id"))
    new = []
    with SCORES.open() as file:
        for row in csv.DictReader(file):
            one, other = (ids[PLACES.get(code, code)] for code in row["pair"].split("|"))
            score = int(row["score_0_3"])
            new.append(NewScore(one, other, row["criterion"], score, ASSESSOR, SCORED_ON))
    return len(record_scores(actor=keeper, scores=new))
