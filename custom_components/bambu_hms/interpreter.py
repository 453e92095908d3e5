"""Reads codes to the owner: in the owner's language, for the owner's model."""

from collections import Counter
from collections.abc import Iterable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant

from .fault import ShownFault
from .hms.catalog import Catalog
from .hms.code import FaultCode, Severity
from .hms.decoded import Decoded, decode
from .hms.fault import Fault
from .hms.location import AmsType, Location
from .printer.feed import prefix_of, vendor_language
from .printer.models import Model, model_of
from .shared import async_catalog
from .texts import TextLibrary, text_library
from .units import AmsUnit, unit_of


class Interpreter:
    """Knows one printer's model and what its codes mean."""

    def __init__(self, hass: HomeAssistant, serial: str) -> None:
        """Know the model by the serial number, until the printer tells more."""
        self._hass = hass
        self._serial = serial
        self._prefix = prefix_of(serial)
        self._catalog: Catalog
        self._library: TextLibrary = text_library(hass)
        self._close: CALLBACK_TYPE | None = None
        self._closed = False
        self._with_texts = False
        self.product: str | None = None
        self.problem_severity = Severity.SERIOUS
        """From which severity on a fault is a problem."""
        self.suppressed: Counter[str] = Counter()
        """How often an internal code came that the owner is not told of."""
        self.unknown: Counter[str] = Counter()
        """How often a code came that no text is known of."""

    @property
    def model(self) -> Model:
        """What printer this is."""
        return model_of(self._serial, self.product)

    async def async_open(self, *, official_texts: bool, on_change: CALLBACK_TYPE) -> None:
        """Have catalogue, words and texts at hand; `on_change` is called when they change."""
        self._catalog = await async_catalog(self._hass)
        self._with_texts = official_texts
        close = await self._library.async_read(self._prefix if official_texts else None, on_change)
        # The options may have changed once more meanwhile, or the printer may have been unloaded.
        before, self._close = self._close, close
        if before is not None:
            before()
        if self._closed:
            self.close()

    @property
    def versions(self) -> dict[str, int]:
        """The versions of the official texts that are read, by language and model."""
        return self._library.versions if self._with_texts else {}

    def close(self) -> None:
        """Need them no more."""
        self._closed = True
        if self._close is not None:
            self._close()
            self._close = None

    def is_shown(self, code: FaultCode) -> bool:
        """Whether a code is a fault that the printer's own screen would show."""
        what = self.decode(code)
        if what.hidden:
            self.suppressed[what.code] += 1
        elif what.fault and not what.known:
            self.unknown[what.code] += 1
        return what.fault and not what.hidden

    def show(
        self, fault: Fault, units: Iterable[AmsUnit], *, simulated: bool = False
    ) -> ShownFault:
        """Return a fault with all that is known of its code and of where it is."""
        what = self.decode(fault.code)
        unit = unit_of(what, units)
        if unit is not None and unit.type is not what.ams_type:
            # Only the printer knows what kind it is, and so what to call the place.
            what = self.decode(fault.code, unit.type)
        return ShownFault(
            fault,
            what,
            unit.id if unit else None,
            problem=what.severity.rank >= self.problem_severity.rank and not fault.muted,
            simulated=simulated,
        )

    def name_of(self, place: Location | None) -> str | None:
        """Return the name of a place in the owner's language."""
        return None if place is None else self._library.words.place_name(place)

    def decode(self, code: FaultCode, ams_type: AmsType | None = None) -> Decoded:
        """Return all that is known of a code, whether the printer reports it or not.

        `ams_type` is what kind of AMS unit it sits in, where that is known.
        """
        texts = self._library.texts(self._prefix) if self._with_texts and self._prefix else ()
        return decode(
            code,
            self._catalog,
            family=self.model.family,
            lang=vendor_language(self._hass.config.language),
            ams_type=ams_type,
            official=texts,
            words=self._library.words,
        )
