"""docs/protocol.md says what the code does: kinds, members of bodies, states, what is covered."""

from linking.messages.bodies import ARTICLE6, BODIES
from linking.messages.forms import Listed, Object, OrNull
from linking.messages.kinds import Kind
from linking.protocol import TABLE, Role
from tests.docs.pages import page
from tests.linking.messages import samples
from tests.linking.protocol.exchanges import EXCHANGES

PAGE = page("docs/protocol.md")
STEPS = ("{} in", "event", "becomes", "sends", "does", "verdict")


def members(form, within=""):
    """Names of all members of a form, those of objects inside it too."""
    if isinstance(form, OrNull):
        yield from members(form.form, within)
    elif isinstance(form, Listed):
        yield from members(form.item, f"{within}[]")
    elif isinstance(form, Object):
        for name, inner in form.members.items():
            path = f"{within}.{name}" if within else name
            yield path
            yield from members(inner, path)


def listed(*header):
    return {name for row in PAGE.rows(*header) for name in split(row[0])}


def split(cell):
    return [part.strip().strip("`") for part in cell.split(",") if part.strip() not in ("", "-")]


def test_every_kind_has_its_members_described():
    """The table of each kind lists exactly the members of its body."""
    for kind in Kind:
        names = set(members(BODIES[kind]))
        if names:
            assert listed(f"`{kind}`", "what it is") == names, kind
    assert listed("kind", "from", "to", "what it says") == set(Kind)


def test_every_message_has_these_members():
    """The envelope's table lists what every message has; Article 6 has one of its own."""
    message = samples.document(Kind.TEST)
    assert listed("member", "what every message has there") == set(message)
    assert listed("`article6`", "what it is") == set(members(ARTICLE6))


def steps():
    for role in Role:
        for state, events in TABLE[role].items():
            for event, found in events.items():
                yield (
                    *(role.value, state.value, event.value, found.state.value),
                    tuple(kind.value for kind in found.sends),
                    tuple(act.value for act in found.does),
                    found.verdict.value,
                )


def described():
    for role in Role:
        for row in PAGE.rows(STEPS[0].format(role.value), *STEPS[1:]):
            ((state,), events, (after,), sends, does, (verdict,)) = map(split, row)
            for event in events:
                yield role.value, state, event, after, tuple(sends), tuple(does), verdict


def test_the_tables_of_states_are_those_of_the_code():
    """Each step of the table stands in the page once, and no other."""
    told = list(described())
    assert len(told) == len(set(told))
    assert set(told) == set(steps())


def test_every_exchange_is_named():
    """Who reads the page finds each recorded exchange."""
    assert listed("exchange", "what happens") == set(EXCHANGES)
