"""docs/log.md describes the leaves, receipts and proofs that the code makes."""

import hashlib
import json
import re

import rfc8785
from django.urls import resolve

from registry.api import log_documents
from registry.log import checkpoint, leaf, note, receipt
from registry.services import keep_log
from tests.docs.pages import page

PAGE = "docs/log.md"


def tables():
    """The members of leaves and of receipts, as the page lists them."""
    rows = [row[0].strip("`") for row in page(PAGE).rows("member", "what it is")]
    end = rows.index("format", 1)
    return rows[:end], rows[end:]


def example():
    (block,) = [block for block in page(PAGE).blocks() if block.info == "json"]
    return block.text.strip()


def test_page_describes_each_member():
    """Of a leaf and of a receipt, no more and no less."""
    leaves, receipts = tables()
    assert leaves == list(json.loads(example()))
    assert tuple(receipts) == receipt.MEMBERS
    for name in (leaf.FORMAT, receipt.FORMAT, log_documents.INCLUSION, log_documents.CONSISTENCY):
        assert f"`{name}`" in page(PAGE).text


def test_leaf_of_the_example_is_true():
    """Its bytes are canonical, and its hash is the one that the page prints."""
    text = example().encode()
    assert rfc8785.dumps(json.loads(text)) == text
    assert hashlib.sha256(b"\x00" + text).hexdigest() in page(PAGE).prose
    digest = json.loads(text)["sha256"]
    assert digest in page("docs/canonical-posting.md").text


def test_checkpoint_of_the_example_is_one():
    """It can be read, whoever signed it."""
    (block,) = [b for b in page(PAGE).blocks() if b.text.startswith("registry.example")]
    read = note.parse((block.text.rstrip("\n") + "\n").encode())
    assert checkpoint.parse(read.text).size == 1204


def test_addresses_lead_somewhere():
    """Each address of the tables is one of the API."""
    listed = [
        row[0].strip("`").partition("?")[0] for row in page(PAGE).rows("address", "what it gives")
    ]
    assert len(listed) == 8
    for address in listed:
        path = "/api/v1/" + re.sub(r"<\w+>", "1", address)
        assert resolve(path).route != "api/v1/", address


def test_times_are_those_of_the_code():
    """How often checkpoints come, and how long a promise lasts."""
    assert keep_log.EVERY.total_seconds() == 5
    assert receipt.PROMISE.total_seconds() == 60
    assert "older than five seconds" in page(PAGE).prose
    assert "60 seconds" in page(PAGE).prose
