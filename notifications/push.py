"""Web Push: one encrypted message for one browser, handed to that browser's push service.

The message is encrypted for the browser alone (RFC 8291), the request is signed with the forum's
key (VAPID, RFC 8292), the protocol is RFC 8030. The address of the push service is whatever the
browser said. So nothing but a public address is ever spoken to: the name is looked up here, every
address found is judged, and the connection goes to one that was judged. No redirect is followed.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import ipaddress
import json
import os
import socket
import ssl
import threading
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import SplitResult, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone

CURVE = ec.SECP256R1()
RECORD = 4096
# Every message is as long as the others, so that its length does not tell what kind of news it is.
LENGTH = 1024
TTL = timedelta(days=1)
TOKEN_HOLDS = timedelta(hours=12)
# For one step of the talk, and for all of it: a push service may not keep a worker.
PATIENCE, MOST_PATIENCE = 5.0, 15.0
LONGEST_WAIT = timedelta(hours=6)
ENDPOINT_LENGTH = 1000
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Gone(Exception):
    """The browser no longer listens there, or never could."""


class Busy(OSError):
    """The push service did not take the message; `wait` is what it asks for, if it asks."""

    def __init__(self, status: int, wait: timedelta | None) -> None:
        super().__init__(f"push service: {status}")
        self.status, self.wait = status, wait


def is_configured() -> bool:
    """Whether this installation offers Web Push."""
    return bool(settings.VAPID_PRIVATE_KEY)


# --- Keys ----------------------------------------------------------------------------------------


def new_private_key() -> str:
    """A new key of an installation, as VAPID_PRIVATE_KEY has it."""
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return encode(number.to_bytes(32, "big"))


def public_key(private_key: str) -> str:
    """What browsers must know to subscribe. ValueError when the private key is none."""
    return encode(_point(_private(private_key).public_key()))


def checked_keys(p256dh: str, auth: str) -> tuple[str, str]:
    """A browser's keys in their stored form; ValueError when they are none."""
    point, secret = decode(p256dh), decode(auth)
    _public(point)
    if len(secret) != 16:
        raise ValueError("auth has 16 bytes")
    return encode(point), encode(secret)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(text), "big"), CURVE)


def _public(point: bytes) -> ec.EllipticCurvePublicKey:
    if len(point) != 65:
        raise ValueError("a point has 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


# --- The message ---------------------------------------------------------------------------------


def sealed(message: bytes, *, p256dh: str, auth: str) -> bytes:
    """A message that only this browser can read, padded to the usual length."""
    padding = max(0, LENGTH - len(message) - 1)
    return seal(
        message + b"\x02" + b"\x00" * padding,
        browser=decode(p256dh),
        secret=decode(auth),
        ours=ec.generate_private_key(CURVE),
        salt=os.urandom(16),
    )


def seal(
    record: bytes, *, browser: bytes, secret: bytes, ours: ec.EllipticCurvePrivateKey, salt: bytes
) -> bytes:
    """The one record of an aes128gcm body (RFC 8188) with the keys of RFC 8291, section 3.4."""
    shared = ours.exchange(ec.ECDH(), _public(browser))
    own = _point(ours.public_key())
    material = _derive(shared, secret, b"WebPush: info\x00" + browser + own, 32)
    key = _derive(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(material, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(own)]) + own
    return head + AESGCM(key).encrypt(nonce, record, None)


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def signature(origin: str, *, now: float | None = None) -> str:
    """The Authorization header for a push service: who sends, valid for this service and today."""
    key = _private(settings.VAPID_PRIVATE_KEY)
    claims = {
        "aud": origin,
        "exp": int(time.time() if now is None else now) + int(TOKEN_HOLDS.total_seconds()),
        "sub": settings.VAPID_SUBJECT,
    }
    parts = [{"typ": "JWT", "alg": "ES256"}, claims]
    text = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{text}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={encode(_point(key.public_key()))}"


# --- Where to ------------------------------------------------------------------------------------


def checked_endpoint(endpoint: str) -> str:
    """The address of a push service as a browser gave it; ValueError when it cannot be one.

    https on its usual port and a name, or a public address. Names are looked up when something is
    sent, not here: they may point elsewhere by then.
    """
    target = urlsplit(endpoint)
    host, port = target.hostname or "", target.port
    if len(endpoint) > ENDPOINT_LENGTH or not endpoint.isascii() or not endpoint.isprintable():
        raise ValueError("no address")
    if not host or "@" in target.netloc or target.fragment or " " in endpoint:
        raise ValueError("no address of a push service")
    if settings.PUSH_TO_PRIVATE_ADDRESSES and target.scheme in ("http", "https"):
        return endpoint
    if target.scheme != "https" or port not in (None, 443):
        raise ValueError("not https")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        literal = None
    if literal is not None and not is_public(literal):
        raise ValueError("not a public address")
    return endpoint


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address lies in the internet, also one that wraps another one (NAT64, 6to4)."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.sixtofour is not None or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _look_up(target: SplitResult) -> tuple[str, int]:
    """An address of the push service and its port. One private address among them spoils all."""
    port = target.port or (443 if target.scheme == "https" else 80)
    found = socket.getaddrinfo(target.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not settings.PUSH_TO_PRIVATE_ADDRESSES and not all(
        is_public(ipaddress.ip_address(address)) for address in addresses
    ):
        raise Gone("not a public address")
    return addresses[0], port


# --- Handing over --------------------------------------------------------------------------------


def hand_over(message: dict[str, Any], *, endpoint: str, p256dh: str, auth: str) -> None:
    """Give a message to the browser's push service.

    Gone when the subscription has ended (404, 410) or cannot be one; Busy when it was not taken;
    OSError when nobody answered.
    """
    try:
        target = urlsplit(checked_endpoint(endpoint))
    except ValueError as error:
        raise Gone(str(error)) from error
    body = sealed(json.dumps(message).encode(), p256dh=p256dh, auth=auth)
    headers = {
        "Host": target.netloc,
        "Authorization": signature(f"{target.scheme}://{target.netloc}"),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(TTL.total_seconds())),
        "Urgency": "normal",
    }
    path = target.path + (f"?{target.query}" if target.query else "")
    status, wait = _post(target, path or "/", body, headers)
    if status in (404, 410):
        raise Gone(str(status))
    if not 200 <= status < 300:
        raise Busy(status, _asked_wait(wait))


def _post(
    target: SplitResult, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str | None]:
    """Ask once; the answer's status and Retry-After."""
    address, port = _look_up(target)
    line = socket.create_connection((address, port), timeout=PATIENCE)

    def cut() -> None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    # A service that answers one byte at a time never lets a single step run out of time.
    end = threading.Timer(MOST_PATIENCE, cut)
    connection = HTTPConnection(address, port)
    try:
        end.start()
        if target.scheme == "https":
            # The handshake comes after: until it is the line's own, nobody could cut it.
            line = ssl.create_default_context().wrap_socket(
                line, server_hostname=target.hostname, do_handshake_on_connect=False
            )
            line.do_handshake()
        connection.sock = line
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Retry-After")
    except HTTPException as error:
        raise OSError(f"no answer in HTTP: {error!r}") from error
    finally:
        end.cancel()
        connection.close()
        line.close()


def _asked_wait(value: str | None) -> timedelta | None:
    """What a Retry-After asks for: seconds or a date, at most some hours."""
    if not value:
        return None
    try:
        wait = (
            timedelta(seconds=int(value))
            if value.isdigit()
            else parsedate_to_datetime(value) - timezone.now()
        )
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), LONGEST_WAIT)
