"""What is wrong with a document or with values, as codes; mrv/project_texts.py has the words."""

from typing import NamedTuple


class Finding(NamedTuple):
    """A code of what is wrong, and the JSON pointer to where."""

    code: str
    where: str
    data: dict
