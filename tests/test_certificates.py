"""Certificates that customary makes itself: who trusts them, when they are made anew, and who can read the keys."""

import shutil
import ssl
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from customary.certificates import AUTHORITY_LIFE, CERTIFICATE_LIFE, LocalCertificate, keep_certificate, trust_guide
from customary.errors import OperatorError
from customary.testing import ServerInThread, server_in_thread

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "tls"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerInThread]:
    path = tmp_path_factory.mktemp("https")
    with server_in_thread(path / "customary.db", tls_self_signed=True, tls_names="shop.test, *.shops.test") as server:
        server.authority = path / "customary-tls" / "ca.pem"
        yield server


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names(files: LocalCertificate) -> list[str]:
    found = read(files.certificate).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in found]


def trusting(server: ServerInThread) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=server.authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python 3.13 does
    return context


def test_the_keys_are_for_the_owners_eyes_only(directory: Path) -> None:
    keep_certificate(directory, [])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes == {"ca.pem": 0o644, "ca-key.pem": 0o600, "server.pem": 0o644, "server-key.pem": 0o600}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_names(directory: Path) -> None:
    given = ["Shop.test", " 10.0.0.7", "*.shops.test", "", "fe80::1", "bücher.test", "localhost"]
    files = keep_certificate(directory, given)
    assert names(files) == [
        "localhost",
        "127.0.0.1",
        "::1",
        "shop.test",
        "10.0.0.7",
        "*.shops.test",
        "fe80::1",
        "xn--bcher-kva.test",
    ]


@pytest.mark.parametrize("name", ["a b", "-a.test", "a..test", "https://a.test", "a.test:443", "a.*.test", "x" * 300])
def test_names_that_are_none(directory: Path, name: str) -> None:
    with pytest.raises(OperatorError, match="is no name or address of a server"):
        keep_certificate(directory, [name])
    assert not directory.exists()


def test_it_is_kept_and_made_anew_when_it_must_be(directory: Path) -> None:
    def keep(now: datetime, *given: str) -> tuple[int, int]:
        files = keep_certificate(directory, given, now)
        return read(files.authority).serial_number, read(files.certificate).serial_number

    authority, first = keep(NOW, "a.test")
    assert keep(NOW + 300 * DAY, "a.test", "a.test") == (authority, first)
    assert keep(NOW, "a.test")[1] == first
    _, second = keep(NOW, "b.test")
    assert second != first
    late = NOW + CERTIFICATE_LIFE - 89 * DAY
    same, third = keep(late, "b.test")
    assert (same, third == second) == (authority, False)
    very_late = NOW + AUTHORITY_LIFE - CERTIFICATE_LIFE + DAY
    other, fourth = keep(very_late, "b.test")
    assert other != authority
    assert fourth != third
    assert not list(directory.glob("*.new"))


def test_a_lost_certificate_is_made_again_and_a_lost_key_is_told(directory: Path) -> None:
    files = keep_certificate(directory, [])
    authority = files.authority.read_bytes()
    files.certificate.unlink()
    files.key.unlink()
    keep_certificate(directory, [])
    assert files.authority.read_bytes() == authority
    files.key.write_bytes((directory / "ca-key.pem").read_bytes())
    with pytest.raises(OperatorError, match="is not the key of"):
        keep_certificate(directory, [])
    (directory / "ca-key.pem").unlink()
    with pytest.raises(OperatorError, match="can't be read: repair them, or delete them both"):
        keep_certificate(directory, [])
    assert files.authority.read_bytes() == authority


def test_a_directory_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="can't be kept in"):
        keep_certificate(tmp_path / "file" / "tls", [])


def test_those_who_trust_the_authority_get_an_answer(server: ServerInThread) -> None:
    assert server.base_url.startswith("https://127.0.0.1:")
    with httpx.Client(verify=trusting(server)) as client:
        for base_url in (server.base_url, server.base_url.replace("127.0.0.1", "localhost")):
            assert client.get(f"{base_url}/health/live").json() == {"status": "ok"}
    with httpx.Client(verify=trusting(server)) as client:
        shop = client.get(f"{server.base_url}/health/live", extensions={"sni_hostname": "one.shops.test"})
        assert shop.status_code == 200
    with httpx.Client(verify=trusting(server)) as client, pytest.raises(httpx.ConnectError, match=r"other\.test"):
        client.get(f"{server.base_url}/health/live", extensions={"sni_hostname": "other.test"})


def test_those_who_do_not_refuse(server: ServerInThread) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{server.base_url}/health/live", verify=ssl.create_default_context())


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_curl(server: ServerInThread) -> None:
    guide = trust_guide(server.authority, server.base_url)
    (line,) = [line for line in guide.splitlines() if " curl " in line]
    command = [*line.split()[1:], "--silent", "--show-error", "--noproxy", "*"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == '{"status":"ok"}'


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node")
def test_node(server: ServerInThread) -> None:
    script = f"fetch('{server.base_url}/health/live').then(a => a.text()).then(console.log)"
    environment = {"NODE_EXTRA_CA_CERTS": str(server.authority)}
    command = [str(shutil.which("node")), "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment, check=False)
    if "fetch is not defined" in done.stderr:
        pytest.skip("this Node has no fetch")
    assert done.stdout == '{"status":"ok"}\n', done.stderr


@pytest.mark.skipif(shutil.which("keytool") is None, reason="there is no keytool")
def test_keytool(server: ServerInThread, tmp_path: Path) -> None:
    guide = trust_guide(server.authority, server.base_url)
    (line,) = [line for line in guide.splitlines() if "keytool" in line]
    done = subprocess.run(line.split()[1:], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "trust.p12").stat().st_size > 0
