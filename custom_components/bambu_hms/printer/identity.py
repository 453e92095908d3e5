"""Whom we talk to: a printer's certificate, its serial number and its pin.

The certificates come from the vendor's own authority, carry the serial number as common name and
no usable host name. So a printer is known again by its leaf certificate alone (the pin).
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
import hashlib
import re
import ssl
from typing import Final, override

from cryptography import x509
from cryptography.x509.oid import NameOID

from .reason import LinkError, Reason

_SERIAL = re.compile(r"[0-9A-Za-z]{8,32}")
_LONGEST_NAME: Final = 256
# paho would wait as long as its keep-alive.
_HANDSHAKE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a printer's certificate says. Nothing of it has been verified."""

    serial: str | None = field(repr=False)
    """The common name in upper case, where it looks like a serial number."""
    pin: str
    """SHA-256 of the certificate (DER), in hexadecimal."""
    subject: str = field(default="", repr=False)
    issuer: str = ""
    not_before: datetime | None = None
    """In UTC."""
    not_after: datetime | None = None
    """In UTC."""


class StrangerError(ssl.SSLError):
    """The certificate is not the pinned one; the handshake has been broken off."""

    def __init__(self, certificate: Certificate) -> None:
        """Keep the certificate that was shown instead."""
        super().__init__("another certificate than the pinned one")
        self.certificate = certificate


def certificate_of(der: bytes) -> Certificate:
    """Read a certificate. Of one that cannot be read, only the pin is known."""
    pin = hashlib.sha256(der).hexdigest()
    # The library's reasons are many, and a printer's certificate need not please it.
    try:
        leaf = x509.load_der_x509_certificate(der)
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        common_name = str(names[0].value) if names else ""
        return Certificate(
            serial=common_name.upper() if _SERIAL.fullmatch(common_name) else None,
            pin=pin,
            subject=leaf.subject.rfc4514_string()[:_LONGEST_NAME],
            issuer=leaf.issuer.rfc4514_string()[:_LONGEST_NAME],
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
        )
    except Exception:  # noqa: BLE001 -- see above
        return Certificate(serial=None, pin=pin)


def bare_host(host: str) -> str:
    """Return the host as sockets want it: without the brackets of an IPv6 address."""
    return host.strip().removeprefix("[").removesuffix("]")


async def read_certificate(
    host: str,
    port: int,
    *,
    timeout: float = 10.0,  # noqa: ASYNC109 -- it holds for two steps, each with its own meaning
) -> Certificate:
    """Return the certificate that is shown at an address, by a TLS handshake alone.

    `timeout` in seconds holds for connecting and for the handshake each. Raises `LinkError` with
    `Reason.UNREACHABLE` where nothing answers, `Reason.NO_TLS` where something else than TLS does.
    """
    context = await asyncio.to_thread(pinned_context, None)
    try:
        async with asyncio.timeout(timeout):
            _, writer = await asyncio.open_connection(bare_host(host), port)
    # A host name that cannot be one raises UnicodeError, a port out of range OverflowError.
    except (OSError, UnicodeError, OverflowError) as err:
        raise LinkError(Reason.UNREACHABLE, type(err).__name__) from err
    try:
        async with asyncio.timeout(timeout):
            await writer.start_tls(context)
        shown: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
        der = shown.getpeercert(binary_form=True) if shown else None
    except OSError as err:
        raise LinkError(Reason.NO_TLS, type(err).__name__) from err
    finally:
        # A stranger may never answer a goodbye, and to wait for the end of a broken handshake is
        # to wait for ever. The socket is closed in the next turn of the loop.
        writer.transport.abort()
        await asyncio.sleep(0)
    if der is None:
        raise LinkError(Reason.NO_TLS, "no certificate was shown")
    return certificate_of(der)


def pinned_context(pin: str | None) -> ssl.SSLContext:
    """Return a TLS context for clients that talks to the pinned certificate only, or to any (None).

    The pin is compared within the handshake, before anything is sent. Chain, dates and host name
    are not checked: the pin says all, and a clock that is behind must cost no connection.
    Builds slowly: not on the event loop. A connection raises `StrangerError` (an `OSError`).
    """

    class PinnedSocket(ssl.SSLSocket):
        """A socket that knows whom it talks to once its handshake is over."""

        @override
        def do_handshake(self, block: bool = False) -> None:
            """Shake hands, then look who it was."""
            try:
                self.settimeout(_HANDSHAKE_SECONDS)
                super().do_handshake(block)
                if pin is not None:
                    _check(self.getpeercert(binary_form=True) or b"", pin)
            except BaseException:
                # Whoever started the handshake has no hold of this socket yet.
                self.close()
                raise

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = PinnedSocket
    return context


def _check(der: bytes, pin: str) -> None:
    """Raise `StrangerError` unless this is the pinned certificate."""
    if hashlib.sha256(der).hexdigest() != pin.lower():
        raise StrangerError(certificate_of(der))
