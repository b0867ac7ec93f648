"""What the attacks rely on: the same raw statements, written rightly, go through.

An attack proves something only if nothing but the broken rule stands in its way.
"""


def test_move_is_accepted(owner):
    """A move that is written rightly passes every guard, also the deferred ones."""
    home = owner.world.at_home
    owner.move(owner.block(home.operator_a, 101), home.operator_b)
    owner.immediate()


def test_issue_is_accepted(owner):
    """An issuance and the holding that it brings about are accepted."""
    draft = owner.draft("issue_at_once")
    issuance = owner.issue(draft, owner.world.kau.pk, 5001, 5010)
    block = owner.block(owner.world.at_home.operator_a, 101)
    owner.open(block, draft, first=5001, last=5010, issuance_id=issuance)
    owner.post(draft, kind="issue")
    owner.immediate()


def test_last_serial_can_be_issued(owner):
    """Serial 1,000,000,000,000 exists, and nothing after it."""
    draft = owner.draft("issue_at_once")
    last = 10**12
    issuance = owner.issue(draft, owner.world.kau.pk, last, last)
    block = owner.block(owner.world.at_home.operator_a, 101)
    owner.open(block, draft, first=last, last=last, issuance_id=issuance)
    owner.post(draft, kind="issue")
    owner.immediate()


def test_taking_in_is_accepted(owner):
    """Units that a message names and home has sent are taken in once."""
    draft = owner.draft("post_in")
    block = owner.block(owner.world.at_neighbour.operator, 601)
    owner.open(block, draft, first=621, last=630)
    owner.post(draft, kind="post_in", message_id=owner.facts.unposted_message)
    owner.immediate()


def test_reversal_is_accepted(owner):
    """Surrendered units go back to where they came from by the reversal of that surrender."""
    home = owner.world.at_home
    block = owner.block(home.surrender, 1)
    owner.move(block, home.operator_a, reverses_id=owner.facts.surrender)
    owner.immediate()


def test_approval_is_accepted(owner):
    """A second person approves the payload that was proposed."""
    owner.approval(owner.facts.waiting)
    owner.immediate()
