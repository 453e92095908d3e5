"""A simulated printer for each test that wants one."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest

from custom_components.bambu_hms.printer.identity import read_certificate
from custom_components.bambu_hms.printer.link import Printer
from tests.simulator import AmsKind, SimulatedPrinter
from tests.simulator.certificates import Authority

SERIALS = {
    "X1C": "00M00A000000001",
    "P1S": "01P00A000000001",
    "A1 mini": "03000A000000001",
    "H2D": "09400A000000001",
}
ACCESS_CODE = "12345678"

type SwitchOn = Callable[..., Awaitable[SimulatedPrinter]]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Issue the certificates of all simulated printers."""
    folder: Path = tmp_path_factory.mktemp("certificates")
    return Authority.in_folder(folder)


@pytest.fixture
async def switch_on(socket_enabled: None, authority: Authority) -> AsyncGenerator[SwitchOn]:
    """Switch on a simulated printer of some model; all are switched off after the test."""
    printers: list[SimulatedPrinter] = []

    async def switch_on(
        model: str = "X1C",
        *,
        ams: tuple[AmsKind, ...] = (),
        interval: float = 0.1,
        number: int | None = None,
    ) -> SimulatedPrinter:
        # Several of one model are told apart by the end of their serial numbers.
        serial = SERIALS[model] if number is None else f"{SERIALS[model][:-1]}{number}"
        printer = SimulatedPrinter(
            model, serial, ACCESS_CODE, authority, ams=ams, interval=interval
        )
        printers.append(printer)
        await printer.power_on()
        return printer

    yield switch_on
    for printer in printers:
        await printer.power_off()


def address(simulated: SimulatedPrinter, **changes: object) -> Printer:
    """Return the address of a simulated printer, or one with something else in it."""
    given: dict[str, object] = {
        "host": simulated.host,
        "port": simulated.port,
        "serial": simulated.serial,
        "access_code": simulated.access_code,
    }
    return Printer(**given | changes)  # type: ignore[arg-type] # tests change any field


async def pin_of(simulated: SimulatedPrinter) -> str:
    """Return the pin of the certificate that a simulated printer shows."""
    return (await read_certificate(simulated.host, simulated.port)).pin
