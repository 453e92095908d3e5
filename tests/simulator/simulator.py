"""Several simulated printers and a text service in one process, driven over HTTP."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from .broadcasts import Broadcaster
from .certificates import Authority
from .job import IDLE, Job
from .machine import SimulatedPrinter
from .misbehaviour import Misbehaviour, behave, misbehave
from .models import AmsKind
from .texts import Mode, TextService

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterConfig:
    """What a simulated printer starts as."""

    name: str
    model: str
    serial: str
    access_code: str = field(repr=False)
    port: int = 0
    ams: tuple[AmsKind, ...] = ()
    faults: tuple[str, ...] = ()
    job: Job = IDLE
    on: bool = True

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read one from JSON."""
        kinds = tuple(AmsKind(kind) for kind in data.get("ams", ()))
        faults, job = tuple(data.get("faults", ())), IDLE.changed(data.get("job", {}))
        return cls(**data | {"ams": kinds, "faults": faults, "job": job})


class Simulator:
    """Printers by name, and the text service.

    The control interface listens on the loopback address only. All answers are JSON::

        GET  /printers                     every printer
        GET  /printers/NAME                one printer, with what it was asked
        POST /printers/NAME/raise          {"code": "0700_2000_0002_0001"}
        POST /printers/NAME/clear          {"code": "0700_2000_0002_0001"}
        POST /printers/NAME/clear_all
        POST /printers/NAME/job            {"state": "running", "tray": 3}, or one of both
        POST /printers/NAME/power          {"on": false}
        POST /printers/NAME/misbehave      {"kind": "stalled", "after": 3}: see `misbehaviour`
        POST /printers/NAME/behave         ends what lasts
        GET  /printers/NAME/history        [seconds, "raised" or "cleared", code], as it was told
        GET  /texts                        the text service: port, mode, version, what it was asked
        POST /texts                        {"mode": "slow"} or {"version": 202512010000}, or both
    """

    def __init__(
        self,
        folder: Path,
        configs: Iterable[PrinterConfig],
        *,
        control_port: int = 0,
        texts_port: int = 0,
        broadcast_port: int | None = None,
        interval: float = 1.0,
    ) -> None:
        """Prepare; certificates are kept in the folder, so that they survive a restart.

        Printers announce themselves to whoever listens at the broadcast port of this machine.
        """
        self._folder = folder
        self._configs = {config.name: config for config in configs}
        self._interval = interval
        self._runner: web.AppRunner | None = None
        self.control_port = control_port
        self.printers: dict[str, SimulatedPrinter] = {}
        self.texts = TextService(texts_port)
        self._broadcast_port = broadcast_port
        self._broadcasters: list[Broadcaster] = []

    async def start(self) -> None:
        """Start the printers that are on, the text service, then the control interface."""
        authority = Authority.in_folder(self._folder)
        for name, config in self._configs.items():
            printer = SimulatedPrinter(
                config.model,
                config.serial,
                config.access_code,
                authority,
                port=config.port,
                ams=config.ams,
                interval=self._interval,
            )
            printer.take_job(config.job)
            for code in config.faults:
                printer.raise_fault(code)
            self.printers[name] = printer
            # One that is off was on before, so that its port and certificate are known.
            await printer.power_on()
            if not config.on:
                await printer.power_off()
            if self._broadcast_port is not None:
                everybody = [("127.255.255.255", self._broadcast_port)]
                self._broadcasters.append(Broadcaster(printer, everybody, name=name))
                await self._broadcasters[-1].start()
        await self.texts.start()
        await self._start_control()

    async def stop(self) -> None:
        """Stop everything."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await self.texts.stop()
        for broadcaster in self._broadcasters:
            await broadcaster.stop()
        for printer in self.printers.values():
            await printer.power_off()

    async def __aenter__(self) -> Self:
        """Start."""
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def describe(self, name: str) -> dict[str, Any]:
        """Return what a client has to know of a printer, and what the printer was asked."""
        printer = self.printers[name]
        return {
            "name": name,
            "model": self._configs[name].model,
            "host": printer.host,
            "port": printer.port,
            "serial": printer.serial,
            "access_code": printer.access_code,
            "on": printer.is_on,
            "job": asdict(printer.job),
            "ams": [unit.kind for unit in printer.units],
            "faults": printer.faults,
            "clients": len(printer.clients),
            "counts": asdict(printer.counts),
        }

    async def _start_control(self) -> None:
        """Listen for commands."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/texts", self._show_texts),
                web.post("/texts", self._change_texts),
                web.get("/printers", self._list),
                web.get("/printers/{name}", self._show),
                web.get("/printers/{name}/history", self._show_history),
                web.post("/printers/{name}/{command}", self._command),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, _LOOPBACK, self.control_port).start()
        self.control_port = self._runner.addresses[0][1]

    async def _list(self, _: web.Request) -> web.Response:
        """Answer with every printer."""
        return web.json_response([self.describe(name) for name in self.printers])

    async def _show(self, request: web.Request) -> web.Response:
        """Answer with one printer."""
        return web.json_response(self.describe(self._name(request)))

    async def _show_history(self, request: web.Request) -> web.Response:
        """Answer with what a printer has told of its faults."""
        return web.json_response(self.printers[self._name(request)].history)

    async def _command(self, request: web.Request) -> web.Response:
        """Do something to one printer."""
        name = self._name(request)
        printer = self.printers[name]
        try:
            body = await request.json() if request.can_read_body else {}
            match request.match_info["command"], body:
                case "raise", {"code": str(code)}:
                    printer.raise_fault(code)
                case "clear", {"code": str(code)}:
                    printer.clear_fault(code)
                case "clear_all", _:
                    printer.clear_all()
                case "job", dict():
                    printer.take_job(printer.job.changed(body))
                case "power", {"on": bool(on)}:
                    await (printer.power_on() if on else printer.power_off())
                case "misbehave", {"kind": str(kind)}:
                    options = {key: value for key, value in body.items() if key != "kind"}
                    await misbehave(printer, Misbehaviour(kind), **options)
                case "behave", _:
                    await behave(printer)
                case _:
                    raise web.HTTPBadRequest(text="no such command")
        except (ValueError, TypeError) as err:
            raise web.HTTPBadRequest(text=str(err)) from err
        return web.json_response(self.describe(name))

    async def _show_texts(self, _: web.Request) -> web.Response:
        """Answer with the text service."""
        return web.json_response(self.texts.describe())

    async def _change_texts(self, request: web.Request) -> web.Response:
        """Make the text service behave otherwise."""
        try:
            match await request.json():
                case {"mode": str(mode), "version": int(version), **rest} if not rest:
                    self.texts.mode, self.texts.version = Mode(mode), version
                case {"mode": str(mode), **rest} if not rest:
                    self.texts.mode = Mode(mode)
                case {"version": int(version), **rest} if not rest:
                    self.texts.version = version
                case _:
                    raise web.HTTPBadRequest(text="no such command")
        except ValueError as err:
            raise web.HTTPBadRequest(text=str(err)) from err
        return web.json_response(self.texts.describe())

    def _name(self, request: web.Request) -> str:
        """Return the name in a request's path, if there is a printer of that name."""
        name = request.match_info["name"]
        if name not in self.printers:
            raise web.HTTPNotFound(text="no such printer")
        return name
