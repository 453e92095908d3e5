"""The MQTT broker inside a simulated printer: amqtt, with a printer's rules."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
import logging
from typing import Any, Final, Protocol, override

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.mqtt.publish import PublishPacket
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin

# What clients do wrong is what the simulator is for.
logging.getLogger("amqtt").setLevel(logging.CRITICAL + 1)
logging.getLogger("transitions").setLevel(logging.WARNING)

_LISTENER: Final = "default"


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


@dataclass(slots=True)
class Counts:
    """What a printer has been asked since it exists."""

    logins: int = 0
    """Access codes that were sent, right and wrong ones."""
    refused: int = 0
    connects: int = 0
    dropped: int = 0
    versions: int = 0
    pushalls: int = 0
    subscriptions: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """Whatever else was published."""


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


class _Subscriptions(dict[str, Any]):
    """Who listens to what."""

    @override
    def items(self) -> Any:
        """Return them as they are now.

        amqtt waits while it goes through them, and stops delivering for good when a client comes or
        goes meanwhile.
        """
        return [(topic, list(sessions)) for topic, sessions in super().items()]


class PrinterBroker:
    """A broker that serves the connections it is given."""

    def __init__(self, rules: Rules) -> None:
        """Prepare to serve."""
        self._broker = Broker(
            {
                "listeners": {_LISTENER: {"type": "external"}},
                "plugins": {f"{__name__}.Gate": {"rules": rules, "drop": self._drop}},
            }
        )
        self._broker._subscriptions = _Subscriptions()

    async def start(self) -> None:
        """Be ready for connections."""
        await self._broker.start()

    async def stop(self) -> None:
        """Be gone at once; the connections must be broken already."""
        await self._broker.shutdown()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak MQTT on a connection until it ends; that a client breaks off is nothing special."""
        with suppress(OSError):
            await self._broker.external_connected(
                StreamReaderAdapter(reader), StreamWriterAdapter(writer), listener_name=_LISTENER
            )

    async def publish(self, topic: str, payload: bytes) -> None:
        """Send to whoever has subscribed."""
        await self._broker.internal_message_broadcast(topic, payload, 0)

    def hears(self, topic: str) -> bool:
        """Return whether anybody is there who has subscribed."""
        subscribed = self._broker.subscriptions.get(topic, ())
        return any(session.transitions.state == "connected" for session, _ in subscribed)

    def _drop(self, client_id: str) -> None:
        """Break the connection of one client."""
        _, handler = self._broker.sessions.get(client_id, (None, None))
        if handler is not None:
            with suppress(OSError):
                handler.writer._writer.transport.abort()


def packet_of(topic: str, payload: bytes) -> bytes:
    """Return the bytes of the packet that a message is sent in."""
    packet: bytes = PublishPacket.build(topic, payload, None, False, 0, False).to_bytes()
    return packet
