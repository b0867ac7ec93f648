"""Everything about links that is refused is refused by REST with its code, a hint, and no trace."""

import copy
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from linking.models import AgreementVersion, EdgeChange, Transfer
from registry.models import Account
from tests.linking.conftest import EDGES
from tests.linking.documents import factor, quota
from tests.linking.rest import codes, propose
from tests.world import issue_units


def edges(*changes):
    """The two edges of the agreement in force, with what is changed of each."""
    return [{**copy.deepcopy(edge), **change} for edge, change in zip(EDGES, changes, strict=True)]


@pytest.mark.parametrize(
    ("said", "status", "code", "pointer"),
    [
        ("cycle", 400, "CYCLE_MINTS", "/edges/0/factor/value"),
        ("not_reciprocal", 400, "SYMMETRIC_NOT_RECIPROCAL", "/edges/0/factor/value"),
        ("float", 400, "NOT_EXACT", "/edges/0/factor/value"),
        ("no_period", 400, "QUOTA_WITHOUT_PERIOD", "/edges/0/quotas/0/period"),
        ("overlap", 400, "PHASES_OVERLAP", "/edges/0/phases/1"),
        ("unknown_type", 400, "UNKNOWN_UNIT_TYPE", "/edges/0/accept_unit_types"),
        ("above_one", 400, "FACTOR_ABOVE_ONE", "/edges/0/factor/value"),
        ("wrong_party", 403, "EDGE_OF_ANOTHER", None),
    ],
)
def test_text_is_refused(agreed, said, status, code, pointer):
    """One rule is broken: one code, with its place, a hint, and no version more."""
    answer = propose(agreed.korea, edges=TEXTS[said])
    assert answer.status_code == status, answer.content
    found = {error["code"]: error for error in answer.json()["errors"]}
    assert code in found and found[code]["hint"] and found[code]["detail"]
    assert found.keys() <= {code, "CYCLE_MINTS", "FACTOR_ABOVE_ONE"}
    if pointer is not None:
        assert found[code]["pointer"].endswith(pointer)
    assert AgreementVersion.objects.count() == 1


PHASES = [{"n": 1, "from": "2027-01-01"}, {"n": 2, "from": "2027-01-01"}]
TEXTS = {
    # 0.8 there and 1.3 back: 1.04 after one round.
    "cycle": edges({}, {"factor": factor("1.3", "exchange")}),
    "not_reciprocal": edges({"symmetric_with": "KR>CN"}, {}),
    "float": edges({"factor": {"kind": "discount", "value": 0.8}}, {}),
    "no_period": edges({"quotas": [quota(value="1000", period=None)]}, {}),
    "overlap": edges({"phases": PHASES}, {}),
    "unknown_type": edges({"accept_unit_types": ["CEA-2"]}, {}),
    "above_one": edges({"factor": factor("1.01", "exchange")}, {}),
    # Korea proposes; what goes to China is China's to say.
    "wrong_party": edges({}, {"factor": factor("0.9")}),
}


def test_signature_over_another_version_is_refused(agreed):
    """The digest of the version in force, for the one that is proposed."""
    before = agreed.china.get("agreements/KR-CN/versions/1").json()["digest"]
    assert propose(agreed.korea, title="Amended").status_code == 201
    answer = agreed.china.post("agreements/KR-CN/signatures", {"party": "CN", "digest": before})
    assert (answer.status_code, codes(answer)) == (400, ["SIGNED_ANOTHER_VERSION"])


def test_what_not_all_have_signed_is_not_in_force(clients, world):
    """One of two signatures: proposed, and no unit crosses."""
    parties = [{"registry": "KR-ETRS"}, {"registry": "CN-ETR"}]
    assert (
        clients.korea.post("agreements", {"code": "KR-CN", "parties": parties}).status_code == 201
    )
    digest = propose(clients.korea).json()["digest"]
    said = {"party": "KR", "digest": digest}
    signed = clients.korea.post("agreements/KR-CN/signatures", said)
    assert signed.json()["state"] == "proposed"
    again = clients.korea.post("agreements/KR-CN/signatures", said)
    assert (again.status_code, codes(again)) == (409, ["ALREADY_SIGNED"])
    assert clients.china.get("links").json()["items"] == []
    answer = clients.china.post("transfers", order(world))
    assert (answer.status_code, codes(answer)) == (422, ["NO_EDGE"])


def test_transfer_at_the_instant_of_suspension_is_refused(agreed, world, monkeypatch):
    """The instant itself is after it; the microsecond before is not."""
    said = order(world)
    assert agreed.korea.post("links/CN>KR/suspension", {"reason": "prices"}).status_code == 201
    at = EdgeChange.objects.get(edge_id="CN>KR", state="suspended").at
    for moment, wanted in ((at - timedelta(microseconds=1), 202), (at, 422)):
        monkeypatch.setattr(
            "linking.api.views.transfers.timezone", SimpleNamespace(now=lambda at=moment: at)
        )
        answer = agreed.china.post("transfers", said)
        assert answer.status_code == wanted
    assert codes(answer) == ["LINK_SUSPENDED"]
    assert answer.json()["errors"][0]["hint"]
    assert Transfer.objects.count() == 1


def test_quota_below_what_is_used_is_refused(agreed, world):
    """800 t are taken: 800 is a limit, 799 is none."""
    assert agreed.china.post("transfers", order(world, "1000")).status_code == 202
    low, enough = (edges({"quotas": [quota(value=value)]}, {}) for value in ("799", "800"))
    answer = propose(agreed.korea, edges=low)
    assert (answer.status_code, codes(answer)) == (422, ["QUOTA_BELOW_USE"])
    assert propose(agreed.korea, edges=enough).status_code == 201


def order(world, quantity="10"):
    """Units of the running year that a Chinese operator sends to a Korean one."""
    issue_units(world, world.cea, [(world.at_neighbour.operator, 2000)], year=timezone.now().year)
    numbers = dict(Account.objects.values_list("pk", "number"))
    return {
        "source": numbers[world.at_neighbour.operator],
        "destination": numbers[world.at_home.operator_a],
        "unit_type": "CEA",
        "quantity": quantity,
    }
