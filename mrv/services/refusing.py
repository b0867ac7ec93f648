"""Findings of the pure modules as failures with words, told together."""

from mrv.errors import failure
from registry.errors import RuleViolated


def refuse_findings(findings, prefix="") -> None:
    """`prefix` is the JSON pointer of what was read.

    Raises: RuleViolated with all findings, where there are any.
    """
    if findings:
        raise RuleViolated(
            *(failure(f.code, **f.data, pointer=f"{prefix}{f.where}") for f in findings)
        )
