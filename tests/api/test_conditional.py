"""Entity tags: what is there already is not sent again, and no change builds on what is past."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.models import Jurisdiction, TypeProposal

TAGGED = [
    "jurisdictions",
    "jurisdictions/KR",
    "schemes",
    "schemes/K-ETS",
    "registries",
    "registries/KR-ETRS",
    "registries/KR-ETRS/account-classes",
    "unit-types",
    "unit-types/KAU",
    "facts",
    "sources",
    "transaction-types",
    "transaction-types/transfer",
    "type-versions",
]


def version(**more):
    begins = timezone.now() + timedelta(minutes=1)
    said = {"code": "transfer", "rules": {"approvals": 2}, "reason": "as decided"}
    return {**said, "valid_from": begins.isoformat(), **more}


@pytest.mark.parametrize("path", TAGGED)
def test_what_has_not_changed_is_not_sent_again(auditor, world, path):
    """A strong tag, and 304 without a body for who sends it, also among others."""
    first = auditor.get(path)
    assert first.status_code == 200
    tag = first["ETag"]
    assert tag.startswith('"') and "no-cache" in first["Cache-Control"]
    for given in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = auditor.get(path, **{"if-none-match": given})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert auditor.get(path, **{"if-none-match": '"other"'}).content == first.content


def test_tags_differ_with_what_is_said(auditor, world):
    """Another language and another page are another representation; a change is another tag."""
    tags = {
        auditor.get("jurisdictions")["ETag"],
        auditor.get("jurisdictions", **{"accept-language": "ko"})["ETag"],
        auditor.get("jurisdictions", {"limit": "1"})["ETag"],
    }
    before = auditor.get("jurisdictions/KR")["ETag"]
    Jurisdiction.objects.filter(code="KR").update(name_en="Republic of Korea")
    tags |= {before, auditor.get("jurisdictions/KR")["ETag"]}
    assert len(tags) >= 4
    assert before != auditor.get("jurisdictions/KR")["ETag"]


def test_a_streamed_list_has_no_tag(auditor, world):
    """It is not known before it is sent."""
    answer = auditor.get("unit-types", accept="text/csv")
    assert "ETag" not in answer


def test_a_proposal_says_what_it_is_based_on(managers):
    """428 without If-Match; nothing is proposed, and the tag of any language does."""
    manager = managers[0]
    answer = manager.post("type-versions", version())
    assert (answer.status_code, answer.json()["code"]) == (428, "IF_MATCH_MISSING")
    assert answer.json()["errors"][0]["parameter"] == "If-Match"
    assert not TypeProposal.objects.exists()
    read = manager.get("transaction-types/transfer", **{"accept-language": "ko"})
    answer = manager.post("type-versions", version(), **{"if-match": read["ETag"]})
    assert answer.status_code == 202


def test_a_proposal_on_what_is_past_is_refused(managers):
    """412 when the type has another version by now, also one that is not yet in force."""
    one, two = managers
    tag = one.get("transaction-types/transfer")["ETag"]
    tomorrow, later = (timezone.now() + timedelta(days=days) for days in (1, 2))
    first = version(valid_from=tomorrow.isoformat())
    found = one.post("type-versions", first, **{"if-match": tag}).json()
    decision = {"decision": "approve", "payload_hash": found["payload_hash"]}
    assert two.post(f"type-versions/{found['id']}/decision", decision).status_code == 201
    second = version(valid_from=later.isoformat())
    answer = one.post("type-versions", second, **{"if-match": tag})
    assert (answer.status_code, answer.json()["code"]) == (412, "PRECONDITION_FAILED")
    assert TypeProposal.objects.count() == 1
    now = one.get("transaction-types/transfer")
    assert now.json()["latest_version"] == now.json()["version"] + 1
    answer = one.post("type-versions", second, **{"if-match": f'"x", {now["ETag"]}'})
    assert answer.status_code == 202


def test_types_of_a_registry(auditor, world):
    """A registry without a version of its own has the general one; unknown names are told."""
    general = auditor.get("transaction-types/transfer")
    there = auditor.get("transaction-types/transfer", {"registry": "KR-ETRS"})
    assert there.content == general.content
    answer = auditor.get("transaction-types/gift")
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_TRANSACTION_TYPE")
    answer = auditor.get("transaction-types/transfer", {"registry": "MOON"})
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_REGISTRY")
