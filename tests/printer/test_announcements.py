"""What printers say of themselves, and what others forge."""

from ipaddress import ip_address
import re

from hypothesis import given, strategies as st
import pytest

from custom_components.bambu_hms.printer.discovery import Announcement, parse_broadcast
from custom_components.bambu_hms.printer.models import model_of
from tests.simulator.broadcasts import JUNK, broadcast

SERIAL = "00M00A000000001"
SENDER = "192.0.2.9"

REAL = broadcast(
    "01S00A000000001", "192.0.2.7", dev_model="C11", name="Workshop", version="01.07.00.00"
)


def announced(data: bytes = REAL, sender: str = SENDER) -> Announcement:
    """Return what a broadcast says; it must be one."""
    announcement = parse_broadcast(data, sender)
    assert announcement is not None
    return announcement


class TestReading:
    """Bytes in, what a printer says of itself out."""

    def test_everything_that_a_printer_says(self) -> None:
        assert announced() == Announcement(
            serial="01S00A000000001",
            host="192.0.2.7",
            port=8883,
            dev_model="C11",
            name="Workshop",
            connect="lan",
            bind="free",
            version="01.07.00.00",
        )

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"\r\n", b"\n"),
            (b"USN", b"usn"),
            (b"DevModel.bambu.com: ", b"DEVMODEL.BAMBU.COM:"),
            (b"Location: ", b"location:   "),
            (b"NOTIFY", b"notify"),
            (b"3dprinter:1", b"3dprinter:2"),
            (b"NTS: ssdp:alive\r\n", b""),
            (b"01S00A000000001", b"01s00a000000001"),
            (b"Cache-Control: max-age=1800", b"a line without a colon"),
        ],
    )
    def test_what_makes_no_difference(self, old: bytes, new: bytes) -> None:
        assert announced(REAL.replace(old, new)) == announced()

    @pytest.mark.parametrize(
        "data",
        [
            *JUNK,
            REAL.replace(b"NOTIFY *", b"M-SEARCH *"),
            REAL.replace(b"NOTIFY * HTTP/1.1\r\n", b""),
            REAL.replace(b"bambulab-com:device:3dprinter", b"schemas-upnp-org:device:InternetGW"),
            REAL.replace(b"ssdp:alive", b"ssdp:byebye"),
            REAL.replace(b"USN: 01S00A000000001\r\n", b""),
            REAL.replace(b"max-age=1800", b"x" * 2048),
        ],
        ids=range(len(JUNK) + 6),
    )
    def test_what_is_no_announcement(self, data: bytes) -> None:
        assert parse_broadcast(data, SENDER) is None

    @pytest.mark.parametrize(
        "serial",
        ["", "0", "01S00A0", "0" * 33, "01S00A00000000/", "+S00A000000001", "01S00A00000000\u0131"],
    )
    def test_what_is_no_serial_number(self, serial: str) -> None:
        assert parse_broadcast(broadcast(serial, "192.0.2.7"), SENDER) is None

    @pytest.mark.parametrize(
        ("location", "address"),
        [
            ("192.0.2.7:18883", ("192.0.2.7", 18883)),
            ("2001:db8::7", ("2001:db8::7", 8883)),
            ("2001:DB8:0:0:0:0:0:7", ("2001:db8::7", 8883)),
            ("[2001:db8::7]:18883", ("2001:db8::7", 18883)),
            ("::ffff:192.0.2.7", ("192.0.2.7", 8883)),
        ],
    )
    def test_addresses(self, location: str, address: tuple[str, int]) -> None:
        announcement = announced(broadcast(SERIAL, location))
        assert (announcement.host, announcement.port) == address

    @pytest.mark.parametrize(
        "location",
        [
            "",
            "workshop.example",
            "http://192.0.2.7/",
            "192.0.2",
            "192.0.2.7:0",
            "192.0.2.7:65536",
            "192.0.2.7:",
            "[192.0.2.7",
            "1.2.3.4.5:80",
            "fe80::1%eth0",
        ],
    )
    def test_without_an_address_the_senders_counts(self, location: str) -> None:
        announcement = announced(broadcast(SERIAL, location))
        assert (announcement.host, announcement.port) == (SENDER, 8883)

    def test_without_a_location_the_senders_address_counts(self) -> None:
        assert announced(REAL.replace(b"Location: 192.0.2.7\r\n", b"")).host == SENDER

    def test_without_any_address_there_is_no_printer(self) -> None:
        assert parse_broadcast(broadcast(SERIAL, "")) is None
        assert parse_broadcast(broadcast(SERIAL, ""), "fe80::1%eth0") is None

    @pytest.mark.parametrize(
        "location",
        [
            "0.0.0.0",
            "0.0.0.7",
            "::",
            "224.0.0.1",
            "239.255.255.250:1990",
            "240.0.0.1",
            "255.255.255.255",
            "ff02::1",
            "::ffff:224.0.0.1",
        ],
    )
    def test_addresses_that_no_printer_can_have(self, location: str) -> None:
        assert parse_broadcast(broadcast(SERIAL, location), SENDER) is None

    @pytest.mark.parametrize(
        ("location", "host"),
        [
            ("127.0.0.1", "127.0.0.1"),
            ("127.8.8.8:18883", "127.8.8.8"),
            ("[::1]:18883", "::1"),
            ("::ffff:127.0.0.1", "127.0.0.1"),
        ],
    )
    def test_only_this_machine_may_announce_itself(self, location: str, host: str) -> None:
        data = broadcast(SERIAL, location)
        assert announced(data, "127.0.0.1").host == host
        assert parse_broadcast(data, SENDER) is None
        assert parse_broadcast(data) is None

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("", ""),
            ("  X1C\tleft  ", "X1C left"),
            ("\x1b[2JX1C\x00\x07", "[2JX1C"),
            ("\u202eC1X\u2066\ufeff", "C1X"),
            ("Werkstatt \u00e4\u00f6\u00fc \u5de5\u4f5c\u5ba4", "Werkstatt äöü 工作室"),
            ("left\u2028right\x85end", "left right end"),
            ("x" * 1000, "x" * 64),
        ],
    )
    def test_names_can_be_shown(self, name: str, shown: str) -> None:
        assert announced(broadcast(SERIAL, "192.0.2.7", name=name)).name == shown

    def test_a_name_that_is_no_utf8_costs_nothing_else(self) -> None:
        announcement = announced(REAL.replace(b"Workshop", b"\xff\xfeX1"))
        assert announcement.name.endswith("X1")
        assert announcement.serial == "01S00A000000001"

    def test_of_a_header_that_comes_twice_the_first_counts(self) -> None:
        twice = REAL.replace(b"\r\n\r\n", b"\r\nUSN: 00M00A000000009\r\n\r\n")
        assert announced(twice).serial == "01S00A000000001"

    def test_the_serial_number_is_not_shown(self) -> None:
        named = announced(broadcast(SERIAL, "192.0.2.7", name=f"My {SERIAL}"))
        assert SERIAL not in repr(named)

    def test_the_model_is_known_by_its_name(self) -> None:
        found = announced(broadcast("99900A000000001", "192.0.2.7", dev_model="BL-P001"))
        assert model_of(found.serial, dev_model=found.dev_model).name == "X1 Carbon"


def check(announcement: Announcement | None) -> None:
    """Check that it is nothing, or something that others can rely on."""
    if announcement is None:
        return
    address = ip_address(announcement.host)
    assert not address.is_multicast
    assert not address.is_unspecified
    assert str(address) == announcement.host
    assert 0 < announcement.port < 65536
    assert re.fullmatch(r"[0-9A-Z]{8,32}", announcement.serial)
    for text in (
        announcement.dev_model,
        announcement.name,
        announcement.connect,
        announcement.bind,
        announcement.version,
    ):
        assert len(text) <= 64
        assert text.isprintable()
        assert text == text.strip()


class TestAnything:
    """Whatever comes, there is an answer."""

    @given(st.binary(max_size=3000), st.sampled_from(["", SENDER, "127.0.0.1", "::1", "junk"]))
    def test_any_bytes(self, data: bytes, sender: str) -> None:
        check(parse_broadcast(data, sender))

    @given(
        st.lists(st.tuples(st.integers(0, len(REAL)), st.integers(0, 12), st.binary(max_size=12)))
    )
    def test_a_broadcast_with_bytes_exchanged(self, changes: list[tuple[int, int, bytes]]) -> None:
        data = REAL
        for at, length, new in changes:
            data = data[:at] + new + data[at + length :]
        check(parse_broadcast(data, SENDER))

    @given(st.text(max_size=40) | st.ip_addresses().map(str), st.text(max_size=400), st.text())
    def test_a_broadcast_with_anything_in_it(self, location: str, name: str, sender: str) -> None:
        data = broadcast(SERIAL, location, name=name).decode("utf-8", "surrogatepass")
        check(parse_broadcast(data.encode("utf-8", "surrogatepass"), sender))

    @given(st.ip_addresses(), st.integers(-5, 99_999))
    def test_any_address(self, host: object, port: int) -> None:
        text = f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
        for sender in (SENDER, "127.0.0.1"):
            check(parse_broadcast(broadcast(SERIAL, str(host)), sender))
            check(parse_broadcast(broadcast(SERIAL, text), sender))
