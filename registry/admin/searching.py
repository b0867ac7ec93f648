"""One search box for serials in every form, accounts, holders and transactions."""

from django.contrib import admin
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from registry import serial_texts
from registry.selectors import find

from .actors import actor_of, reads_a_ledger

LONGEST = 400


def search(request):
    """What the text means; straight to the page where it can mean one thing only."""
    text = request.GET.get("q", "")[:LONGEST]
    found = find.find(actor_of(request), text) if reads_a_ledger(request) else find.Found(text)
    readings = [_reading(meaning) for meaning in found.meanings]
    places = [
        *(address for _form, _text, address in readings if address),
        *(
            reverse(f"admin:registry_{row._meta.model_name}_change", args=[row.pk])
            for row in (*found.accounts, *found.holders, *found.transactions)
        ),
    ]
    if len(places) == 1:
        return redirect(places[0])
    context = {
        **admin.site.each_context(request),
        "title": _("Search"),
        "found": found,
        "readings": readings,
        "limit": find.SHOWN,
    }
    return TemplateResponse(request, "registry/admin/search.html", context)


def block_address(unit_type, first, last):
    """The address of a block's page."""
    return reverse("admin:block", args=[unit_type, first, last])


def _reading(meaning):
    """(name of the form, what was read, address of its page or nothing)."""
    reading = meaning.reading
    form = serial_texts.form_name(reading.form.name)
    if not meaning.located:
        return form, "", ""
    code = meaning.unit_type.code
    text = f"{code} {reading.first:,} – {reading.last:,}"
    return form, text, block_address(code, reading.first, reading.last)
