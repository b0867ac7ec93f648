"""From the body of a request that others decide to what the service takes."""

from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, InvalidInput, NotFound, RuleViolated
from registry.selectors import accounts, reference
from registry.services.governance import Request

from .governance_forms import FORMS
from .reading import missing, read_object

# What is said beside the payload, and under which names the payload has the rest.
OUTSIDE = {"kind", "registry", "reason"}
RENAMED = {"account_kind": "kind", "trusted": "account"}


def read(request) -> Request:
    """What a request asks for.   Raises: InvalidInput, RuleViolated."""
    given, failures = request.data, []
    kind = given.get("kind") if type(given) is dict else None
    if type(kind) is not str or kind not in FORMS:
        raise InvalidInput(_unknown(kind) if kind is not None else missing("", "kind"))
    form = read_object(FORMS[kind], given, "", failures)
    if failures:
        raise InvalidInput(*failures)
    registry, account = _placed(request.actor, form)
    outside = OUTSIDE if account is None else OUTSIDE | {"account"}
    payload = {
        RENAMED.get(name, name): _text(value) for name, value in form.items() if name not in outside
    }
    registry_id, account_id = registry and registry.pk, account and account.pk
    return Request(kind, registry_id, account_id, payload, form.get("reason", ""))


def named(find, name, pointer):
    """What a body names; what does not exist is a failure of the body, not of the address.

    Raises: RuleViolated.
    """
    try:
        return find(name)
    except NotFound as error:
        (failure,) = error.failures
        raise RuleViolated(
            Failure(
                failure.code,
                failure.message,
                failure.hint,
                data={**failure.data, "pointer": pointer},
            )
        ) from error


def _placed(actor, form):
    if "account" in form:
        found = named(lambda number: accounts.find(actor, number), form["account"], "/account")
        return found.registry, found
    if "registry" not in form:
        return None, None
    return named(reference.registry, form["registry"], "/registry"), None


def _text(value):
    return str(value) if type(value) is int else value


def _unknown(kind):
    return Failure(
        "UNKNOWN_REQUEST_KIND",
        _("Nothing of this kind can be asked for."),
        _("See the API description for the kinds of requests."),
        data={"kind": str(kind)[:100].encode(errors="replace").decode(), "pointer": "/kind"},
    )
