"""Datagrams that anybody in the network can send."""

from ipaddress import ip_address
import re
from typing import Final

from hypothesis import given, strategies as st

from custom_components.bambu_hms.printer.discovery import Announcement, Listener, parse_broadcast
from custom_components.bambu_hms.printer.models import model_of
from tests.simulator.broadcasts import JUNK, broadcast

from .strategies import TEXTS, changed_bytes

BROADCASTS: Final = (
    broadcast("00M00A000000001", "192.0.2.7"),
    broadcast("01P00A000000001", "192.0.2.7:8884", name="Wörkshop 3"),
    broadcast("09400A000000001", "[2001:db8::7]:8883"),
    broadcast("00M00A000000001", "").replace(b"\r\n", b"\n"),
)
LINES: Final = st.sampled_from(
    ["NT", "NTS", "USN", "Location", "DevName.bambu.com", "DevModel.bambu.com", "HOST"]
)
ADDRESSES: Final = st.ip_addresses().map(str) | st.sampled_from(
    [
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "127.0.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "::ffff:0",
    ]
)
SENDERS: Final = st.sampled_from(["192.0.2.9", "127.0.0.1", "::1", ""]) | TEXTS
DATAGRAMS: Final = (
    changed_bytes((*BROADCASTS, *JUNK))
    | st.binary(max_size=200)
    | st.builds(
        lambda base, key, value: base.replace(
            b"\r\n\r\n", f"\r\n{key}: {value}\r\n\r\n".encode("utf-8", "surrogatepass")
        ),
        st.sampled_from(BROADCASTS),
        LINES,
        ADDRESSES | TEXTS,
    )
    | st.builds(broadcast, st.from_regex(r"[0-9A-Za-z]{7,33}", fullmatch=True), ADDRESSES)
)


@given(DATAGRAMS, SENDERS)
def test_any_datagram_is_an_announcement_or_nothing(data: bytes, sender: str) -> None:
    announcement = parse_broadcast(data, sender)
    if announcement is not None:
        check(announcement)


@given(st.lists(DATAGRAMS, max_size=20))
def test_whoever_listens_counts_what_cannot_be_read(datagrams: list[bytes]) -> None:
    heard: list[Announcement] = []
    listener = Listener(heard.append, ports=())
    for data in datagrams:
        listener._take(data, "192.0.2.9")
    assert len(heard) + listener.unread == len(datagrams)
    assert {each.serial for each in listener.heard} == {each.serial for each in heard}


def check(announcement: Announcement) -> None:
    """Hold what the rest of the house relies on."""
    assert re.fullmatch(r"[0-9A-Z]{8,32}", announcement.serial)
    address = ip_address(announcement.host)
    assert not address.is_multicast
    assert not address.is_unspecified
    assert 0 < announcement.port <= 65535
    for text in (
        announcement.name,
        announcement.dev_model,
        announcement.connect,
        announcement.bind,
        announcement.version,
    ):
        assert len(text) <= 64
        assert not text or text.isprintable()
    assert model_of(announcement.serial, announcement.dev_model)
    assert announcement.serial not in repr(announcement).replace(announcement.dev_model, "")
