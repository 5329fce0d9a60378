"""Admin pages of serving, one module for each subject."""

from serving.admin import budgets, catalogue, deployments, drift, invocations, vendor_batches

__all__ = ["budgets", "catalogue", "deployments", "drift", "invocations", "vendor_batches"]
