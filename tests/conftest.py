"""What all tests share."""

import gc
import os

# Tests run side by side already. OpenBLAS's own threads wait for each other by spinning, which on a busy machine made
# matrices of a thousand rows take fifteen times the CPU time. It reads this as numpy is imported, here and in processes
# that tests start.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

# Compiled lexicons hold millions of objects, and tests come and go: as often as by default, the collector would take a
# fifth of the time of all tests, and find next to nothing. Below what causalsynth/run/collector.py sets, so that runs
# in tests go through it.
gc.set_threshold(10_000, 20, 50)
