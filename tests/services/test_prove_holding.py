"""Who held a block at a position, stated so that others can verify it."""

import pytest

from registry import canonical, posting
from registry.certificates import key_list, verification
from registry.errors import DomainError
from registry.lines import Line
from registry.models import Account
from registry.selectors import positions
from registry.selectors.signing_keys import every_key
from registry.services.append_leaves import append_batch
from registry.services.make_checkpoint import make_checkpoint
from registry.services.prove_holding import Block, prove_holding
from registry.services.retire import retire
from registry.services.signing_keys import ensure_keys
from tests.world import allocated, complete, moved, stock

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def traded(world, keys_dir):
    """A gets KAU 1-100 and sells 41-60 to B, who gives 41-50 back. Each at one position."""
    ensure_keys(at=world.at)
    home = world.at_home
    stock(world, operator_a=100)
    moved(world, home.operator_a, home.operator_b, 20, first=41)
    moved(world, home.operator_b, home.operator_a, 10, first=41)
    posting.sequence(100)
    return world


def logged(world):
    while append_batch():
        pass
    make_checkpoint(at=world.at)


def prove(world, first, last, position=None, *, place="home", unit_type="kau"):
    kept, kind = getattr(world, place), getattr(world, unit_type)
    block = Block(kept.pk, kept.code, kind.pk, kind.code, first, last)
    return prove_holding(block, position=position, at=world.at)


def verified(document):
    """What it says, if it holds with the keys that the node publishes."""
    keys = key_list.parse(canonical.encode(key_list.document(every_key())))
    verdict = verification.verify(canonical.encode(document), keys)
    assert verdict.holds, verdict.findings
    return verdict.says


def number(account):
    return Account.objects.get(pk=account).number


def refusal(*arguments, **options):
    with pytest.raises(DomainError) as caught:
        prove(*arguments, **options)
    return caught.value


def test_a_block_is_held_at_each_position(traded):
    """By the account that had it then, since the posting that brought it there."""
    home = traded.at_home
    logged(traded)
    for position, holder, since in (
        (1, home.operator_a, 1),
        (2, home.operator_b, 2),
        (3, home.operator_a, 3),
        (None, home.operator_a, 3),
    ):
        document = prove(traded, 41, 50, position)
        said = verified(document)
        assert said["account"] == number(holder)
        assert document["since"]["position"] == str(since)
        assert said["in_the_log"] == "yes"
        instant = positions.find(position or 3).instant
        assert said["instant"] == canonical.instant(instant)


def test_the_head_is_meant_where_no_position_is(traded):
    """And it is said."""
    assert prove(traded, 1, 40)["position"] == "3"
    assert prove(traded, 1, 40)["since"]["position"] == "1"


def test_the_proof_of_the_log_follows(traded):
    """Without a checkpoint the statement holds alone; the leaf is the one that comes."""
    before = prove(traded, 1, 10)
    assert before["inclusion"] is None and verified(before)
    logged(traded)
    after = prove(traded, 1, 10)
    assert after["inclusion"] and verified(after)
    assert after["since"] == before["since"]


def test_a_block_in_parts_has_a_proof_for_each(traded):
    """1-100 came by two ways to A; the part of B is another's."""
    refused = refusal(traded, 1, 100)
    assert refused.codes == ["BLOCK_HELD_IN_PARTS"]
    parts = refused.failures[0].data["parts"]
    assert parts == [
        {"first": "1", "last": "40"},
        {"first": "41", "last": "50"},
        {"first": "51", "last": "60"},
        {"first": "61", "last": "100"},
    ]
    for part in parts:
        verified(prove(traded, int(part["first"]), int(part["last"])))
    assert verified(prove(traded, 1, 100, 1))["last"] == "100"


def test_units_that_ended_are_held_by_their_end(traded):
    """Retired units lie in the account for it, which says so."""
    home = traded.at_home
    line = Line(home.operator_b, None, traded.kau.pk, 10, first=51)
    by = {"actor": traded.administrator_1, "key": traded.key(), "at": traded.at}
    complete(traded, retire(lines=[line], **by))
    posting.sequence(100)
    assert verified(prove(traded, 51, 60))["account"] == number(home.retirement)


def test_what_was_not_held_is_refused(traded):
    """Never issued, not yet issued, not here, or at no position."""
    assert refusal(traded, 101, 101).codes == ["BLOCK_NOT_HELD"]
    assert refusal(traded, 90, 110).codes == ["BLOCK_NOT_HELD"]
    assert refusal(traded, 1, 1, place="neighbour").codes == ["BLOCK_NOT_HELD"]
    assert refusal(traded, 1, 1, 4).codes == ["UNKNOWN_POSITION"]
    assert refusal(traded, 1, 1, 0).codes == ["UNKNOWN_POSITION"]
    stock(traded, government=50)
    assert refusal(traded, 101, 110).codes == ["BLOCK_NOT_HELD"]
    allocated(traded, traded.at_home.operator_b, 10, first=101)
    posting.sequence(100)
    assert refusal(traded, 101, 110, 3).codes == ["BLOCK_NOT_HELD"]
    assert verified(prove(traded, 101, 110))["account"] == number(traded.at_home.operator_b)


def test_without_the_key_nothing_is_stated(traded, keys_dir):
    """The reason is the node's, not the asker's."""
    for path in keys_dir.iterdir():
        path.unlink()
    assert refusal(traded, 1, 10).codes == ["KEY_FILE_MISSING"]


def test_before_the_first_position_there_is_nothing(world, keys_dir):
    """An empty order has no head."""
    ensure_keys(at=world.at)
    assert refusal(world, 1, 1).codes == ["UNKNOWN_POSITION"]
