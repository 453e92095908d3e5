"""A real Home Assistant in a process of its own, driven through its public API.

The end-to-end tests and scripts/demo use it; it needs the environment that `scripts/setup demo`
makes, and nothing but aiohttp in the process that drives it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
import shutil
import signal
import time
from typing import Any, Self, cast

import aiohttp

from .home_socket import HomeError, HomeSocket

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "bambu_hms"
PYTHON = ROOT / ".env" / "demo" / "bin" / "python"

USER = "owner"
# Only this machine reaches it, and it holds nothing but simulated printers.
PASSWORD = "simulated"

CONFIGURATION = """\
# Made by scripts/demo. Only this machine can open it, and it is let in without a password.
homeassistant:
  name: Workshop
  time_zone: Europe/Berlin
  packages: !include_dir_named packages
  auth_providers:
    # The front end takes the first.
    - type: trusted_networks
      trusted_networks: [127.0.0.1]
      allow_bypass_login: true
    - type: homeassistant
frontend:
config:
history:
logbook:
system_health:
automation: !include automations.yaml
logger:
  default: warning
  logs:
    custom_components.bambu_hms: debug
"""

# What Home Assistant ends with when it was told to restart; whoever started it does that again.
_RESTART = 100
# How long it lets somebody in who has logged in.


class Home:
    """One Home Assistant: its folder, its process and an owner who is logged in."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        texts_port: int | None = None,
        configuration: str = CONFIGURATION,
    ) -> None:
        """Name the folder of its configuration and the loopback port that it listens on.

        `texts_port` is a simulated text service's; without one, nobody answers at all.
        """
        self.folder = folder
        # The vendor's own service and real printers are none of the tests' business. Simulated ones
        # announce themselves at the UDP port of the same number.
        self._environment = os.environ | {
            "BAMBU_HMS_TEXT_PORT": str(texts_port or 9),
            "BAMBU_HMS_DISCOVERY_PORTS": str(port),
        }
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._configuration = configuration
        self._process: asyncio.subprocess.Process | None = None
        self.starts = 0
        """How often it has started, restarts included."""
        self._session: aiohttp.ClientSession
        self._token = ""

    async def __aenter__(self) -> Self:
        """Open what the API is called with."""
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the process and close the session."""
        await self.stop()
        await self._session.close()

    # The process

    @property
    def log(self) -> str:
        """Everything that Home Assistant has printed since the folder was made."""
        path = self.folder / "printed.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The number of the process."""
        if self._process is None:
            raise HomeError("Home Assistant is not running")
        return self._process.pid

    async def start(self, wait: float = 300.0) -> None:
        """Start Home Assistant, set it up where it is new, and wait until it has started.

        The first start of an environment may take minutes: Home Assistant installs what it needs.
        """
        self._write_configuration()
        with (self.folder / "printed.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                PYTHON,
                "-m",
                "homeassistant",
                "--config",
                self.folder,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                env=self._environment,
                # Elsewhere it would find the integration of the checkout, and no other.
                cwd=self.folder,
                # Ctrl-C ends the demo, which then ends Home Assistant in its own good order.
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(wait):
                await self._wait_until(self._answers)
                await self.enter()
                await self._wait_until(self._has_started)
        except TimeoutError:
            raise HomeError(f"Home Assistant did not start in {wait:.0f} s\n{self.log}") from None
        self.starts += 1

    async def keep(self) -> None:
        """Keep it running, through its restarts, until it ends by itself."""
        while self._process is not None and await self._process.wait() == _RESTART:
            await self.start()

    async def stop(self) -> None:
        """End Home Assistant as its owner would."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """End Home Assistant as a power cut would."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.send_signal(how)
        try:
            async with asyncio.timeout(60):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._process = None

    def _write_configuration(self) -> None:
        components = self.folder / "custom_components"
        components.mkdir(parents=True, exist_ok=True)
        link = components / INTEGRATION.name
        if not link.exists():
            link.symlink_to(INTEGRATION)
        (self.folder / "configuration.yaml").write_text(self._configuration)
        automations = self.folder / "automations.yaml"
        if not automations.exists():
            automations.write_text("[]\n")
        # From `http:` in YAML, Home Assistant 2026.11 would go back to its default after 5 minutes.
        storage = self.folder / ".storage"
        storage.mkdir(exist_ok=True)
        # The version of 2026.10, which newer ones migrate.
        _store(storage / "http", 2, self._http())
        # Of what a new one asks, only who its owner is: with the rest it would add integrations
        # that ask the internet.
        if not (storage / "onboarding").exists():
            _store(storage / "onboarding", 4, {"done": ["core_config", "analytics", "integration"]})

    def _http(self) -> dict[str, Any]:
        return {
            "stable": {
                "server_host": ["127.0.0.1"],
                "server_port": self._port,
                "cors_allowed_origins": [],
                "login_attempts_threshold": -1,
                "ip_ban_enabled": False,
                "ssl_profile": "modern",
                "use_x_frame_options": True,
                "created_at": "2026-01-01T00:00:00+00:00",
                "error": None,
                "error_message": None,
            },
            "pending": None,
            "yaml_migration_done": True,
        }

    async def _wait_until(self, condition: Callable[[], Any]) -> None:
        while not await condition():
            if not self.running:
                raise HomeError(f"Home Assistant ended by itself\n{self.log}")
            await asyncio.sleep(0.2)

    async def _answers(self) -> bool:
        try:
            async with self._session.get(f"{self.url}/auth/providers") as response:
                # 403: it is there, but wants its owner to come first.
                return response.status in {200, 400, 403}
        except aiohttp.ClientError:
            return False

    async def _has_started(self) -> bool:
        config = await self.get("/api/config")
        return bool(config["state"] == "RUNNING")

    # The owner

    async def enter(self) -> None:
        """Log the owner in, and do before what a new Home Assistant asks of its owner."""
        client = f"{self.url}/"
        # Once all is done, Home Assistant forgets that it ever asked (404).
        async with self._session.get(f"{self.url}/api/onboarding") as response:
            new = response.status == 200 and not all(step["done"] for step in await response.json())
        if new:
            answer = await self._call(
                "POST",
                "/api/onboarding/users",
                {
                    "name": "Owner",
                    "username": USER,
                    "password": PASSWORD,
                    "client_id": client,
                    "language": "en",
                },
            )
            self._token = (await self._tokens(answer["auth_code"]))["access_token"]
        else:
            self._token = (await self.log_in())["access_token"]

    async def log_in(self, user: str = USER, password: str = PASSWORD) -> dict[str, Any]:
        """Log somebody in; return what a browser keeps of it, as `hassTokens` in its storage."""
        client = f"{self.url}/"
        flow = await self._call(
            "POST",
            "/auth/login_flow",
            {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": client},
        )
        answer = await self._call(
            "POST",
            f"/auth/login_flow/{flow['flow_id']}",
            {"client_id": client, "username": user, "password": password},
        )
        tokens = await self._tokens(answer["result"])
        expires = (time.time() + tokens["expires_in"]) * 1000
        return {"hassUrl": self.url, "clientId": client, "expires": expires, **tokens}

    async def _tokens(self, code: str) -> dict[str, Any]:
        """Return what there is for a code; the code is good for once."""
        async with self._session.post(
            f"{self.url}/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "client_id": f"{self.url}/",
            },
        ) as response:
            return cast(dict[str, Any], await response.json())

    # Its API

    async def _call(self, method: str, path: str, data: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._session.request(
            method, self.url + path, json=data, headers=headers
        ) as response:
            if response.status >= 400:
                raise HomeError(f"{method} {path}: {response.status} {await response.text()}")
            return await response.json()

    async def get(self, path: str) -> Any:
        """Ask the REST API."""
        return await self._call("GET", path)

    async def post(self, path: str, data: Any = None) -> Any:
        """Tell the REST API."""
        return await self._call("POST", path, {} if data is None else data)

    async def add_printer(
        self, host: str, access_code: str, name: str, *, official_texts: bool = False
    ) -> dict[str, Any]:
        """Add a printer through the flow; return the flow's last word."""
        flow = await self.post("/api/config/config_entries/flow", {"handler": "bambu_hms"})
        path = f"/api/config/config_entries/flow/{flow['flow_id']}"
        await self.post(path, {"next_step_id": "manual"})
        answer = await self.post(
            path,
            {
                "host": host,
                "access_code": access_code,
                "name": name,
                "official_texts": official_texts,
            },
        )
        return cast(dict[str, Any], answer)

    async def set_options(self, entry_id: str, **changes: Any) -> None:
        """Change the settings of a printer as its owner does; the others stay as they are."""
        path = "/api/config/config_entries/options/flow"
        flow = await self.post(path, {"handler": entry_id})
        form = await self.post(f"{path}/{flow['flow_id']}", {"next_step_id": "settings"})
        now = {
            field["name"]: field.get("description", {}).get("suggested_value", field.get("default"))
            for field in form["data_schema"]
        }
        await self.post(f"{path}/{flow['flow_id']}", now | changes)

    async def reload(self, entry_id: str) -> None:
        """Reload a printer's entry."""
        await self.post(f"/api/config/config_entries/entry/{entry_id}/reload")

    async def add_automation(self, key: str, automation: dict[str, Any]) -> None:
        """Save an automation as the editor does."""
        await self.post(f"/api/config/automation/config/{key}", automation)

    async def state(self, entity_id: str) -> dict[str, Any]:
        """Return one entity's state."""
        return cast(dict[str, Any], await self.get(f"/api/states/{entity_id}"))

    @asynccontextmanager
    async def socket(self) -> AsyncGenerator[HomeSocket]:
        """Open the WebSocket API, as the front end does."""
        async with self._session.ws_connect(f"{self.url}/api/websocket") as connection:
            socket = HomeSocket(connection)
            await socket.authenticate(self._token)
            yield socket


def _store(path: Path, version: int, data: dict[str, Any]) -> None:
    """Write what Home Assistant reads from its storage."""
    content = {"version": version, "minor_version": 1, "key": path.name, "data": data}
    path.write_text(json.dumps(content))


def forget(folder: Path) -> None:
    """Delete a Home Assistant's folder; the link in it is not followed."""
    if folder.exists():
        shutil.rmtree(folder)
