"""Certificates of blocks: documents that are verified far from the node."""

from django.utils import timezone

from registry import canonical
from registry.api import as_of, queries
from registry.api.certificate_documents import CertificateDocument, HoldingProofDocument
from registry.api.schema import reads
from registry.api.serials import one_block
from registry.selectors import certificates, history
from registry.services.prove_holding import Block, prove_holding

from .verbatim import Verbatim


@reads(
    "getHoldingProof",
    "Who held a block at a position, as a statement that the node signs",
    HoldingProofDocument,
    queries.HoldingProof,
    description=(
        "A statement of the node that one account held the whole block at a position (the head, if "
        "none is given), with the posting that brought the units there. Once a checkpoint covers "
        "that posting, the proof that the log has it is included. Keep the bytes as they are: "
        "`python -m registry.certificates.verify` judges them with the keys of "
        "`/.well-known/jwks.json`."
    ),
    problems=(400, 401, 404, 422, 503),
)
class HoldingProof(Verbatim):
    query = queries.HoldingProof

    def get(self, request):
        unit_type, first, last = one_block(self.asked)
        registry = history.registry_of(
            request.actor, unit_type=unit_type, code=self.asked.get("registry")
        )
        position, _about = as_of.resolve(self.asked)
        block = Block(registry.pk, registry.code, unit_type.pk, unit_type.code, first, last)
        found = prove_holding(block, position=position, at=timezone.now())
        return self.verbatim(request, canonical.encode(found))


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
