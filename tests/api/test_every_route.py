"""Who may do what, over every route of the description, so that a new route is asked as well.

An auditor's key reads all of them and changes nothing; the key of another jurisdiction finds
nothing of this one by any of them.
"""

import pytest
from django.apps import apps
from django.utils import timezone

from linking.services.create_agreement import NewParty, create_agreement
from linking.services.propose_version import propose_version
from registry.models import (
    ApiKey,
    OpeningBalance,
    Reading,
    SeenSignature,
    StoredAnswer,
    Transaction,
    WebhookEndpoint,
)
from registry.services.api_keys import Rights, issue_key
from registry.services.keep_log import keep_log
from registry.services.make_checkpoint import make_checkpoint
from registry.services.sequence import sequence_postings
from registry.services.sign_issuances import sign_all
from registry.services.signing_keys import ensure_keys
from registry.services.stops import Stopped, place_stop
from tests.api.conftest import ApiClient
from tests.api.proposals import line, proposal
from tests.linking.documents import document, quota
from tests.mrv.projects.cast import make_project_cast
from tests.openings import open_offsets
from tests.people import asked, person, represents
from tests.world import moved, stock

# What everybody may do with what is their own, whatever they may do else.
OWN = {
    "/api/v1/keys/{number}/rotation",
    "/api/v1/keys/{number}/revocation",
    "/api/v1/webhooks",
    "/api/v1/webhooks/{number}/rotation",
    "/api/v1/webhooks/{number}/replay",
    "/api/v1/webhooks/{number}/deactivation",
    "/api/v1/notices/read",
    "/api/v1/preferences",
}
# What must be said in the query.
ASKED = {
    "/api/v1/link-preset": {
        "form": "restricted",
        "source": "CN",
        "acceptor": "KR",
        "unit_type": "CEA",
    },
    "/api/v1/readiness": {"one": "CN", "other": "KR"},
}
# What a request leaves whatever is answered to it.
TRACES = (StoredAnswer, SeenSignature, ApiKey, Reading)
# Answers that have nothing to do with a right: what is asked is not there.
ABSENT = {404}
# What is the same for all who have a key.
COMMON = ("jurisdictions", "schemes", "registries", "unit-types", "facts", "sources")
COMMON += ("transaction-types", "health", "positions", "log", "schema", "node")


EDGE = document(
    edge_id="JP>KR",
    source="JP",
    accept_unit_types=["GXA"],
    quotas=[quota()],
    article6={"ca_required": True, "authorisation_id": "A-1"},
)


@pytest.fixture
def full(world, keys_dir, numbers, administrator_1):
    """A registry with something of everything; what path parameters are, by route."""
    ensure_keys(at=timezone.now())
    stock(world, operator_a=1000, operator_b=10)
    outcome = moved(world, world.at_home.operator_a, world.at_home.operator_b, 5)
    represents(world, "someone", world.at_home.operator_a, "initiate")
    ends = numbers("operator_a"), numbers("operator_b")
    waiting = administrator_1.post("transactions", proposal("transfer", line(*ends, "1"))).json()
    lines = [line(*ends, "1", type=kind) for kind in ("transfer", "delivery")]
    batch = administrator_1.post("batches", {"mode": "all_or_nothing", "lines": lines}).json()
    open_offsets(world)
    request = asked(world, "account_change", world.at_home.operator_a, name="another")
    what = Stopped(world.home.pk, unit_type_id=world.kcu.pk)
    stop = place_stop(actor=world.administrator_2, what=what, reason="a test", at=world.at)
    parties = [NewParty("KR-ETRS"), NewParty("JP-GX", bytes(32))]
    by = {"actor": world.administrator_1, "at": timezone.now()}
    agreement = create_agreement(code="KR-JP", parties=parties, **by)
    text = {"title": "Recognition", "clauses": [], "edges": [EDGE]}
    propose_version(agreement=agreement.code, party="KR", said=text, **by)
    offsets = make_project_cast(world)
    offsets.registered()
    report = offsets.report()
    sequence_postings()
    keep_log(timezone.now)
    sign_all(timezone.now)
    make_checkpoint(at=timezone.now())
    return {
        "accounts": ends[0],
        "account-holders": "KR-OPERATOR-A",
        "batches": batch["batch"]["id"],
        "transactions": waiting["id"],
        "requests": str(request.pk),
        "opening-balances": str(OpeningBalance.objects.get().pk),
        "stops": str(stop.pk),
        "postings": str(outcome.posting_id),
        "jurisdictions": "KR",
        "schemes": "K-ETS",
        "registries": "KR-ETRS",
        "unit-types": "KAU",
        "transaction-types": "transfer",
        "positions": "1",
        "leaves": "0",
        "checkpoints": "1",
        "representatives": "1",
        "persons": "administrator_2",
        "agreements": agreement.code,
        "projects": "FOREST-1",
        "methodologies": "FOREST",
        "monitoring-reports": str(report.pk),
        "versions": "1",
    }


def routes(description, method):
    """Paths that take a method, without those of signing in and of the description itself."""
    return sorted(path for path, operations in description["paths"].items() if method in operations)


def address(path, known):
    """The path with the numbers of things that exist, where the fixture has one."""
    parts, before = [], ""
    for part in path.split("/"):
        parts.append(known.get(before, "1") if part.startswith("{") else part)
        before = part
    return "/".join(parts)


def body_for(schema, description, known, name=""):
    """The least that a form takes, with names that exist: what is refused is the right."""
    if "$ref" in schema:
        target = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return body_for(target, description, known, name)
    if "oneOf" in schema or "anyOf" in schema:
        return body_for((schema.get("oneOf") or schema["anyOf"])[0], description, known, name)
    if "allOf" in schema:
        return body_for(schema["allOf"][0], description, known, name)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        wanted = set(schema.get("required", ())) | (
            {"quantity", "unit_type"} & {*schema.get("properties", {})}
        )
        return {
            key: body_for(value, description, known, key)
            for key, value in schema.get("properties", {}).items()
            if key in wanted
        }
    if kind == "array":
        return [body_for(schema["items"], description, known, name)]
    named = {
        "source": known["accounts"],
        "destination": known["other"],
        "account": known["accounts"],
        "registry": "KR-ETRS",
        "unit_type": "KAU",
        "quantity": "1",
        "payload_hash": "0" * 64,
        "valid_from": "2040-01-01T00:00:00Z",
        "vintage_from": "2026-01-01",
        "vintage_to": "2027-01-01",
        "content": "JVBERi0xLjc=",
        "media_type": "application/pdf",
        "url": "https://example.org/",
    }
    return named.get(name, "1")


def every_row():
    models = [m for m in apps.get_models() if m._meta.managed and m not in TRACES]
    return {model: list(model.objects.order_by("pk").values_list()) for model in models}


def test_auditor_reads_everything(auditor, description, full):
    """No route refuses to be read; what was found there is of all registries."""
    refused, found, unnamed = [], 0, set()
    for path in routes(description, "get"):
        query = {"from": "1"} if path.endswith("/consistency") else {}
        if path.endswith(("/blocks/history", "/blocks/certificate", "/blocks/holding-proof")):
            query = {"unit_type": "KAU", "serial": "1"}
        query |= ASKED.get(path, {})
        answer = auditor.get(address(path, full), query)
        if answer.status_code not in {200, 304, 400, 422, *ABSENT}:
            refused.append((path, answer.status_code, answer.content))
        found += answer.status_code == 200
        kept = Reading.objects.last()
        if answer.status_code == 200 and kept.route == path and kept.count and not kept.registries:
            unnamed.add(path.removeprefix("/api/v1/").split("/")[0])
    assert refused == []
    # What is of a person, or of links that are in force, is of no registry.
    whose = {"keys", "notices", "persons", "preferences", "webhooks"}
    assert unnamed <= whose | {"links", "type-versions"}
    assert found > len(routes(description, "get")) * 3 // 4
    for name in ("accounts", "transactions", "requests", "stops", "batches"):
        assert auditor.get(f"{name}/{full[name]}").status_code == 200, name


@pytest.mark.parametrize("scopes", [("read",), ("read", "propose", "approve", "manage")])
def test_auditor_changes_nothing(world, description, full, numbers, scopes):
    """Neither with a key that only reads nor with one that has every scope."""
    key = issue_key(
        actor=world.system,
        person_id=world.auditor.person_id,
        label="k",
        at=world.at,
        rights=Rights(scopes),
    )
    client = ApiClient(description, key.text)
    known = {**full, "other": numbers("operator_b")}
    before, passed = every_row(), []
    for path in routes(description, "post"):
        if path in OWN:
            continue
        content = description["paths"][path]["post"].get("requestBody", {}).get("content", {})
        form = content.get("application/json", {}).get("schema", {"type": "object"})
        media_type = "application/json" if "application/json" in content else "text/csv"
        said = {"text": "trade\n1\n"} if media_type == "text/csv" else {}
        target = address(path, full)
        if path == "/api/v1/uploads":
            target += "?registry=KR-ETRS&kind=accounts&name=x"
        body = body_for(form, description, known)
        answer = client.post(target, body, media_type=media_type, **said)
        told = answer.json()
        is_tried = path.endswith("dry-run") and answer.status_code == 200
        if scopes == ("read",):
            if (answer.status_code, told.get("code")) != (403, "SCOPE_MISSING"):
                passed.append((path, answer.status_code, told))
        elif answer.status_code < 400 and not (is_tried or _refused_each(told)):
            passed.append((path, answer.status_code, told))
    assert passed == []
    after = every_row()
    assert {model.__name__ for model in after if after[model] != before[model]} == set()


def _refused_each(told):
    """Lines that are each on their own are each refused."""
    return told.get("items") and all(item["code"] for item in told["items"])


def test_another_jurisdiction_finds_nothing(world, description, full):
    """By no route: lists are without this registry, things are not found, proofs are refused."""
    actor = person(world, "elsewhere", "administrator", world.neighbour)
    key = issue_key(actor=world.system, person_id=actor.person_id, label="k", at=world.at)
    client = ApiClient(description, key.text)
    # Its partner's account may name the registry that it stands for.
    own = {'"registry":"KR-ETRS"', full["accounts"], "someone", "KR-ETRS-KAU"}
    seen = []
    for path in routes(description, "get"):
        part = path.removeprefix("/api/v1/").split("/")[0]
        if part in COMMON:
            continue
        query = {}
        if path.endswith(("/blocks/history", "/blocks/certificate", "/blocks/holding-proof")):
            query = {"unit_type": "KAU", "serial": "1"}
        answer = client.get(address(path, full), query)
        text = answer.content.decode()
        told = answer.json() if "json" in answer["Content-Type"] else {}
        items = told.get("items") if type(told) is dict else None
        if answer.status_code == 200 and items != [] and any(name in text for name in own):
            seen.append((path, text[:300]))
    assert seen == []
    assert Transaction.objects.filter(registry=world.home).exists()
    assert not WebhookEndpoint.objects.exists()
