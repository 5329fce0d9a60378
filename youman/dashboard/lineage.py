"""Lineage across the apps: replaces names in the registry's graph (datasets, jobs, holds) by the objects themselves.

Only the composition root may import all apps. The setting LINEAGE names this function, and the registry calls it.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from registry.models import ModelVersion
from registry.versions import lineage
from serving.deployments.lifecycle import holder_of
from serving.models import Deployment
from training.models import Dataset, TrainingJob
from youman.core.admin.graph import Edge, Graph, Node


def graph_of(version: ModelVersion) -> Graph:
    """Return the graph dataset → job → version → deployment around a version. Makes four queries, whatever its size."""
    graph = lineage.graph_of(version)
    known = {node.key: node for node in graph.nodes}
    edges = set(graph.edges)
    versions = [UUID(node.key) for node in graph.nodes if node.kind == "version"]
    for deployment in Deployment.objects.filter(version_id__in=versions):
        key = f"hold:{holder_of(deployment)}"
        known[key] = Node(key, deployment.name, "deployment", deployment.state, _page(deployment))
        edges.add(Edge(str(deployment.version_id), key, "used by"))
    for job in TrainingJob.objects.filter(pk__in=_ids(known, "job:", "hold:")).only("pk", "trainer", "state"):
        for key in {f"job:{job.pk}", f"hold:{job.pk}"} & set(known):
            known[key] = Node(key, f"job {str(job.pk)[-6:]}", "job", f"{job.trainer}, {job.state}", _page(job))
    roots = [key.partition(":")[2] for key in known if key.startswith("dataset:")]
    for dataset in Dataset.objects.filter(root__in=roots).order_by("created_at"):
        key = f"dataset:{dataset.root}"
        known[key] = Node(key, dataset.name, "dataset", f"{dataset.points:,} points", _page(dataset))
    unique = {(edge.source, edge.target): edge for edge in sorted(edges, key=lambda one: one.label)}
    nodes = sorted(known.values(), key=lambda node: (node.kind, node.label))
    return Graph(tuple(nodes), tuple(unique[pair] for pair in sorted(unique)))


def _ids(keys: Iterable[str], *prefixes: str) -> list[UUID]:
    found = []
    for key in keys:
        kind, _, name = key.partition(":")
        try:
            found += [UUID(name)] if f"{kind}:" in prefixes else []
        except ValueError:
            continue  # a job of another system, known by another name
    return found


def _page(row: Model) -> str:
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""
