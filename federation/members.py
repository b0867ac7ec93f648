"""Who is in the federation: one node each for China, Japan and Korea."""

from dataclasses import dataclass

# The first port; the others follow. Beside a node of `make run`, which has 8000.
PORT = 8101


@dataclass(frozen=True)
class Member:
    """A jurisdiction, the registry through which units come and go, and what that issues.

    `seller` and `buyer` are the holders of its two accounts for trying.
    """

    code: str
    registry: str
    unit_type: str

    @property
    def seller(self) -> str:
        return f"EX-{self.code}-A"

    @property
    def buyer(self) -> str:
        return f"EX-{self.code}-B"

    @property
    def node_name(self) -> str:
        """By which the node signs, whatever port it is given."""
        return f"{self.code.lower()}.federation.localhost"


CN = Member("CN", "CN-REG", "CEA")
JP = Member("JP", "JP-GX-REG", "GXA")
KR = Member("KR", "KR-ETRS", "KAU")
ALL = (CN, JP, KR)
