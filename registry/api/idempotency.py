"""Idempotency-Key for every POST, in one place: carried out once, answered as often as asked.

A resource whose success the ledger keeps (a proposal's key is a column of its transaction) says
so by `kept_by_ledger`; then only refusals are stored. Every other POST is one transaction of the
database together with its stored answer.
"""

import hashlib
import zlib
from contextlib import contextmanager, nullcontext
from functools import wraps

from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer

from registry.errors import DomainError, InvalidInput
from registry.selectors.answers import Answer
from registry.services.answer_once import Sent, answer_once, keep_refusal, replay

from .requests import body_of, idempotency_key

REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("Location", "Content-Type", "ETag", "Link")
# Whatever a request may be refused for by its resource; other exceptions are the node's failures.
REFUSALS = (DomainError, Http404, exceptions.APIException)


def once(post):
    """Makes the post of a resource answer each idempotency key once."""

    @wraps(post)
    def answered(view, request, *args, **names):
        sent = _sent(request, view)
        if view.kept_by_ledger:
            return _kept_by_ledger(view, request, sent, lambda: post(view, request, *args, **names))
        return _kept_here(view, request, sent, lambda: post(view, request, *args, **names))

    return answered


def _sent(request, view):
    key = idempotency_key(request)
    said = hashlib.sha256(f"{request.get_full_path()}\n{request.content_type}\n".encode())
    said.update(body_of(request, view.greatest_body))
    return Sent(request.actor.person_id, request.path, key, said.digest())


def _kept_by_ledger(view, request, sent, post):
    if request.stored is not None:
        return _response(replay(sent, request.stored), is_replayed=True)
    try:
        with as_alone():
            return post()
    except REFUSALS as error:
        response = _rendered(view, request, error)
        if response.status_code < 500 and response.data["code"] != "IDEMPOTENCY_KEY_REUSED":
            keep_refusal(
                sent,
                _answer(sent, response),
                is_misread=isinstance(error, InvalidInput),
                at=timezone.now(),
            )
        return response


def _kept_here(view, request, sent, post):
    responses = []

    def answer():
        try:
            with transaction.atomic():
                response = post()
        except REFUSALS as error:
            response = _rendered(view, request, error)
            if response.status_code >= 500:
                # Nothing is kept: the same request is carried out when the node can do it.
                raise
        responses.append(_rendered(view, request, response))
        return _answer(sent, response, view.kept(response.data))

    given, is_replayed = answer_once(sent, answer, at=timezone.now())
    return _response(given, is_replayed=True) if is_replayed else responses[0]


@contextmanager
def as_alone():
    """Inside of a transaction a refused statement ends only this part of it."""
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        yield


def _rendered(view, request, given):
    response = view.handle_exception(given) if isinstance(given, Exception) else given
    if not response.is_rendered:
        view.finalize_response(request, response)
        response.render()
    return response


def _answer(sent, response, kept=None):
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    is_changed = kept is not None and kept is not response.data
    body = JSONRenderer().render(kept) if is_changed else response.content
    return Answer(sent.fingerprint, response.status_code, headers, zlib.compress(body))


def _response(answer, *, is_replayed):
    headers = {REPLAYED: "true"} if is_replayed else {}
    return HttpResponse(
        zlib.decompress(answer.body), status=answer.status, headers={**answer.headers, **headers}
    )
