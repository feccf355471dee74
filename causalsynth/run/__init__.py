"""Many loops at once: configuration, ledger, workers, progress, results."""
