"""The certificate that a public address shows, and a proxy that alters what it hands on."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from app.doctor.checks import public_address
from app.doctor.patient import Patient
from app.doctor.verdict import ok
from app.voice.signature import ForgedError, SignatureCheck
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.doctor.conftest import TOKEN, at
from tests.fixtures.office import FixedClock

NOW = datetime.now(UTC)
Examined = Callable[..., Patient]


def certificate(folder: Path, name: str, begins: int, ends: int) -> Path:
    """A certificate that signs itself, for a name, from and to so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW + timedelta(days=begins))
        .not_valid_after(NOW + timedelta(days=ends, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Proxy(BaseHTTPRequestHandler):
    """Something between the network and the hotline; `spoil` alters the address it hands on."""

    check = SignatureCheck([TOKEN])
    spoil: Callable[[str], str] = staticmethod(str)

    def do_POST(self) -> None:
        host = f"http://127.0.0.1:{self.server.server_address[1]}"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            url = host + type(self).spoil(self.path)
            self.check.form(url, body, self.headers.get("X-Twilio-Signature", ""))
        except ForgedError:
            self.send_response(403)
        else:
            self.send_response(204)
        self.end_headers()

    def log_message(self, *_told: object) -> None:
        """Nothing is printed."""


@contextmanager
def listening(handler: type[Proxy], shown: Path | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if shown is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("name", "begins", "ends", "believed", "state", "said"),
    [
        ("localhost", -1, 60, True, "ok", "localhost is believed for 60 more days"),
        ("localhost", -1, 20, True, "warning", "localhost is believed for 20 more days"),
        ("localhost", -9, -1, True, "failure", "certificate has expired"),
        ("example.org", -1, 60, True, "failure", "certificate is not valid for 'localhost'"),
        ("localhost", -1, 60, False, "failure", "self-signed certificate"),
    ],
)
def test_the_certificate(
    examined: Examined,
    tmp_path: Path,
    name: str,
    begins: int,
    ends: int,
    believed: bool,
    state: str,
    said: str,
) -> None:
    shown = certificate(tmp_path, name, begins, ends)
    with listening(Proxy, shown) as port:
        patient = at(examined(public_base_url=f"https://localhost:{port}"), FixedClock(NOW))
        if believed:
            patient.trust = ssl.create_default_context(cafile=shown)
        found = public_address.certificate(patient)
    assert found.state == state
    assert said in found.said


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (str, "a signed request was accepted through the public address, a forged one refused"),
        (unquote, "signed requests are refused when their address has escaped characters"),
        (lambda path: "/hotline" + path, "our own signed request was refused"),
    ],
)
def test_a_proxy_that_alters_addresses_is_found(
    examined: Examined, spoil: Callable[[str], str], said: str
) -> None:
    handler = type("Spoiling", (Proxy,), {"spoil": staticmethod(spoil)})
    with listening(handler) as port:
        address = f"http://127.0.0.1:{port}"
        patient = examined(public_base_url=address, twilio_api_base_url=address)
        assert public_address.signatures(patient).said == said


def test_what_takes_forged_requests_is_found(examined: Examined) -> None:
    class Careless(Proxy):
        def do_POST(self) -> None:
            self.send_response(204)
            self.end_headers()

    with listening(Careless) as port:
        patient = examined(public_base_url=f"http://127.0.0.1:{port}")
        found = public_address.signatures(patient)
    assert found.said == "a forged request was accepted"
    assert found != ok(found.said)
