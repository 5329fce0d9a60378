"""The database models of serving: what can be called, and what the calls did."""

from serving.models.budgets import Budget, BudgetPeriod, Reservation, Scope, Span
from serving.models.catalogue import (
    CatalogueEntry,
    PriceOverride,
    ProviderKey,
    ProviderModel,
    SizeClass,
    Thinking,
    TierPrice,
)
from serving.models.deployments import Deployment, DeploymentKind, ProtocolName, Rollout
from serving.models.drift import DriftAlert, DriftReport
from serving.models.ledger import Invocation, InvocationOutcome
from serving.models.money import ZERO
from serving.models.vendor_batches import VendorBatch, VendorBatchItem

__all__ = [
    "ZERO",
    "Budget",
    "BudgetPeriod",
    "CatalogueEntry",
    "Deployment",
    "DeploymentKind",
    "DriftAlert",
    "DriftReport",
    "Invocation",
    "InvocationOutcome",
    "PriceOverride",
    "ProtocolName",
    "ProviderKey",
    "ProviderModel",
    "Reservation",
    "Rollout",
    "Scope",
    "SizeClass",
    "Span",
    "Thinking",
    "TierPrice",
    "VendorBatch",
    "VendorBatchItem",
]
