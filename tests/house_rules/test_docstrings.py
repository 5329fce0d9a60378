"""What a public function raises on purpose stands in its docstring."""

from __future__ import annotations

import ast

from tests.house_rules.source import modules

# Views and commands turn errors into answers; what they raise is in the API's description.
DOORS = ("/api/", "/admin/", "/management/", "/people/")


def test_a_public_function_names_what_it_raises() -> None:
    silent = [
        f"{module.name}:{one.lineno} {one.name}"
        for module in modules()
        if not any(door in module.name for door in DOORS)
        for one in _public(module.tree)
        if _raised(one) and "aises " not in (ast.get_docstring(one) or "")
    ]
    assert silent == []


def _public(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions of the module and methods of its public classes; what stands inside a function is nobody's to call."""
    scopes: list[ast.Module | ast.ClassDef] = [tree]
    scopes += (node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    return [
        node
        for scope in scopes
        for node in scope.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]


def _raised(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    raised = [node.exc for node in ast.walk(function) if isinstance(node, ast.Raise) and node.exc is not None]
    named = {ast.unparse(exc.func if isinstance(exc, ast.Call) else exc) for exc in raised}
    return bool(named - {"NotImplementedError"})
