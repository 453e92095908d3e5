"""Certificates as printers have them: a CA of our own, leaves whose common name is the serial."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import ssl
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFETIME = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """One certificate with its key, as PEM files."""

    chain: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return a TLS context for servers that shows it; builds slowly."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context


class Authority:
    """Issues the printers' certificates into a folder and keeps them there across restarts."""

    def __init__(
        self, folder: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
    ) -> None:
        """Issue with this key, in the name of this certificate."""
        self._folder = folder
        self._key = key
        self._certificate = certificate

    @classmethod
    def in_folder(cls, folder: Path) -> Self:
        """Return the authority that lives in a folder; a new one where there is none yet."""
        folder.mkdir(parents=True, exist_ok=True)
        key_file, certificate_file = folder / "ca.key", folder / "ca.pem"
        if key_file.exists() and certificate_file.exists():
            key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
            if isinstance(key, ec.EllipticCurvePrivateKey):
                certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
                return cls(folder, key, certificate)
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Simulated printers CA")
        certificate = (
            _builder(name, name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write_key(key_file, key)
        certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(folder, key, certificate)

    def certificate(
        self, common_name: str, *, renew: bool = False, other: bool = False
    ) -> CertificateFiles:
        """Return the certificate of a printer, the same one each time unless it is renewed.

        Each name can have another certificate beside its own.
        """
        stem = f"{common_name}-other" if other else common_name
        files = CertificateFiles(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        if files.chain.exists() and files.key.exists() and not renew:
            return files
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _builder(_name(common_name), self._certificate.subject, key).sign(
            self._key, hashes.SHA256()
        )
        chain = (leaf, self._certificate)
        _write_key(files.key, key)
        files.chain.write_bytes(
            b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)
        )
        return files


def _name(common_name: str) -> x509.Name:
    """Return a name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    """Return a certificate that only wants signing."""
    # A machine whose clock is a little behind should accept it too.
    begin = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + _LIFETIME)
    )


def _write_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a private key that only we may read."""
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
