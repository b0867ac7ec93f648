"""Holes in the node's order, and effects before their causes."""

from tests.audit.corruption import corruption


def _head(hand):
    return hand.one("SELECT max(position) FROM registry_position")


def _swap(hand, one, other):
    """Exchange the positions of two postings."""
    hand.without("position", "registry_position_posting_id_key")
    hand.run(
        "UPDATE registry_position SET posting_id = CASE posting_id WHEN %(one)s THEN %(other)s"
        " ELSE %(one)s END WHERE posting_id IN (%(one)s, %(other)s)".replace(
            "%(one)s", str(one)
        ).replace("%(other)s", str(other))
    )


@corruption("POSITIONS_ARE_DENSE", "gap", "position")
def position_is_missing(hand):
    hand.run("DELETE FROM registry_position WHERE position = 3")
    return "registry_position", 4


@corruption("POSITIONS_ARE_DENSE", "instant", "position")
def instant_goes_back(hand):
    hand.run(
        "UPDATE registry_position SET instant = instant - interval '1 day' WHERE position = %s",
        _head(hand),
    )
    return "registry_position", _head(hand)


@corruption("POSITIONS_ARE_DENSE", "twice", "position")
def posting_is_placed_twice(hand):
    hand.without("position", "registry_position_posting_id_key")
    head = _head(hand)
    hand.run(
        "INSERT INTO registry_position (position, posting_id, instant)"
        " SELECT position + 1, posting_id, instant FROM registry_position WHERE position = %s",
        head,
    )
    return "registry_position", head + 1


@corruption("POSITIONS_ARE_DENSE", "no_posting", superuser=True)
def position_of_nothing(hand):
    head = _head(hand)
    hand.run(
        "INSERT INTO registry_position (position, posting_id, instant) VALUES (%s, %s, now())",
        head + 1,
        999_999_999,
    )
    return "registry_position", head + 1


@corruption("POSTINGS_ARE_PLACED", "hidden", "position")
def posting_lies_behind_the_sequencer(hand):
    posting = hand.one(
        "DELETE FROM registry_position WHERE position = %s RETURNING posting_id", _head(hand)
    )
    hand.run("UPDATE registry_sequencer SET watermark = %s", posting)
    return "registry_posting", posting


@corruption("POSTINGS_ARE_PLACED", "late", "position", "posting")
def posting_waits_too_long(hand):
    posting = hand.one(
        "DELETE FROM registry_position WHERE position = %s RETURNING posting_id", _head(hand)
    )
    hand.run("UPDATE registry_sequencer SET watermark = 0")
    hand.run(
        "UPDATE registry_posting SET recorded_at = now() - interval '2 minutes' WHERE id = %s",
        posting,
    )
    return "registry_posting", posting


@corruption("POSTINGS_ARE_PLACED", "sequencers")
def sequencer_is_lost(hand):
    hand.run("DELETE FROM registry_sequencer")
    return "registry_sequencer", 1


@corruption("CAUSES_COME_FIRST", "later", "position")
def effect_is_placed_before_its_cause(hand):
    id_, opening, closing = hand.run(
        "SELECT id, opened_by_id, closed_by_id FROM registry_holding WHERE closed_by_id = %s",
        hand.ledger.delivered,
    ).fetchone()
    _swap(hand, opening, closing)
    return "registry_holding", id_


@corruption("CAUSES_COME_FIRST", "unplaced", "position")
def cause_has_no_position(hand):
    id_, opening = hand.run(
        "SELECT id, opened_by_id FROM registry_holding WHERE closed_by_id = %s",
        hand.ledger.delivered,
    ).fetchone()
    hand.run("DELETE FROM registry_position WHERE posting_id = %s", opening)
    return "registry_holding", id_


@corruption("CAUSES_COME_FIRST", "reversal", "position")
def reversal_is_placed_before_what_it_reverses(hand):
    postings = [
        hand.one("SELECT posting_id FROM registry_transaction WHERE id = %s", id_)
        for id_ in (hand.ledger.reversed, hand.ledger.reversal)
    ]
    _swap(hand, *postings)
    return "registry_transaction", hand.ledger.reversal
