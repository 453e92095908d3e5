"""What the card is told over the WebSocket, and who is told."""

from collections.abc import Awaitable, Callable
from io import BytesIO
import re
from typing import Any
from urllib.parse import unquote

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)
import segno

from custom_components.bambu_hms import first_word
from tests.printer.conftest import SwitchOn
from tests.simulator import AmsKind, SimulatedPrinter

from .conftest import (
    CLEARED,
    HEATBED,
    LIDAR_DIRTY,
    RAN_OUT,
    AddPrinter,
    Ears,
    ams_of,
    coordinator_of,
    device_of,
    until_state,
)

CONNECTION = "binary_sensor.x1c_left_connection"


class Card:
    """A card that listens: it takes in what it is told as the real one does."""

    def __init__(self, client: MockHAClientWebSocket) -> None:
        """Know nothing yet."""
        self.client = client
        self.printers: dict[str, dict[str, Any]] = {}
        self.told = 0

    async def subscribe(self) -> None:
        """Subscribe, and take in the snapshot."""
        await self.client.send_json_auto_id({"type": "bambu_hms/subscribe"})
        assert (await self.client.receive_json())["success"]
        await self.hear()

    async def hear(self) -> None:
        """Take in one message."""
        message = await self.client.receive_json(timeout=10)
        assert message["type"] == "event"
        self.told += 1
        match message["event"]:
            case {"printers": printers}:
                self.printers = {each["id"]: each for each in printers}
            case {"printer": printer}:
                self.printers[printer["id"]] = printer
            case {"removed": entry_id}:
                del self.printers[entry_id]

    async def until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Take in messages until the one printer is so; return it."""
        while not is_so(self.printer):
            await self.hear()
        return self.printer

    @property
    def printer(self) -> dict[str, Any]:
        """The one printer that there is."""
        (printer,) = self.printers.values()
        return printer

    @property
    def codes(self) -> list[str]:
        """The codes of its faults, in their order."""
        return [fault["code"].removeprefix("HMS_") for fault in self.printer["faults"]]

    async def ask(self, kind: str, **data: Any) -> dict[str, Any]:
        """Send a command; return the whole answer."""
        await self.client.send_json_auto_id({"type": f"bambu_hms/{kind}", **data})
        answer: dict[str, Any] = await self.client.receive_json()
        return answer


type OpenCard = Callable[..., Awaitable[Card]]


@pytest.fixture
def open_card(hass_ws_client: WebSocketGenerator, hass: HomeAssistant) -> OpenCard:
    """Open a page with a card."""

    async def opened(token: str | None = None) -> Card:
        client = await (hass_ws_client(hass, token) if token else hass_ws_client(hass))
        card = Card(client)
        await card.subscribe()
        return card

    return opened


@pytest.fixture
async def printer(switch_on: SwitchOn) -> SimulatedPrinter:
    """An X1C with two AMS units."""
    return await switch_on(ams=(AmsKind.AMS, AmsKind.AMS_HT))


@pytest.fixture
async def entry(
    hass: HomeAssistant, printer: SimulatedPrinter, add_printer: AddPrinter
) -> MockConfigEntry:
    """The same one, added and heard."""
    added = await add_printer(printer)
    await until_state(hass, CONNECTION, "on")
    return added


async def test_first_all_there_is_then_what_changes(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    first = card.printer
    assert (first["name"], first["model"], first["shape"]) == ("X1C left", "X1 Carbon", "enclosed")
    assert (first["loaded"], first["connected"], first["can_control"]) == (True, True, True)
    assert (first["device_id"], first["faults"]) == (device_of(entry), [])
    assert [(unit["name"], unit["slots"]) for unit in first["units"]] == [
        ("AMS A", [1, 2, 3, 4]),
        ("AMS HT A", [1]),
    ]
    printer.raise_fault(RAN_OUT)
    (fault,) = (await card.until(lambda it: bool(it["faults"])))["faults"]
    assert (fault["slot"], fault["unit"], fault["settling"]) == (2, 0, False)
    assert fault["device_id"] == ams_of(entry)
    printer.clear_all()
    await card.until(lambda it: not it["faults"])


async def test_a_fault_is_told_as_its_event_tells_it(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard, ears: Ears
) -> None:
    card = await open_card()
    printer.raise_fault(HEATBED)
    data = await ears.until("raised", HEATBED)
    (fault,) = (await card.until(lambda it: bool(it["faults"])))["faults"]
    # What a printer says of itself is said once, and the last report would change all the time.
    not_told = {"printer", "print_state", "last_seen"}
    assert fault == {key: it for key, it in data.items() if key not in not_told} | {
        "settling": False,
        "unit": None,
    }


async def test_the_worst_fault_comes_first(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    for code in (LIDAR_DIRTY, HEATBED, RAN_OUT):
        printer.raise_fault(code)
    await card.until(lambda it: len(it["faults"]) == 3)
    assert card.codes == [HEATBED, RAN_OUT, LIDAR_DIRTY]


async def test_a_report_that_changes_nothing_tells_nothing(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    for _ in range(3):
        await printer.tell(printer.status())
    printer.raise_fault(HEATBED)
    await card.until(lambda it: bool(it["faults"]))
    assert card.told == 2, "the snapshot and the fault"


async def test_what_is_gone_settles_and_is_remembered(
    hass: HomeAssistant, entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    hass.config_entries.async_update_entry(entry, options={**entry.options, "settle_time": 1})
    card = await open_card()
    assert card.printer["last_fault"] is None
    printer.raise_fault(HEATBED)
    await card.until(lambda it: bool(it["faults"]))
    printer.clear_all()
    (fault,) = (await card.until(lambda it: it["faults"][0]["settling"]))["faults"]
    assert fault["last_seen"] >= fault["first_seen"]
    last = (await card.until(lambda it: not it["faults"]))["last_fault"]
    assert (last["location"], last["severity"]) == ("Heatbed", "fatal")
    assert last["cleared"] == fault["last_seen"]


async def test_a_printer_that_is_not_heard_says_why_and_since_when_and_keeps_its_faults(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    printer.raise_fault(HEATBED)
    await card.until(lambda it: bool(it["faults"]))
    assert card.printer["last_heard"] is None
    await printer.power_off()
    gone = await card.until(lambda it: not it["connected"])
    assert (gone["reason"], card.codes) == ("unreachable", [HEATBED])
    assert gone["last_heard"]
    await printer.power_on()
    await card.until(lambda it: it["connected"])


async def test_what_a_printer_does_is_told_as_it_changes(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    await card.until(lambda it: it["print_state"] == "idle")
    await printer.tell(printer.status() | {"gcode_state": "RUNNING"})
    await card.until(lambda it: it["print_state"] == "running")


async def test_the_slot_in_use_is_told_by_unit_and_in_words(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    status = printer.status()
    status["ams"] = {**status["ams"], "tray_now": "2"}
    await printer.tell(status)
    now = await card.until(lambda it: it["slot_in_use"] == "AMS A slot 3")
    assert [unit["slot_in_use"] for unit in now["units"]] == [3, None]


async def test_mutes_are_told_in_words(
    hass: HomeAssistant, entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    printer.raise_fault(RAN_OUT)
    await card.until(lambda it: bool(it["faults"]))
    mute = {"device_id": device_of(entry), "codes": [f"HMS_{RAN_OUT}"], "duration": {"hours": 1}}
    await hass.services.async_call("bambu_hms", "mute", mute, blocking=True)
    muted = await card.until(lambda it: bool(it["mutes"]))
    assert muted["faults"][0]["muted"]
    (told,) = muted["mutes"]
    assert told["label"] == "AMS A slot 2: AMS A slot 2 filament has run out."
    assert told["until"]
    assert not told["until_cleared"]
    # Just what is told ends it.
    unmute = {"device_id": muted["device_id"], **told["what"]}
    await hass.services.async_call("bambu_hms", "unmute", unmute, blocking=True)
    await card.until(lambda it: not it["mutes"] and not it["faults"][0]["muted"])
    topics = {"device_id": device_of(entry), "topics": ["clog"], "slots": ["1"]}
    await hass.services.async_call("bambu_hms", "mute", topics, blocking=True)
    (told,) = (await card.until(lambda it: bool(it["mutes"])))["mutes"]
    assert told["label"] == "Clogged nozzle, Slot 1"
    patterns = {"device_id": device_of(entry), "codes": ["0700_*_0003_*"]}
    await hass.services.async_call("bambu_hms", "mute", patterns, blocking=True)
    told = (await card.until(lambda it: len(it["mutes"]) == 2))["mutes"][1]
    assert told["label"] == "0700_*_0003_*"


async def test_a_simulated_fault_is_told_as_one(
    hass: HomeAssistant, entry: MockConfigEntry, open_card: OpenCard
) -> None:
    card = await open_card()
    data = {"device_id": device_of(entry), "code": HEATBED}
    await hass.services.async_call("bambu_hms", "simulate_fault", data, blocking=True)
    (fault,) = (await card.until(lambda it: bool(it["faults"])))["faults"]
    assert fault["simulated"]


async def test_disabled_and_renamed_entities_change_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    printer: SimulatedPrinter,
    open_card: OpenCard,
    entity_registry: er.EntityRegistry,
) -> None:
    for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id):
        if entity.domain == "sensor":
            entity_registry.async_update_entity(
                entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER
            )
        else:
            entity_registry.async_update_entity(
                entity.entity_id, new_entity_id=f"{entity.entity_id}_renamed"
            )
    await hass.config_entries.async_reload(entry.entry_id)
    card = await open_card()
    printer.raise_fault(RAN_OUT)
    await card.until(lambda it: bool(it.get("faults")))


async def test_a_device_that_its_owner_renames_has_its_new_name(
    entry: MockConfigEntry, open_card: OpenCard, device_registry: dr.DeviceRegistry
) -> None:
    card = await open_card()
    device_registry.async_update_device(device_of(entry), name_by_user="Good old one")
    await card.until(lambda it: it["name"] == "Good old one")


async def test_printers_come_and_go(
    hass: HomeAssistant, entry: MockConfigEntry, switch_on: SwitchOn, add_printer: AddPrinter,
    open_card: OpenCard,
) -> None:  # fmt: skip
    card = await open_card()
    other = await add_printer(await switch_on("H2D"), "H2D")
    while not card.printers.get(other.entry_id, {}).get("connected"):
        await card.hear()
    assert card.printers[other.entry_id]["shape"] == "two_nozzles"
    await hass.config_entries.async_unload(other.entry_id)
    while card.printers[other.entry_id]["loaded"]:
        await card.hear()
    assert "faults" not in card.printers[other.entry_id]
    await hass.config_entries.async_remove(other.entry_id)
    while other.entry_id in card.printers:
        await card.hear()
    assert list(card.printers) == [entry.entry_id]


async def test_a_reload_is_told_and_what_comes_after_it_too(
    hass: HomeAssistant, entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    await hass.config_entries.async_reload(entry.entry_id)
    await card.until(lambda it: not it["loaded"])
    await card.until(lambda it: it.get("connected") is True)
    printer.raise_fault(HEATBED)
    await card.until(lambda it: bool(it["faults"]))


async def test_no_printer_at_all_is_told_too(hass: HomeAssistant, entry: MockConfigEntry,
    open_card: OpenCard) -> None:  # fmt: skip
    await hass.config_entries.async_remove(entry.entry_id)
    assert (await open_card()).printers == {}


async def test_nothing_listens_when_the_page_is_closed(
    hass: HomeAssistant, entry: MockConfigEntry, open_card: OpenCard
) -> None:
    before = len(coordinator_of(entry)._listeners)
    card = await open_card()
    assert len(coordinator_of(entry)._listeners) == before + 1
    await card.client.close()
    await hass.async_block_till_done()
    assert len(coordinator_of(entry)._listeners) == before


async def test_history_is_the_newest_first_and_no_longer_than_asked_for(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard, ears: Ears
) -> None:
    for code in (HEATBED, RAN_OUT):
        printer.raise_fault(code)
        await ears.until("raised", code)
        printer.clear_fault(code)
        await ears.until("cleared", code)
    card = await open_card()
    faults = (await card.ask("history", device_id=device_of(entry)))["result"]["faults"]
    assert [fault["code"] for fault in faults] == [f"HMS_{RAN_OUT}", f"HMS_{HEATBED}"]
    assert all(fault["cleared"] for fault in faults)
    assert {event.event_type for event in ears.events} > {CLEARED}
    (newest,) = (await card.ask("history", device_id=device_of(entry), limit=1))["result"]["faults"]
    assert newest["code"] == f"HMS_{RAN_OUT}"
    (of_unit,) = (await card.ask("history", device_id=ams_of(entry)))["result"]["faults"]
    assert of_unit["slot"] == 2


async def test_a_qr_code_is_the_link_dark_on_white_with_its_quiet_zone(
    entry: MockConfigEntry, printer: SimulatedPrinter, open_card: OpenCard
) -> None:
    card = await open_card()
    answer = (await card.ask("qr", device_id=device_of(entry), code=f"HMS_{RAN_OUT}"))["result"]
    assert answer["url"].endswith("/troubleshooting/hmscode/0700_2000_0002_0001")
    assert printer.serial not in answer["url"]
    head, image = answer["image"].split(",", 1)
    assert head.startswith("data:image/svg+xml")
    expected = BytesIO()
    segno.make_qr(answer["url"], error="m").save(
        expected, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False
    )
    drawn = [
        re.findall(r" d=['\"]([^'\"]+)", each)
        for each in (unquote(image), expected.getvalue().decode())
    ]
    assert drawn[0] == drawn[1]
    assert "#fff" in unquote(image)


@pytest.mark.parametrize("kind", ["history", "qr"])
async def test_a_device_of_somebody_else_is_not_found(
    entry: MockConfigEntry, open_card: OpenCard, kind: str
) -> None:
    card = await open_card()
    extra = {"code": HEATBED} if kind == "qr" else {}
    answer = await card.ask(kind, device_id="nobody", **extra)
    assert answer["error"]["code"] == "not_found"


async def test_what_is_no_code_has_no_qr_code(entry: MockConfigEntry, open_card: OpenCard) -> None:
    answer = await (await open_card()).ask("qr", device_id=device_of(entry), code="nonsense")
    assert answer["error"]["code"] == "invalid_format"


async def test_whoever_may_not_see_a_printer_is_told_nothing_of_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    open_card: OpenCard,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    hass_read_only_user.mock_policy({})
    card = await open_card(hass_read_only_access_token)
    assert card.printers == {}
    for kind, extra in (("history", {}), ("qr", {"code": HEATBED})):
        answer = await card.ask(kind, device_id=device_of(entry), **extra)
        assert answer["error"]["code"] == "not_found"


async def test_whoever_may_only_look_may_not_control(
    entry: MockConfigEntry,
    open_card: OpenCard,
    hass_read_only_access_token: str,
) -> None:
    card = await open_card(hass_read_only_access_token)
    assert not card.printer["can_control"]
    assert len(card.printer["units"]) == 2


async def test_an_ams_unit_that_one_may_not_see_is_left_out_with_its_faults(
    entry: MockConfigEntry,
    printer: SimulatedPrinter,
    open_card: OpenCard,
    ears: Ears,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    hass_read_only_user.mock_policy({"entities": {"entity_ids": {CONNECTION: {"read": True}}}})
    printer.raise_fault(RAN_OUT)
    await ears.until("raised", RAN_OUT)
    card = await open_card(hass_read_only_access_token)
    assert card.printer["units"] == []
    assert card.printer["faults"] == []
    rows = await card.ask("history", device_id=device_of(entry))
    assert rows["result"]["faults"] == []
    printer.clear_all()
    await ears.until("cleared", RAN_OUT)
    printer.raise_fault(HEATBED)
    await card.until(lambda it: bool(it["faults"]))
    assert card.printer["last_fault"] is None


async def test_a_printer_never_heard_is_told_to_whom_the_house_belongs(
    hass: HomeAssistant,
    switch_on: SwitchOn,
    add_printer: AddPrinter,
    open_card: OpenCard,
    hass_read_only_access_token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = await switch_on()
    silent.silent = True
    monkeypatch.setattr(first_word, "_WAIT", 0.1)
    await add_printer(silent)
    card = await open_card()
    assert (card.printer["name"], card.printer["loaded"]) == ("X1C left", False)
    assert (await open_card(hass_read_only_access_token)).printers == {}
