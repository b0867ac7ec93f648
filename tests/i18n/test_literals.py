"""Every text for people is marked, and every marked text is in the catalogues."""

import pytest

from tests.i18n import catalogues, literals, unmarked
from tests.i18n.catalogues import ROOT, Message

# Help texts of the API's fields are parts of the OpenAPI description, which is in English.
DESCRIBED = tuple(ROOT / app / "api" for app in ("registry", "linking", "mrv"))


def test_catalogues_have_what_the_code_says():
    """A text that was added or changed is gathered by make messages, and one that went is gone."""
    said = literals.in_code()
    known = {catalogues.message(entry) for entry in catalogues.source("ja")}
    wrong = [f"{place}: {message} is in no catalogue" for message, place in said.items()
             if message not in known]  # fmt: skip
    wrong += [f"{message} is in the catalogues only" for message in known - said.keys()]
    assert not wrong, "\n".join(["Run make messages, and translate:", *sorted(wrong)])


def test_literals_of_python_are_found():
    """All of gettext's functions, under their names and as _, in one piece or in several."""
    source = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
_("one")
_("two " "pieces") % {"n": 1}
translation.gettext_lazy("three")
ngettext("%d unit", "%d units", n)
pgettext_lazy("measure", "unit")
_("first" if n else "second")
f"{_('inside')}"
_(variable)
print("not marked")
"""
    assert {message for _line, message in literals.in_python(source)} == {
        Message("one"),
        Message("two pieces"),
        Message("three"),
        Message("%d unit", "%d units"),
        Message("unit", context="measure"),
        Message("first"),
        Message("second"),
        Message("inside"),
    }


def test_literals_of_templates_are_found():
    """The tags in both spellings, with contexts, plurals and values, and _ in an expression."""
    source = """
<p title="{% translate "one" %}">{% trans 'two' as two %}</p>
{% translate "unit" context "measure" %}
{% blocktranslate with name=row.name %}{{ name }}: 100%{% endblocktranslate %}
{% blocktranslate count n=rows|length trimmed %}
    {{ n }} row
{% plural %}
    {{ n }} rows
{% endblocktranslate %}
{% include "x.html" with title=_("three") %}{{ _("four") }}
{# {% translate "a comment" %} #}
"""
    found = list(literals.in_template(source))
    assert [message for _line, message in found] == [
        Message("one"),
        Message("two"),
        Message("unit", context="measure"),
        Message("%(name)s: 100%%"),
        Message("%(n)s row", "%(n)s rows"),
        Message("three"),
        Message("four"),
    ]
    assert [line for line, _message in found] == [2, 2, 3, 4, 5, 10, 10]


def test_templates_have_no_unmarked_words():
    """Whatever a reader sees in a template is marked."""
    wrong = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in literals.files(".html")
        for text in unmarked.in_template(path.read_text())
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<h1>Units</h1>", ["Units"]),
        ('<img alt="a chart"><input type="submit" value="Send">', ["a chart", "Send"]),
        ("<p>{{ count }} of them</p>", ["of them"]),
        ('<p title="{% translate "Units" %}">{% translate "Units" %} #{{ n }} UTC</p>', []),
        ("<p>{% blocktranslate %}Units of {{ name }}{% endblocktranslate %}</p>", []),
        ('<button type="submit" value="next">{% translate "Go" %}</button>', []),
        ('<input type="hidden" name="q" value="{{ q }}"><script>let units</script>', []),
    ],
)
def test_unmarked_words_of_templates_are_seen(source, found):
    """Words in text and in attributes that are read out, but no names of things."""
    assert list(unmarked.in_template(source)) == found


def test_python_has_no_unmarked_texts():
    """Names of models and fields, failures and rules, columns and panels are marked."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in literals.files(".py")
        if "migrations" not in path.parts and not any(map(path.is_relative_to, DESCRIBED))
        for line, text in unmarked.in_python(path.read_text())
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('name = models.CharField("name", max_length=10)', ["name"]),
        ('verbose_name = "account"', ["account"]),
        ('Failure("CODE", f"There is no {name}.", _("Look."))', ["There is no ."]),
        ('admin.display(description="units")', ["units"]),
        ('Rule("CODE", _("Holds."), {})', []),
        ('name = models.CharField(_("name"), default="operator")', []),
    ],
)
def test_unmarked_texts_of_python_are_seen(source, found):
    """A literal where people read is found, also as an f-string; a marked one is not."""
    assert [text for _line, text in unmarked.in_python(source)] == found
