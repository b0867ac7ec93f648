"""`manage.py walkthrough`: who is there to begin with, and what to try next."""

from unicodedata import east_asian_width

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.selectors.examples import movable
from registry.services.walkthrough import BY_KEY, SIGN_IN, prepare

QUANTITY = 1000
# Reads a member of a JSON object without any program that a machine may lack.
MEMBER = """$(echo "$ANSWER" | sed 's/.*"{name}":"\\([0-9a-f]*\\)".*/\\1/')"""


def columns(text):
    """How wide a terminal shows a text: Han, kana and hangul take two columns each."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


class Command(BaseCommand):
    help = "Create the persons of the walk-through once, and print what to try next."

    def add_arguments(self, parser):
        parser.add_argument("--address", default=settings.CONCORD["ADDRESS"])
        parser.add_argument("--registry", default="KR-ETRS")
        parser.add_argument("--unit-type", default="KAU")
        parser.add_argument(
            "--new-keys", action="store_true", help="Revoke the keys; issue others."
        )
        parser.add_argument(
            "--new-passwords",
            action="store_true",
            help="Other passwords, and no second factors until the next sign-in.",
        )

    def handle(self, *, address, registry, unit_type, new_keys, new_passwords, **options):
        shown = prepare(at=timezone.now(), new_keys=new_keys, new_passwords=new_passwords)
        example = movable(registry=registry, unit_type=unit_type, quantity=QUANTITY)
        for line in (*self.people(address, shown), "", *self.steps(address, shown, example)):
            self.stdout.write(line)

    def people(self, address, shown):
        """Where to sign in and with what; the keys."""
        before = _("shown when it was made; manage.py walkthrough %(option)s makes another")
        rows = [
            (_("Pages"), f"{address}/admin/"),
            (_("API"), f"{address}/api/v1/docs"),
            *(
                (
                    _("password of %(person)s, for one time") % {"person": username},
                    shown.passwords.get(name) or before % {"option": "--new-passwords"},
                )
                for username, name, _roles in SIGN_IN
            ),
            (_("second factor"), _("you add it at the first sign-in: an app or a security key")),
            *(
                (
                    _("key of %(person)s") % {"person": name},
                    shown.keys.get(name) or before % {"option": "--new-keys"},
                )
                for _username, name, _roles in BY_KEY
            ),
        ]
        widest = max(columns(name) for name, _value in rows) + 2
        return [f"{name}{' ' * (widest - columns(name))}{value}" for name, value in rows]

    def steps(self, address, shown, example):
        """Commands to paste, in their order."""
        if example is None:
            return [_("Load a scenario to have units to move: manage.py load_scenario")]
        api = f"{address}/api/v1"
        first, second = (
            shown.keys.get(name) or _("the key of %(person)s") % {"person": name}
            for _username, name, _roles in BY_KEY[:2]
        )
        serials = f"unit_type={example.unit_type}&first={example.first}&last={example.last}"
        registry = example.source.registry.code
        return [
            f"KEY_1='{first}'",
            f"KEY_2='{second}'",
            "",
            "# " + _("Look at the registry's units."),
            *self.read(f"{api}/unit-types?registry={registry}"),
            "",
            "# " + self.proposed(example),
            *self.propose(api, example),
            "",
            "# " + _("Approve it as another person, with the hash of what is approved."),
            *self.approve(api),
            "",
            "# " + _("Ask where these units were before."),
            *self.read(f"{api}/blocks/history?{serials}"),
        ]

    def proposed(self, example):
        return _("Propose to transfer %(count)s units from “%(source)s” to “%(destination)s”.") % {
            "count": f"{QUANTITY:,}",
            "source": example.source.name,
            "destination": example.destination.name,
        }

    def read(self, url):
        return [f'curl -s -H "Authorization: Bearer $KEY_1" "{url}" | python3 -m json.tool']

    def propose(self, api, example):
        block = (
            f'{{"unit_type": "{example.unit_type}",'
            f' "first": "{example.first}", "last": "{example.last}"}}'
        )
        return [
            f'ANSWER=$(curl -s "{api}/transactions" \\',
            '  -H "Authorization: Bearer $KEY_1" -H "Content-Type: application/json" \\',
            f'  -H "Idempotency-Key: walk-through-{example.first}-{example.since}" \\',
            f'  -d \'{{"type": "transfer", "lines": [{{"source": "{example.source.number}",',
            f'       "destination": "{example.destination.number}",',
            f'       "block": {block}}}]}}\'); echo "$ANSWER"',
        ]

    def approve(self, api):
        number, digest = (MEMBER.format(name=name) for name in ("id", "payload_hash"))
        return [
            f"ID={number}; HASH={digest}",
            f'curl -s "{api}/transactions/$ID/approvals" \\',
            '  -H "Authorization: Bearer $KEY_2" -H "Content-Type: application/json" \\',
            '  -H "Idempotency-Key: walk-through-$ID" \\',
            '  -d "{\\"decision\\": \\"approve\\", \\"payload_hash\\": \\"$HASH\\"}"'
            " | python3 -m json.tool",
        ]
