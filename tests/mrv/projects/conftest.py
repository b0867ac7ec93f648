"""The people of a project, for each test that asks for them."""

import pytest

from tests.mrv.projects.cast import make_project_cast


@pytest.fixture
def project(world):
    return make_project_cast(world)
