"""A push service beside a test, and browsers that it stands before: they alone can read."""

import base64
import json
import os
import ssl
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

P256 = ec.SECP256R1()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def un64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Taken:
    """A message as the push service got it."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushService:
    """Takes every message; `answers[path]` are the (status, headers) it gives first, in turn."""

    def __init__(self, *, certificate: Path | None = None) -> None:
        self.taken: list[Taken] = []
        self.answers: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.delay = 0.0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                queue = service.answers.get(self.path)
                status, headers = queue.pop(0) if queue else (201, {})
                if status == 201:
                    service.taken.append(Taken(self.path, dict(self.headers), body))
                time.sleep(service.delay)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.origin = f"https://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> "PushService":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of(self, browser: "Browser") -> list[dict[str, Any]]:
        """The messages for one browser, as it reads them."""
        return [browser.read(each.body) for each in self.taken if each.path == browser.path]


@dataclass
class Browser:
    """A browser with its own keys; the fields are what a page would send to the forum."""

    origin: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(P256))
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    path: str = field(default_factory=lambda: f"/kirim/{uuid.uuid4().hex}")

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def fields(self) -> dict[str, str]:
        return {
            "endpoint": f"{self.origin}{self.path}",
            "p256dh": b64(self.point),
            "auth": b64(self.secret),
        }

    def read(self, body: bytes) -> dict[str, Any]:
        """The other side of RFC 8291, written down anew: what encrypts may not check itself."""
        salt, record_size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= record_size
        shared = self.key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(P256, sender)
        )

        def derive(material: bytes, salt: bytes, info: bytes, size: int) -> bytes:
            return HKDF(hashes.SHA256(), size, salt, info).derive(material)

        info = b"WebPush: info\x00" + self.point + sender
        material = derive(shared, self.secret, info, 32)
        key = derive(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = derive(material, salt, b"Content-Encoding: nonce\x00", 12)
        text, mark, padding = AESGCM(key).decrypt(nonce, sealed, None).partition(b"\x02")
        assert (mark, padding.strip(b"\x00")) == (b"\x02", b"")
        return json.loads(text)


def claims_of(authorization: str) -> tuple[dict[str, Any], str]:
    """What a VAPID header (RFC 8292) claims, its signature checked, and the key it names."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    assert json.loads(un64(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = un64(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(P256, un64(parts["k"]))
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(un64(claims)), parts["k"]


def certificate_for(name: str, folder: Path) -> Path:
    """A certificate for a name that nobody vouches for, with its key, as one file."""
    key = ec.generate_private_key(P256)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return file
