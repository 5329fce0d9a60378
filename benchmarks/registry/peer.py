"""The peer: MLflow, in an environment of its own, on a database of its own in the same PostgreSQL."""

from __future__ import annotations

import base64
import http.client
import json
import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.support.data import ROOT
from benchmarks.support.peers import peer_python
from benchmarks.support.servers import Server, ServerLoad, http_server, resident_mb
from tests.services.ports import free_port

PACKAGES = ("mlflow>=3.5", "psycopg2-binary", "Flask-WTF", "uvloop")
API = "/api/2.0/mlflow"
WORKERS = 4
Numbers = dict[str, float]
_INI = """[mlflow]
default_permission = READ
database_uri = sqlite:///{folder}/auth.db
admin_username = admin
admin_password = a long sentence 1
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
"""


@dataclass(frozen=True, slots=True)
class Peer:
    version: str
    how: str
    numbers: Numbers
    loads: dict[str, ServerLoad]


def measure(work: Path, database: str, file: Path) -> Peer:
    """Measure MLflow. Raises RuntimeError or CalledProcessError where it cannot be installed or started."""
    home = Path(os.environ.get("YOUMAN_MLFLOW", ROOT / "var" / "mlflow"))
    python = peer_python(home, PACKAGES, "mlflow")
    host = parse_qs(urlsplit(database).query)["host"][0]
    _sql(python, host, "postgres", "CREATE DATABASE mlflow")
    (work / "auth.ini").write_text(_INI.format(folder=work))
    environment = os.environ | {
        "MLFLOW_AUTH_CONFIG_PATH": str(work / "auth.ini"),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "bench",
        "MLFLOW_TELEMETRY_OPTOUT": "true",
        "DO_NOT_TRACK": "true",
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
    }
    for name in ("DJANGO_SETTINGS_MODULE", "PYTHONPATH"):
        environment.pop(name, None)
    command = [str(home / "bin" / "mlflow"), "server", "--host", "127.0.0.1", "--workers", str(WORKERS),
               "--backend-store-uri", f"postgresql+psycopg2://youman@/mlflow?host={host}", "--artifacts-destination",
               str(work / "mlartifacts"), "--uvicorn-opts", "--loop uvloop --log-level warning"]  # fmt: skip
    version = subprocess.run([str(home / "bin" / "mlflow"), "--version"], check=True, stdout=subprocess.PIPE, text=True)
    port = free_port()
    with http_server([*command, "--port", str(port)], port, environment, {}, work / "mlflow.log") as server:
        _wait_until_ready(server)
        numbers = _measure(server, python, host, file)
    how = f"uvicorn with uvloop, without authentication; {_with_authentication(command, environment, work)}"
    return Peer(version.stdout.split()[-1], how, numbers, server.loads)


def _with_authentication(command: list[str], environment: dict[str, str], work: Path) -> str:
    """Measure it once with its basic-auth, which hashes the password at each request and would hide other costs."""
    token = base64.b64encode(b"admin:a long sentence 1").decode()
    port = free_port()
    whole = [*command, "--port", str(port), "--app-name", "basic-auth"]
    with http_server(whole, port, environment, {"Authorization": f"Basic {token}"}, work / "auth.log") as server:
        _wait_until_ready(server)
        found = server.load("get", "GET", [f"{API}/model-versions/get?name=large&version=7"], seconds=3)
    return f"with its basic-auth a version is read in {found.p50_ms:.0f} ms ({found.cpu_ms:.0f} ms of processor time)"


def _wait_until_ready(server: Server) -> None:
    """Wait for ten good answers in a row: MLflow's port is open long before its workers answer."""
    deadline, good = time.monotonic() + 240, 0
    while good < 10:
        if time.monotonic() > deadline:
            raise RuntimeError("its workers did not answer within four minutes")
        try:
            server.call("POST", f"{API}/registered-models/create", {"name": f"ready-{time.time_ns()}"})
        except (OSError, RuntimeError, http.client.HTTPException):
            good = 0
            time.sleep(2)
        else:
            good += 1


def _measure(server: Server, python: Path, host: str, file: Path) -> Numbers:
    for name in ("one", "crowd", "large"):
        server.call("POST", f"{API}/registered-models/create", {"name": name})
    create = f"{API}/model-versions/create"
    body = {"source": "s3://bench/model", "description": "run {n}", "tags": [{"key": "bench", "value": "yes"}]}
    one = server.load("create", "POST", [create], [json.dumps(body | {"name": "one"})])
    crowd = server.load("create16", "POST", [create], [json.dumps(body | {"name": "crowd"})], clients=16)
    found: Numbers = {"create_per_s": one.rps, "create16_per_s": crowd.rps}
    server.call("POST", create, body | {"name": "large"})
    _grow(python, host, 1_000)
    found |= _grown(server, "1k")
    get = [f"{API}/model-versions/get?name=large&version={n}" for n in range(1, 900, 7)]
    found["get_ms"] = server.load("get", "GET", get).p50_ms
    alias = f"{API}/registered-models/alias?name=large&alias=canary"
    found["alias_get_ms"] = server.load("alias_get", "GET", [alias]).p50_ms
    _grow(python, host, 10_000)
    found |= _grown(server, "10k")
    found["rss_mb"] = resident_mb(server.pid)
    place = "/api/2.0/mlflow-artifacts/artifacts/bench"
    sent = [server.upload(f"{place}/{n}/model.safetensors", file) for n in range(3)]
    found["upload_mib_s"] = statistics.median(speed for speed, _ in sent)
    found["upload_mb"] = max(grown for _, grown in sent)
    return found


def _grown(server: Server, size: str) -> Numbers:
    path = f"{API}/model-versions/search?filter=name%3D%27large%27&max_results=100"
    search = server.load(f"search_{size}", "GET", [path])
    moves = [json.dumps({"name": "large", "alias": "canary", "version": str(n)}) for n in (1, 2, 3)]
    moved = server.load(f"alias_set_{size}", "POST", [f"{API}/registered-models/alias"], moves)
    return {f"search_{size}_ms": search.p50_ms, f"alias_set_{size}_ms": moved.p50_ms}


def _grow(python: Path, host: str, count: int) -> None:
    """Copy version 1 up to that number, in the database: through the API this would take minutes."""
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = 'model_versions'"
    names = _sql(python, host, "mlflow", columns).split()
    values = ["g" if name == "version" else f'"{name}"' for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    _sql(
        python, host, "mlflow",
        f"INSERT INTO model_versions ({listed}) SELECT {', '.join(values)} FROM model_versions, "
        f"generate_series((SELECT max(version) + 1 FROM model_versions WHERE name = 'large'), {count}) g "
        "WHERE name = 'large' AND version = 1",
    )  # fmt: skip
    _sql(python, host, "mlflow", "ANALYZE")


def _sql(python: Path, host: str, name: str, statement: str) -> str:
    program = (
        "import sys, psycopg2\n"
        "db = psycopg2.connect(host=sys.argv[1], user='youman', dbname=sys.argv[2]); db.autocommit = True\n"
        "c = db.cursor(); c.execute(sys.argv[3])\n"
        "print('\\n'.join(str(row[0]) for row in c.fetchall()) if c.description else '')"
    )
    command = [str(python), "-c", program, host, name, statement]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
