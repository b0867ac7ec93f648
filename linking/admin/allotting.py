"""A quota that is given out beforehand, as an acceptor's administrator says it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from linking.edges.edge import read
from linking.selectors import edges
from linking.services.allot import allot

from . import wording
from .acting import ActForm

MOST_WISHES = 1000
LONGEST = 18


class AllotmentForm(ActForm):
    """Which quota, of which period, and what each account holder asks of it."""

    quota = forms.ChoiceField(label=_("Quota"))
    period = forms.CharField(label=_("Period"), max_length=32, help_text=_("As in 2026."))
    wishes = forms.CharField(
        label=_("What is asked"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One account holder a line: its code and the tonnes; in an auction also the price of a"
            " tonne, in the smallest coins."
        ),
    )

    def fit(self):
        self.fields["quota"].choices = [
            (number, f"{number + 1}: {wording.word('quotas.allocation', quota.allocation)}")
            for number, quota in given_out(self.told["edge"])
        ]

    def clean_quota(self):
        return int(self.cleaned_data["quota"])

    def clean_wishes(self):
        """(code of a holder, tonnes, price or None) of each line."""
        lines = [line.split() for line in self.cleaned_data["wishes"].splitlines() if line.strip()]
        wrong = [
            _("Row %(number)s: write a code, whole tonnes, and perhaps a price.")
            % {"number": number}
            for number, words in enumerate(lines, 1)
            if not _is_wish(words)
        ]
        codes = [words[0] for words in lines]
        if not wrong and len(set(codes)) < len(codes):
            wrong = [_("Name each account holder once.")]
        if len(lines) > MOST_WISHES:
            wrong = [_("Give at most %(most)s rows.") % {"most": MOST_WISHES}]
        if wrong:
            raise forms.ValidationError(wrong)
        return [(code, int(tonnes), *map(int, price)) for code, tonnes, *price in lines]


def given_out(row) -> list:
    """(place, quota) of the quotas of an edge that are given out before they are used."""
    quotas = read(row.document).quotas
    return [(number, each) for number, each in enumerate(quotas) if each.allocation != "fcfs"]


def give_out(row, said, *, actor) -> str:
    """Does it, and says what each got.   Raises: DomainError."""
    holders = {edges.entity_for(actor, row, code): code for code, *_rest in said["wishes"]}
    wishes = [(tonnes, *price) if price else tonnes for _code, tonnes, *price in said["wishes"]]
    made = allot(
        actor=actor,
        agreement=row.version.agreement.code,
        edge_id=row.edge_id,
        quota_number=said["quota"],
        period=said["period"],
        wishes=dict(zip(holders, wishes, strict=True)),
    )
    told = "; ".join(f"{holders[pk]} {tonnes} t" for pk, tonnes in made.tonnes.items())
    if made.price:
        told = _("%(given)s; price of a tonne: %(price)s") % {"given": told, "price": made.price}
    return _("Given out: %(told)s.") % {"told": told}


def _is_wish(words):
    numbers = words[1:]
    return len(numbers) in (1, 2) and all(
        number.isascii() and number.isdecimal() and len(number) <= LONGEST for number in numbers
    )
