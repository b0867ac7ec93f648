"""Certificates of blocks: documents that are verified far from the node."""

from registry import canonical
from registry.api import queries
from registry.api.certificate_documents import CertificateDocument
from registry.api.schema import reads
from registry.api.serials import one_block
from registry.selectors import certificates

from .verbatim import Verbatim


@reads(
    "getCertificate",
    "The certificate of a block: its registry's signature over the issuance, and the range",
    CertificateDocument,
    queries.OneBlock,
    description=(
        "The registry's signature over the issuance of these units, and their range inside it. It "
        "proves where they come from, not that anybody holds them still. Keep the bytes as they "
        "are: `python -m registry.certificates.verify` judges them with the keys of "
        "`/.well-known/jwks.json`, and finds every change."
    ),
    problems=(400, 401, 404, 422, 503),
)
class Certificate(Verbatim):
    query = queries.OneBlock

    def get(self, request):
        unit_type, first, last = one_block(self.asked)
        found = certificates.certificate(request.actor, unit_type=unit_type, first=first, last=last)
        return self.verbatim(request, canonical.encode(found))
