"""The images of the integration have the sizes that Home Assistant wants, and can be seen."""

from pathlib import Path

from PIL import Image
import pytest

IMAGES = Path(__file__).parents[2] / "custom_components" / "bambu_hms" / "brand"
SCALES = {"": 1, "@2x": 2}
NAMES = [
    f"{prefix}{part}{suffix}.png"
    for prefix in ("", "dark_")
    for part in ("icon", "logo")
    for suffix in SCALES
]
SHORTEST = 256
PAGES = {"": 255, "dark_": 17}


def read(name: str) -> Image.Image:
    """Read an image."""
    with Image.open(IMAGES / name) as image:
        image.load()
        return image


def test_there_are_just_the_images_that_home_assistant_asks_for() -> None:
    assert {path.name for path in IMAGES.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_image_has_its_size(name: str) -> None:
    image = read(name)
    scale = SCALES["@2x" if "@2x" in name else ""]
    assert image.format == "PNG"
    assert image.height == SHORTEST * scale
    assert image.width == image.height if "icon" in name else image.width > image.height


@pytest.mark.parametrize("name", NAMES)
def test_an_image_is_transparent_and_has_no_empty_edge(name: str) -> None:
    image = read(name)
    assert image.mode == "RGBA"
    assert image.getpixel((0, 0)) == (0, 0, 0, 0)
    assert image.getchannel("A").getbbox() == (0, 0, *image.size)


@pytest.mark.parametrize("suffix", SCALES)
@pytest.mark.parametrize("prefix", PAGES)
def test_the_letters_stand_out_from_the_page(prefix: str, suffix: str) -> None:
    image = read(f"{prefix}logo{suffix}.png")
    letters = image.crop((image.height, 0, *image.size))
    ink = max(letters.getcolors(letters.width * letters.height) or [], key=opaque)[1]
    assert isinstance(ink, tuple)
    assert abs(sum(ink[:3]) / 3 - PAGES[prefix]) > 150


def opaque(color: tuple[int, object]) -> int:
    """Return how much there is of a colour that is seen."""
    count, value = color
    return count if isinstance(value, tuple) and value[3] == 255 else 0
