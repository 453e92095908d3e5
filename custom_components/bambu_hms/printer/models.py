"""The printers there are: how each is told, and which modules it has.

Source: the serial numbers, discovery broadcasts and version answers of real printers.
"""

from dataclasses import dataclass
from enum import StrEnum
import re
from typing import Final

from custom_components.bambu_hms.hms.location import AmsType, Module

_ALL: Final = frozenset(Module)
_ENCLOSED: Final = _ALL - {Module.MICRO_LIDAR}
_OPEN: Final = _ENCLOSED - {Module.CHAMBER}

_PREFIX_LENGTH: Final = 3
_VENDOR = re.compile(r"^\s*bambu\s*lab\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[^a-z0-9]+")


class Shape(StrEnum):
    """How a printer is built, as far as a picture of it tells."""

    ENCLOSED = "enclosed"
    BED_SLINGER = "bed_slinger"
    """The heatbed moves to and fro, and there is no chamber."""
    TWO_NOZZLES = "two_nozzles"
    """Enclosed, with two nozzles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of printer."""

    name: str
    dev_models: tuple[str, ...] = ()
    """What broadcasts and version answers call it."""
    prefixes: tuple[str, ...] = ()
    """The first three characters of its serial numbers."""
    products: tuple[str, ...] = ()
    """What else than `name` its version answer may call it."""
    family: str = "x1"
    """The part of the vendor's wiki that is about it."""
    modules: frozenset[Module] = _ALL
    nozzles: int = 1
    usual_ams: AmsType = AmsType.AMS
    """What an AMS unit is that does not say so itself."""

    @property
    def shape(self) -> Shape:
        """How it is built."""
        if Module.CHAMBER not in self.modules:
            return Shape.BED_SLINGER
        return Shape.TWO_NOZZLES if self.nozzles > 1 else Shape.ENCLOSED


UNKNOWN: Final = Model(name="Bambu Lab printer")
"""A model that is newer than this table: everything works, with every module."""

MODELS: Final = (
    Model(
        name="X1 Carbon",
        dev_models=("BL-P001", "3DPrinter-X1-Carbon"),
        prefixes=("00M",),
        products=("X1C",),
    ),
    Model(name="X1", dev_models=("BL-P002", "3DPrinter-X1"), prefixes=("00W",)),
    Model(name="X1E", dev_models=("C13",), prefixes=("03W",)),
    Model(name="P1P", dev_models=("C11",), prefixes=("01S",), family="p1", modules=_ENCLOSED),
    Model(name="P1S", dev_models=("C12",), prefixes=("01P",), family="p1", modules=_ENCLOSED),
    Model(name="P2S", dev_models=("N7",), prefixes=("22E",), family="p2s", modules=_ENCLOSED),
    Model(
        name="A1",
        dev_models=("N2S",),
        prefixes=("039",),
        family="a1",
        modules=_OPEN,
        usual_ams=AmsType.AMS_LITE,
    ),
    Model(
        name="A1 mini",
        dev_models=("N1",),
        prefixes=("030",),
        family="a1-mini",
        modules=_OPEN,
        usual_ams=AmsType.AMS_LITE,
    ),
    Model(name="A2L", dev_models=("N9",), prefixes=("26A",), family="a1", modules=_OPEN),
    Model(name="H2S", dev_models=("O1S",), prefixes=("093",), family="h2s", modules=_ENCLOSED),
    Model(
        name="H2D",
        dev_models=("O1D",),
        prefixes=("094",),
        family="h2d",
        modules=_ENCLOSED,
        nozzles=2,
    ),
    Model(
        name="H2D Pro",
        dev_models=("O1E",),
        prefixes=("239",),
        family="h2d-pro",
        modules=_ENCLOSED,
        nozzles=2,
    ),
    Model(
        name="H2C",
        dev_models=("O1C", "O1C2"),
        prefixes=("31B",),
        family="h2c",
        modules=_ENCLOSED,
        nozzles=2,
    ),
    Model(
        name="X2D",
        dev_models=("N6",),
        prefixes=("20P",),
        family="x2d",
        modules=_ENCLOSED,
        nozzles=2,
    ),
)


def model_of(serial: str, product: str | None = None, dev_model: str | None = None) -> Model:
    """Return the model; `UNKNOWN` for one that nobody has told us of.

    What a printer says of itself (`dev_model` of its broadcasts, `product` of its version answer)
    goes before the prefix of its serial number, which two models may come to share.
    """
    for told in (dev_model, product):
        if told and (model := _BY_NAME.get(_plain(told))):
            return model
    return _BY_PREFIX.get(serial[:_PREFIX_LENGTH].upper(), UNKNOWN)


def _plain(name: str) -> str:
    """Return a name without what people and firmware write differently."""
    return _BETWEEN.sub("", _VENDOR.sub("", name).lower())


_BY_NAME: Final = {
    _plain(name): model
    for model in MODELS
    for name in (model.name, *model.products, *model.dev_models)
}
_BY_PREFIX: Final = {prefix: model for model in MODELS for prefix in model.prefixes}
