"""Says everything about codes, one JSON object a line; scripts/decode starts it."""

from collections.abc import Iterable, Iterator
import json
import os
from pathlib import Path
import sys
from types import ModuleType
from typing import BinaryIO

ROOT = Path(__file__).resolve().parents[1]
INTEGRATION = "custom_components.bambu_hms"

# The integration's own __init__ imports Home Assistant, which this script does without: an empty
# package in its place lets the modules of hms/ be imported as they are.
sys.path.insert(0, str(ROOT))
_package = ModuleType(INTEGRATION)
_package.__path__ = [str(ROOT / INTEGRATION.replace(".", "/"))]
sys.modules[INTEGRATION] = _package

from custom_components.bambu_hms.hms.catalog import Catalog  # noqa: E402 -- after the above
from custom_components.bambu_hms.hms.code import parse  # noqa: E402
from custom_components.bambu_hms.hms.decoded import Json, decode  # noqa: E402

# Longer than any way of writing a code; what is beyond it is not even kept.
_LONGEST_LINE = 4096
_LONGEST_ECHO = 200


def lines(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream of any bytes, blank ones left out, too long ones cut off."""
    while line := stream.readline(_LONGEST_LINE):
        rest = line
        while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(_LONGEST_LINE)
        text = line.decode("utf-8", "replace").strip()
        if text:
            yield text


def answer(text: str, catalog: Catalog) -> tuple[dict[str, Json], bool]:
    """What there is to say of a text, and whether it is a code."""
    try:
        code = parse(text)
    except ValueError as err:
        return {"input": text[:_LONGEST_ECHO], "error": str(err)}, False
    return decode(code, catalog).as_dict(), True


def decode_all(texts: Iterable[str]) -> int:
    """Print an answer to each text; the exit status."""
    catalog = Catalog.load()
    status = 0
    for text in texts:
        said, is_code = answer(text, catalog)
        # ASCII only: what is put out does not depend on the terminal's encoding.
        sys.stdout.write(json.dumps(said) + "\n")
        if not is_code:
            status = 1
    sys.stdout.flush()
    return status


def main(arguments: list[str]) -> int:
    """Decode the arguments or, without any, the standard input."""
    if arguments in (["-h"], ["--help"]):
        sys.stdout.write(
            "usage: scripts/decode CODE...\n"
            "       scripts/decode <FILE    one code a line\n"
            "Codes in any form: HMS_0700_2000_0002_0001, 0700-2000-0002-0001, 0700-8011 or, in\n"
            "decimal, ATTR:CODE. Prints one JSON object a line.\n"
        )
        return 0
    try:
        return decode_all(arguments or lines(sys.stdin.buffer))
    except BrokenPipeError:
        # The reader has seen enough. Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
