"""A printer that was never heard before must be heard before its entry is set up."""

import asyncio

from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryNotReady

from .const import DOMAIN
from .printer.reason import Reason

# Long enough for a slow printer, short enough not to hold up the start of Home Assistant.
_WAIT = 20.0


class FirstWord:
    """What is heard first of a printer: that it is there, or why it is not."""

    def __init__(self) -> None:
        """Nothing has been heard yet."""
        self._heard: asyncio.Future[Reason | None] = asyncio.get_running_loop().create_future()

    def take(self, reason: Reason | None) -> None:
        """Take in a report (None) or why there is none; only the first one counts."""
        if not self._heard.done():
            self._heard.set_result(reason)

    async def wait(self, name: str) -> None:
        """Raise `ConfigEntryNotReady` or `ConfigEntryAuthFailed` unless a report comes soon."""
        try:
            async with asyncio.timeout(_WAIT):
                reason = await self._heard
        except TimeoutError:
            reason = Reason.SILENT
        if reason is not None:
            refused = reason is Reason.ACCESS_CODE
            raise (ConfigEntryAuthFailed if refused else ConfigEntryNotReady)(
                translation_domain=DOMAIN,
                translation_key=f"not_ready_{reason}",
                translation_placeholders={"name": name},
            )
