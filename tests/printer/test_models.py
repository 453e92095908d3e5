"""Which printer it is, and what it has."""

import pytest

from custom_components.bambu_hms.hms.location import AmsType, Module
from custom_components.bambu_hms.printer.models import MODELS, UNKNOWN, Shape, model_of


@pytest.mark.parametrize(
    ("prefix", "name", "family", "nozzles"),
    [
        ("00M", "X1 Carbon", "x1", 1),
        ("00W", "X1", "x1", 1),
        ("03W", "X1E", "x1", 1),
        ("01S", "P1P", "p1", 1),
        ("01P", "P1S", "p1", 1),
        ("22E", "P2S", "p2s", 1),
        ("039", "A1", "a1", 1),
        ("030", "A1 mini", "a1-mini", 1),
        ("26A", "A2L", "a1", 1),
        ("093", "H2S", "h2s", 1),
        ("094", "H2D", "h2d", 2),
        ("239", "H2D Pro", "h2d-pro", 2),
        ("31B", "H2C", "h2c", 2),
        ("20P", "X2D", "x2d", 2),
    ],
)
def test_a_serial_number_tells_the_model(prefix: str, name: str, family: str, nozzles: int) -> None:
    """The first three characters are enough."""
    model = model_of(f"{prefix}00A000000001")
    assert (model.name, model.family, model.nozzles) == (name, family, nozzles)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("BL-P001", "X1 Carbon"),
        ("3DPrinter-X1-Carbon", "X1 Carbon"),
        ("BL-P002", "X1"),
        ("3DPrinter-X1", "X1"),
        ("C13", "X1E"),
        ("C11", "P1P"),
        ("C12", "P1S"),
        ("N7", "P2S"),
        ("N2S", "A1"),
        ("N1", "A1 mini"),
        ("N9", "A2L"),
        ("O1S", "H2S"),
        ("O1D", "H2D"),
        ("O1E", "H2D Pro"),
        ("O1C", "H2C"),
        ("O1C2", "H2C"),
        ("N6", "X2D"),
        ("Bambu Lab X1-Carbon", "X1 Carbon"),
        ("Bambu Lab X1 Carbon", "X1 Carbon"),
        ("Bambu Lab H2D Pro", "H2D Pro"),
        ("bambu lab a1 MINI", "A1 mini"),
        ("X1C", "X1 Carbon"),
    ],
)
def test_what_a_printer_says_of_itself_tells_the_model(told: str, name: str) -> None:
    """Broadcasts and version answers are understood alike, and go before the serial number."""
    assert model_of("99900A000000001", product=told).name == name
    assert model_of("00W00A000000001", dev_model=told).name == name


@pytest.mark.parametrize("told", [None, "", "Bambu Lab", "Z9", "\u2603"])
def test_a_serial_number_serves_where_a_name_does_not(told: str | None) -> None:
    """A name that nobody knows changes nothing."""
    assert model_of("01P00A000000001", told, told).name == "P1S"


@pytest.mark.parametrize("serial", ["", "0", "99900A000000001", "00m00a000000001"[::-1]])
def test_an_unknown_printer_has_everything(serial: str) -> None:
    """A model that is newer than we are works."""
    assert model_of(serial) is UNKNOWN
    assert UNKNOWN.modules == frozenset(Module)


def test_a_serial_number_in_lower_case() -> None:
    """People type as they like."""
    assert model_of("00m00a000000001").name == "X1 Carbon"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_only_the_x1_family_has_a_micro_lidar(model: object) -> None:
    """A lidar that is not there must not get entities."""
    for each in MODELS:
        assert (Module.MICRO_LIDAR in each.modules) is (each.family == "x1")


@pytest.mark.parametrize(
    ("serial", "kind"),
    [("030", AmsType.AMS_LITE), ("039", AmsType.AMS_LITE), ("00M", AmsType.AMS)],
)
def test_the_usual_ams(serial: str, kind: AmsType) -> None:
    """The printers whose older firmware does not say what their AMS is have an AMS Lite."""
    assert model_of(serial).usual_ams is kind


def test_open_printers_have_no_chamber() -> None:
    """Nothing can be wrong with a chamber that is not there."""
    without = {model.name for model in MODELS if Module.CHAMBER not in model.modules}
    assert without == {"A1", "A1 mini", "A2L"}


@pytest.mark.parametrize(
    ("serial", "shape"),
    [
        ("00M00A000000000", Shape.ENCLOSED),
        ("03900A000000000", Shape.BED_SLINGER),
        ("09400A000000000", Shape.TWO_NOZZLES),
        ("ZZZ00A000000000", Shape.ENCLOSED),
    ],
)
def test_how_a_printer_is_built(serial: str, shape: Shape) -> None:
    assert model_of(serial).shape is shape
