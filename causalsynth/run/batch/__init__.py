"""A run that batch files carry: requests out, answers in, a round at a time.

The files are OpenAI's batch format, which ``vllm run-batch`` and hosted batch services read. Requests and ledger are
those of `generate`, so that a run may go on with either.
"""

from causalsynth.run.batch.ingest import Ingested, ingest
from causalsynth.run.batch.prepare import Prepared, prepare
from causalsynth.run.batch.request_files import Service

__all__ = ["Ingested", "Prepared", "Service", "ingest", "prepare"]
