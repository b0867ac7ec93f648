"""The document of an agreement's version: what is signed, in its canonical form.

Format `concord-agreement-1`: RFC 8785 JSON of the agreement's code, the version's number, the
parties with the keys that they sign with, the clauses and the edges. A signature is over these
bytes, so it holds for one version only.
"""

import json

from registry import canonical

from .edges.edge import read_into
from .edges.findings import Finding, Unreadable
from .edges.kinds import text
from .link_set import Known, check

FORMAT = "concord-agreement-1"


def built(*, code: str, number: int, parties: list, said: dict) -> str:
    """The canonical text of a version. `said` has `title`, `clauses` and `edges`."""
    return canonical.encode(
        {
            "format": FORMAT,
            "agreement": code,
            "version": number,
            "parties": parties,
            "title": said["title"],
            "clauses": said["clauses"],
            "edges": said["edges"],
        }
    ).decode()


def read_edges(said, known: Known) -> tuple[list, list[Finding]]:
    """The edges of a document and everything that is wrong with it."""
    parts = ("title", "clauses", "edges")
    findings = [Finding("FIELD_MISSING", f"/{name}") for name in parts if name not in said]
    findings.extend(Finding("UNKNOWN_FIELD", f"/{name}") for name in sorted(said.keys() - {*parts}))
    findings.extend(_clause_findings(said.get("clauses", [])))
    given = said.get("edges", [])
    if not isinstance(given, list):
        return [], [*findings, Finding("WRONG_TYPE", "/edges", {"wanted": "list"})]
    edges = [
        read_into(document, f"/edges/{number}", findings) for number, document in enumerate(given)
    ]
    if None not in edges:
        findings.extend(check(edges, known))
    return edges, findings


def _clause_findings(clauses):
    if not isinstance(clauses, list):
        yield Finding("WRONG_TYPE", "/clauses", {"wanted": "list"})
        return
    for number, clause in enumerate(clauses):
        if not (isinstance(clause, dict) and clause.keys() == {"id", "text"}):
            yield Finding("WRONG_TYPE", f"/clauses/{number}", {"wanted": "id and text"})
            continue
        try:
            text(clause["id"])
        except Unreadable as unreadable:
            yield Finding(unreadable.code, f"/clauses/{number}/id")
        if not isinstance(clause["text"], str):
            yield Finding("WRONG_TYPE", f"/clauses/{number}/text", {"wanted": "text"})


def content(version) -> dict:
    """The document that a version's row holds."""
    return json.loads(version.canonical)
