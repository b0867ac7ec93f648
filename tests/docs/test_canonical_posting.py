"""docs/canonical-posting.md describes the bytes that the ledger gives."""

import hashlib
import json
import re

import rfc8785

from registry import canonical, canonical_posting
from registry.models import Account
from tests.docs.pages import page
from tests.world import complete, issue_units, moved, stock

PAGE = "docs/canonical-posting.md"


def described():
    return [row[0].strip("`") for row in page(PAGE).rows("member", "what it is")]


def example():
    (block,) = [block for block in page(PAGE).blocks() if block.info == "json"]
    return block.text.strip()


def entry_members():
    """The members of an entry of `issued`, as the page lists them."""
    said = page(PAGE).prose.partition("An entry of `issued` is an object:")[2].partition("\n- ")[0]
    return re.findall(r"`(\w+)`", said)


def test_page_describes_each_member(world):
    """The table has exactly the members of the document, and the list those of an issuance."""
    stock(world, operator_a=100)
    outcome = moved(world, world.at_home.operator_a, world.at_home.operator_b, 10)
    document = canonical_posting.document(outcome.posting_id)
    assert described() == list(document)
    assert canonical_posting.FORMAT in page(PAGE).text
    issued = canonical_posting.document(
        issue_units(world, world.kau, [(world.at_home.operator_a, 5)], year=2026).posting_id
    )
    assert entry_members() == list(issued["issued"][0])


def test_entries_are_as_described(world):
    """Blocks and uses have the parts that the page lists, with accounts and entities hidden."""
    from registry.lines import Line
    from registry.models import Posting
    from registry.services.surrender import surrender

    stock(world, operator_a=100)
    lines = [Line(world.at_home.operator_a, None, world.kau.pk, 40, period="2025")]
    proposed = surrender(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)
    posting = Posting.objects.get(pk=complete(world, proposed).posting_id)
    document = canonical_posting.document(posting.pk)
    number = Account.objects.get(pk=world.at_home.surrender).number
    hidden = canonical_posting.hidden(posting.salt, "account", number)
    assert ["KR-ETRS", "KAU", "1", "40", hidden] in document["opened"]
    (used,) = document["used"]
    entity = canonical_posting.hidden(posting.salt, "entity", world.holder_a.code)
    assert used == ["KR-ETRS", "KAU", "1", "40", "surrender", "2025", entity, "40", ""]


def test_example_is_canonical_and_true():
    """Independent code gives the same bytes and digests as those that the page prints."""
    text = example()
    assert canonical.encode(json.loads(text)) == rfc8785.dumps(json.loads(text)) == text.encode()
    assert hashlib.sha256(text.encode()).hexdigest() in page(PAGE).prose
    salt = bytes.fromhex(re.search(r"salt is\s+`([0-9a-f]{64})`", page(PAGE).prose)[1])
    numbers = re.findall(r"KR-ETRS-\d{7}-\d{2}", page(PAGE).prose)
    assert len(numbers) == 2
    for number in numbers:
        assert canonical_posting.hidden(salt, "account", number) in text
