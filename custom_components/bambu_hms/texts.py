"""The official texts in the owner's language: asked for once a day, kept on disk, shared by models.

The vendor's service is the only address outside the house, and only where the owner wants it. It is
told a language and the three characters of the serial number that stand for the model.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
import random
from typing import Any

from aiohttp import DummyCookieJar
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HassJob, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .hms.texts import LANGUAGES, OfficialTexts
from .hms.words import ENGLISH, Words
from .printer.feed import FeedError, NoTextsError, ask, service_url, vendor_language
from .wording import async_words

_LOGGER = logging.getLogger(__name__)

_VERSION = 1
_ASK_EVERY = timedelta(hours=24)
# Not everybody's Home Assistant should ask at the same moment.
_JITTER = timedelta(minutes=30)
_FIRST_ASK_WITHIN = timedelta(seconds=5)
_ENGLISH = "en"


@dataclass(slots=True)
class _Shelf:
    """The texts of one language and model, and when they were last asked for."""

    store: Store[dict[str, Any]]
    texts: OfficialTexts | None = None
    asked: datetime | None = None
    timer: CALLBACK_TYPE | None = None
    asking: asyncio.Task[None] | None = None
    fallback: bool = False
    """Whether it serves because the owner's language has no texts."""

    def close(self) -> None:
        """Ask no more."""
        if self.timer is not None:
            self.timer()
        if self.asking is not None:
            self.asking.cancel()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whoever wants to know of changes, and the model whose texts are wanted, if any are."""

    prefix: str | None
    on_change: CALLBACK_TYPE


class TextLibrary:
    """Words and official texts in Home Assistant's language, for all printers."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start empty."""
        self.words: Words = ENGLISH
        self._hass = hass
        # Whether the service answered when it was last asked; None before that.
        self._reachable: bool | None = None
        self._shelves: dict[tuple[str, str], _Shelf] = {}
        self._readers: dict[object, _Reader] = {}
        self._language: str | None = None
        self._unsubscribe: CALLBACK_TYPE | None = None
        # Printers come all at once when Home Assistant starts.
        self._opening = asyncio.Lock()

    def texts(self, prefix: str) -> Iterator[OfficialTexts]:
        """Yield the texts for a model, its own first, then those of other models."""
        for key in sorted(self._shelves, key=lambda key: (key[1] != prefix, key[0] == _ENGLISH)):
            if texts := self._shelves[key].texts:
                yield texts

    @property
    def versions(self) -> dict[str, int]:
        """The version of every list at hand, by language and model."""
        return {
            f"{language} {prefix}": shelf.texts.version
            for (language, prefix), shelf in sorted(self._shelves.items())
            if shelf.texts
        }

    async def async_read(self, prefix: str | None, on_change: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `on_change` when words or texts change, until what is returned is called.

        `prefix` stands for the model whose texts are wanted; None wants the words alone, and
        nothing is asked for.
        """
        reader = object()
        self._readers[reader] = _Reader(prefix, on_change)
        if self._unsubscribe is None:
            self._unsubscribe = self._hass.bus.async_listen(
                EVENT_CORE_CONFIG_UPDATE, self._on_config_update
            )
        await self._open_all()

        @callback
        def close() -> None:
            self._readers.pop(reader, None)
            self._close_unread()

        return close

    async def async_forget(self, prefix: str) -> None:
        """Delete what is kept of a model that is no longer there."""
        for language in LANGUAGES:
            await self._store(language, prefix).async_remove()

    async def _on_config_update(self, event: Event) -> None:
        """Change the language, if that is what has changed."""
        if self._hass.config.language != self._language:
            await self._open_all()
            self._tell()

    async def _open_all(self) -> None:
        """Have everything at hand that is read, and nothing else."""
        async with self._opening:
            if self._hass.config.language != self._language:
                self._language = self._hass.config.language
                for shelf in self._shelves.values():
                    shelf.fallback = False
                self.words = await async_words(self._hass, self._language)
            language = vendor_language(self._language)
            for prefix in {reader.prefix for reader in self._readers.values() if reader.prefix}:
                await self._open(language, prefix)
            self._close_unread()

    @callback
    def _close_unread(self) -> None:
        """Give up the texts that nobody reads any longer."""
        language = vendor_language(self._language or _ENGLISH)
        read = {reader.prefix for reader in self._readers.values()}
        for key, shelf in list(self._shelves.items()):
            if key[1] not in read or not (key[0] == language or shelf.fallback):
                self._shelves.pop(key).close()
        if not self._readers and self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    async def _open(self, language: str, prefix: str) -> None:
        """Read from disk what is kept, and arrange to ask for what is new."""
        if (language, prefix) in self._shelves:
            return
        shelf = _Shelf(self._store(language, prefix))
        if kept := await shelf.store.async_load():
            try:
                shelf.asked = dt_util.parse_datetime(kept["asked"], raise_on_error=True)
                if kept["texts"] is not None:
                    shelf.texts = await self._hass.async_add_executor_job(
                        OfficialTexts.from_dict, kept["texts"]
                    )
            except (KeyError, TypeError, ValueError) as err:
                _LOGGER.debug("Kept texts of another shape are asked for anew: %r", err)
        self._shelves[language, prefix] = shelf
        self._ask_later(language, prefix)

    def _store(self, language: str, prefix: str) -> Store[dict[str, Any]]:
        return Store(
            self._hass,
            _VERSION,
            f"{DOMAIN}.texts.{language}.{prefix}",
            serialize_in_event_loop=False,
        )

    @callback
    def _ask_later(self, language: str, prefix: str) -> None:
        """Ask when a day has passed since the last time."""
        shelf = self._shelves[language, prefix]
        now = dt_util.utcnow()
        wait = random.random() * _FIRST_ASK_WITHIN  # noqa: S311 -- no secret
        # A clock that was set back must not keep us from asking for years.
        if shelf.asked is not None and shelf.asked <= now:
            wait = max(shelf.asked + _ASK_EVERY - now, timedelta())
            wait += random.random() * _JITTER  # noqa: S311 -- no secret

        @callback
        def ask_now(_: datetime) -> None:
            shelf.timer = None
            shelf.asking = self._hass.async_create_background_task(
                self._ask(language, prefix, shelf), f"{DOMAIN} texts {language}"
            )

        shelf.timer = async_call_later(self._hass, wait, HassJob(ask_now, cancel_on_shutdown=True))

    async def _ask(self, language: str, prefix: str, shelf: _Shelf) -> None:
        """Ask the service once; what is held stays where it has nothing better."""
        shelf.asked = dt_util.utcnow()
        # One a question and without cookies: the vendor need not know one question from another.
        session = async_create_clientsession(
            self._hass, auto_cleanup=False, cookie_jar=DummyCookieJar()
        )
        try:
            news = await ask(
                session,
                language,
                prefix,
                shelf.texts,
                url=service_url(),
            )
        except NoTextsError:
            self._set_reachable(reachable=True)
            news = None
            if language != _ENGLISH:
                await self._open(_ENGLISH, prefix)
                self._shelves[_ENGLISH, prefix].fallback = True
        except FeedError as err:
            self._set_reachable(reachable=False, why=str(err))
            news = None
        else:
            self._set_reachable(reachable=True)
        finally:
            session.detach()
        if news is not None:
            shelf.texts = news
            self._tell()
        await shelf.store.async_save(
            {
                "asked": shelf.asked.isoformat(),
                "texts": shelf.texts.as_dict() if shelf.texts else None,
            }
        )
        shelf.asking = None
        self._ask_later(language, prefix)

    @callback
    def _set_reachable(self, *, reachable: bool, why: str = "") -> None:
        """Say once that the service is gone, and once that it is back."""
        if not reachable and self._reachable is not False:
            _LOGGER.warning("The vendor's text service gives no texts: %s", why)
        elif reachable and self._reachable is False:
            _LOGGER.info("The vendor's text service gives texts again")
        self._reachable = reachable

    @callback
    def _tell(self) -> None:
        for reader in list(self._readers.values()):
            reader.on_change()


@callback
@singleton(HassKey[TextLibrary](f"{DOMAIN}_texts"))
def text_library(hass: HomeAssistant) -> TextLibrary:
    """Return the one library of this Home Assistant."""
    return TextLibrary(hass)
