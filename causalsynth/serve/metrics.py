"""What ``/metrics`` of the simulated server shows, under the names that vLLM uses."""

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["ServerMetrics"]


@dataclass(slots=True)
class ServerMetrics:
    """Counters and gauges of one server.

    Attributes
    ----------
    model
        Value of the label ``model_name``.
    running, waiting
        Requests that are being answered, and that wait for a place.
    prompt_tokens, generation_tokens
        Sums over all requests answered.
    finished
        Completions by finish reason.
    """

    model: str
    running: int = 0
    waiting: int = 0
    prompt_tokens: int = 0
    generation_tokens: int = 0
    finished: Counter[str] = field(default_factory=lambda: Counter({"stop": 0, "length": 0, "abort": 0}))

    def render(self) -> str:
        """Write the Prometheus text exposition format, version 0.0.4."""
        label = f'engine="0",model_name="{_escaped(self.model)}"'
        lines: list[str] = []
        for name, kind, text, value in (
            ("num_requests_running", "gauge", "Requests being answered.", self.running),
            ("num_requests_waiting", "gauge", "Requests waiting for a place.", self.waiting),
            ("prompt_tokens_total", "counter", "Prompt tokens processed.", self.prompt_tokens),
            ("generation_tokens_total", "counter", "Tokens generated.", self.generation_tokens),
        ):
            lines += [*_head(name, kind, text), f"vllm:{name}{{{label}}} {float(value)}"]
        lines += _head("request_success_total", "counter", "Completions finished, by reason.")
        for reason, count in sorted(self.finished.items()):
            labels = f'{label},finished_reason="{_escaped(reason)}"'
            lines.append(f"vllm:request_success_total{{{labels}}} {float(count)}")
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP vllm:{name} {text}", f"# TYPE vllm:{name} {kind}"]


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
