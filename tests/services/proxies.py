"""nginx and Caddy with the configurations that we ship, on free ports, with our own certificate and less patience."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.house_rules.source import ROOT
from tests.services.ports import wait_for
from youman.core.runtime import child_process

PATIENCE = [
    ("client_header_timeout 10s", "client_header_timeout 1s"),
    ("client_body_timeout 15s", "client_body_timeout 3s"),
]


def lacking(name: str) -> str:
    """Say what is missing on this machine; empty if nothing is."""
    return "" if shutil.which(name) else f"{name} is not installed"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return folder / "cert.pem", folder / "key.pem"


def nginx_configuration(folder: Path, port: int, upstream: int) -> str:
    """The shipped file with its addresses changed, and with timeouts of a second."""
    cert, key = certificate(folder)
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    changes = [("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"), ("127.0.0.1:8000", f"127.0.0.1:{upstream}")]
    changes += [("/etc/ssl/youman.pem", str(cert)), ("/etc/ssl/youman.key", str(key)), *PATIENCE]
    changes += [("limit_conn clients 100", "limit_conn clients 20"), ("server_tokens off;", _places(folder))]
    return _changed(text, changes)


def _places(folder: Path) -> str:
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return "access_log off; " + " ".join(f"{name}_temp_path {folder / name};" for name in temporary)


def caddy_configuration(folder: Path, port: int, upstream: int) -> str:
    """The shipped file with its addresses changed."""
    cert, key = certificate(folder)
    text = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    site = f"https://127.0.0.1:{port} {{\n\tbind 127.0.0.1\n\ttls {cert} {key}"
    changes = [
        ("\nyouman.example {", f"\n{site}"),
        ("reverse_proxy 127.0.0.1:8000", f"reverse_proxy 127.0.0.1:{upstream}"),
    ]
    changes += [
        ("read_header 10s", "read_header 1s"),
        ("\n{\n\tservers", "\n{\n\tadmin off\n\tauto_https off\n\tservers"),
    ]
    return _changed(text, changes)


def _changed(text: str, changes: list[tuple[str, str]]) -> str:
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return text


@contextmanager
def running(name: str, folder: Path, port: int, upstream: int) -> Iterator[None]:
    """The proxy `name` until the block ends; it listens when the block begins."""
    if name == "nginx":
        config = folder / "nginx.conf"
        config.write_text(nginx_configuration(folder, port, upstream), encoding="utf-8")
        options = f"daemon off; pid {folder / 'pid'}; error_log {folder / 'error.log'};"
        command = ["nginx", "-p", str(folder), "-c", str(config), "-g", options]
    else:
        config = folder / "Caddyfile"
        config.write_text(caddy_configuration(folder, port, upstream), encoding="utf-8")
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)]
    places = {"XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config"), "HOME": str(folder)}
    log = folder / "log"
    with log.open("wb") as output:
        child = child_process.spawn(command, env=os.environ | places, output=output.fileno())
    try:
        wait_for(port, child, log)
        yield
    finally:
        child_process.stop(child, grace_s=5)
