"""No address of the pages writes without its service: every one is tried, in every role."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from registry.admin.wizards.proposals import STEPS
from registry.admin.wizards.requests import FORMS as KINDS
from registry.lines import Line
from registry.models import Account, Holding, Person, Reading, Role, UnitType
from registry.services import people
from registry.services.governance import Request, ask
from registry.services.propose_batch import propose_each_on_its_own
from registry.services.propose_each import Item
from registry.services.reference_changes import Change, propose_change
from registry.services.transaction_types import NewVersion, propose_version
from tests.type_versions import system_administrators
from tests.world import issue_units

REFERENCE = ("accountholder", "fact", "jurisdiction", "scheme", "source", "unittype")
# What somebody may try: the answer in each role, in the order of WHO.
WHO = (
    *("nobody", "password_only", "auditor", "regulator", "read_only_administrator"),
    *("junior_administrator", "system_administrator", "elsewhere", "proposer"),
)
LED_AWAY = 302
TABLE = {
    # Whoever may not decide sees the page again, with the reason; others do not see it.
    "approve": (302, 302, 200, 200, 200, 200, 404, 404, 200),
    "reject": (302, 302, 200, 200, 200, 200, 404, 404, 200),
    "withdraw": (302, 302, 200, 200, 200, 200, 404, 404, 302),
    # Who may not propose, or keeps no accounts, does not even see the forms.
    "propose a transfer": (302, 302, 403, 403, 403, 403, 403, 403, 302),
    "ask for a change": (302, 302, 403, 403, 403, 302, 403, 403, 302),
    "approve a request": (302, 302, 200, 200, 200, 200, 404, 404, 200),
    "approve a batch": (302, 302, 200, 200, 200, 200, 404, 404, 200),
    "approve a change of reference data": (302, 302, 200, 200, 200, 200, 302, 200, 200),
    "propose a version": (302, 302, 403, 403, 403, 403, 200, 403, 403),
    "approve a version": (302, 302, 200, 200, 200, 200, 302, 200, 200),
    "change the account": (302, 302, 403, 403, 403, 403, 403, 403, 403),
    "delete the account": (302, 302, 403, 403, 403, 403, 403, 403, 403),
    "add a holding": (302, 302, 403, 403, 403, 403, 403, 403, 403),
    "delete a holding": (302, 302, 403, 403, 403, 403, 403, 403, 403),
    "give a role": (302, 302, 403, 403, 403, 403, 403, 403, 403),
    "add a unit type": (302, 302, 403, 403, 403, 403, 200, 403, 403),
    "delete a unit type": (302, 302, 403, 403, 403, 403, 403, 403, 403),
}

# Roles for which a quick run tries no address: they have less than those that it tries.
LESS = ("regulator", "read_only_administrator", "junior_administrator", "elsewhere")
ALLOWED = {
    ("withdraw", "proposer"),
    ("propose a transfer", "proposer"),
    ("ask for a change", "junior_administrator"),
    ("ask for a change", "proposer"),
    ("approve a version", "system_administrator"),
    ("approve a change of reference data", "system_administrator"),
}


@pytest.fixture
def browsers(world, elsewhere, system_administrator, signed_in):
    """who -> the browser of somebody with that role in `home`."""
    found = {
        "nobody": Client(),
        "elsewhere": elsewhere,
        "system_administrator": system_administrator,
        "proposer": signed_in("administrator_1"),
    }
    for role in ("auditor", "regulator", "read_only_administrator", "junior_administrator"):
        people.add_person(actor=world.system, username=f"a-{role}", display_name=role)
        person = Person.objects.get(username=f"a-{role}")
        give = {"actor": world.system, "person_id": person.pk, "role": role}
        people.give_role(**give, registry_id=world.home.pk)
        found[role] = signed_in(f"a-{role}")
    found["password_only"] = Client()
    found["password_only"].force_login(Person.objects.get(username="administrator_2"))
    return found


def requests(proposed, world):
    """name -> what makes the request: (path, form)."""
    account, holding = world.at_home.operator_a, Holding.objects.earliest("pk").pk
    confirmed = {"post": "yes"}
    own = Account.objects.get(pk=account).number
    last = {"go": "submit", "key": "a-key", "reason": "so"}
    transfer = {"source": own, "destination": _number(world.at_home.operator_b)}
    return {
        "propose a transfer": lambda: (
            reverse("admin:propose_type", args=["KR-ETRS", "transfer"]),
            {**last, "step": "2", "pick": "KAU", "quantity": "5", **transfer},
        ),
        "ask for a change": lambda: (
            reverse("admin:ask_kind", args=["KR-ETRS", "account_change"]),
            {**last, "step": "1", "account": own, "name": "New"},
        ),
        "approve a request": lambda: _approval(world, account),
        **{
            act: lambda act=act: _decision("transaction", proposed, act)
            for act in ("approve", "reject", "withdraw")
        },
        "approve a batch": lambda: _decision("batch", _batch(world)),
        "propose a version": lambda: (_at("transactiontype", "propose", 1), {"reason": "so"}),
        "approve a version": lambda: _decision("typeproposal", _version()),
        "approve a change of reference data": lambda: _decision("referencechange", _row(world)),
        "change the account": lambda: (_at("account", "change", account), {"status": "closed"}),
        "delete the account": lambda: (_at("account", "delete", account), confirmed),
        "add a holding": lambda: (_at("holding", "add"), {"first": "1", "last": "2"}),
        "delete a holding": lambda: (_at("holding", "delete", holding), confirmed),
        "give a role": lambda: (_at("roleassignment", "add"), {"role": "administrator"}),
        "add a unit type": lambda: (_at("unittype", "add"), {"code": "X"}),
        "delete a unit type": lambda: (_at("unittype", "delete", world.kau.pk), confirmed),
    }


def _number(account):
    return Account.objects.get(pk=account).number


def _approval(world, account):
    """The decision on a change of the account that administrator 1 has asked for."""
    change = Request("account_change", world.home.pk, account, {"name": "Other"}, "so")
    waiting = ask(actor=world.administrator_1, request=change, at=world.at)
    return _decision("governancerequest", waiting)


def _batch(world):
    """Two transfers that administrator 1 has proposed as one."""
    ends = world.at_home.operator_a, world.at_home.operator_b
    items = [Item(f"item {n}", Line(*ends, world.kau.pk, n), "transfer") for n in (1, 2)]
    return propose_each_on_its_own(actor=world.administrator_1, items=items, at=world.at)


def _version():
    """A version of a type that another system administrator has proposed."""
    at = timezone.now()
    one, _two = system_administrators()
    version = NewVersion("transfer", {"approvals": 2}, at)
    return propose_version(actor=one, version=version, at=at, reason="so")


def _row(world):
    """A change of a unit type that another system administrator has proposed."""
    one, _two = system_administrators()
    change = Change("unit_type", "change", "so", "so", {"name_ko": "x"}, row_id=world.kau.pk)
    return propose_change(actor=one, change=change, at=timezone.now())


def _decision(model, waiting, act="approve"):
    """What is sent to decide on something that waits."""
    payload = {"payload_hash": bytes(waiting.payload_hash).hex(), "reason": "so"}
    return _at(model, "decide", waiting.pk, act), payload


def _at(model, page, *args):
    return reverse(f"admin:registry_{model}_{page}", args=args)


def everything():
    """All rows of the registry, as they are; that somebody tried is on record besides."""
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in apps.get_app_config("registry").get_models()
        if model is not Reading
    }


def test_table_has_a_column_for_every_role():
    """A new role is tried as well; administrators are the proposer, and those elsewhere.

    Representatives are given accounts, not the pages.
    """
    assert set(WHO) >= set(Role.values) - {Role.ADMINISTRATOR, Role.SYSTEM, "representative"}
    assert all(len(answers) == len(WHO) for answers in TABLE.values())


@pytest.mark.parametrize("asked", TABLE)
def test_forbidden_requests(fresh_database, world, proposed, browsers, asked):
    """The answer is that of the table, and nothing is written but by those who may."""
    path, form = requests(proposed, world)[asked]()
    for who, expected in zip(WHO, TABLE[asked], strict=True):
        allowed = (asked, who) in ALLOWED
        before = everything()
        answer = browsers[who].post(path, form)
        if expected == 403 and answer.status_code == LED_AWAY:
            # Django leads away from rows that are not in somebody's scope.
            assert answer["Location"] == "/admin/", who
        else:
            assert answer.status_code == expected, who
        assert (everything() == before) is not allowed, who


def addresses(world, proposed):
    """Every address of the pages, with a row for each place that asks for one."""
    for pattern in admin.site.get_urls():
        if isinstance(pattern, URLPattern):
            arguments = {name: _argument(name) for name in pattern.pattern.converters}
            if pattern.name not in (None, "logout"):
                yield reverse(f"admin:{pattern.name}", kwargs=_fitting(pattern, arguments))
    for model in admin.site._registry:
        row = model._base_manager.order_by("pk").first()
        key = row.pk if isinstance(row, Model) else 1
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add"):
            yield reverse(f"admin:{name}_{page}")
        for page in ("change", "delete", "history"):
            yield reverse(f"admin:{name}_{page}", args=[key])
    for code in STEPS:
        yield reverse("admin:propose_type", args=["KR-ETRS", code])
    for kind in KINDS:
        yield reverse("admin:ask_kind", args=["KR-ETRS", kind])
    path, _form = _approval(world, world.at_home.operator_a)
    yield from (path, path.replace("decide/approve", "documents"))
    for act in ("approve", "reject", "withdraw"):
        yield reverse("admin:registry_transaction_decide", args=[proposed.pk, act])
    yield _at("transactiontype", "propose", 1)
    yield reverse("admin:registry_transaction_receipt", args=[proposed.pk])


def _argument(name):
    return {"unit_type": "KAU", "first": 1, "last": 2, "app_label": "registry"}.get(name, 1)


def _fitting(pattern, arguments):
    if pattern.name == "app_list":
        return {"app_label": "registry"}
    return arguments


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(name, marks=pytest.mark.slow if name in LESS else ())
        for name in WHO
        if name != "proposer"
    ],
)
def test_no_address_writes_by_itself(world, proposed, browsers, who):
    """An empty form, a junk form, and a GET with anything: no row changes."""
    issue_units(world, world.kau, [(world.at_home.government, 10)])
    found = list(addresses(world, proposed))
    before = everything()
    tried = 0
    for path in found:
        for form in ({}, {"_save": "1", "name": "x", "code": "x", "status": "closed"}):
            answer = browsers[who].post(path, form)
            assert answer.status_code in (200, 302, 403, 404, 405), path
        assert browsers[who].get(path, {"delete": "1"}).status_code in (200, 302, 403, 404), path
        tried += 1
    assert tried > 100
    assert everything() == before
    assert Account.objects.exists() and UnitType.objects.exists()
