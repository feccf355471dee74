"""Independent readers: values read in a run's texts by something other than the loop's own extractor.

Accepted texts agree with that extractor by construction, so it can't be their judge. Each reader here gives a
`Reading`: a table on which every figure can be computed again.
"""

from causalsynth.evaluate.readers.reading import (
    Reading,
    ReadingCard,
    read_cards,
    read_readings,
    stale_readings,
    write_reading,
)

__all__ = ["Reading", "ReadingCard", "read_cards", "read_readings", "stale_readings", "write_reading"]
