"""The certificate and key that a server is given."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from customary.certificates import keep_certificate
from customary.network.server import tls_context


def test_tls_1_2_and_later(tmp_path: Path) -> None:
    kept = keep_certificate(tmp_path, ["localhost"])
    assert tls_context(kept.certificate, kept.key).minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    """A service has no terminal to ask at."""
    kept = keep_certificate(tmp_path, ["localhost"])
    key = load_pem_private_key(kept.key.read_bytes(), None)
    kept.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    with pytest.raises(OSError, match="PEM"):
        tls_context(kept.certificate, kept.key)
