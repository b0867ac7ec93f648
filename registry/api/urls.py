"""The addresses of the API, under /api/v1/."""

from django.urls import path, re_path

from .views import accounts, blocks, certificates, description, log, order, reference, transactions

app_name = "api"

urlpatterns = [
    path("jurisdictions", reference.Jurisdictions.as_view()),
    path("jurisdictions/<str:code>", reference.Jurisdiction.as_view()),
    path("schemes", reference.Schemes.as_view()),
    path("schemes/<str:code>", reference.Scheme.as_view()),
    path("registries", reference.Registries.as_view()),
    path("registries/<str:code>", reference.Registry.as_view()),
    path("unit-types", reference.UnitTypes.as_view()),
    path("unit-types/<str:code>", reference.UnitType.as_view()),
    path("facts", reference.Facts.as_view()),
    path("sources", reference.Sources.as_view()),
    path("transaction-types", reference.TransactionTypes.as_view()),
    path("accounts", accounts.Accounts.as_view()),
    path("accounts/<str:number>", accounts.Account.as_view()),
    path("accounts/<str:number>/balances", accounts.Balances.as_view()),
    path("holdings", accounts.Holdings.as_view()),
    path("blocks", blocks.Blocks.as_view()),
    path("blocks/history", blocks.History.as_view()),
    path("blocks/certificate", certificates.Certificate.as_view()),
    path("blocks/holding-proof", certificates.HoldingProof.as_view()),
    path("transactions", transactions.Transactions.as_view()),
    path("transactions/<str:number>", transactions.Transaction.as_view(), name="transaction"),
    path("transactions/<str:number>/lines", transactions.Lines.as_view(), name="lines"),
    path("transactions/<str:number>/movements", transactions.Movements.as_view(), name="movements"),
    path("transactions/<str:number>/approvals", transactions.Approvals.as_view()),
    path("transactions/<str:number>/withdrawal", transactions.Withdrawal.as_view()),
    path("transactions/<str:number>/receipt", log.Receipt.as_view()),
    path("transactions/<str:number>/posting", log.PostingDocument.as_view()),
    path("log/checkpoint", log.LatestCheckpoint.as_view()),
    path("log/checkpoints/<str:size>", log.CheckpointOfSize.as_view()),
    path("log/leaves/<str:index>/proof", log.LeafProof.as_view()),
    path("log/postings/<str:number>/proof", log.PostingProof.as_view()),
    path("log/consistency", log.ConsistencyProof.as_view()),
    path("positions/head", order.Head.as_view()),
    path("positions/<str:position>", order.Position.as_view()),
    path("health", order.Health.as_view()),
    path("schema", description.Description.as_view(), name="schema"),
    path("docs", description.Page.as_view(), name="docs"),
    re_path(r"", description.Nowhere.as_view()),
]
