"""One text of an agreement as its pages show it: signatures, clauses, edges, what it changes."""

from django.http import Http404

from linking import documents
from linking.models import Agreement, AgreementVersion
from linking.selectors import agreements
from registry.admin import shown
from registry.errors import NotFound

from . import reading

STATUS = AgreementVersion.Status


def found_version(actor, pk, number) -> tuple[Agreement, AgreementVersion]:
    """Raises: Http404."""
    try:
        of = agreements.find_by_id(actor, pk)
        return of, agreements.find_version(actor, of.code, number)
    except NotFound as error:
        raise Http404(str(error)) from error


def told_version(of, text) -> dict:
    """A text with its comments beside what they are about, and what it changes."""
    said = documents.content(text)
    about = {}
    for each in agreements.comments(text):
        about.setdefault(each.clause, []).append(each)
    before = of.versions.filter(number__lt=text.number).exclude(status=STATUS.DROPPED)
    earlier = before.order_by("-number").first()
    signed = {each.party_id: each for each in text.signatures.all()}
    return {
        "version": text,
        "said": said,
        "clauses": [
            {**clause, "comments": about.pop(f"/clauses/{number}/text", [])}
            for number, clause in enumerate(said["clauses"])
        ],
        "edges": [
            {
                "edge": document,
                "groups": reading.groups(document, f"/edges/{number}"),
                "comments": [
                    (reading.place(said, pointer), each)
                    for pointer in [*about]
                    if pointer.startswith(f"/edges/{number}/")
                    for each in about.pop(pointer)
                ],
            }
            for number, document in enumerate(said["edges"])
        ],
        "comments": [(pointer, each) for pointer, rows in about.items() for each in rows],
        "parties": [(each, signed.get(each.pk)) for each in of.parties.all()],
        "earlier": earlier,
        "differences": reading.differences(documents.content(earlier), said) if earlier else [],
        "digest": shown.digest(text.digest),
    }
