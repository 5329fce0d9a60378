"""Staff's view of serving, by subject: what can be called, what it cost, what it may cost."""

from serving.admin import budgets, catalogue, deployments, drift, invocations, vendor_batches

__all__ = ["budgets", "catalogue", "deployments", "drift", "invocations", "vendor_batches"]
