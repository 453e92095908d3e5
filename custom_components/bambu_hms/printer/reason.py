"""Why a printer is not heard."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a printer is not heard."""

    SILENT = "silent"
    """Connected, but nothing comes: a wrong serial number, or a printer that stalled or was cut."""
    UNREACHABLE = "unreachable"
    """No connection, or one that ended."""
    ACCESS_CODE = "access_code"
    """The printer refuses the access code."""
    CERTIFICATE = "certificate"
    """The printer shows another certificate than before; no access code was sent."""
    OTHER_PRINTER = "other_printer"
    """The certificate belongs to another serial number; no access code was sent."""
    NO_TLS = "no_tls"
    """Something answers there, but not with TLS. Only when a printer is set up."""


class LinkError(Exception):
    """A printer cannot be heard. Its text holds neither serial number nor access code."""

    def __init__(self, reason: Reason, text: str = "") -> None:
        """Remember the reason; the text adds what the network said."""
        super().__init__(f"{reason}: {text}" if text else str(reason))
        self.reason = reason
