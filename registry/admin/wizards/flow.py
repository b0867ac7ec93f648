"""Forms over several pages, without scripts: each page carries what the earlier ones were told.

Nothing is kept on the server between two pages, and nothing is written before the last one. What
somebody typed when their session ended is there again after they have signed in (kept_forms).
"""

from django import forms
from django.contrib import admin
from django.http import QueryDict
from django.template.response import TemplateResponse
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property

from registry.admin import kept_forms
from registry.admin.actors import actor_of
from registry.admin.reauthentication import freshly_authenticated
from registry.errors import Conflict, DomainError, NotPermitted

BACK, SUBMIT = "back", "submit"
STEP, GO, KEY = "step", "go", "key"
KEY_LENGTH = 32
REFUSED = 422


class Step(forms.Form):
    """One page. `known` is what the earlier pages were told; `wizard` what it is all about.

    Values stay text, as a request of the API has them: what they must look like is said there.
    """

    heading = help = ""
    template_name_inside = ""
    required_css_class = "required"

    def __init__(self, *args, wizard, known, **kwargs):
        super().__init__(*args, auto_id="id_%s", label_suffix="", **kwargs)
        self.wizard, self.known = wizard, known
        self.fit()
        for name, field in self.fields.items():
            if self.is_bound and self.errors.get(name):
                field.widget.attrs["aria-invalid"] = "true"

    def fit(self):
        """Leaves out what is not asked here, and gives choices to what is."""

    def shown(self, name):
        """What was typed into a field, as the last page repeats it."""
        value = self.cleaned_data.get(name)
        choices = getattr(self.fields[name], "choices", None)
        if choices:
            words = dict(_flat(choices))
            values = value if isinstance(value, list) else [value]
            return "; ".join(str(words.get(each, each)) for each in values if each)
        return value or ""


class Wizard:
    """What a page of several forms does with a request. Subclasses say `steps` and the last page.

    `steps` are Step classes; `preview` is the context of the last page; `submit` does it.
    """

    steps: tuple = ()
    step_template = "registry/admin/wizard.html"
    preview_template = ""
    title = last_heading = submit_word = start_word = ""

    def __init__(self, request):
        self.request = request
        self.actor = actor_of(request)

    @cached_property
    def names(self):
        """The names of all fields of all pages."""
        return {name for step in self.steps for name in step.base_fields}

    def respond(self):
        """The page that follows from what was asked and typed."""
        data, is_sent = self._typed()
        if data is None:
            return self._page(0, self._form(0, {}, initial=self.request.GET), self.request.GET)
        step, go = self._asked(data)
        if go == BACK:
            return self._again(max(step - 1, 0), data)
        known = {}
        for number in range(min(step + 1, len(self.steps))):
            form = self._form(number, known, data=data)
            if not form.is_valid():
                return self._page(number, form, data)
            known |= form.cleaned_data
        if step + 1 < len(self.steps):
            return self._again(step + 1, data, known)
        if step == len(self.steps) and go == SUBMIT and is_sent:
            return self.submitted(self.request, known, data)
        return self.last_page(known, data)

    @freshly_authenticated
    def submitted(self, request, known, data):
        """Does what was confirmed, and leads to what came of it."""
        try:
            return self.submit(known, data.get(KEY, ""))
        except DomainError as error:
            return self.last_page(known, data, error)

    def submit(self, known, key):
        """Does it; the answer leads to its page.   Raises: DomainError."""
        raise NotImplementedError

    def preview(self, known):
        """(context of the last page, everything that forbids it)."""
        raise NotImplementedError

    def last_page(self, known, data, error=None):
        """Shows what would be done, and everything that forbids it beside what it is about."""
        context, failures = self.preview(known)
        if error is not None:
            failures = error.failures
        rows, others = self._placed(known, data, failures)
        context |= {
            "rows": rows,
            "failures": failures,
            "others": others,
            "conflict": isinstance(error, Conflict),
            "key": self._key(data),
            "step": len(self.steps),
            "carried": self._carried(data, leaving_out=()),
        }
        return self._answer(self.preview_template, context, _status(error))

    def place_of(self, failure):
        """The names of the fields that a failure may be about, the likeliest first."""
        return ()

    def context(self):
        """What each page of this wizard shows around its form."""
        return {}

    def _typed(self):
        """(what was typed, whether it was sent just now); (None, False) at the beginning."""
        if self.request.method == "POST":
            return self.request.POST, True
        kept = kept_forms.kept(self.request)
        if not kept:
            return None, False
        data = QueryDict(mutable=True)
        for name, values in kept.items():
            data.setlist(name, values)
        return data, False

    def _asked(self, data):
        text = data.get(STEP, "0")
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 0
        return min(number, len(self.steps)), data.get(GO, "")

    def _form(self, number, known, **given):
        if "initial" in given:
            given["initial"] = {
                name: given["initial"].getlist(name)
                if _is_multiple(self.steps[number], name)
                else given["initial"][name]
                for name in given["initial"]
                if name in self.steps[number].base_fields
            }
        return self.steps[number](wizard=self, known=known, **given)

    def _again(self, number, data, known=None):
        """A page with what was typed into it before, if it was; nothing is complained of yet."""
        if known is None:
            known = {}
            for earlier in range(number):
                form = self._form(earlier, known, data=data)
                if not form.is_valid():
                    return self._page(earlier, form, data)
                known |= form.cleaned_data
        return self._page(number, self._form(number, known, initial=data), data)

    def _page(self, number, form, data):
        context = {
            "form": form,
            "step": number,
            "heading": form.heading,
            "help": form.help,
            "carried": self._carried(data, leaving_out=form.fields),
        }
        return self._answer(self.step_template, context, 200)

    def _answer(self, template, context, status):
        steps = [step.heading for step in self.steps]
        whole = {
            **admin.site.each_context(self.request),
            "title": self.title,
            "wizard": self,
            "headings": [*enumerate(steps), (len(steps), self.last_heading)],
            **self.context(),
            **context,
        }
        return TemplateResponse(self.request, template, whole, status=status)

    def _carried(self, data, leaving_out):
        """(name, value) of what other pages were told."""
        return [
            (name, value)
            for name in sorted(self.names - set(leaving_out))
            for value in data.getlist(name)
        ]

    def _key(self, data):
        """The key under which this is done once, however often it is sent."""
        step, go = self._asked(data)
        kept = data.get(KEY, "") if step == len(self.steps) and go == SUBMIT else ""
        return kept or get_random_string(KEY_LENGTH)

    def _placed(self, known, data, failures):
        """((label, value, failures) of each field, the failures of none of them)."""
        forms_, earlier = [], {}
        for number in range(len(self.steps)):
            form = self._form(number, earlier, data=data)
            form.is_valid()
            earlier |= form.cleaned_data
            forms_.append(form)
        fields = {name: form for form in forms_ for name in form.fields}
        told, others = {name: [] for name in fields}, []
        for failure in failures:
            places = [name for name in self.place_of(failure) if name in fields]
            filled = [name for name in places if earlier.get(name)]
            place = (filled or places or [None])[0]
            (told[place] if place else others).append(failure)
        rows = [
            (form.fields[name].label, form.shown(name), told[name])
            for name, form in fields.items()
            if form.shown(name) or told[name]
        ]
        return rows, others


def _status(error):
    if error is None:
        return 200
    return (
        409 if isinstance(error, Conflict) else 403 if isinstance(error, NotPermitted) else REFUSED
    )


def _is_multiple(step, name):
    return isinstance(step.base_fields[name], forms.MultipleChoiceField)


def _flat(choices):
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label
