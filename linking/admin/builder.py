"""The builder: from a form of link to the text of a version, page by page; and a new agreement.

What the pages say becomes the document that the API takes as well. Its reader complains of it; each
complaint stands at the field that it is about, all at once.
"""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking import documents
from linking.errors import TEXTS, failure, refused_document
from linking.permissions import own_parties
from linking.presets import preset
from linking.selectors import agreements
from linking.selectors.past import replayed
from linking.services.create_agreement import NewParty, create_agreement
from linking.services.propose_version import propose_version
from linking.services.try_version import try_version
from registry.admin.actors import actor_of
from registry.admin.wizards.flow import GO, Wizard
from registry.errors import Conflict, NotFound
from registry.keys import text_forms
from registry.models import Jurisdiction, Role, UnitType

from . import reading
from .builder_forms import Begin, edge_step, text_step
from .edge_document import document
from .edge_form import field_of

EMPTY = {"title": "", "clauses": [{"id": "1", "text": ""}], "edges": []}
ADD = "add:"
INDIRECT = "indirect"
MOST = 9


def may_begin(actor) -> bool:
    """Whether the person administers a registry, and so can act for a party."""
    return actor is not None and any(Role.ADMINISTRATOR in roles for roles in actor.roles.values())


def begin(request):
    """A new agreement: its code and its parties."""
    if not may_begin(actor_of(request)):
        raise PermissionDenied
    return Beginning(request).respond()


def propose(request, pk):
    """A text: the first one, from a form of link; later ones, from the one before."""
    actor = actor_of(request)
    try:
        of = agreements.find_by_id(actor, pk)
    except NotFound as error:
        raise Http404(str(error)) from error
    own = own_parties(actor, of)
    if not own:
        raise PermissionDenied
    return Building(request, of, own).respond()


class Beginning(Wizard):
    """One page with the parties, and one to look at it."""

    steps = (Begin,)
    preview_template = "linking/admin/begin_check.html"
    title = _("Begin an agreement")
    last_heading = _("Check and begin")
    submit_word = _("Begin")
    start_word = _("Agreements")

    @property
    def start(self):
        return reverse("admin:linking_agreement_changelist")

    def place_of(self, failure):
        return PLACES.get(failure.code, ())

    def preview(self, known):
        return {}, []

    def submit(self, known, key):
        keys = dict(line.partition(":")[::2] for line in known["keys"].splitlines() if line)
        parties = [NewParty(code, _key(keys.get(code, ""))) for code in known["registries"]]
        by = {"actor": self.actor, "at": timezone.now()}
        made = create_agreement(code=known["code"], parties=parties, **by)
        messages.success(self.request, _("The agreement has begun. Propose its first text."))
        return redirect("admin:linking_agreement_propose", made.pk)


PLACES = {
    "UNKNOWN_REGISTRY": ("registries",),
    "TOO_FEW_PARTIES": ("registries",),
    "KEY_NOT_PINNED": ("keys",),
    "AGREEMENT_EXISTS": ("code",),
    "NOT_PERMITTED": ("registries",),
}


def _key(text):
    """The public key that was typed; none where it is no Base64url, of which the service tells."""
    try:
        return text_forms.decode(text.strip()) if text.strip() else None
    except ValueError:
        return None


class Building(Wizard):
    """The pages of one text: what it says, then each edge that is new or changes."""

    step_template = "linking/admin/wizard_step.html"
    preview_template = "linking/admin/builder_check.html"
    last_heading = _("Check and propose")
    submit_word = _("Propose the text")
    start_word = _("Agreement")

    def __init__(self, request, of, own):
        super().__init__(request)
        self.of, self.own, self.at = of, own, timezone.now()
        self.latest = agreements.latest(of)
        self.base = documents.content(self.latest) if self.latest else EMPTY
        self.title = _("Propose a text")
        self.steps = ()

    @cached_property
    def asked(self):
        """What was typed, once; asking for one more of something is counted here."""
        data, is_sent = super()._typed()
        if data is not None and data.get(GO, "").startswith(ADD):
            data = data.copy()
            name = f"{data[GO].removeprefix(ADD)}_count"
            known = data.get(name, "")
            count = int(known) if known.isascii() and known.isdecimal() else 0
            data[name] = str(min(count + 1, MOST))
        return data, is_sent

    def respond(self):
        data, _is_sent = self.asked
        self.drafts = self._drafts(data if data is not None else self.request.GET)
        given = data if data is not None else {}
        self.steps = (
            text_step(self, given),
            *(edge_step(key, edge, given) for key, edge in self.drafts.items()),
        )
        if data is not None and data.get(GO, "").startswith(ADD):
            return self._again(self._asked(data)[0], data)
        return super().respond()

    def _typed(self):
        return self.asked

    @property
    def start(self):
        return reverse("admin:linking_agreement_change", args=[self.of.pk])

    @cached_property
    def places(self):
        """The jurisdictions of the parties, in words by their codes."""
        return {each.jurisdiction.code: str(each.jurisdiction) for each in self.of.parties.all()}

    @cached_property
    def mechanisms(self):
        """Mechanisms outside all Parties: they sign nothing, and indirect links lead from them."""
        rows = Jurisdiction.objects.filter(code__in=agreements.mechanisms()).order_by("code")
        return {row.code: str(row) for row in rows}

    @cached_property
    def changeable(self):
        """The edges of the earlier text that the person's parties may change."""
        own = {each.jurisdiction.code for each in self.own}
        in_force = agreements.in_force(self.of) is not None
        edges = self.base["edges"]
        return [edge["edge_id"] for edge in edges if not in_force or edge["acceptor"] in own]

    @cached_property
    def known_to_links(self):
        return agreements.known()

    def _drafts(self, data):
        """key -> document to begin with, of each edge that has a page of its own."""
        edits = set(data.getlist("edit")) & set(self.changeable) - set(data.getlist("remove"))
        found = {
            f"b{number}": edge
            for number, edge in enumerate(self.base["edges"])
            if edge["edge_id"] in edits
        }
        form, source, to = (data.get(f"add_{name}", "") for name in ("form", "source", "acceptor"))
        sources = self.mechanisms if form == INDIRECT else self.places
        if form in reading.wording.FORMS and source in sources and to in self.places:
            found["n0"] = self._preset(form, source, to)
            if form != INDIRECT and (data.get("add_both") or form == "reciprocal"):
                found["n1"] = self._preset(form, to, source)
        return found

    def _preset(self, form, source, to):
        known = UnitType.objects.order_by("code").values_list("code", flat=True)
        types = list(known.filter(registry__jurisdiction__code=source))
        acceptors = [each.registry_id for each in self.of.parties.filter(jurisdiction__code=to)]
        into = known.filter(registry__in=acceptors, kind="credit").first() or ""
        return preset(form, source=source, acceptor=to, unit_types=types, into=into)

    def text(self, known):
        """(what would be proposed, the key of each of its edges or None)."""
        removed = set(known.get("remove", ())) & set(self.changeable)
        edges, keys = [], []
        for number, edge in enumerate(self.base["edges"]):
            if edge["edge_id"] not in removed:
                keys.append(f"b{number}" if f"b{number}" in self.drafts else None)
                edges.append(self._edge(keys[-1], known) if keys[-1] else edge)
        for key in self.drafts:
            if key.startswith("n"):
                keys.append(key)
                edges.append(self._edge(key, known))
        clauses = [
            {"id": known[f"clauses_{n}_id"], "text": known[f"clauses_{n}_text"]}
            for n in range(self.steps[0].clause_count)
            if known.get(f"clauses_{n}_id") or known.get(f"clauses_{n}_text")
        ]
        return {"title": known["title"], "clauses": clauses, "edges": edges}, keys

    def _edge(self, key, known):
        """The edge of a page that was filled in; else as it was to begin with."""
        if f"{key}_edge_id" not in known:
            return self.drafts[key]
        step = next(each for each in self.steps if getattr(each, "key", None) == key)
        return document(known, key, step.counts)

    def complaints(self, key, known):
        """(pointer inside the edge, message, hint, code) of what is wrong with one edge."""
        said, keys = self.text(known)
        _edges, findings = documents.read_edges(said, self.known_to_links)
        where = f"/edges/{keys.index(key)}"
        for finding in findings:
            if finding.where == where or finding.where.startswith(f"{where}/"):
                message, hint = TEXTS[finding.code]
                yield finding.where.removeprefix(where), message, hint, finding.code

    def context(self):
        return {"registry": self.of, "of": self.of}

    def place_of(self, failure):
        """The field of a complaint about the text as a whole."""
        _edges, number, rest = (failure.data.get("pointer", "").strip("/") + "//").split("/", 2)
        if _edges == "clauses":
            return (f"clauses_{number}_{rest.strip('/')}",)
        if _edges != "edges" or not number.isdecimal() or int(number) >= len(self.keys):
            return (_edges,)
        key = self.keys[int(number)]
        field = key and field_of(rest.rstrip("/"), key, self.names)
        return (field,) if field else ()

    def preview(self, known):
        """What would change, and what it would have meant for the requests of the last year."""
        said, self.keys = self.text(known)
        edges, findings = documents.read_edges(said, self.known_to_links)
        failures = refused_document(findings).failures or self._refused(known, said)
        if failures:
            return {}, failures
        before = self.base if self.latest else None
        return {
            "differences": reading.differences(before, said) if before else [],
            "is_first": before is None,
            "edges": [(each, reading.groups(each)) for each in said["edges"]],
            "replayed": replayed(edges, self.at),
            "party": self.places[self._party(known)],
        }, []

    def _refused(self, known, said):
        by = {"actor": self.actor, "agreement": self.of.code, "at": self.at}
        return try_version(party=self._party(known), said=said, **by)

    def _party(self, known):
        return known.get("party") or self.own[0].jurisdiction.code

    def submit(self, known, key):
        """Raises: Conflict (NOT_PROPOSED) where another text has come since the first page."""
        if known["base"] != str(self.latest.number if self.latest else 0):
            raise Conflict(failure("NOT_PROPOSED"))
        said, self.keys = self.text(known)
        made = propose_version(
            actor=self.actor,
            agreement=self.of.code,
            party=self._party(known),
            said=said,
            at=timezone.now(),
        )
        text = _("Text %(number)s is proposed. It is in force when all parties have signed it.")
        messages.success(self.request, text % {"number": made.number})
        return redirect("admin:linking_agreement_version", self.of.pk, made.number)
