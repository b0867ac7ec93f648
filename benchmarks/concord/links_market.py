"""Two registries with a link between them, made through the services; `python -m` in a process.

Sixteen accounts of one registry send, each to an account of its own in the other. The quota of the
link is one for all of them, or one for each; what it is divided into is told by an argument.
"""

import sys

import django

django.setup()

from benchmarks.choices import CLIENTS  # noqa: E402
from benchmarks.concord.market import AT, VINTAGE, actor  # noqa: E402
from benchmarks.decisions import document  # noqa: E402
from linking.decide import Request  # noqa: E402
from linking.route import Unit  # noqa: E402
from linking.services.accept import Wanted, accept  # noqa: E402
from linking.services.create_agreement import NewParty, create_agreement  # noqa: E402
from linking.services.propose_version import propose_version  # noqa: E402
from linking.services.sign_version import sign_version  # noqa: E402
from registry.models import (  # noqa: E402
    AccountHolder,
    Jurisdiction,
    Person,
    Registry,
    RoleAssignment,
    Scheme,
    Transaction,
    UnitType,
)
from registry.services.accounts import NewAccount, open_accounts  # noqa: E402
from registry.services.approve import approve  # noqa: E402
from registry.services.divide_limit import divide_limit  # noqa: E402
from registry.services.issue import Issuance, issue  # noqa: E402
from registry.services.signing_keys import ensure_keys  # noqa: E402

BLOCK = 10_000_000
CAPACITY = 1_000_000_000
POOL, PERIOD = "link:CN>KR:0", "2026"


def open_market(scope: str) -> None:
    """Registries, people, accounts with the ids 1-16 (which send) and 17-32, units, the link."""
    china, korea = (_registry(code) for code in ("CN", "KR"))
    unit_type = UnitType.objects.create(code="CEA", registry=china, kind="allowance", name_en="CEA")
    for name in ("administrator 1", "administrator 2"):
        person = Person.objects.create(username=name, display_name=name)
        RoleAssignment.objects.create(person=person, role="administrator")
    ensure_keys(at=AT)
    for registry in (china, korea):
        holders = AccountHolder.objects.bulk_create(
            AccountHolder(
                code=f"{registry.code}-{n}",
                name=f"Operator {n}",
                jurisdiction=registry.jurisdiction,
                is_synthetic=True,
            )
            for n in range(CLIENTS)
        )
        opened = [NewAccount("operator", holder.name, holder.pk) for holder in holders]
        _open(registry, opened)
    for one, other in ((china, korea), (korea, china)):
        _open(one, [NewAccount("partner", "Partner", stands_for_id=other.pk)])
    _approved(
        issue(
            actor=actor("administrator 1"),
            issuances=[Issuance(unit_type.pk, [(n + 1, BLOCK) for n in range(CLIENTS)], **VINTAGE)],
            key="issue",
            at=AT,
        )
    )
    _link(scope)


def _registry(code):
    place = Jurisdiction.objects.create(code=code, iso_3166=code, level="party", name_en=code)
    scheme = Scheme.objects.create(code=f"{code}-ETS", jurisdiction=place, kind="ets", name_en=code)
    return Registry.objects.create(
        code=f"{code}-REG", scheme=scheme, jurisdiction=place, name_en=code
    )


def _open(registry, accounts):
    open_accounts(actor=actor("administrator 1"), registry_id=registry.pk, accounts=accounts, at=AT)


def _approved(outcome):
    row = Transaction.objects.get(pk=outcome.transaction_id)
    approve(
        actor=actor("administrator 2"),
        transaction_id=row.pk,
        payload_hash=bytes(row.payload_hash),
        at=AT,
    )


def _link(scope):
    """An edge at par with one import quota, in force."""
    edge = document()
    edge["factor"] = {"kind": "par", "value": "1", "review": None}
    edge["quotas"] = [{**edge["quotas"][0], "scope": scope, "value": str(CAPACITY)}]
    by = {"actor": actor("administrator 1"), "agreement": "KR-CN", "at": AT}
    create_agreement(
        actor=by["actor"],
        code="KR-CN",
        parties=[NewParty("KR-REG"), NewParty("CN-REG")],
        at=AT,
    )
    said = {"title": "A link", "clauses": [], "edges": [edge]}
    version = propose_version(party="KR", said=said, **by)
    for party in ("KR", "CN"):
        sign_version(party=party, digest=bytes(version.digest), **by)


def divide(slots: int) -> None:
    """The counter is there with the first unit that is accepted."""
    wanted = Wanted(Unit("CEA", "CN", 2025), "CN", "KR", Request(1, year=2026, period=PERIOD))
    accept(wanted, at=AT)
    divide_limit(actor=actor("administrator 1"), pool=POOL, period=PERIOD, slots=slots)


if __name__ == "__main__":
    open_market(sys.argv[1])
    if int(sys.argv[2]) > 1:
        divide(int(sys.argv[2]))
