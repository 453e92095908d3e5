"""Reads the messages of one printer, most of which say what the one before has said.

A printer reports every second, and hardly ever anything else than temperatures has changed.
So what we read in a status is compared with the last one before anything is made of it, and a
part of a status in which none of our words stands is not even read. `scripts/bench reports`
shows what that saves.
"""

from typing import Any, Final

from .report import Message, Report, Unreadable, document_of, message_of

SAYS_NOTHING: Final = Report()
"""What a part of a status says that has nothing of faults, AMS units and the print in it."""

# How such a part begins and ends where it is written without spaces, as by the printers that send
# parts. One that was cut off does not end like that.
_BEGINNING: Final = b'{"print"'
_END: Final = b"}}"
_STATUS: Final = b'"push_status"'
OUR_WORDS: Final = (b'ms"', b"err", b"gcode_state")
"""What is in `hms` and `ams`, in `print_error`, `err` and `err2`, and in `gcode_state`."""
# A word may be written with an escape in it.
_ESCAPE: Final = b"\\"

# In the place of a field that is not there.
_ABSENT: Final = object()


class Reader:
    """Reads the messages of one printer, and returns the same report for the same words."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._said: tuple[object, ...] | None = None
        self._report: Report | None = None

    def read(self, payload: bytes) -> Message | None:
        """Read one message as `report.parse` does. Never raises."""
        if _says_nothing(payload):
            return SAYS_NOTHING
        document = document_of(payload)
        if isinstance(document, Unreadable):
            return document
        try:
            said = _said(document["print"])
            if said == self._said:
                return self._report
        except KeyError, TypeError, AttributeError, RecursionError:
            # Another kind of message, or something is not as it should be.
            return message_of(document)
        message = message_of(document)
        if isinstance(message, Report) and not message.skipped:
            self._said, self._report = said, message
        return message


def _says_nothing(payload: bytes) -> bool:
    """Whether this is a status in which nothing stands that we would read."""
    hms_and_ams, errors, state = OUR_WORDS
    return (
        payload.startswith(_BEGINNING)
        and payload.endswith(_END)
        and hms_and_ams not in payload
        and errors not in payload
        and state not in payload
        and _ESCAPE not in payload
        # It stands at the end.
        and payload.rfind(_STATUS) > 0
    )


def _said(status: dict[str, Any]) -> tuple[object, ...]:
    """Return all of a status that a report is made of, as it stands there.

    Raises `KeyError`, `TypeError` or `AttributeError` where AMS units are not as usual.
    """
    get = status.get
    ams = get("ams")
    return (
        get("command", _ABSENT),
        get("msg", _ABSENT),
        get("hms", _ABSENT),
        get("print_error", _ABSENT),
        get("err", _ABSENT),
        get("err2", _ABSENT),
        get("gcode_state"),
        None
        if ams is None
        else (
            ams.get("tray_now"),
            [
                (unit["id"], unit.get("info"), [tray["id"] for tray in unit["tray"]])
                for unit in ams["ams"]
            ],
        ),
    )
