"""The rules of the tree, held by walking its syntax: who imports whom, how large it grows, what only one may do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOUNDATION = {"errors", "clock", "ids", "logs", "config", "paths", "files", "sealing"}
SURFACES = {"web", "cli", "scheduler", "mcp", "smokes"}
SURFACE_MAY = FOUNDATION | {"inputs", "runs", "services", "queries", "ledger.gate", "domain", "db"}

# What each package of alice may import from alice, beside itself. A dotted name allows that module alone.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "clock": set(),
    "ids": set(),
    "paths": set(),
    "files": {"errors"},
    "sealing": {"config", "errors", "files"},
    "inputs": {
        "domain.connectors",
        "domain.llm.model_options",
        "domain.recall.packs",
        "domain.scheduling.schedules",
        "domain.secret_references",
        "domain.vocab",
        "errors",
    },
    "config": {"errors"},
    "logs": {"domain.redaction"},
    "domain": {"errors"},
    "db": FOUNDATION | {"models"},
    "models": {"domain", "db.database", "ids"},
    "ledger": {"domain", "models", "db", "errors", "ids", "logs", "clock"},
    "queries": {
        "domain",
        "models",
        "db",
        "errors",
        "clock",
        "config",
        "ledger.chain",
        "ledger.events",
        "paths",
        "sealing",
        "embeddings",
    },
    "brain": {"domain", "errors"},
    "llm": {"domain", "errors", "config", "clock"},
    "embeddings": {"domain", "errors", "config", "clock", "paths"},
    "connectors": {"domain", "errors", "config", "clock", "ids"},
    "services": FOUNDATION
    | {"domain", "models", "db", "ledger", "queries", "brain", "llm", "embeddings", "connectors"},
    "runs": FOUNDATION | {"domain", "models", "db", "ledger", "queries", "services", "brain", "llm"},
    "web": SURFACE_MAY,
    "cli": SURFACE_MAY | {"scheduler"},
    "scheduler": SURFACE_MAY,
    "mcp": SURFACE_MAY,
    "smokes": SURFACE_MAY,
}
# Libraries that one place alone may import, by the prefix of the path below alice/.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "flask": ("web/",),
    "werkzeug": ("web/",),
    "flask_cors": ("web/",),
    "htmx_flask": ("web/htmx.py",),
    "click": ("cli/",),
    "schedule": ("scheduler/",),
    "mcp": ("mcp/",),
    "mcp_types": ("mcp/",),
    "telethon": ("connectors/telegram", "smokes/support/telegram"),
}
BROAD_EXCEPT = ("scheduler/", "connectors/base.py", "services/connecting/connectors.py", "cli/__init__.py")
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "misc"}
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|WITH\b.*\b(INSERT|UPDATE|DELETE))\b", re.S)
WRITING_CALLS = {
    "create",
    "insert",
    "insert_many",
    "save",
    "delete_instance",
    "bulk_create",
    "bulk_update",
    "replace_many",
}


@dataclass(frozen=True)
class Module:
    """One Python file: its path below the root and its syntax."""

    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """Return the part of alice that it belongs to, such as `web` or `errors`."""
        return Path(self.path).relative_to("alice").parts[0].removesuffix(".py")

    @property
    def inside(self) -> str:
        return self.path.removeprefix("alice/")

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def imports(self) -> Iterator[tuple[str, int]]:
        """Yield the dotted name of everything imported, at the top or inside a function."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.path}:{node.lineno}: imports are written whole"
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@cache
def modules(folder: str = "alice") -> tuple[Module, ...]:
    found = []
    for file in sorted((ROOT / folder).rglob("*.py")):
        if "_files" not in file.parts:
            text = file.read_text(encoding="utf-8")
            found.append(Module(str(file.relative_to(ROOT)), text, ast.parse(text)))
    return tuple(found)


@cache
def everything() -> tuple[Module, ...]:
    return tuple(module for folder in ("alice", "migrations", "tests", "bench") for module in modules(folder))


def named(package: str) -> list[Module]:
    return [module for module in modules() if module.package == package]


def allowed(name: str, may: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in may)


def test_every_package_imports_only_what_lies_below_it() -> None:
    wrong = []
    for module in modules():
        if module.package == "__init__":
            continue
        may = MAY_IMPORT[module.package] | {module.package}
        for name, line in module.imports():
            inner = name.removeprefix("alice.")
            if name.startswith("alice.") and not inner.startswith("__") and not allowed(inner, may):
                wrong.append(f"{module.path}:{line} imports {name}")
    assert not wrong


def test_nothing_imports_a_surface() -> None:
    wrong = []
    for module in modules():
        for name, line in module.imports():
            parts = name.split(".")
            surface = parts[1] if parts[0] == "alice" and len(parts) > 1 else ""
            starts_daemon = (module.package, surface) == ("cli", "scheduler")
            if surface in SURFACES and surface != module.package and not starts_daemon:
                wrong.append(f"{module.path}:{line} imports {name}")
    assert not wrong


def test_a_library_of_one_place_stays_there() -> None:
    wrong = []
    for module in modules():
        for name, line in module.imports():
            places = ONLY_IN.get(name.split(".")[0])
            if places and not module.inside.startswith(places):
                wrong.append(f"{module.path}:{line} imports {name}")
    assert not wrong


def test_the_policy_decides_for_the_gate_alone() -> None:
    wrong = []
    for module in modules():
        if module.inside in ("ledger/gate.py", "domain/policy.py"):
            continue
        wrong += [f"{module.path}:{line}" for name, line in module.imports() if name == "alice.domain.policy.decide"]
        for node in module.nodes(ast.Attribute):
            if node.attr == "decide" and isinstance(node.value, ast.Name) and node.value.id == "policy":
                wrong.append(f"{module.path}:{node.lineno}")
    assert not wrong


def test_queries_never_write() -> None:
    wrong = []
    for module in named("queries"):
        for node in module.nodes(ast.Call):
            if isinstance(node.func, ast.Attribute) and _writes(node.func):
                wrong.append(f"{module.path}:{node.lineno} calls {node.func.attr}")
        for node in module.nodes(ast.Constant):
            if isinstance(node.value, str) and WRITES.match(node.value):
                wrong.append(f"{module.path}:{node.lineno} spells a write")
    assert not wrong


def _writes(call: ast.Attribute) -> bool:
    model = isinstance(call.value, ast.Name) and call.value.id[:1].isupper()
    return call.attr in WRITING_CALLS or (model and call.attr in {"update", "delete"})


def test_whoever_reads_the_database_in_public_is_handed_a_scope_first() -> None:
    free = {"page", "scoping", "health"}
    wrong = [
        f"{module.path}:{node.lineno} {node.name}"
        for module in named("queries")
        if Path(module.path).stem not in free
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _reads(node)
        if not node.args.args or node.args.args[0].arg != "scope"
    ]
    assert not wrong


def _reads(function: ast.FunctionDef) -> bool:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in {"query", "rows", "select"} for call in calls)


def test_the_environment_is_read_in_one_place() -> None:
    """Handing the whole of it on to a child, `os.environ | {…}`, reads nothing out of it."""
    wrong = []
    for module in modules():
        handed_on = {id(node.left) for node in module.nodes(ast.BinOp) if isinstance(node.op, ast.BitOr)}
        for node in module.nodes(ast.Attribute):
            of_os = isinstance(node.value, ast.Name) and node.value.id == "os"
            reads = of_os and node.attr in {"environ", "environb", "getenv"} and isinstance(node.ctx, ast.Load)
            if reads and id(node) not in handed_on and module.inside != "config.py":
                wrong.append(f"{module.path}:{node.lineno}")
    assert not wrong


def test_the_clock_is_read_in_one_place() -> None:
    wall = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
    wrong = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        if module.inside != "clock.py"
        for node in module.nodes(ast.Attribute)
        if isinstance(node.value, ast.Name) and (node.value.id, node.attr) in wall
    ]
    assert not wrong


def test_an_error_is_caught_broadly_only_where_a_loop_must_live_on() -> None:
    wrong = []
    for module in modules():
        for node in module.nodes(ast.ExceptHandler):
            names = ast.unparse(node.type) if node.type else "everything"
            broad = re.search(r"\b(Exception|BaseException|everything)\b", names)
            last = node.body[-1]
            passes_on = isinstance(last, ast.Raise) and last.exc is None
            if broad and not passes_on and not module.inside.startswith(BROAD_EXCEPT):
                wrong.append(f"{module.path}:{node.lineno} catches {names}")
    assert not wrong


def test_no_module_has_a_name_that_says_nothing() -> None:
    wrong = [module.path for module in everything() if VAGUE & set(Path(module.path).with_suffix("").parts)]
    assert not wrong


def test_no_file_grows_past_its_limit() -> None:
    texts = {module.path: module.text for module in everything()}
    sheets = [*(ROOT / "static" / "js").glob("*.js"), *(ROOT / "static" / "css").glob("*.css")]
    texts |= {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in sheets}
    sizes = {path: len(text.splitlines()) for path, text in texts.items()}
    assert {path: size for path, size in sizes.items() if size > MOST_LINES_OF_A_FILE} == {}


def test_no_function_grows_past_its_limit() -> None:
    wrong = [
        f"{module.path}:{node.lineno} {node.name}"
        for module in everything()
        for node in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert not wrong


def test_every_file_says_what_it_is_for() -> None:
    wrong = [module.path for module in everything() if module.text.strip() and not ast.get_docstring(module.tree)]
    assert not wrong


def test_everything_public_says_what_it_does() -> None:
    wrong = [
        f"{module.path}:{node.lineno} {node.name}"
        for module in modules()
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not wrong


FORBIDDEN = {
    "domain reaching for a table": ("domain", "alice.models.Source"),
    "a page reaching for a table": ("web", "alice.models.sources"),
    "a query opening a unit": ("queries", "alice.ledger.gate"),
    "the brain reading": ("brain", "alice.queries.library.artifacts"),
    "a connector storing": ("connectors", "alice.services.evidence.capture"),
    "a page recording events itself": ("web", "alice.ledger.unit"),
}


@pytest.mark.parametrize("case", FORBIDDEN)
def test_the_table_itself_forbids(case: str) -> None:
    package, name = FORBIDDEN[case]
    assert not allowed(name.removeprefix("alice."), MAY_IMPORT[package] | {package})
