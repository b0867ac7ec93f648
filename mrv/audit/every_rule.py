"""What monitoring and reports add to the audit of the ledger (registry/audit/above.py).

Like every rule of the audit these share no code with what they judge.
"""

from pathlib import Path

HERE = Path(__file__).parent
APP = "mrv"
EXPECTED = HERE / "expected.toml"
MIGRATIONS = HERE.parent / "migrations"
FIGURES = {}
RULES = ()
