"""Simulated printers: real TLS, a real MQTT broker, reports shaped like those of real printers.

They know nothing of the integration, so that what it reads out of a report is not what it put in.
"""

from .job import Job, PrintState
from .machine import Counts, SimulatedPrinter
from .models import AmsKind, AmsSpec
from .simulator import PrinterConfig, Simulator
from .texts import Mode, TextService

__all__ = [
    "AmsKind",
    "AmsSpec",
    "Counts",
    "Job",
    "Mode",
    "PrintState",
    "PrinterConfig",
    "SimulatedPrinter",
    "Simulator",
    "TextService",
]
