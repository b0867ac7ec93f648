"""Roots and proofs: equal to the RFC's recursion, accepted when true, refused when changed."""

import pytest

from registry.log import merkle, tiles, verification
from registry.log.hashing import EMPTY_ROOT, leaf_hash
from registry.log.refused import Refused
from tests.log import trees

MOST = 64
VECTORS = trees.published("transparency-dev-merkle/vectors.json")
LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(value) for value in VECTORS["roots"]]
OTHER = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


def refusal(check, **given):
    with pytest.raises(Refused) as refused:
        check(**given)
    return refused.value.code


def flipped(value, bit):
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def broken_proofs(proof):
    """The proof with each hash changed in a few bits, left out, doubled, and with some added."""
    for place, value in enumerate(proof):
        for bit in (0, 100, 255):
            yield [*proof[:place], flipped(value, bit), *proof[place + 1 :]]
        yield [*proof[:place], *proof[place + 1 :]]
        yield [*proof[:place], value, *proof[place:]]
        yield [*proof[:place], OTHER, *proof[place:]]
    yield [*proof, OTHER]
    yield [*proof, b""]


def broken_inclusions(index, size, leaf, proof, root):
    """What differs from a true statement in one thing, each as the arguments of the check."""
    true = {"index": index, "size": size, "leaf": leaf, "proof": proof, "root": root}
    yield from ({**true, "proof": other} for other in broken_proofs(proof))
    yield from ({**true, "leaf": flipped(leaf, bit)} for bit in (0, 255))
    yield from ({**true, "root": flipped(root, bit)} for bit in (0, 255))
    yield from ({**true, "index": other} for other in (-1, index ^ 1, index ^ 2, index + 1))
    yield from ({**true, "size": other} for other in (0, index))
    yield {**true, "leaf": b"short"}
    yield {**true, "root": b"short"}


def broken_consistencies(old, new, old_root, new_root, proof):
    true = {"old": old, "new": new, "old_root": old_root, "new_root": new_root, "proof": proof}
    yield from ({**true, "proof": other} for other in broken_proofs(proof))
    for name, value in (("old_root", old_root), ("new_root", new_root)):
        yield {**true, name: flipped(value, 77)}
        yield {**true, name: b"short"}
    yield {**true, "old": new, "new": old}
    yield {**true, "proof": []}
    yield {**true, "old": -1}


@pytest.mark.parametrize("size", range(len(LEAVES) + 1))
def test_published_roots(size):
    """The roots of the published tree."""
    expected = ROOTS[size - 1] if size else EMPTY_ROOT
    assert merkle.root(size, trees.reader(LEAVES)) == expected == trees.root(LEAVES[:size])


@pytest.mark.parametrize("vector", VECTORS["inclusion"], ids=str)
def test_published_inclusion_proofs(vector):
    """The published proofs are made and accepted, and nothing near them is."""
    index, size = vector["leaf"] - 1, vector["size"]
    proof = [bytes.fromhex(value) for value in vector["proof"]]
    assert merkle.inclusion(index, size, trees.reader(LEAVES)) == proof
    root = ROOTS[size - 1]
    verification.inclusion(index=index, size=size, leaf=LEAVES[index], proof=proof, root=root)
    for broken in broken_inclusions(index, size, LEAVES[index], proof, root):
        refusal(verification.inclusion, **broken)
    for other in (size * 2, size // 2):
        given = {"index": index, "leaf": LEAVES[index], "proof": proof, "root": root}
        refusal(verification.inclusion, size=other, **given)


@pytest.mark.parametrize("vector", VECTORS["consistency"], ids=str)
def test_published_consistency_proofs(vector):
    """The published proofs are made and accepted, and nothing near them is."""
    old, new = vector["size1"], vector["size2"]
    proof = [bytes.fromhex(value) for value in vector["proof"]]
    assert merkle.consistency(old, new, trees.reader(LEAVES)) == proof
    given = {"old_root": ROOTS[old - 1], "new_root": ROOTS[new - 1], "proof": proof}
    verification.consistency(old=old, new=new, **given)
    if proof:
        for broken in broken_consistencies(old, new, ROOTS[old - 1], ROOTS[new - 1], proof):
            refusal(verification.consistency, **broken)
        for one, other in ((old, new * 2), (old, new // 2), (old - 1, new), (old ^ 2, new)):
            refusal(verification.consistency, old=one, new=other, **given)


@pytest.mark.parametrize("vector", VECTORS["always_consistent"], ids=str)
def test_a_tree_is_consistent_with_itself(vector):
    """The same size and the same root need no proof."""
    size = vector["size1"]
    root = ROOTS[size - 1] if size else EMPTY_ROOT
    verification.consistency(old=size, new=size, old_root=root, new_root=root, proof=[])


@pytest.mark.parametrize("vector", VECTORS["never_consistent"], ids=str)
def test_published_inconsistencies(vector):
    """No tree shrinks, equal sizes have equal roots, and where nothing is to prove is no proof."""
    refusal(
        verification.consistency,
        old=vector["size1"],
        new=vector["size2"],
        old_root=EMPTY_ROOT,
        new_root=EMPTY_ROOT if vector["same_root"] else OTHER,
        proof=[EMPTY_ROOT] * vector["proof"],
    )


def test_what_follows_the_empty_tree():
    """Every tree follows the empty one, whose root is known."""
    given = {"old": 0, "new": 5, "new_root": ROOTS[4], "proof": []}
    verification.consistency(old_root=EMPTY_ROOT, **given)
    assert refusal(verification.consistency, old_root=OTHER, **given) == "ROOT_DIFFERS"


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_inclusion_proof_of_a_small_tree(size):
    """Each proof is the recursion's; it is accepted, and refused when anything is changed."""
    hashes = trees.leaves(size)
    read, root = trees.reader(hashes), trees.root(hashes)
    assert merkle.root(size, read) == root
    for index, leaf in enumerate(hashes):
        proof = merkle.inclusion(index, size, read)
        assert proof == trees.inclusion(index, hashes)
        verification.inclusion(index=index, size=size, leaf=leaf, proof=proof, root=root)
        for broken in broken_inclusions(index, size, leaf, proof, root):
            refusal(verification.inclusion, **broken)


@pytest.mark.parametrize("new", range(1, MOST + 1))
def test_every_consistency_proof_of_a_small_tree(new):
    """Each proof is the recursion's; it is accepted, and refused when anything is changed."""
    hashes = trees.leaves(new)
    read, new_root = trees.reader(hashes), trees.root(hashes)
    for old in range(1, new + 1):
        old_root = trees.root(hashes[:old])
        proof = merkle.consistency(old, new, read)
        assert proof == trees.consistency(old, hashes)
        verification.consistency(
            old=old, new=new, old_root=old_root, new_root=new_root, proof=proof
        )
        if old < new:
            for broken in broken_consistencies(old, new, old_root, new_root, proof):
                refusal(verification.consistency, **broken)


@pytest.mark.parametrize("size", [1, 255, 256, 257, 1023])
def test_proofs_from_tiles(size):
    """Nodes are found in tiles, also those that span several hashes of one."""
    hashes = trees.leaves(size)
    stored = trees.tiles_over(hashes)
    read = tiles.reader(lambda wanted: {tile: stored[tile] for tile in wanted})
    root = trees.root(hashes)
    assert merkle.root(size, read) == root
    for index in {0, size // 2, size - 1}:
        proof = merkle.inclusion(index, size, read)
        assert proof == trees.inclusion(index, hashes)
    for old in {1, size // 3 or 1, size - 1 or 1, size}:
        assert merkle.consistency(old, size, read) == trees.consistency(old, hashes)


def test_refusals_say_what_is_wrong():
    """Codes tell a wrong length from a wrong hash."""
    hashes = trees.leaves(5)
    true = {"index": 2, "size": 5, "leaf": hashes[2], "root": trees.root(hashes)}
    proof = trees.inclusion(2, hashes)
    given = {**true, "proof": proof}
    assert refusal(verification.inclusion, **{**given, "index": 5}) == "LEAF_NOT_IN_TREE"
    assert refusal(verification.inclusion, **true, proof=proof[1:]) == "PROOF_LENGTH_WRONG"
    assert refusal(verification.inclusion, **true, proof=[OTHER, *proof[1:]]) == "ROOT_DIFFERS"
    assert refusal(verification.inclusion, **true, proof=[b"", *proof]) == "HASH_LENGTH_WRONG"
    given = {"old": 3, "new": 2, "old_root": OTHER, "new_root": OTHER, "proof": []}
    assert refusal(verification.consistency, **given) == "TREE_SHRINKS"
