"""The fields of an edge are those of the shared description of links, of the page, and of the code:
the same everywhere, with the same words."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from linking.edges import edge as edges
from linking.edges import factor, quota, suspension
from linking.edges.edge import Article6, Banking, Edge, Gate
from linking.edges.factor import Factor
from linking.edges.quota import Quota
from tests.linking import documents

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "linking.md").read_text()
SCHEMA = json.loads((ROOT / "tests" / "vectors" / "link_forms.json").read_text())["schema"]
TICKED = re.compile(r"`([^`]+)`")
# Follows from the factors, and stands in no document.
COMPUTED = {"scale"}
# What a description needs besides for links that convert, and for lists that name a size.
BESIDES = {"converts_to", "facility_limit_t", "acceptance"}


def names(model, *, without=()):
    return {each.name for each in fields(model)} - set(without)


PARTS = {
    "factor": names(Factor),
    "banking": names(Banking, without=["share"]),
    "article6": names(Article6),
    "suspension": {"notice_days", "triggers", "in_flight", "held", "grace"},
    "phases": {"n", "from", "to", "overrides", "gate"},
    "quotas": names(Quota),
    "phases.gate": names(Gate),
}
WORDS = {
    "form": edges.FORMS,
    "legal_basis": edges.LEGAL_BASES,
    "method": edges.METHODS,
    "holder_classes": edges.HOLDERS,
    "rounding": ("cumulative_floor", "per_batch_floor"),
    "residue": ("return", "absorb"),
    "remainder_to": (*edges.REMAINDERS, "split(1/4)"),
    "re_export": ("allowed", "repatriation_only", "forbidden"),
    "state": edges.STATES,
    "factor.kind": factor.KINDS,
    "banking.limit": ("none", "follow_acceptor", "1/4"),
    "suspension.in_flight": ("return", "settle"),
    "suspension.held": (*suspension.HELD, "haircut(0.9)"),
    "suspension.triggers": suspension.TRIGGERS,
    "article6.first_transfer": edges.FIRST_TRANSFERS,
    "quotas.scope": quota.SCOPES,
    "quotas.base": quota.BASES,
    "quotas.measure": quota.MEASURES,
    "quotas.at": quota.PLACES,
    "quotas.direction": quota.DIRECTIONS,
    "quotas.period": quota.PERIODS,
    "quotas.allocation": quota.ALLOCATIONS,
    "quotas.on_exceed": quota.EXCESSES,
    "quotas.key": quota.KEYS,
    "quotas.pool": quota.POOLS,
}
# Where the shared description names a pattern or a shorter word.
WRITTEN_AS = {
    "split(p)": "split(1/4)",
    "haircut(f)": "haircut(0.9)",
    "share": "1/4",
    "grandfather_until": "grandfather_until_period_end",
}


def table(heading):
    """(names, what may stand there, what it does) of each row under a heading of the page."""
    part = PAGE.split(f"\n{heading}\n")[1]
    lines = part[part.index("|---") :].split("\n\n")[0].splitlines()[1:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(TICKED.findall(row[0]), row[1], row[2]) for row in rows]


EDGE_TABLE = {name: row[1:] for row in table("## Fields of an edge") for name in row[0]}
QUOTA_TABLE = {name: row[1:] for row in table("### Quotas") for name in row[0]}


def test_the_page_has_every_field_and_no_other():
    """Of the edge, of its parts, and of its quotas."""
    assert set(EDGE_TABLE) == names(Edge, without=COMPUTED)
    assert set(QUOTA_TABLE) == PARTS["quotas"]
    for name in ("factor", "banking", "article6", "suspension", "phases"):
        assert set(TICKED.findall(EDGE_TABLE[name][0])) == PARTS[name], name


@pytest.mark.parametrize("name", [name for name in WORDS if name.partition(".")[0] != "suspension"])
def test_the_page_has_every_word(name):
    """Each word that a field can have, where the page lists words; none that it can not have."""
    field, _dot, part = name.partition(".")
    told = QUOTA_TABLE[part] if field == "quotas" else EDGE_TABLE[field]
    if name in ("form", "article6.first_transfer", "banking.limit"):
        # These are told in a table or a sentence of their own.
        assert all(f"`{word}`" in PAGE for word in WORDS[name] if word != "1/4")
        return
    listed = TICKED.findall(told[1] if name == "factor.kind" else told[0])
    assert set(listed) == set(WORDS[name])


@pytest.mark.parametrize("name", [name for name in WORDS if name.startswith("suspension.")])
def test_the_page_has_every_word_of_suspension(name):
    """In the paragraphs on suspension."""
    part = PAGE.split("\n### Suspension\n")[1].split("\n## ")[0]
    mine = [word for word in WORDS[name] if word not in ("return", "settle")]
    assert all(f"`{word}`" in part for word in mine)


def described():
    """field -> (its parts, the words of each) as the shared description has them."""
    found = {}
    for name, kind, _about in SCHEMA["fields"]:
        found[name] = set()
        inside = kind.partition("{")[2].rpartition("}")[0]
        for part in re.split(r",(?![^\[{]*[\]}])", inside):
            part_name, _colon, words = part.strip().partition(":")
            if part_name:
                found[name].add(part_name)
                found[f"{name}.{part_name}"] = set(re.findall(r"[\w()]+", words))
        if "{" not in kind and "|" in kind:
            found[name] = {word for word in kind.split("|") if " " not in word}
    return found


def test_the_shared_description_has_every_field_and_no_other():
    """What it has is here; what is here besides is named above."""
    told = described()
    top = {name for name in told if "." not in name}
    assert top == names(Edge, without=COMPUTED) - BESIDES
    for name in ("factor", "quotas", "banking", "article6"):
        assert told[name] == PARTS[name], name
    assert told["suspension"] == PARTS["suspension"]
    assert told["phases"] == PARTS["phases"] - {"n"}
    assert told["phases.gate"] == PARTS["phases.gate"] - {"min_must"}


@pytest.mark.parametrize("name", WORDS)
def test_the_shared_description_has_every_word(name):
    """It names no word that the code does not read; what the code reads besides is told."""
    told = {WRITTEN_AS.get(word, word) for word in described().get(name, ())}
    more = {
        "suspension.triggers": {"manual"},
        "quotas.period": set(quota.PERIODS),
        "article6.first_transfer": set(edges.FIRST_TRANSFERS),
    }
    assert told | more.get(name, set()) == set(WORDS[name])


@pytest.mark.parametrize(
    ("name", "word"),
    [pytest.param(name, word, id=f"{name}-{word}") for name in WORDS for word in WORDS[name]],
)
def test_the_reader_takes_every_word(name, word):
    """And keeps it; another word is none that is possible."""
    assert documents.edge(**with_word(name, word)) is not None
    if name != "banking.limit":
        with pytest.raises(edges.Broken):
            documents.edge(**with_word(name, "another"))


def with_word(name, word):
    """What a document says, with one word in its place."""
    field, _dot, part = name.partition(".")
    if not part:
        return {field: word}
    if field == "quotas":
        suited = {"scope": "entity"} if word in quota.OF_ENTITIES and part == "base" else {}
        made = documents.use_quota if word == quota.POOLS[1] else documents.quota
        return {field: [made(**{"value": "1", **suited, part: word})]}
    if name == "factor.kind":
        return {field: {"kind": word, "value": "0.5" if word == "discount" else "1"}}
    if part == "triggers":
        limit = {"kind": word, "above": "2"} if word in suspension.WITH_THRESHOLD else word
        return {field: {"triggers": [limit]}}
    needed = {"banking": {"allowed": True}, "article6": {"ca_required": False}}
    return {field: {**needed.get(field, {}), part: word}}
