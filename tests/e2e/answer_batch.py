"""Stand in for ``vllm run-batch``: post every request of a batch file to a server, and write down what it says."""

import argparse
import json
import random
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def post(url, request):
    """Give the output line of one request, in OpenAI's format."""
    data = json.dumps(request["body"]).encode()
    call = urllib.request.Request(url + "/chat/completions", data, {"Content-Type": "application/json"})
    line = {"id": f"batch-{request['custom_id']}", "custom_id": request["custom_id"], "error": None}
    try:
        with urllib.request.urlopen(call, timeout=30) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    except OSError as error:
        return line | {"response": None, "error": {"code": "request_timeout", "message": str(error)}}
    try:
        body = json.loads(body)
    except ValueError:
        body = {"error": {"message": body.decode(errors="replace")}}
    return line | {"response": {"status_code": status, "request_id": "r", "body": body}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("-i", type=Path, required=True)
    parser.add_argument("-o", type=Path, required=True)
    parser.add_argument("--model")
    given = parser.parse_args()
    requests = [json.loads(line) for line in given.i.read_text().splitlines()]
    with ThreadPoolExecutor(8) as pool:
        lines = list(pool.map(lambda request: post(given.url, request), requests))
    random.Random(0).shuffle(lines)  # services promise no order
    given.o.write_text("".join(json.dumps(line) + "\n" for line in lines))


if __name__ == "__main__":
    main()
