"""The text of API keys and what is kept of it."""

import hashlib

import pytest

from registry import api_keys


def test_keys_have_their_form_and_differ():
    """ck_, a prefix, and a secret of more than 250 bits; never the same twice."""
    made = [api_keys.make() for _ in range(200)]
    assert len({key.text for key in made}) == len({key.prefix for key in made}) == 200
    for key in made:
        assert key.text.startswith(f"ck_{key.prefix}_")
        assert len(key.prefix) <= 12
        assert len(key.text) - len(f"ck_{key.prefix}_") == api_keys.SECRET_LENGTH
    assert len(api_keys.ALPHABET) ** api_keys.SECRET_LENGTH > 2**250


def test_kept_is_the_sha_256_of_the_text():
    """What is kept proves the text and does not tell it."""
    key = api_keys.make()
    assert key.digest == hashlib.sha256(key.text.encode()).digest()
    assert api_keys.matches(key.text, key.digest)
    assert not api_keys.matches(key.text + "a", key.digest)
    assert key.text not in repr(key)


@pytest.mark.parametrize(
    "text",
    ["", "ck_", "ck__", "ck_abc_def", "CK_aaaaaaaaaa_" + "a" * 52, "ck_aaaaaaaaaa_" + "a" * 51],
)
def test_other_texts_have_no_prefix(text):
    """What is not of the form of a key is not looked up."""
    assert api_keys.prefix(text) is None
