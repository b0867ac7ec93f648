"""Readiness to link: scores as they were recorded, and the assessment of each pair."""

from django import forms
from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from linking.models import ReadinessScore
from linking.readiness.assessment import agreed, what_if
from linking.readiness.criteria import CRITERIA, GREATEST_SCORE
from linking.selectors import readiness
from registry.admin import shown
from registry.admin.base import ReadOnly
from registry.models import Jurisdiction

from . import wording

ALIGNMENTS = {
    "MUST": _("must align"),
    "SHOULD": _("should align"),
    "NO_NEED": _("need not align"),
}
DIMENSIONS = {
    "participation": _("participation"),
    "cap": _("kind of cap"),
    "price_gap": _("gap between prices"),
    "mrv": _("monitoring, reporting and verification"),
    "enforcement": _("enforcement"),
    "registry": _("registry"),
    "offsets": _("offsets"),
    "price_containment": _("price containment"),
    "borrowing": _("borrowing"),
    "banking": _("banking"),
    "legal_basis": _("legal basis"),
    "third_links": _("links to third parties"),
    "market": _("market oversight"),
    "calendar": _("compliance calendar"),
    "allocation": _("allocation"),
    "sectors": _("sectors covered"),
    "gases": _("gases covered"),
    "direct_and_indirect": _("direct and indirect emissions"),
    "legal_unit": _("legal nature of units"),
    "transparency": _("transparency"),
    "article6": _("capacity for Article 6"),
    "settlement": _("settlement and currency"),
}
SCORES = {
    0: _("incompatible or unknown"),
    1: _("a major change is needed"),
    2: _("a small adaptation is needed"),
    3: _("compatible"),
}


class WhatIfForm(forms.Form):
    """A rule that would change: one criterion, and the score that it would have."""

    criterion = forms.ChoiceField(
        label=_("If this criterion"),
        choices=[(code, f"{code} {each.dimension}") for code, each in CRITERIA.items()],
    )
    score = forms.TypedChoiceField(
        label=_("scored"), choices=[(n, n) for n in range(GREATEST_SCORE + 1)], coerce=int
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["criterion"].choices = [
            (code, f"{code} {DIMENSIONS[each.dimension]}") for code, each in CRITERIA.items()
        ]
        self.fields["score"].choices = [(n, f"{n}: {SCORES[n]}") for n in SCORES]


@admin.register(ReadinessScore)
class ReadinessScoreAdmin(ReadOnly):
    list_display = (
        shown.code_of("one", _("one jurisdiction")),
        shown.code_of("other", _("other jurisdiction")),
        *("criterion_named", "score_named", "assessor", "on", "evidence"),
    )
    list_select_related = ("one", "other")
    list_filter = ("criterion", "score", "assessor")
    search_fields = ("one__code", "other__code", "assessor", "evidence")
    ordering = ("-pk",)
    fields = (
        *("one", "other", "criterion_named", "score_named", "assessor", "on", "evidence"),
        "recorded_by",
    )

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("pairs/", view(self.pairs), name="linking_readinessscore_pairs"),
            path(
                "pairs/<str:one>/<str:other>/",
                view(self.pair),
                name="linking_readinessscore_pair",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        tools = [(reverse("admin:linking_readinessscore_pairs"), _("Assessments of pairs"))]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    @admin.display(description=_("criterion"), ordering="criterion")
    def criterion_named(self, row):
        known = CRITERIA.get(row.criterion)
        return shown.coded(row.criterion, DIMENSIONS[known.dimension] if known else "")

    @admin.display(description=_("score"), ordering="score")
    def score_named(self, row):
        return shown.coded(row.score, SCORES.get(row.score, ""))

    def pairs(self, request):
        """Every pair that somebody has scored, the readiest first."""
        found = sorted(readiness.pairs(), key=lambda each: -each[2].assessment.index)
        rows = [(one, other, told(pair)) for one, other, pair in found]
        return self._answer(request, "readiness_pairs.html", _("Readiness to link"), rows=rows)

    def pair(self, request, one, other):
        """The criteria of one pair with their scores, and what would be if one of them changed."""
        found = dict(Jurisdiction.objects.in_bulk([one, other], field_name="code"))
        if len(found) != 2:
            raise Http404
        pair = readiness.pair(found[one].pk, found[other].pk)
        form = WhatIfForm(request.GET or None)
        changed = None
        if form.is_bound and form.is_valid():
            said = form.cleaned_data
            _now, then = what_if(agreed(pair.scores), **{said["criterion"]: said["score"]})
            changed = _assessed(then)
        context = {
            "one": found[one],
            "other": found[other],
            "told": told(pair),
            "criteria": _criteria(pair, found[one].pk, found[other].pk),
            "form": form,
            "changed": changed,
        }
        title = f"{_('Readiness to link')}: {one} – {other}"
        return self._answer(request, "readiness_pair.html", title, **context)

    def _answer(self, request, template, title, **context):
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, f"linking/admin/{template}", {**whole, **context})


def told(pair):
    """A pair's assessment in words."""
    return {**_assessed(pair.assessment), "differ": _named(pair.disagreements)}


def _assessed(made):
    return {
        "index": thousandths(made.index),
        "exact": str(made.index),
        "form": wording.form_name(made.form),
        "blockers": _named(made.blockers),
        "obstacles": _named(made.obstacles),
        "unknown": _named(made.unknown),
    }


def thousandths(index) -> str:
    """An exact number from 0 to 1 with three places, rounded to the nearest."""
    text = f"{(2000 * index.numerator + index.denominator) // (2 * index.denominator):04d}"
    return f"{text[:-3]}.{text[-3:]}"


def _named(codes):
    return [f"{code} {DIMENSIONS[CRITERIA[code].dimension]}" for code in codes]


def _criteria(pair, one_id, other_id):
    """Each criterion with the range of its scores, and who gave which, on what evidence."""
    given = {}
    for row in readiness.scores(one_id, other_id):
        given.setdefault(row.criterion, []).append(row)
    found = []
    for code, criterion in CRITERIA.items():
        low, high = pair.ranges.get(code, (None, None))
        found.append(
            {
                "code": code,
                "name": DIMENSIONS[criterion.dimension],
                "alignment": ALIGNMENTS[criterion.alignment],
                "weight": criterion.weight,
                "score": "–" if low is None else str(low) if low == high else f"{low} – {high}",
                "words": SCORES.get(low, ""),
                "is_blocker": code in pair.assessment.blockers,
                "rows": given.get(code, []),
            }
        )
    return found
