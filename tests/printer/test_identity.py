"""Whom we talk to, read from certificates over real sockets."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
import hashlib
from pathlib import Path
import socket
import ssl
import time

import pytest

from custom_components.bambu_hms.printer.identity import (
    Certificate,
    StrangerError,
    bare_host,
    certificate_of,
    pinned_context,
    read_certificate,
)
from custom_components.bambu_hms.printer.reason import LinkError, Reason
from tests.simulator.certificates import Authority

from .conftest import SwitchOn

type Serve = Callable[[Callable[..., Awaitable[None]]], Awaitable[int]]


@pytest.fixture
async def serve(socket_enabled: None) -> AsyncGenerator[Serve]:
    """Serve connections that are no printer's; return the port."""
    servers: list[asyncio.Server] = []

    async def serve(handler: Callable[..., Awaitable[None]]) -> int:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield serve
    for server in servers:
        server.close()
        server.abort_clients()
        await server.wait_closed()


class TestReading:
    """What a certificate tells before any password is sent."""

    async def test_serial_pin_and_names(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        shown = await read_certificate(simulated.host, simulated.port)
        assert shown.serial == simulated.serial
        assert len(bytes.fromhex(shown.pin)) == 32
        assert shown.subject == f"CN={simulated.serial}"
        assert shown.issuer == "CN=Simulated printers CA"
        assert shown.not_before is not None
        assert shown.not_after is not None
        assert shown.not_before < datetime.now(UTC) < shown.not_after

    async def test_no_password_is_sent(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        await read_certificate(simulated.host, simulated.port)
        assert simulated.counts.logins == 0

    async def test_the_pin_is_the_same_after_a_restart(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        before = await read_certificate(simulated.host, simulated.port)
        await simulated.power_off()
        await simulated.power_on()
        assert await read_certificate(simulated.host, simulated.port) == before

    @pytest.mark.parametrize("host", ["[127.0.0.1]", " 127.0.0.1 "])
    async def test_hosts_as_people_type_them(self, switch_on: SwitchOn, host: str) -> None:
        simulated = await switch_on()
        assert (await read_certificate(host, simulated.port)).serial == simulated.serial

    def test_an_ipv6_address_loses_its_brackets(self) -> None:
        assert bare_host("[fe80::1]") == "fe80::1"

    def test_the_serial_is_not_in_the_text(self, authority: Authority) -> None:
        files = authority.certificate("00M00A000000008")
        assert "00M00A000000008" not in repr(certificate_of(der_of(files.chain)))


class TestCommonName:
    """Which common names are serial numbers."""

    @pytest.mark.parametrize(
        ("common_name", "serial"),
        [("00M00A000000001", "00M00A000000001"), ("00m00a000000001", "00M00A000000001"),
         ("printer.local", None), ("Printer 1", None), ("0000000", None), ("0" * 33, None)],
    )  # fmt: skip
    def test_serial(self, tmp_path: Path, common_name: str, serial: str | None) -> None:
        files = Authority.in_folder(tmp_path).certificate(common_name)
        assert certificate_of(der_of(files.chain)).serial == serial

    def test_what_is_no_certificate_still_has_a_pin(self) -> None:
        assert certificate_of(b"junk") == Certificate(None, hashlib.sha256(b"junk").hexdigest())


class TestNotAPrinter:
    """Each way of not being a printer has its reason."""

    @pytest.mark.parametrize(
        ("host", "port"), [("127.0.0.1", 1), ("127.0.0.1", 99999), ("127.0.0.1", -1)]
    )
    async def test_nobody_there(self, socket_enabled: None, host: str, port: int) -> None:
        with pytest.raises(LinkError) as error:
            await read_certificate(host, port)
        assert error.value.reason is Reason.UNREACHABLE

    async def test_nobody_there_in_time(
        self, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def never(*_: object, **__: object) -> None:
            await asyncio.Event().wait()

        # An address that swallows packets cannot be had on every machine.
        monkeypatch.setattr(asyncio, "open_connection", never)
        with pytest.raises(LinkError) as error:
            await read_certificate("127.0.0.1", 8883, timeout=0.01)
        assert error.value.reason is Reason.UNREACHABLE

    async def test_plain_text(self, serve: Serve) -> None:
        async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with pytest.raises(LinkError) as error:
            await read_certificate("127.0.0.1", await serve(talk))
        assert error.value.reason is Reason.NO_TLS

    async def test_hanging_up(self, serve: Serve) -> None:
        async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        with pytest.raises(LinkError) as error:
            await read_certificate("127.0.0.1", await serve(hang_up))
        assert error.value.reason is Reason.NO_TLS

    async def test_silence(self, serve: Serve) -> None:
        async def listen(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
            while await reader.read(1024):
                pass

        with pytest.raises(LinkError) as error:
            await read_certificate("127.0.0.1", await serve(listen), timeout=0.2)
        assert error.value.reason is Reason.NO_TLS


class TestPinning:
    """A context talks to the pinned certificate and to no other."""

    async def test_the_stranger_is_told(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        with pytest.raises(StrangerError) as error:
            await asyncio.to_thread(shake_hands, simulated.port, "00" * 32)
        assert error.value.certificate.serial == simulated.serial

    async def test_the_right_one_passes(self, switch_on: SwitchOn) -> None:
        simulated = await switch_on()
        shown = await read_certificate(simulated.host, simulated.port)
        await asyncio.to_thread(shake_hands, simulated.port, shown.pin)

    def test_building_a_context_asks_nobody(self) -> None:
        context = pinned_context(None)
        assert context.verify_mode is ssl.CERT_NONE
        assert not context.check_hostname


def shake_hands(port: int, pin: str) -> None:
    """Connect and shake hands."""
    began = time.monotonic()
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        pinned_context(pin).wrap_socket(plain),
    ):
        assert time.monotonic() - began < 10


def der_of(chain: Path) -> bytes:
    """Return the first certificate of a file."""
    end = "-----END CERTIFICATE-----\n"
    return ssl.PEM_cert_to_DER_cert(chain.read_text().split(end)[0] + end)
