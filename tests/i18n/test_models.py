"""Names of models and fields that pages show are marked for translation."""

import pytest
from django.contrib import admin
from django.db import models
from django.test.utils import isolate_apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHOWN = [
    model for model in admin.site._registry if model._meta.app_label in ("registry", "linking")
]


def unmarked(model, shown=None):
    """Names that Django has made from those of Python, or that are plain text.

    `shown` are the fields that the model's page has; all of them where it names none.
    """
    options = model._meta
    for name in ("verbose_name", "verbose_name_plural"):
        if not isinstance(getattr(options, name), Promise):
            yield f"{model.__name__}: {name}"
    for field in options.get_fields():
        if not getattr(field, "verbose_name", None) or field.primary_key:
            continue
        if shown is not None and field.name not in shown:
            continue
        if not isinstance(field.verbose_name, Promise):
            yield f"{model.__name__}.{field.name}: verbose_name"
        if field.help_text and not isinstance(field.help_text, Promise):
            yield f"{model.__name__}.{field.name}: help_text"
        labels = [label for _value, label in getattr(field, "flatchoices", None) or ()]
        if not all(isinstance(label, Promise) for label in labels):
            yield f"{model.__name__}.{field.name}: choices"


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_names_are_marked(model):
    """Every model with a page has marked names for itself, its fields and their choices."""
    assert not list(unmarked(model, admin.site._registry[model].fields))


@isolate_apps("registry")
def test_names_that_are_not_marked_are_seen():
    """Names that Django makes up are in English for ever, and found."""

    class Thing(models.Model):
        named = models.CharField(_("name"), max_length=10, choices=[("a", _("all"))])
        plain = models.CharField(max_length=10, help_text="Plain.", choices=[("a", "A")])

        class Meta:
            app_label = "registry"
            verbose_name_plural = _("registries")

        def __str__(self):
            return self.named

    assert list(unmarked(Thing)) == [
        "Thing: verbose_name",
        "Thing.plain: verbose_name",
        "Thing.plain: help_text",
        "Thing.plain: choices",
    ]
