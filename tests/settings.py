"""The settings of a node, as the tests need them: its own home, and nothing of the shell's."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Set before config.settings is read. Processes that a test starts with these settings find the
# home of the session here and share it.
HOME_VARIABLE = "CONCORD_TESTS_HOME"
# Several processes that share the tests have a home each: this names the one that it was made for.
WORKER_VARIABLE = "CONCORD_TESTS_WORKER"
worker = os.environ.get("PYTEST_XDIST_WORKER", "")


def remove_home(home, maker):
    # A forked child that exits in an orderly way runs this as well.
    if os.getpid() == maker:
        shutil.rmtree(home, ignore_errors=True)


if HOME_VARIABLE not in os.environ or os.environ.get(WORKER_VARIABLE, "") != worker:
    made = Path(tempfile.mkdtemp(prefix="concord-tests-"))
    if os.getuid() == 0:
        # PostgreSQL runs as another user then, who must be able to pass.
        made.chmod(0o711)
    os.environ[HOME_VARIABLE] = str(made)
    os.environ[WORKER_VARIABLE] = worker
    # Only a crash of the whole machine would lose anything, and with it the tests.
    (made / "postgresql.conf").write_text("fsync = off\n")
    # Registered first, so that it runs last: after the servers have stopped.
    atexit.register(remove_home, made, os.getpid())

FOREIGN = (
    *("DATABASE_", "REDIS_URL", "SECRET_KEY", "DEBUG", "HTTPS", "LANGUAGE_CODE", "STATIC_ROOT"),
    *("KEYS_DIR", "NODE_NAME", "PORT"),
)
for name in list(os.environ):
    if name.startswith(FOREIGN):
        del os.environ[name]
os.environ["REGISTRY_HOME"] = os.environ[HOME_VARIABLE]

from config.settings import *  # noqa: E402, F403

# Hashing that is slow on purpose would be most of the time of a suite that logs people in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    # The manifest storage needs collectstatic first.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Nothing is collected; the directory may be missing without a warning.
WHITENOISE_AUTOREFRESH = True
