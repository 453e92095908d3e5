"""Renders the integration's icon and logo, light and dark; scripts/brand starts it.

The icon is the left square of the logo, and dark colours are those that the drawing has for a dark
page: so there is one drawing of it all.
"""

from pathlib import Path
import shutil
import sys
from typing import Literal

from playwright.sync_api import FloatRect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
DRAWING = ROOT / "brand" / "logo.svg"
IMAGES = ROOT / "custom_components" / "bambu_hms" / "brand"

HEIGHT = 256
ICON: FloatRect = {"x": 0, "y": 0, "width": HEIGHT, "height": HEIGHT}
LOGO: FloatRect = {"x": 0, "y": 0, "width": 648, "height": HEIGHT}

PARTS = {"icon": ICON, "logo": LOGO}
SCHEMES: dict[str, Literal["light", "dark"]] = {"": "light", "dark_": "dark"}
SCALES = {"": 1, "@2x": 2}


def render(browser_path: str) -> None:
    """Render all images with this browser."""
    page_of_drawing = f"<body style='margin:0'>{DRAWING.read_text(encoding='utf-8')}</body>"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        for prefix, scheme in SCHEMES.items():
            for suffix, scale in SCALES.items():
                page = browser.new_page(color_scheme=scheme, device_scale_factor=scale)
                page.set_content(page_of_drawing)
                for part, clip in PARTS.items():
                    page.screenshot(
                        path=IMAGES / f"{prefix}{part}{suffix}.png", clip=clip, omit_background=True
                    )
        browser.close()


def main() -> int:
    """Find a browser and render."""
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser_path is None:
        sys.stderr.write("brand: please install first: chromium\n")
        return 1
    IMAGES.mkdir(exist_ok=True)
    render(browser_path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
