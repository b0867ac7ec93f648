"""The fault of an outbox that is not written with the state it announces."""

import itertools

from django.apps import AppConfig


class Losing(AppConfig):
    """Every second `committed` is not written, as if the process had died before it was."""

    name = "tests.e2e"
    label = "losing"

    def ready(self):
        from linking.messages.kinds import Kind
        from linking.services.crossing import commit

        say, number = commit.say, itertools.count()

        def losing(half, kind, body, **told):
            if kind == Kind.COMMITTED and next(number) % 2 == 0:
                return None
            return say(half, kind, body, **told)

        commit.say = losing
