"""What was measured, beside its yardstick, and how both are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import Any, Final

TIMES: Final = "\N{MULTIPLICATION SIGN}"


class By(Enum):
    """What is held against an aim."""

    RATIO = "ratio"
    """How many times the yardstick."""
    EXCESS = "excess"
    """How much more than the yardstick."""
    VALUE = "value"
    """The figure itself; its yardstick is there to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a figure should be at most."""

    limit: float
    by: By = By.VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table: medians of several rounds."""

    what: str
    unit: str
    rounds: tuple[float, ...]
    yardstick: str
    """What the yardstick is, in words."""
    yard: tuple[float, ...]
    """The yardstick in the same rounds, in the same unit."""
    aim: Aim | None = None
    by: By = By.RATIO
    """How it is compared where there is no aim."""
    remark: str = ""

    @property
    def value(self) -> float:
        """The median of what was measured."""
        return median(self.rounds)

    @property
    def yard_value(self) -> float | None:
        """The median of the yardstick."""
        return median(self.yard) if self.yard else None

    @property
    def compared(self) -> float | None:
        """What is held against the aim, or what a reader would like to compare."""
        by = self.aim.by if self.aim else self.by
        if by is By.VALUE:
            return self.value
        pairs = list(zip(self.rounds, self.yard, strict=False))
        if not pairs:
            return None
        if by is By.EXCESS:
            return median(value - yard for value, yard in pairs)
        return median(value / yard for value, yard in pairs if yard) if any(self.yard) else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        if self.aim is None or self.compared is None:
            return None
        return self.compared <= self.aim.limit

    def row(self) -> tuple[str, ...]:
        """Return the cells of the table."""
        by = self.aim.by if self.aim else self.by
        unit = TIMES if by is By.RATIO else self.unit
        sign = "+" if by is By.EXCESS else ""
        compared = "" if by is By.VALUE else _with_unit(self.compared, unit, sign)
        aim = "" if self.aim is None else f"≤ {sign}{self.aim.limit:g} {unit}".rstrip()
        met = {True: "met", False: "MISSED", None: ""}[self.met]
        yard = _with_unit(self.yard_value, self.unit)
        return (
            self.what,
            _with_unit(self.value, self.unit),
            f"{self.yardstick}: {yard}" if yard else self.yardstick,
            compared,
            aim,
            met,
            self.remark,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "what": self.what,
            "unit": self.unit,
            "value": self.value,
            "rounds": list(self.rounds),
            "yardstick": self.yardstick,
            "yardstick_value": self.yard_value,
            "yardstick_rounds": list(self.yard),
            "compared": self.compared,
            "compared_by": (self.aim.by if self.aim else self.by).value,
            "aim": self.aim.limit if self.aim else None,
            "met": self.met,
            "remark": self.remark,
        }


_HEAD = ("What", "Measured", "Yardstick, same run", "Compared", "Aim", "", "Remark")


def as_text(figures: Iterable[Figure]) -> str:
    """Return the table for a terminal."""
    rows = [_HEAD, *(figure.row() for figure in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def as_markdown(figures: Iterable[Figure]) -> str:
    """Return the table for the README."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(figure.row() for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _with_unit(value: float | None, unit: str, sign: str = "") -> str:
    """Return a number with as many digits as anybody wants to read."""
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    number = f"{value:{sign},.{digits}f}"
    return f"{number} {unit}".rstrip()
