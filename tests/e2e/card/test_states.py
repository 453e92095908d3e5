"""Every state, in both themes and at all widths: it says what it is, fits, and can be read."""

import pytest

from .browser import BADGE, CARD, Bench
from .printers import SHOWN_AS, STATES, Data

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

COMPACT: Data = {"type": CARD, "layout": "compact"}
FARM: Data = {"type": CARD, "layout": "farm"}
BADGE_OF_ONE: Data = {"type": BADGE}
SHOWN: dict[str, tuple[Data, int, int | None]] = {
    # As narrow as Home Assistant's suggestions for an entity.
    "full-240": ({"type": CARD}, 240, None),
    "full-320": ({"type": CARD}, 320, None),
    "full-420": ({"type": CARD}, 420, None),
    "full-800": ({"type": CARD}, 800, None),
    "compact-160": (COMPACT, 160, 56),
    "compact-320": (COMPACT, 320, 56),
    "compact-420": (COMPACT, 420, 56),
    "farm-320": (FARM, 320, None),
    "farm-420": (FARM, 420, None),
    "farm-800": (FARM, 800, None),
    "badge-320": (BADGE_OF_ONE, 320, 36),
}
"""What is shown, how wide, and how high where Home Assistant says so."""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("shown", SHOWN)
async def test_every_state_fits_and_can_be_read(bench: Bench, shown: str, dark: bool) -> None:
    config, width, height = SHOWN[shown]
    await bench.open(dark=dark, width=max(1000, 4 * (width + 16) + 16))
    for state, script in STATES.items():
        await bench.add(script, config, width, label=state, height=height)
    await bench.drawn()
    await bench.picture(f"{shown}-{'dark' if dark else 'light'}")
    states = dict(zip(STATES, await bench.states(), strict=True))
    if config == FARM:
        # A farm shows whoever is there.
        assert states.pop("removed") == "ok"
    assert states == {state: SHOWN_AS.get(state, state) for state in states}
    assert await bench.flaws() == []
    assert await bench.violations() == []
