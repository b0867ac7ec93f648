"""Who has read what on the pages is on record before the page leaves.

What a page is about is found in what it was made of: the rows of a list, the row of a page, the
figures of the home page; where it was made of neither, as a document, by what the address names.
A page of its own may say it: `registries_read` of what it is made of are codes of registries.
An admin class says by `scope`, or by several `read_paths`, where its rows have their registries.
"""

from functools import partial
from itertools import chain

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import FileResponse, Http404, HttpResponse
from django.template.loader import render_to_string

from registry import permissions
from registry.errors import Unavailable
from registry.models import Reading, Registry, UnitType
from registry.services.keep_reading import Answered, Asked, keep_reading

from .actors import actor_of
from .base import Governance

# What shows nothing of anybody: texts of the pages, one's own password, the way out.
UNREAD = frozenset({"jsi18n", "password_change", "password_change_done", "logout"})
REFUSALS = {Http404: 404, PermissionDenied: 403}
# How an address names the row that it is of.
KEYS = ("object_id", "pk", "number")


def kept(request, answer):
    """What `answer` gives, or another page in its place where its reading can not be put on
    record."""
    if request.resolver_match.url_name in UNREAD:
        return answer()
    try:
        response = answer()
    except tuple(REFUSALS) as error:
        status = next(REFUSALS[kind] for kind in REFUSALS if isinstance(error, kind))
        refused = _unless_kept(request, lambda: Answered(status, 0))
        if refused is None:
            raise
        return refused
    # What a POST has done is in the ledger; a page that it answers with is read.
    if response.status_code >= 500 or (request.method == "POST" and response.status_code != 200):
        return response
    sorry = _unless_kept(request, partial(_answered, request, response))
    if sorry is None:
        return response
    if isinstance(response, FileResponse):
        response.file_to_stream.close()
    return sorry


def _unless_kept(request, answered):
    """Puts the reading on record; the page that says so, where that is not possible."""
    match = request.resolver_match
    actor = actor_of(request)
    asked = Asked(
        actor.person_id, None, Reading.Face.ADMIN, match.view_name, match.kwargs, tuple(request.GET)
    )
    try:
        keep_reading(asked, answered())
    except Unavailable as error:
        # Without the request: nothing is asked of a database that may not answer.
        page = render_to_string("503.html", {"failures": error.failures})
        return HttpResponse(page, status=503, headers={"Retry-After": "1"})
    return None


def _answered(request, response):
    status = response.status_code
    if status >= 300:
        return Answered(status, 0)
    names = request.resolver_match.kwargs
    context = getattr(response, "context_data", None) or {}
    codes = frozenset(context.get("registries_read", ()))
    codes |= {names["registry"]} if "registry" in names else set()
    if response.streaming:
        return Answered(status, None, codes=codes, of=_exported(request))
    changelist, original = context.get("cl"), context.get("original")
    if changelist is not None:
        rows = list(changelist.result_list)
        ids, of = _of_rows(changelist.model_admin, rows)
        return Answered(status, len(rows), ids, codes, of)
    if isinstance(original, Model):
        pages = admin.site._registry.get(type(original))
        ids, of = _of_rows(pages, [original])
        return Answered(status, 1, ids, codes, of)
    ids = _of_context(context)
    return Answered(status, None, ids, codes, () if ids or codes else _of_address(names, request))


def _of_rows(pages, rows):
    """Ids of the rows' registries, and what finds them where the rows do not have them."""
    paths = _paths(pages)
    if not paths or not rows:
        return frozenset(), ()
    if isinstance(rows[0], Reading):
        return frozenset(chain.from_iterable(row.registries for row in rows)), ()
    if all(hasattr(rows[0], f"{path}_id") for path in paths):
        ids = {getattr(row, f"{path}_id") for row in rows for path in paths}
        return frozenset(ids - {None}), ()
    found = type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows])
    return frozenset(), tuple(found.values(path) for path in paths)


def _paths(pages):
    """The paths from a row of an admin class to the registries that it is of."""
    return getattr(pages, "read_paths", None) or ((pages.scope,) if hasattr(pages, "scope") else ())


def _of_context(context):
    """Ids of registries of which figures or things stand on a page of its own."""
    # By the type alone: to look into what is worked out late would work it out.
    things = [thing for thing in context.values() if issubclass(type(thing), Model)]
    found = context.get("found")
    things += [*getattr(found, "accounts", ()), *getattr(found, "transactions", ())]
    things += [each.unit_type for each in getattr(found, "meanings", ()) if each.located]
    if "overview" in context:
        things += [total.registry for total in context["overview"].totals]
    ids = {
        thing.pk if isinstance(thing, Registry) else getattr(thing, "registry_id", None)
        for thing in things
    }
    return frozenset(ids - {None})


def _of_address(names, request):
    """The registries of a row that the address names, or of the unit type of a block."""
    if "unit_type" in names:
        return (UnitType.objects.filter(code=names["unit_type"]).values("registry"),)
    pages = _pages(request)
    number = next((str(names[key]) for key in KEYS if key in names), "")
    if pages is None or not number.isdecimal():
        return ()
    row = pages.model._base_manager.filter(pk=number)
    return tuple(row.values(path) for path in _paths(pages))


def _exported(request):
    """The rows of a file are not read yet: what it is filtered by, of what may be read."""
    pages = _pages(request)
    if pages is None:
        return ()
    found = Registry.objects.all()
    wanted = [request.GET.get(f"{path}__id__exact", "") for path in _paths(pages)]
    if any(each.isdecimal() for each in wanted) and len(wanted) == 1:
        found = found.filter(pk=wanted[0])
    actor = actor_of(request)
    is_of_people = isinstance(pages, Governance)
    readable = actor.registries() if is_of_people else permissions.readable_registries(actor)
    if readable is not None:
        found = found.filter(pk__in=readable) if readable else found.none()
    return (found.values("pk"),)


def _pages(request):
    """The admin class whose page is read, where its rows are of registries."""
    app, _slash, rest = request.resolver_match.route.removeprefix("admin/").partition("/")
    model = rest.partition("/")[0]
    if app not in apps.app_configs or model not in apps.get_app_config(app).models:
        return None
    pages = admin.site._registry.get(apps.get_model(app, model))
    return pages if _paths(pages) else None
