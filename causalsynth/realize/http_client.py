"""One server's connections, over aiohttp: what is sent with every request, and what each failure means.

aiohttp is used by itself: a layer above that builds a request and an answer from models costs several times the
processor time of sending and reading them, which shows where hundreds of requests are under way. It is imported when a
client is opened.
"""

import errno
import json
import os
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from causalsynth._version import __version__
from causalsynth.errors import CausalSynthError, InputError, OverloadedError, ServerError, TransientError
from causalsynth.realize.chat_wire import unreadable
from causalsynth.realize.transport import UnreachableError, error_of_status, retry_after

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Answer", "HttpClient", "proxy_for", "standing_headers"]

_LONGEST_BODY = 64 * 2**20
"""Bytes, after decompression. A thousand times a long document: more is no answer, and would fill the memory."""
_KEEPALIVE_S = 4.0
"""Below the five seconds after which uvicorn, and so vLLM, closes an idle connection: else a request may be sent into
a connection that is just being closed."""
_ACCOUNT = {"OPENAI_ORG_ID": "OpenAI-Organization", "OPENAI_PROJECT_ID": "OpenAI-Project"}
_LONGEST_NAME, _LONGEST_REASON = 60, 200
_TOO_MANY_FILES = (errno.EMFILE, errno.ENFILE)
_LOOK_INTO_LOG = "the server's own log says more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered, whatever its status.

    Attributes
    ----------
    status
        Of the last page, redirections left behind.
    headers
        Names in any case.
    body
        Decompressed.
    turned_into_get
        Where a redirection (301, 302, 303) led that made a GET of a POST, as HTTP clients do; empty where none did.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    turned_into_get: str = ""

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.body.decode(errors="replace")

    def checked(self) -> bytes:
        """Give the body of an answer that is none of an error.

        Raises
        ------
        OverloadedError, TransientError, RejectedError, ServerError
            What the status stands for, with the server's own words.
        """
        if self.turned_into_get:
            raise ServerError(
                f"the server sends requests on to {self.turned_into_get}", hint="give the base URL at that address"
            )
        if self.status >= 300:
            raise error_of_status(self.status, self._complaint(), retry_after(self.headers))
        return self.body

    def json(self) -> object:
        """Parse the body of an answer that is none of an error, whatever it is said to be.

        Raises
        ------
        TransientError
            It is not JSON.
        CausalSynthError
            As `checked`.
        """
        try:
            return json.loads(self.checked())
        except (ValueError, RecursionError) as error:
            kind = self.headers.get("content-type", "something else")[:_LONGEST_NAME]
            raise unreadable(f"not JSON but {kind}") from error

    def _complaint(self) -> str:
        """Give the server's reason, by which of the usual names it goes, and the request's number in its log."""
        reason = _reason(self.body) or self.text
        number = self.headers.get("x-request-id")
        return f"{_shortened(reason)} (request {number[:_LONGEST_NAME]})" if number else reason


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"


def _reason(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "detail"):
        if isinstance(said, dict) and said.get(name):
            said = said[name]
    return said if isinstance(said, str) else json.dumps(said)


class HttpClient:
    """Connections to one server, on one event loop; as many at once as there are requests.

    Parameters
    ----------
    url
        Base URL; a user and password in it take the place of the key.
    api_key
        Sent as a bearer token; ``OPENAI_API_KEY`` or ``"EMPTY"`` where not given.
    timeout_s
        For one request, from connecting to the answer's last byte.
    headers
        Further ones of every request; they take the place of the usual ones.

    Raises
    ------
    InputError
        A header can't be sent.
    """

    def __init__(self, url: str, api_key: str | None, timeout_s: float, headers: Mapping[str, str]) -> None:
        import aiohttp

        self._timeout_s = timeout_s
        # Not aiohttp's own context, which is made when it is imported: SSL_CERT_FILE may be set later.
        trust = ssl.create_default_context() if url.startswith("https:") else True
        # Whoever sends so many at once says how many; cookies could tie all of them to one of several replicas.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S, ssl=trust),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=standing_headers(urlsplit(url), api_key, headers),
            proxy=proxy_for(url),
        )

    async def post(self, url: str, body: bytes) -> Answer:
        """Send JSON.

        Raises
        ------
        UnreachableError, TransientError, OverloadedError
            No connection, a broken one, none of it in time.
        ServerError
            The server's certificate isn't trusted.
        """
        return await self._request("POST", url, body, self._timeout_s)

    async def get(self, url: str, timeout_s: float) -> Answer:
        """Fetch a page within `timeout_s` seconds; otherwise as `post`."""
        return await self._request("GET", url, None, timeout_s)

    async def _request(self, method: str, url: str, body: bytes | None, timeout_s: float) -> Answer:
        import aiohttp

        limit = aiohttp.ClientTimeout(total=timeout_s)
        try:
            async with self._session.request(method, _without_user(url), data=body, timeout=limit) as response:
                return Answer(
                    status=response.status,
                    headers=response.headers,
                    body=await _body(response),
                    turned_into_get=str(response.url) if response.method != method else "",
                )
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise _translated(error, timeout_s) from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()


async def _body(response: "aiohttp.ClientResponse") -> bytes:
    """Read the body, and no more than a body can have."""
    chunks, size = [], 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        size += len(chunk)
        if size > _LONGEST_BODY:
            response.close()
            raise unreadable(f"more than {_LONGEST_BODY >> 20} MiB")
    return b"".join(chunks)


def _translated(error: "aiohttp.ClientError | OSError", timeout_s: float) -> CausalSynthError:
    """Give the error that an exception of aiohttp's stands for."""
    import aiohttp

    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, TimeoutError):
        return OverloadedError(f"no answer within {timeout_s:g} s", hint="send less at once, or allow more time")
    if isinstance(error, OSError) and error.errno in _TOO_MANY_FILES:
        return OverloadedError(
            f"no connection ({error.strerror})", hint="lower --concurrency, or allow more open files: ulimit -n"
        )
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return ServerError(
            f"the server's certificate isn't trusted ({error.certificate_error})",
            hint="set SSL_CERT_FILE to a file with its authority's certificate",
        )
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return UnreachableError(f"the proxy lets nothing through ({reason})", hint="see HTTP_PROXY and NO_PROXY")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL):
        return UnreachableError(f"no connection ({reason})", hint="is the server running?")
    if isinstance(error, aiohttp.TooManyRedirects):
        return ServerError("the server sends requests on in a circle", hint="check the base URL")
    return TransientError(f"the connection broke ({reason})", hint=_LOOK_INTO_LOG)


def standing_headers(url: SplitResult, api_key: str | None, own: Mapping[str, str]) -> dict[str, str]:
    """Give the headers of every request.

    Parameters
    ----------
    url
        Base URL, maybe with user and password.
    api_key
        Key; None: the environment's.
    own
        The user's, which come before all others.

    Raises
    ------
    InputError
        A name or value can't be sent.
    """
    key = (api_key or os.environ.get("OPENAI_API_KEY") or "EMPTY").strip()
    authorization = f"Bearer {key}"
    if url.username is not None:
        pair = f"{unquote(url.username)}:{unquote(url.password or '')}"
        authorization = f"Basic {b64encode(pair.encode()).decode()}"
    usual = {
        "Authorization": authorization,
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": f"causalsynth/{__version__}",
        **{header: value for name, header in _ACCOUNT.items() if (value := os.environ.get(name))},
    }
    taken = {name.lower() for name in own}
    headers = {name: value for name, value in usual.items() if name.lower() not in taken} | dict(own)
    for name, value in headers.items():
        if not (name.isascii() and (name + value).isprintable()):
            shown = "the key" if name == "Authorization" else f"header {name!r}"
            raise InputError(f"{shown} has a character that can't be sent", hint="are there line breaks in it?")
    return headers


def proxy_for(url: str) -> str | None:
    """Give the proxy that ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` name for a server.

    Once a client, and not by aiohttp's ``trust_env``, which looks it up for every request in a thread.

    Raises
    ------
    InputError
        It is none that HTTP can go through.
    """
    parts = urlsplit(url)
    if proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise InputError(f"proxy {proxy}: only HTTP proxies are known here", hint="set NO_PROXY for this server")
    return proxy


def _without_user(url: str) -> str:
    """Leave out user and password, which are sent as a header."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if parts.username is not None else url
