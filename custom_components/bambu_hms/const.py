"""Names that more than one room uses."""

from typing import Final

DOMAIN: Final = "bambu_hms"
MANUFACTURER: Final = "Bambu Lab"

# Keys of a config entry's data, beside Home Assistant's own for host and port.
CONF_ACCESS_CODE: Final = "access_code"
CONF_SERIAL: Final = "serial"
CONF_PIN: Final = "pin"

# Keys of its options.
CONF_OFFICIAL_TEXTS: Final = "official_texts"
CONF_PROBLEM_SEVERITY: Final = "problem_severity"
CONF_SETTLE_TIME: Final = "settle_time"

# Bus events: their names and data never change once released.
EVENT_FAULT_RAISED: Final = f"{DOMAIN}_fault_raised"
EVENT_FAULT_CLEARED: Final = f"{DOMAIN}_fault_cleared"
