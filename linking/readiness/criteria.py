"""The criteria by which two systems are compared, and how much each counts. Pure.

What must align has weight 3, what should 2; what need not is shown and does not count. The list
is docs/linking.md's; scores are 0 (incompatible or unknown) to 3 (compatible).
"""

from dataclasses import dataclass

GREATEST_SCORE = 3
WEIGHTS = {"MUST": 3, "SHOULD": 2, "NO_NEED": 0}
BLOCKER, MAJOR_OBSTACLE = 0, 1


@dataclass(frozen=True, slots=True)
class Criterion:
    code: str
    dimension: str
    alignment: str

    @property
    def weight(self) -> int:
        return WEIGHTS[self.alignment]


CRITERIA = {
    code: Criterion(code, dimension, alignment)
    for code, dimension, alignment in (
        ("C01", "participation", "MUST"),
        ("C02", "cap", "MUST"),
        ("C03", "price_gap", "MUST"),
        ("C04", "mrv", "MUST"),
        ("C05", "enforcement", "MUST"),
        ("C06", "registry", "MUST"),
        ("C07", "offsets", "MUST"),
        ("C08", "price_containment", "MUST"),
        ("C09", "borrowing", "MUST"),
        ("C10", "banking", "SHOULD"),
        ("C11", "legal_basis", "MUST"),
        ("C12", "third_links", "MUST"),
        ("C13", "market", "SHOULD"),
        ("C14", "calendar", "SHOULD"),
        ("C15", "allocation", "NO_NEED"),
        ("C16", "sectors", "NO_NEED"),
        ("C17", "gases", "SHOULD"),
        ("C18", "direct_and_indirect", "SHOULD"),
        ("C19", "legal_unit", "SHOULD"),
        ("C20", "transparency", "SHOULD"),
        ("C21", "article6", "MUST"),
        ("C22", "settlement", "SHOULD"),
    )
}
