"""A conversation with yaml-language-server over its standard input and output, as an editor has it."""

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds to wait for an answer; a slow machine starts node slowly."""


def command() -> list[str] | None:
    """How to start the server: the one that CI put beside the virtual environment, or one on the path; none without."""
    node = shutil.which("node")
    ours = ROOT / ".venv/node/node_modules/yaml-language-server/bin/yaml-language-server"
    found = str(ours) if ours.exists() else shutil.which("yaml-language-server")
    if node is None or found is None:
        return None
    return [node, found, "--stdio"] if found == str(ours) else [found, "--stdio"]


class LanguageServer:
    """A running server with one schema for every YAML file that is opened."""

    def __init__(self, start: list[str], folder: Path, schemas: Mapping[str, str]) -> None:
        """`schemas`: the URI of each schema and the pattern of files that it is for."""
        self._process = subprocess.Popen(
            start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self._number = 0
        self._settings = {"validate": True, "completion": True, "schemas": schemas, "schemaStore": {"enable": False}}
        self._rest = b""
        able = {"workspace": {"configuration": True}}
        self.request("initialize", {"processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": able})
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": {"yaml": self._settings}})

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def diagnostics(self, uri: str, text: str) -> list[dict[str, Any]]:
        """Open a file and give what the server finds wrong."""
        self.notify(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}}
        )
        while True:
            message = self._read()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                found: list[dict[str, Any]] = message["params"]["diagnostics"]
                return found

    def completions(self, uri: str, line: int, character: int) -> set[str]:
        """The words offered at a place, counted from 0."""
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        result = self.request("textDocument/completion", place)
        items = result["items"] if isinstance(result, dict) else result
        return {str(item["label"]) for item in items or ()}

    def request(self, method: str, params: dict[str, Any]) -> Any:
        """Ask, and wait for the answer."""
        self._number += 1
        own = self._number
        self._write({"id": own, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == own and "method" not in message:
                assert "error" not in message, message
                return message.get("result")

    def notify(self, method: str, params: dict[str, Any]) -> None:
        """Tell, without an answer."""
        self._write({"method": method, "params": params})

    def _write(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """The next message; what the server asks for itself is answered on the way."""
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
        while len(self._rest) < length:
            self._more()
        message: dict[str, Any] = json.loads(self._rest[:length])
        self._rest = self._rest[length:]
        if "method" in message and "id" in message:
            wanted = (
                message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else []
            )
            answer = [self._settings if item.get("section") == "yaml" else {} for item in wanted]
            self._write({"id": message["id"], "result": answer or None})
        return message

    def _more(self) -> None:
        assert self._process.stdout is not None
        until = time.monotonic() + PATIENCE
        ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))
        assert ready, "the language server says nothing"
        chunk = os.read(self._process.stdout.fileno(), 65536)
        assert chunk, "the language server has ended"
        self._rest += chunk
