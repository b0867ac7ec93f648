"""What somebody typed and could not send: kept in the session until they are back.

A session can end, or a second factor be asked for again, while a form is filled in. The form is
not sent in their place: they see it again, with what has changed meanwhile, and decide.
"""

KEY = "kept_forms"
LARGEST = 100_000
# Neither is for a session: the one is new on each page, the others are secrets.
LEFT_OUT = ("csrfmiddlewaretoken", "password", "old_password", "new_password1", "new_password2")


def keep(request) -> None:
    """Keeps the fields of a POST for the page at the same address; the last form wins."""
    fields = {name: values for name, values in request.POST.lists() if name not in LEFT_OUT}
    if sum(len(value) for values in fields.values() for value in values) > LARGEST:
        return
    request.session[KEY] = {"path": request.path, "fields": fields}


def move(request, path) -> None:
    """Gives what was kept for this address to the page at another one."""
    fields = kept(request)
    if fields:
        request.session[KEY] = {"path": path, "fields": fields}


def kept(request) -> dict:
    """The fields that were kept for this page, once: each name with its list of values."""
    found = request.session.get(KEY)
    if found is None or found["path"] != request.path:
        return {}
    del request.session[KEY]
    return found["fields"]
