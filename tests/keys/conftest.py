import pytest
from django.conf import settings


@pytest.fixture
def keys_dir(tmp_path, monkeypatch):
    """A directory of keys for this test alone."""
    monkeypatch.setitem(settings.CONCORD, "KEYS_DIR", str(tmp_path / "keys"))
    return tmp_path / "keys"
