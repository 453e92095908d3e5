"""The models that can be simulated, and the AMS units that can be plugged into them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedModel:
    """What differs between models."""

    prefix: str
    """The first three characters of its serial numbers."""
    shape: str
    """Which file of shapes/ its status is made after."""
    deltas: bool = False
    """Whether it tells only what changed, as the models with weak processors do."""
    pretty: bool = False
    """Whether it sends JSON with line breaks."""
    says_whole: bool = True
    """Whether a whole report says that it is whole (msg 0) or leaves it out."""
    guards_requests: bool = False
    """Whether it drops a client that subscribes to its request topic."""
    product_name: str | None = None
    project_name: str | None = None
    firmware: str = "01.00.00.00"


MODELS: Final = {
    "X1C": SimulatedModel(
        prefix="00M",
        shape="x1",
        pretty=True,
        product_name="Bambu Lab X1-Carbon",
        firmware="01.09.00.01",
    ),
    "P1S": SimulatedModel(
        prefix="01P",
        shape="p1",
        deltas=True,
        guards_requests=True,
        project_name="C12",
        firmware="01.08.00.00",
    ),
    "A1 mini": SimulatedModel(
        prefix="030",
        shape="a1",
        deltas=True,
        guards_requests=True,
        project_name="N1",
        firmware="01.05.00.00",
    ),
    "H2D": SimulatedModel(
        prefix="094",
        shape="h2",
        says_whole=False,
        product_name="Bambu Lab H2D",
        firmware="01.02.00.00",
    ),
}


class AmsKind(StrEnum):
    """The kinds of AMS units."""

    AMS = "ams"
    AMS_2_PRO = "ams_2_pro"
    AMS_HT = "ams_ht"
    AMS_LITE = "ams_lite"


@dataclass(frozen=True, slots=True)
class _KindFacts:
    """How a kind shows in reports."""

    module: str
    info: str
    hardware: str
    product: str
    trays: int = 4


KINDS: Final = {
    AmsKind.AMS: _KindFacts("ams", "1001", "AMS08", "AMS"),
    AmsKind.AMS_2_PRO: _KindFacts("n3f", "2003", "N3F05", "AMS 2 Pro"),
    AmsKind.AMS_HT: _KindFacts("n3s", "2004", "N3S05", "AMS HT", trays=1),
    AmsKind.AMS_LITE: _KindFacts("ams_f1", "1002", "AMS_F102", "AMS Lite"),
}

_FIRST_HT_ID: Final = 128


@dataclass(frozen=True, slots=True)
class AmsSpec:
    """One AMS unit: its kind and the number that the printer gives it."""

    kind: AmsKind
    id: int

    @property
    def name(self) -> str:
        """Its name in the answer to get_version."""
        return f"{KINDS[self.kind].module}/{self.id}"


def numbered(kinds: tuple[AmsKind, ...]) -> tuple[AmsSpec, ...]:
    """Return units with the numbers that a printer would give them, in the order of plugging."""
    specs: list[AmsSpec] = []
    for kind in kinds:
        family = [
            spec for spec in specs if (spec.kind is AmsKind.AMS_HT) is (kind is AmsKind.AMS_HT)
        ]
        first = _FIRST_HT_ID if kind is AmsKind.AMS_HT else 0
        specs.append(AmsSpec(kind, first + len(family)))
    return tuple(specs)
