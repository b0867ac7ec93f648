"""Rules about the Merkle log."""

from django.utils.translation import gettext_lazy as _

from registry.audit import merkle
from registry.audit.rules import ComputedRule, Rule

RULES = (
    Rule(
        "LEAVES_FOLLOW_POSITIONS",
        _("Every posting is in the log once, in the order of positions, within a minute."),
        {
            "gap": _("Leaf %(row)s follows leaf %(before)s."),
            "no_position": _("Leaf %(row)s is of posting %(posting)s, which has no position."),
            "twice": _("Leaf %(row)s is of posting %(posting)s, which is in the log already."),
            "order": _(
                "Leaf %(row)s is of position %(position)s and follows position %(position_before)s."
            ),
            "missing": _(
                "Posting %(row)s has had position %(position)s since %(instant)s and is not in "
                "the log."
            ),
        },
    ),
    Rule(
        "LEAF_IS_OF_ITS_POSTING",
        _("Leaves have the digests of what the ledger says of their postings."),
        {
            "digest": _(
                "Leaf %(row)s has the digest %(digest)s; the rows of posting %(posting)s give "
                "%(expected)s."
            ),
            "leaf_hash": _("The hash of leaf %(row)s is not that of its data."),
        },
    ),
    Rule(
        "DOCUMENTS_ARE_LOGGED",
        _("Every document that was recorded for the log is in it once, within a minute."),
        {
            "missing": _("Document %(row)s was recorded at %(recorded_at)s and is not in the log."),
            "differs": _("Leaf %(leaf)s has another kind or digest than its document %(row)s."),
            "leaf_hash": _("The hash of leaf %(row)s is not that of its data."),
            "no_document": _("Leaf %(row)s is of no document that was recorded."),
        },
    ),
    ComputedRule(
        "TREE_IS_OF_THE_LEAVES",
        _("The tree of the log is that of its leaves."),
        {
            "missing": _("Tile %(row)s is missing."),
            "unknown": _("Tile %(row)s is not of this tree."),
            "differs": _(
                "Tile %(row)s has %(hashes)s hashes, where %(expected)s are expected; they differ "
                "from hash %(hash)s on."
            ),
        },
        judge=merkle.tree,
    ),
    ComputedRule(
        "CHECKPOINTS_ARE_TRUE",
        _("Checkpoints have the roots of the log, and its key has signed them."),
        {
            "beyond": _("Checkpoint %(row)s is of more leaves than the log has: %(leaves)s."),
            "root": _("The root of checkpoint %(row)s is %(found)s; the leaves give %(expected)s."),
            "note": _("The note of checkpoint %(row)s says something else, or by another key."),
            "signature": _("The key of %(name)s has not signed checkpoint %(row)s."),
            "key": _("The key of checkpoint %(row)s was not the log's at %(at)s."),
            "goes_back": _("Checkpoint %(row)s of %(at)s is older than the one before."),
            "renamed": _("Checkpoint %(row)s calls the log %(name)s, which had another name."),
        },
        judge=merkle.checkpoints,
    ),
    Rule(
        "PROMISES_ARE_KEPT",
        _("A checkpoint covers every posting within 60 seconds, as receipts promise."),
        {
            "uncovered": _(
                "No checkpoint covers posting %(row)s, which was promised for %(log_by)s."
            ),
            "late": _(
                "The first checkpoint that covers posting %(row)s is of %(at)s; it was promised "
                "for %(log_by)s."
            ),
        },
    ),
)
