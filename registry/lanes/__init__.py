"""Lanes to the gate: what several processes propose at the same moment goes there together.

A lane is a process of the node that submits all proposals that have come in one database
transaction, each on its own, and answers each. A database transaction has costs of its own (a
round trip, locks, a commit that waits for the disk); at a busy node many proposals share them.

A lane answers after its commit. Whoever gets no answer, or the answer "by yourself", submits
alone under the same key: so lanes may be missing, or die at any moment. All proposals that take
units from one account use the same lane, and do not wait for one another's locks.
"""
