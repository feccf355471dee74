"""How the simulated server is set up."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from causalsynth.errors import InputError

__all__ = ["ServerOptions"]


class ServerOptions(BaseModel):
    """What the command line says of the server itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Annotated[str, Field(min_length=1)] = "simulated"
    """The name that the model is served under."""
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """The address to listen at."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """The port; 0 takes a free one."""
    latency: Annotated[float, Field(ge=0, le=3600)] = 0.0
    """Mean seconds that a request takes once it runs; each takes from half to one and a half of it."""
    max_num_seqs: Annotated[int, Field(ge=1)] = 256
    """Requests that run at once; the others wait in line."""
    max_model_len: Annotated[int, Field(ge=16)] = 32768
    """Most tokens of prompt and answer together."""
    retry_after: Annotated[float, Field(ge=0, le=3600)] = 1.0
    """Seconds in the ``Retry-After`` header of 429, 503 and 529."""
    cache: Annotated[int, Field(ge=0)] = 0
    """Answers kept, to be given again to the same request with the same seed at next to no cost: for load tests."""
    structured_output: Literal["honour", "ignore", "refuse"] = "honour"
    """What becomes of a JSON schema in ``response_format``: older servers ignore it without a word, or refuse it."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Of latencies, and of answers to requests without a seed."""

    @classmethod
    def checked(cls, **fields: object) -> "ServerOptions":
        """Make options from what a user wrote.

        Raises
        ------
        InputError
            Names the first option that is out of range.
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            option = "--" + str(first["loc"][0]).replace("_", "-")
            message = f"{option} {first['input']}: {first['msg']}"
            raise InputError(message, hint="causalsynth simulate-server --help") from error
