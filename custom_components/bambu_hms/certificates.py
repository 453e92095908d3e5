"""A printer's certificate in words, for owners who are asked whether they trust it."""

from homeassistant.util import dt as dt_util

from .printer.identity import Certificate

_UNKNOWN = "?"


def describe(certificate: Certificate) -> dict[str, str]:
    """Return what a certificate says, to be shown as Markdown.

    Anybody can write anything into a certificate, so all of it is shown as code.
    """
    pairs = zip(certificate.pin[::2], certificate.pin[1::2], strict=True)
    dates = [
        dt_util.as_local(date).date().isoformat() if date else _UNKNOWN
        for date in (certificate.not_before, certificate.not_after)
    ]
    return {
        "subject": _code(certificate.subject),
        "issuer": _code(certificate.issuer),
        "fingerprint": _code(":".join(high + low for high, low in pairs).upper()),
        "valid_from": dates[0],
        "valid_until": dates[1],
    }


def _code(text: str) -> str:
    """Return a text as Markdown's code, in which nothing has a meaning."""
    shown = "".join(char for char in text if char.isprintable() and char != "`").strip()
    return f"`{shown or _UNKNOWN}`"
