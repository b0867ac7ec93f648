"""The Python client that openapi-python-client makes of the committed description."""

import subprocess
import sys

from tests.api.conftest import ROOT

PACKAGE = "concord_client"


def generate(directory):
    """Make the package in a directory.   Raises: AssertionError where the generator warns."""
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"),
            *("--path", str(ROOT / "openapi.yaml")),
            *("--config", str(ROOT / "docs" / "guides" / "client.yaml")),
            *("--output-path", str(directory / PACKAGE)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "arning" not in said, said
