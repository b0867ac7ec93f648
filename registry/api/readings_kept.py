"""Who has read what by REST is on record before the answer leaves.

What an answer is about is found in the answer: the registries that it names, and those of the
account numbers in it. Where an answer names neither, as a list of approvals, it is found by the
thing that the address names.
"""

import json
import re
from functools import lru_cache

from registry import permissions
from registry.account_numbers import FORM
from registry.errors import Unavailable
from registry.models import (
    BatchItem,
    GovernanceRequest,
    OpeningBalance,
    Reading,
    Registry,
    Representative,
    Upload,
)
from registry.models import Transaction as TransactionRow
from registry.services.keep_reading import Answered, Asked, keep_reading

# Members that hold the code of a registry, and the number of an account, whatever else they hold.
REGISTRIES = frozenset({"registry", "registries", "sender", "receiver"})
ACCOUNTS = frozenset({"account", "number", "source", "destination", "trusted"})
# The first part of an address, and how the registries of the thing are found that it names.
THINGS = {
    "transactions": (TransactionRow, "pk", "registry"),
    "batches": (BatchItem, "batch", "transaction__registry"),
    "requests": (GovernanceRequest, "pk", "registry"),
    "uploads": (Upload, "pk", "registry"),
    "opening-balances": (OpeningBalance, "pk", "registry"),
}
# A client that is told to wait shows nothing, and would write as fast as it can ask.
UNWRITTEN = frozenset({429})
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def kept(view, response):
    """The response, or a problem in its place where its reading can not be put on record."""
    request = view.request
    # Whoever was not recognised is nobody; asking for the user here would recognise them now.
    actor = request.__dict__.get("actor")
    if actor is None or not _reads(view, request) or not _shows(response):
        return response
    names = view.kwargs
    asked = Asked(
        actor.person_id,
        actor.api_key_id,
        Reading.Face.REST,
        route_of(request.resolver_match.route),
        names,
        tuple(request.query_params),
    )
    try:
        keep_reading(asked, _answered(view, response, names))
    except Unavailable as error:
        return view.finalize_response(request, view.handle_exception(error))
    return response


@lru_cache(maxsize=1000)
def route_of(route):
    """A route as the description writes it: /api/v1/accounts/{number}."""
    return "/" + PARAMETER.sub(r"{\1}", route)


def _reads(view, request):
    """A GET reads, and so does a POST that changes nothing: a dry run tells of the ledger."""
    is_trial = request.method == "POST" and not view.writes
    return view.reading_is_kept and (request.method in ("GET", "HEAD") or is_trial)


def _shows(response):
    return response.status_code < 500 and response.status_code not in UNWRITTEN


def _answered(view, response, names):
    status = response.status_code
    if status >= 300 and status != 304:
        return Answered(status, 0)
    if response.streaming:
        return _streamed(view, names)
    data = _data(response)
    # A trial is answered by what would be refused: whose ledger was tried stands in what was sent.
    codes = _named([data, names, *([view.request.data] if view.request.method == "POST" else [])])
    of = () if codes else _things(view, names, data)
    return Answered(status, 0 if status == 304 else _count(data), codes=codes, of=of)


def _data(response):
    """What the answer says: bytes that are JSON are read, others are one text."""
    if hasattr(response, "data"):
        return response.data
    is_json = response.get("Content-Type", "").startswith("application/json")
    return json.loads(response.content) if is_json and response.content else {}


def _count(data):
    items = data.get("items") if isinstance(data, dict) else data
    return len(items) if isinstance(items, list) else 1


def _named(data):
    """Codes of registries in what is said."""
    codes, waiting = set(), [data]
    while waiting:
        said = waiting.pop()
        if isinstance(said, list):
            waiting.extend(said)
        elif isinstance(said, dict):
            for name, value in said.items():
                if isinstance(value, dict | list):
                    waiting.append(value)
                if name in REGISTRIES or name in ACCOUNTS:
                    codes.update(_codes(name, value))
    return frozenset(codes)


def _codes(name, value):
    texts = [each for each in (value if isinstance(value, list) else [value]) if type(each) is str]
    if name in REGISTRIES:
        return texts
    return [match[1] for match in map(FORM.fullmatch, texts) if match]


def _things(view, names, data=None):
    """The registries of what the address names, or of what is listed by numbers alone."""
    if view.registries_named is not None:
        return (view.registries_named(**names),)
    place = view.request.resolver_match.route.removeprefix("api/v1/").partition("/")[0]
    if place not in THINGS:
        return ()
    items = data.get("items", ()) if isinstance(data, dict) else ()
    numbers = (
        [names["number"]] if "number" in names else [item["id"] for item in items if "id" in item]
    )
    model, column, path = THINGS[place]
    return (model.objects.filter(**{f"{column}__in": numbers}).values(path),) if numbers else ()


def _streamed(view, names):
    """What will be in the answer is not read yet: what is asked for, of what may be read."""
    of = _things(view, names)
    if not of and view.is_of_registries:
        of = _readable(view.request.actor, _named([view.asked, names]))
    return Answered(200, None, of=of)


def _readable(actor, codes):
    """Registries that the actor reads or has accounts in; only those with the codes, if any."""
    readable = permissions.readable_registries(actor)
    found = Registry.objects.filter(code__in=codes) if codes else Registry.objects.all()
    if readable is None:
        return (found.values("pk"),)
    represented = Representative.objects.current().filter(person_id=actor.person_id)
    own = found.filter(pk__in=represented.values("account__registry"))
    read = found.filter(pk__in=readable) if readable else found.none()
    return read.values("pk"), own.values("pk")
