"""A project by REST: from a published methodology to units, a reversal and its replacement."""

import pytest

from mrv.models import MonitoringReport
from tests.api.conftest import ROOT, ApiClient
from tests.mrv.projects.cast import BUFFERED, EARNED, VALUES
from tests.mrv.projects.documents import FOREST

OPINION = {"verifier": "KR-V-2", "opinion": "positive", "findings": "Plots 1 to 30 seen."}


@pytest.fixture(scope="session")
def description():
    import yaml

    return yaml.load((ROOT / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)


@pytest.fixture
def clients(project, description):
    """A client of each person by username."""
    from django.utils import timezone

    from registry.models import Person
    from registry.services.api_keys import issue_key

    def client(name):
        person = Person.objects.get(username=name)
        at = timezone.now()
        issued = issue_key(actor=project.world.system, person_id=person.pk, label="projects", at=at)
        return ApiClient(description, issued.text)

    names = ("holder_1", "verifier_2", "administrator_1", "administrator_2")
    return [client(name) for name in names]


def said(project, **changes):
    return {
        "code": "FOREST-1",
        "name": "Forest 1",
        "account": project.account.number,
        "unit_type": "KOC",
        "jurisdiction": "KR",
        "project_type": "afforestation",
        "methodology": "FOREST",
        "crediting_from": "2025-01-01",
        "values": {"hectares": "250"},
        **changes,
    }


REPORT = {
    "period_from": "2025-01-01",
    "period_to": "2026-01-01",
    "values": VALUES,
    "evidence": "The survey of 2025.",
}


def done(answer, status=201):
    assert answer.status_code == status, answer.content
    return answer.json()


def approve(client, number):
    row = done(client.get(f"transactions/{number}"), 200)
    approval = {"decision": "approve", "payload_hash": row["payload_hash"]}
    assert done(client.post(f"transactions/{number}/approvals", approval))["status"] == "completed"


def test_project_becomes_units_and_makes_good_what_burnt(project, clients):
    """Each by who may, in the order in which it happens; every answer is as it is described."""
    holder, verifier, one, two = clients
    done(holder.post("projects", said(project)))
    done(verifier.post("projects/FOREST-1/validation", OPINION))
    done(two.post("projects/FOREST-1/decision", {"decision": "register"}))
    report = done(holder.post("projects/FOREST-1/monitoring-reports", REPORT))
    assert report["tonnes"] == str(EARNED)
    where = f"monitoring-reports/{report['id']}"
    assert done(verifier.post(f"{where}/verification", OPINION))["state"] == "verified"
    request = done(holder.post(f"{where}/issuance-requests", {}))
    assert (request["quantity"], request["to_buffer"]) == (str(EARNED), str(BUFFERED))
    approve(two, request["transaction"])
    books = done(holder.get("projects/FOREST-1"), 200)
    assert (books["issued"], books["in_buffer"]) == (str(EARNED), str(BUFFERED))
    burnt = {"verifier": "KR-V-2", "units": "150", "evidence": "Burnt in May."}
    loss = done(verifier.post("projects/FOREST-1/reversals", burnt))
    lost = f"credit-losses/{loss['id']}"
    loss = done(two.post(f"{lost}/decision", {"decision": "settle"}))
    assert (loss["cancelled"], loss["owed"]) == (str(BUFFERED), "40")
    approve(one, loss["transaction"])
    offer = {"account": project.account.number, "quantity": "40"}
    loss = done(holder.post(f"{lost}/replacements", offer))
    assert (loss["replaced"], loss["replacements"][0]["quantity"]) == ("40", "40")
    approve(one, loss["replacements"][0]["transaction"])
    for address in ("issuance-requests", "credit-losses", "projects", "monitoring-reports"):
        (found,) = done(one.get(address), 200)["items"]
        name = found.get("id", found.get("code"))
        assert done(one.get(f"{address}/{name}"), 200).items() >= found.items()


def test_invalidation_is_stated_and_refused(project, clients):
    """One administrator states it, another one refuses it."""
    _holder, _verifier, one, two = clients
    request = project.credited()
    where = f"issuance-requests/{request.pk}/invalidation"
    loss = done(one.post(where, {"evidence": "Another forest."}))
    assert (loss["kind"], loss["quantity"]) == ("invalidation", str(EARNED))
    refused = two.post(f"credit-losses/{loss['id']}/decision", {"decision": "refuse"})
    assert done(refused)["state"] == "refused"
    listed = done(one.get("credit-losses", {"state": "stated", "project": "FOREST-1"}), 200)
    assert listed["items"] == []


def test_methodology_is_published_and_read(project, clients):
    """With its versions, by anybody who has a key."""
    holder, _verifier, one, _two = clients
    form = {
        "code": "FOREST",
        "scheme": "KR-OFFSET",
        "names": {"en": "Forests"},
        "valid_from": "2027-01-01",
        "document": {**FOREST, "buffer_share": "0.2"},
    }
    made = done(one.post("methodologies", form))
    assert [each["number"] for each in made["versions"]] == [1, 2]
    assert done(holder.get("methodologies/FOREST"), 200) == made
    assert done(holder.get("methodologies"), 200)["items"] == [made]
    (kind,) = done(holder.get("project-types"), 200)["items"]
    assert kind["code"] == "afforestation"
    form = {**form, "valid_from": "2028-01-01", "document": {**FOREST, "steps": []}}
    assert codes(one.post("methodologies", form)) == ["METHODOLOGY_FIELD_WRONG"]


def codes(answer):
    return [error["code"] for error in answer.json()["errors"]]


def test_what_does_not_exist_is_told_where(project, clients):
    """By its code, and where it stands in the body."""
    holder, _verifier, one, _two = clients
    for name, code in (
        ("project_type", "UNKNOWN_PROJECT_TYPE"),
        ("methodology", "UNKNOWN_METHODOLOGY"),
        ("jurisdiction", "UNKNOWN_JURISDICTION"),
    ):
        answer = holder.post("projects", said(project, **{name: "XX"}))
        assert codes(answer) == [code]
        assert answer.json()["errors"][0]["pointer"] == f"/{name}"
    numbers = said(project, values={"hectares": 250})
    assert codes(holder.post("projects", numbers)) == ["NUMBER_NOT_EXACT"]
    for address, code in (
        ("projects/XX", "UNKNOWN_PROJECT"),
        ("monitoring-reports/1", "UNKNOWN_MONITORING_REPORT"),
        ("issuance-requests/1", "UNKNOWN_ISSUANCE_REQUEST"),
        ("credit-losses/1", "UNKNOWN_CREDIT_LOSS"),
        ("methodologies/XX", "UNKNOWN_METHODOLOGY"),
    ):
        answer = one.get(address)
        assert (answer.status_code, codes(answer)) == (404, [code])
    assert not MonitoringReport.objects.exists()
    wrong = {"decision": "register"}
    project.propose()
    assert codes(one.post("projects/FOREST-1/decision", wrong)) == ["PROJECT_IN_ANOTHER_STATE"]
    assert codes(one.post("projects/FOREST-1/decision", {"decision": "close"})) == ["REASON_NEEDED"]
