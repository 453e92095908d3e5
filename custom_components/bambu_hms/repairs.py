"""Repairs: how what owners were told is settled."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant

from .certificates import describe
from .const import CONF_PIN, CONF_SERIAL
from .printer.identity import Certificate, read_certificate
from .printer.reason import LinkError, Reason


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that settles an issue; of stored data set aside, one need only know."""
    if data is None:
        return ConfirmRepairFlow()
    return CertificateRepairFlow(str(data["entry_id"]))


class CertificateRepairFlow(RepairsFlow):
    """Asks whether a printer's new certificate is to be trusted, and trusts just that one."""

    def __init__(self, entry_id: str) -> None:
        """Know which printer it is about."""
        self._entry_id = entry_id
        self._certificate: Certificate

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Look at the certificate that is shown now."""
        entry = self._entry
        if entry is None:
            return self.async_abort(reason="removed")
        try:
            self._certificate = await read_certificate(entry.data[CONF_HOST], entry.data[CONF_PORT])
        except LinkError:
            return self.async_abort(reason="unreachable")
        if self._certificate.serial not in {None, entry.data[CONF_SERIAL]}:
            return self.async_abort(reason=Reason.OTHER_PRINTER)
        return await self.async_step_new_certificate()

    async def async_step_new_certificate(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask in plain words."""
        return self.async_show_menu(
            step_id="new_certificate",
            menu_options=["trust", "details"],
            description_placeholders=self._placeholders,
        )

    async def async_step_details(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show what the certificate says."""
        return self.async_show_menu(
            step_id="details", menu_options=["trust"], description_placeholders=self._placeholders
        )

    async def async_step_trust(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Trust the certificate that the owner has been asked about."""
        entry = self._entry
        if entry is None:
            return self.async_abort(reason="removed")
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_PIN: self._certificate.pin}
        )
        return self.async_create_entry(data={})

    @property
    def _entry(self) -> ConfigEntry | None:
        """The printer, if it is still there."""
        return self.hass.config_entries.async_get_entry(self._entry_id)

    @property
    def _placeholders(self) -> dict[str, str]:
        """What the texts name."""
        entry = self._entry
        return {"printer": entry.title if entry else "", **describe(self._certificate)}
