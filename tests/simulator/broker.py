"""The MQTT broker inside a simulated printer: amqtt, with a printer's rules."""

from contextlib import suppress
from dataclasses import dataclass
import logging
from typing import Any, Protocol

from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin

from .certificates import CertificateFiles

# What clients do wrong is what the simulator is for.
logging.getLogger("amqtt").setLevel(logging.CRITICAL + 1)
logging.getLogger("transitions").setLevel(logging.WARNING)


class Rules(Protocol):
    """What a printer does when clients do something."""

    def admits(self, user: str | None, password: str | None) -> bool:
        """Return whether a client may connect."""

    def came(self, client_id: str) -> None:
        """Hear that a client has connected."""

    def went(self, client_id: str) -> None:
        """Hear that a client has gone."""

    def keeps(self, topic: str) -> bool:
        """Return whether a client that subscribes to this topic stays connected."""

    async def heard(self, topic: str, payload: bytes) -> None:
        """Answer what a client has published."""


class Gate(BaseAuthPlugin, BaseTopicPlugin):  # type: ignore[misc] # amqtt has no types for mypy
    """amqtt's way to ask for a printer's rules."""

    @dataclass
    class Config:
        """What the plugin is given."""

        rules: Any
        drop: Any

    config: Config

    async def authenticate(self, *, session: Any) -> bool:
        """Check user and access code."""
        # amqtt does nothing when the time is over, but its timer outlives the connection.
        session.keep_alive = 0
        return self._rules.admits(session.username, session.password)

    async def topic_filtering(self, *, session: Any, topic: str, action: Action) -> bool:
        """Deliver reports; what clients publish is for the printer alone."""
        if action == Action.SUBSCRIBE and not self._rules.keeps(topic):
            self.config.drop(session.client_id)
        return bool(action != Action.PUBLISH)

    async def on_broker_client_connected(self, *, client_id: str, client_session: Any) -> None:
        """Tell the printer."""
        self._rules.came(client_id)

    async def on_broker_client_disconnected(self, *, client_id: str, client_session: Any) -> None:
        """Tell the printer."""
        self._rules.went(client_id)

    async def on_broker_message_received(self, *, client_id: str, message: Any) -> None:
        """Tell the printer."""
        if message is not None:
            await self._rules.heard(message.topic, bytes(message.data))

    @property
    def _rules(self) -> Rules:
        """The printer's rules."""
        rules: Rules = self.config.rules
        return rules


class _Broker(Broker):  # type: ignore[misc] # as above
    """A broker that takes it lightly when a client breaks off."""

    async def stream_connected(self, *connection: Any, listener_name: str) -> None:
        """Serve one connection."""
        with suppress(OSError):
            await super().stream_connected(*connection, listener_name=listener_name)


class PrinterBroker:
    """A broker that listens on one port with TLS."""

    def __init__(self, rules: Rules, host: str, port: int, files: CertificateFiles) -> None:
        """Prepare to listen; port 0 takes any that is free."""
        self._broker = _Broker(
            {
                "listeners": {
                    "default": {
                        "type": "tcp",
                        "bind": f"{host}:{port}",
                        "ssl": True,
                        "certfile": str(files.chain),
                        "keyfile": str(files.key),
                    }
                },
                "plugins": {f"{__name__}.Gate": {"rules": rules, "drop": self._drop}},
            }
        )

    @property
    def port(self) -> int:
        """The port that is listened on."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def start(self) -> None:
        """Listen."""
        await self._broker.start()

    async def stop(self) -> None:
        """Be gone at once, as when the power is cut: no goodbye to anyone."""
        self._server.close()
        self._server.abort_clients()
        await self._broker.shutdown()

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send to whoever has subscribed."""
        await self._broker.internal_message_broadcast(topic, payload, 0)

    def cut(self) -> None:
        """Break every connection, but go on listening."""
        self._server.abort_clients()

    @property
    def _server(self) -> Any:
        """The server inside."""
        return self._broker._servers["default"].instance

    def _drop(self, client_id: str) -> None:
        """Break the connection of one client."""
        _, handler = self._broker.sessions.get(client_id, (None, None))
        if handler is not None:
            with suppress(OSError):
                handler.writer._writer.transport.abort()
