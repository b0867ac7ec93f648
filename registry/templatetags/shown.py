"""Numbers, serials and moments in templates, as registry/admin/shown.py shows them."""

from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html

from registry.admin import shown
from registry.selectors import reference

register = template.Library()
register.filter("units", shown.units)
register.filter("digest", shown.digest)


@register.filter
def change(number):
    """A number of units that came or went, with its sign."""
    return f"+{shown.units(number)}" if number > 0 else f"−{shown.units(-number)}"


@register.filter
def moment(at, zone=None):
    """A moment in UTC, and after it in the zone of the registry that it concerns, if that is
    another one."""
    if at is None:
        return "–"
    text = at.strftime("%Y-%m-%d %H:%M:%S UTC")
    local = at.astimezone(ZoneInfo(zone)) if zone and zone != "UTC" else None
    there = format_html(' <span class="there">{}</span>', _local(local, at)) if local else ""
    return format_html(
        '<time datetime="{}">{}{}</time>', at.isoformat(timespec="seconds"), text, there
    )


def _local(local, at):
    """The time there, with its date only where that is another one."""
    form = "%H:%M %Z" if local.date() == at.date() else "%Y-%m-%d %H:%M %Z"
    return f"({local.strftime(form)})"


@register.simple_tag(takes_context=True)
def unit_type(context, code):
    """A unit type's code, and its name beside it in the reader's language."""
    return shown.coded(code, _unit_type_names(context).get(code, ""))


@register.simple_tag(takes_context=True)
def unit_type_name(context, code):
    """The name that goes beside a code, or beside serials that begin with it."""
    return shown.quiet(_unit_type_names(context).get(code, ""))


def _unit_type_names(context):
    """The names of all unit types, read once for a page."""
    request = context["request"]
    if not hasattr(request, "unit_type_names"):
        request.unit_type_names = reference.unit_type_names()
    return request.unit_type_names


@register.simple_tag
def serials(unit_type, first, last):
    """A run of serials as one line."""
    return shown.block(unit_type, first, last)


@register.simple_tag
def printed(home, unit_type, first, last):
    """A block as it is printed, with its check digits."""
    return shown.serial(home, unit_type, first, last)
