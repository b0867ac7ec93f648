"""How numbers, serials and hashes are shown: grouped, so that people can compare them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registry.serials import own

# What a use of units is called; the ledger keeps the word of the transaction type.
USES = {
    "surrender": _("surrender"),
    "retirement": _("retirement"),
    "cancellation": _("cancellation"),
}


@admin.display(description=_("name"))
def name(row):
    """The name in the reader's language, of a thing that has one in each."""
    return row.name


def units(number):
    """A number of units, grouped in thousands."""
    return "–" if number is None else number_format(number, force_grouping=True)


def block(unit_type, first, last):
    """A run of serials as one line that does not wrap."""
    return format_html('<span class="serials">{}</span>', block_text(unit_type, first, last))


def block_text(unit_type, first, last):
    """A run of serials as people read it; one serial alone is no run."""
    run = units(first) if first == last else f"{units(first)} – {units(last)}"
    return f"{unit_type} {run}"


def serial(home, unit_type, first, last):
    """A block as it is printed, in one piece; `home` is the registry that issues it."""
    text = own.printed(own.Block(home, unit_type, first, last))
    return format_html('<code class="printed">{}</code>', text)


def digest(value):
    """A SHA-256 in groups of eight digits."""
    text = bytes(value).hex() if value else ""
    groups = " ".join(text[start : start + 8] for start in range(0, len(text), 8))
    return format_html('<code class="digest">{}</code>', groups) if groups else "–"


def link(thing, text=None):
    """A link to the page of a row."""
    if thing is None:
        return "–"
    name = f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[thing.pk]), text or thing)


def words_of(model, field, choices):
    """A column with the words for a field that holds a list of codes."""

    @admin.display(description=model._meta.get_field(field).verbose_name)
    def column(row):
        return ", ".join(str(choices(code).label) for code in getattr(row, field)) or "–"

    column.__name__ = f"{field}_words"
    return column


def badge(status, text):
    """A transaction's or an account's status as a coloured word."""
    return format_html('<span class="badge badge-{}">{}</span>', status, text)


def quiet(text):
    """What stands beside a code: its name."""
    return format_html('<span class="quiet">{}</span>', text) if text else ""


def coded(code, name=""):
    """A code, and beside it what it means in the reader's language."""
    said = format_html('<span class="account">{}</span>', code)
    return format_html("{} {}", said, quiet(name)) if name else said


def code_of(field, description):
    """A column with the code of another row, and its name if it has one."""

    @admin.display(description=description, ordering=field)
    def column(row):
        thing = getattr(row, field)
        return "–" if thing is None else coded(thing.code, getattr(thing, "name", ""))

    column.__name__ = f"{field}_code"
    return column
