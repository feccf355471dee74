"""What all tests share."""

import gc

# Compiled lexicons hold millions of objects, and tests come and go: as often as by default, the collector would take a
# fifth of the time of all tests, and find next to nothing.
gc.set_threshold(50_000, 20, 50)
