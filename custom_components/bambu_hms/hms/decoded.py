"""Everything that a code can say, with the texts and words that are at hand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .catalog import Catalog
from .code import FaultCode, Kind, Severity
from .location import AmsType, Module, locate
from .meaning import Topic, meaning_of
from .texts import OfficialTexts
from .words import ENGLISH, Words

type Json = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A code in words and keys; what each field means, `Location` and `Meaning` say.

    `location` is the place in words, `message` the vendor's text where `known`, else a sentence
    made from the code's structure.
    """

    kind: Kind
    code: str
    topic: Topic
    severity: Severity
    vendor_severity: Severity
    safety: bool
    internal: bool
    module: Module
    ams_type: AmsType | None
    ams: str | None
    slot: int | None
    part: str | None
    location: str
    message: str
    known: bool
    wiki_url: str
    fault: bool
    hidden: bool

    def as_dict(self) -> dict[str, Json]:
        """The fields that users see, in the order of the event data."""
        return {
            "kind": self.kind.value,
            "code": self.code,
            "topic": self.topic.value,
            "severity": self.severity.value,
            "vendor_severity": self.vendor_severity.value,
            "safety": self.safety,
            "internal": self.internal,
            "module": self.module.value,
            "ams_type": self.ams_type.value if self.ams_type else None,
            "ams": self.ams,
            "slot": self.slot,
            "part": self.part,
            "location": self.location,
            "message": self.message,
            "known": self.known,
            "wiki_url": self.wiki_url,
        }


def decode(  # noqa: PLR0913 -- each but the first two is a refinement with a default
    code: FaultCode,
    catalog: Catalog,
    *,
    family: str = "x1",
    lang: str = "en",
    ams_type: AmsType | None = None,
    official: Iterable[OfficialTexts] = (),
    words: Words = ENGLISH,
) -> Decoded:
    """Say everything about a code; total, never raises.

    `family` and `lang` choose the link (see `Catalog.wiki_url`). `ams_type` is the true type of the
    AMS unit, where the printer told it; it counts for AMS faults only. The message is the first
    there is: an official text (`official`, the best first), the embedded one, a sentence of
    `words`.
    """
    location = locate(code)
    if ams_type is not None and location.module is Module.AMS:
        location = replace(location, ams_type=ams_type)
    meaning = meaning_of(code)
    vendor = next((text for texts in official if (text := texts.find(code)) is not None), None)
    message = vendor or catalog.message(code, location)
    # The vendor leaves the texts of internal codes blank; without its list ours must do.
    internal = meaning.internal if vendor is None else message is None
    return Decoded(
        kind=code.kind,
        code=str(code),
        topic=meaning.topic,
        severity=meaning.severity,
        vendor_severity=meaning.vendor_severity,
        safety=meaning.safety,
        internal=internal,
        module=location.module,
        ams_type=location.ams_type,
        ams=location.ams,
        slot=location.slot,
        part=location.part,
        location=words.place_name(location),
        message=message or words.sentence(location, meaning.topic, meaning.severity),
        known=message is not None,
        wiki_url=catalog.wiki_url(code, family, lang),
        fault=meaning.fault,
        hidden=internal and meaning.severity is not Severity.FATAL,
    )
