"""HTTPS without anybody's help: a certificate authority of one's own and a certificate signed by it, kept as files.

Clients trust the authority once; certificates are made anew when names change or the end is near.
"""

import ipaddress
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import idna
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from customary.errors import OperatorError

ALWAYS = ("localhost", "127.0.0.1", "::1")
AUTHORITY_LIFE = timedelta(days=3650)
CERTIFICATE_LIFE = timedelta(days=397)
RENEWED_BEFORE_END = timedelta(days=90)
"""A certificate that ends sooner is made anew at a start: the server may then run for some months."""
CLOCKS_DIFFER = timedelta(days=1)
NAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?")

Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


@dataclass(frozen=True, slots=True)
class LocalCertificate:
    """Paths of PEM files: what clients must trust, and what the server shows and signs with."""

    authority: Path
    certificate: Path
    key: Path


def keep_certificate(directory: Path, names: Iterable[str], now: datetime | None = None) -> LocalCertificate:
    """The certificate in the directory, made when it is missing, near its end or of other names.

    ``localhost`` and its addresses are always among the names. Raises OperatorError.
    """
    now = now or datetime.now(UTC)
    wanted = _subject_names((*ALWAYS, *names))
    files = LocalCertificate(directory / "ca.pem", directory / "server.pem", directory / "server-key.pem")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _keep_authority(files.authority, directory / "ca-key.pem", now)
        kept = _read_pair(files.certificate, files.key)
        if kept is None or not _still_good(kept, authority[0], wanted, now):
            _write_pair(files.certificate, files.key, _make_certificate(authority, wanted, now))
    except OSError as error:
        raise OperatorError(f"The certificate can't be kept in {directory}: {error.strerror}") from error
    return files


def trust_guide(authority: Path, base_url: str) -> str:
    """How clients are told to trust the authority, for people to read. No certificate is for ``0.0.0.0``."""
    base_url = re.sub(r"//(0\.0\.0\.0|\[::\])", "//localhost", base_url)
    return f"""Its certificate is signed by an authority of its own. Clients must be told to trust {authority}:
  curl     curl --cacert {authority} {base_url}/health/live
  Python   requests.get(url, verify="{authority}")
           httpx.Client(verify=ssl.create_default_context(cafile="{authority}"))
           or, for a program that can't be changed, REQUESTS_CA_BUNDLE={authority} SSL_CERT_FILE={authority}
  Node     NODE_EXTRA_CA_CERTS={authority} node app.js
  Java     keytool -importcert -noprompt -alias customary -file {authority} -keystore trust.p12 -storepass changeit
           java -Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit ..."""


def _subject_names(names: Iterable[str]) -> list[x509.GeneralName]:
    """Each once. Raises OperatorError."""
    return list(dict.fromkeys(_subject_name(name.strip()) for name in names if name.strip()))


def _subject_name(name: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(name))
    ascii_name = name.lower()
    if not name.isascii():
        with suppress(UnicodeError):
            ascii_name = idna.encode(name, uts46=True).decode()
    if len(ascii_name) > 253 or not NAME.fullmatch(ascii_name):
        raise OperatorError(f"{name!r} is no name or address of a server")
    return x509.DNSName(ascii_name)


def _keep_authority(certificate: Path, key: Path, now: datetime) -> Pair:
    """One that ends before a certificate of today would is replaced; then clients must trust the new one."""
    kept = _read_pair(certificate, key)
    if kept is None or kept[0].not_valid_after_utc < now + CERTIFICATE_LIFE:
        kept = _make_authority(now)
        _write_pair(certificate, key, kept)
    return kept


def _read_pair(certificate: Path, key: Path) -> Pair | None:
    """None when neither is there. Raises OperatorError when they are no pair: nothing is overwritten by mistake."""
    if not certificate.exists() and not key.exists():
        return None
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise OperatorError(f"{certificate} and {key} can't be read: repair them, or delete them both") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or _public_bytes(private) != _public_bytes_of(read):
        raise OperatorError(f"{key} is not the key of {certificate}: repair them, or delete them both")
    return read, private


def _still_good(pair: Pair, authority: x509.Certificate, wanted: list[x509.GeneralName], now: datetime) -> bool:
    certificate, _ = pair
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # whatever is wrong with it, it must be made anew
        return False
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(names) == set(wanted) and certificate.not_valid_after_utc >= now + RENEWED_BEFORE_END


def _make_authority(now: datetime) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"customary local authority {now:%Y-%m-%d}")])
    builder = _builder(subject, subject, key, now, AUTHORITY_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
    builder = builder.add_extension(_authority_id(key), critical=False)
    return builder.sign(key, hashes.SHA256()), key


def _make_certificate(authority: Pair, names: list[x509.GeneralName], now: datetime) -> Pair:
    authority_certificate, authority_key = authority
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "customary")])
    builder = _builder(subject, authority_certificate.subject, key, now, CERTIFICATE_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(_authority_id(authority_key), critical=False)
    return builder.sign(authority_key, hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - CLOCKS_DIFFER).not_valid_after(now + life)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_id(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public_bytes_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _write_pair(certificate: Path, key: Path, pair: Pair) -> None:
    """Both are written before the first takes its place."""
    private = pair[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    new_key = _write_beside(key, private, 0o600)
    new_certificate = _write_beside(certificate, pair[0].public_bytes(Encoding.PEM), 0o644)
    new_key.replace(key)
    new_certificate.replace(certificate)


def _write_beside(path: Path, data: bytes, mode: int) -> Path:
    """Never readable by more than ``mode`` says, not for a moment."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return beside
