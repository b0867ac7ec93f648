"""The node's log: checkpoints and proofs for everybody, receipts for those whom they concern."""

from django.utils import timezone
from django.utils.cache import patch_cache_control
from drf_spectacular.types import OpenApiTypes

from registry import canonical, canonical_posting
from registry.api import log_documents, queries
from registry.api.reading import number_of
from registry.api.schema import reads
from registry.selectors import log, transactions
from registry.services.make_receipt import make_receipt

from .verbatim import Published, Verbatim

# What the latest checkpoint and proofs at its size are good for, and what never changes.
BRIEFLY_S = 2
FOR_EVER_S = 365 * 24 * 3600


class Logged(Published):
    """An answer about the log; one that no later leaf changes can be kept for ever."""

    max_age_s = BRIEFLY_S

    def final(self, request, data):
        self.max_age_s = FOR_EVER_S
        answer = self.verbatim(request, data)
        patch_cache_control(answer, immutable=True)
        return answer


class Note(Logged):
    content_type = "text/plain; charset=utf-8"


@reads(
    "getCheckpoint",
    "The latest checkpoint of the log, a signed note (C2SP tlog-checkpoint)",
    OpenApiTypes.STR,
    media_type="text/plain; charset=utf-8",
    problems=(400, 404, 503),
)
class LatestCheckpoint(Note):
    def get(self, request):
        return self.verbatim(request, log.checkpoint().note.encode())


@reads(
    "getCheckpointOfSize",
    "The checkpoint of a size, if there is one",
    OpenApiTypes.STR,
    media_type="text/plain; charset=utf-8",
    problems=(400, 404, 503),
)
class CheckpointOfSize(Note):
    def get(self, request, size):
        found = log.checkpoint(number_of(size, "size"))
        return self.final(request, found.note.encode())


class Inclusion(Logged):
    query = queries.OfTree

    def inclusion(self, request, leaf):
        size = self.asked.get("size")
        found = log.inclusion(leaf, size)
        data = canonical.encode(
            {
                "format": log_documents.INCLUSION,
                "log": found.log,
                "index": str(found.leaf.pk),
                "size": str(found.size),
                "entry": log.entry(found.leaf).decode(),
                "leaf_hash": bytes(found.leaf.leaf_hash).hex(),
                "hashes": [value.hex() for value in found.hashes],
            }
        )
        return self.verbatim(request, data) if size is None else self.final(request, data)


@reads(
    "getLeafProof",
    "The proof that a leaf is in the log",
    log_documents.InclusionDocument,
    queries.OfTree,
    problems=(400, 404, 503),
)
class LeafProof(Inclusion):
    def get(self, request, index):
        return self.inclusion(request, log.leaf_at(number_of(index, "index")))


@reads(
    "getPostingProof",
    "The proof that a posting is in the log",
    log_documents.InclusionDocument,
    queries.OfTree,
    description=(
        "The proof that a posting is in the log; 503 with Retry-After until a checkpoint covers "
        "it, which its receipt promises within 60 seconds."
    ),
    problems=(400, 404, 503),
)
class PostingProof(Inclusion):
    def get(self, request, number):
        return self.inclusion(request, log.leaf_of_posting(number_of(number)))


@reads(
    "getDocumentProof",
    "The proof that a document is in the log",
    log_documents.InclusionDocument,
    queries.OfTree,
    description=(
        "The proof that a document is in the log, by the kind and the subject that it says; 503 "
        "with Retry-After until a checkpoint covers it."
    ),
    problems=(400, 404, 503),
)
class DocumentProof(Inclusion):
    def get(self, request, kind, subject):
        return self.inclusion(request, log.leaf_of_document(kind, subject))


@reads(
    "getConsistencyProof",
    "The proof that the log only grew between two sizes",
    log_documents.ConsistencyDocument,
    queries.BetweenTrees,
    problems=(400, 404, 503),
)
class ConsistencyProof(Logged):
    query = queries.BetweenTrees

    def get(self, request):
        found = log.consistency(self.asked["from"], self.asked.get("to"))
        data = canonical.encode(
            {
                "format": log_documents.CONSISTENCY,
                "log": found.log,
                "from": str(found.old),
                "to": str(found.new),
                "hashes": [value.hex() for value in found.hashes],
            }
        )
        return self.final(request, data) if "to" in self.asked else self.verbatim(request, data)


@reads(
    "getReceipt",
    "The signed promise that the posting of a transaction comes into the log",
    log_documents.ReceiptDocument,
    description=(
        "It can be had as soon as the transaction is completed: by `log_by`, 60 seconds after the "
        "posting was recorded, a checkpoint covers the leaf whose hash it names. Keep the bytes."
    ),
    problems=(400, 401, 404, 503),
)
class Receipt(Verbatim):
    def get(self, request, number):
        found = make_receipt(actor=request.actor, number=number_of(number), at=timezone.now())
        return self.verbatim(request, canonical.encode(found))


@reads(
    "getPostingDocument",
    "The canonical bytes of a transaction's posting, of which its leaf has the digest",
    log_documents.CANONICAL_POSTING,
    problems=(400, 401, 404, 503),
)
class PostingDocument(Verbatim):
    def get(self, request, number):
        posting = log.posting_of(transactions.find(request.actor, number_of(number)))
        return self.verbatim(request, canonical_posting.posting_bytes(posting.pk))
