"""The page of a block: where its units come from, where they are, and how they got there."""

from django.contrib import admin
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from registry import canonical
from registry.errors import DomainError
from registry.selectors import blocks, certificates, history, legacy, lineage, reference

from . import charts, shown, starts
from .actors import actor_of, reads_a_ledger

SHOWN = 100
# A picture with more boxes than this can not be read.
DRAWN = 60


def block(request, unit_type, first, last):
    """Everything that is known of the serials first..last of a unit type."""
    found, registry = _asked(request, unit_type, first, last)
    actor = actor_of(request)
    serials = {"unit_type_id": found.pk, "first": first, "last": last}
    stays = history.history(registry_id=registry.pk, **serials, limit=SHOWN + 1)
    drawn = lineage.lineage(registry_id=registry.pk, **serials, limit=DRAWN)
    certificate, unproven = _certificate(actor, found, first, last)
    context = {
        **admin.site.each_context(request),
        "title": shown.block_text(found.code, first, last),
        "unit_type": found,
        "registry": registry,
        "zone": registry.jurisdiction.time_zone,
        "first": first,
        "last": last,
        "quantity": last - first + 1,
        "held": starts.of_held(
            actor, blocks.at_serials(actor, **serials, limit=SHOWN), first=first, last=last
        ),
        "legacy": legacy.of_serials(found, [(first, last)]),
        "issuances": certificates.issuances(found.pk, first, last, limit=SHOWN),
        "stays": stays[:SHOWN],
        "has_more": len(stays) > SHOWN,
        "life": charts.life(drawn[:DRAWN], first=first, last=last) if drawn else None,
        "has_older": len(drawn) > DRAWN,
        "certificate": certificate,
        "unproven": unproven,
    }
    return TemplateResponse(request, "registry/admin/block.html", context)


def certificate(request, unit_type, first, last):
    """The certificate as the file that anybody can verify: its bytes are what was signed."""
    found, _registry = _asked(request, unit_type, first, last)
    document, failures = _certificate(actor_of(request), found, first, last)
    if document is None:
        raise Http404(str(failures[0].message))
    answer = HttpResponse(canonical.encode(document), content_type="application/json")
    name = f"{found.code}-{first}-{last}.certificate.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request, unit_type, first, last):
    """The unit type and the registry whose ledger is read.   Raises: Http404."""
    if not reads_a_ledger(request) or not 1 <= first <= last:
        raise Http404(_("There is no such block."))
    try:
        found = reference.unit_type(unit_type)
        code = request.GET.get("registry")
        return found, history.registry_of(actor_of(request), unit_type=found, code=code)
    except DomainError as error:
        raise Http404(str(error)) from error


def _certificate(actor, unit_type, first, last):
    """(certificate, failures): one of them is empty."""
    try:
        found = certificates.certificate(actor, unit_type=unit_type, first=first, last=last)
    except DomainError as error:
        return None, error.failures
    return found, []
