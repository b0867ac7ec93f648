"""Decisions need the person, not only their session: the second factor is asked for again."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from . import kept_forms, second_factor


def freshly_authenticated(view):
    """Lets a method of an admin class see only requests of someone who was just there.

    Others give their second factor first and come back to the same page; what they had typed is
    there again (kept_forms.kept), and nothing of it was sent.
    """

    @wraps(view)
    def guarded(self, request, *args, **kwargs):
        if second_factor.is_fresh(request):
            return view(self, request, *args, **kwargs)
        if request.method == "POST":
            kept_forms.keep(request)
            messages.warning(request, _("Nothing was sent yet: confirm that it is you first."))
        query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return redirect(f"{second_factor.address(request)}?{query}")

    return guarded
