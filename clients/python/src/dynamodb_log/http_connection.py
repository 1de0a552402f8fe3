"""HTTP/1.1 requests over one kept-alive connection, with TLS for https URLs.

http.client would cost several times what a call of DynamoDB costs otherwise
(docs/adr/0042-light-transport.md), so this reads the socket itself: an answer with a length, or in
chunks.

Limits: 64 KB of a head, 64 MB of a body (DynamoDB's answers hold 16 MB at most, which JSON and base64
make longer), 10 s without a byte, 60 s for an answer.

Thread safety: one thread at a time.
"""

from __future__ import annotations

import os
import re
import select
import socket
import time
from typing import TYPE_CHECKING, Any, Optional, Tuple
from urllib.parse import SplitResult

if TYPE_CHECKING:
    import ssl

SILENCE_SECONDS = 10.0
ANSWER_SECONDS = 60.0
MOST_HEAD_BYTES = 64 << 10
MOST_BODY_BYTES = 64 << 20
MAY_BE_CLOSED_AFTER = 1.0  # seconds without a request: a server may have closed the connection

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*(?:\r\n|$)")
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*(?:\r\n|$)")
CLOSE = re.compile(rb"\r\nconnection:[^\r\n]*\bclose\b")
STATUS = re.compile(rb"http/1\.([01]) ([2-5]\d\d)(?: |\r\n|$)")


class BrokenAnswer(ConnectionError):
    """What came is no answer of HTTP/1.1, or is too long, or took too long."""


class HttpConnection:
    def __init__(self, url: SplitResult, tls: Optional["ssl.SSLContext"]) -> None:
        """`tls`: for an https URL. Connects at the first request."""
        self._address = (url.hostname or "", url.port or (443 if tls else 80))
        self._tls = tls
        self._socket: Any = None
        self._received = b""  # that was not read yet
        self._deadline = 0.0
        self._last_use = 0.0
        self._process = 0  # which has connected

    def request(self, head: bytes, body: bytes) -> Tuple[int, bytes]:
        """Sends a request whose head lacks only its length. Returns the status and the body. Raises
        OSError; the next request then begins with a new connection."""
        now = time.monotonic()
        self._deadline = now + ANSWER_SECONDS
        try:
            if self._socket and not self._is_usable(now):
                self.close()
            if not self._socket:
                self._connect()
            self._socket.sendall(b"%scontent-length: %d\r\n\r\n%s" % (head, len(body), body))
            answer = self._answer()
        except BaseException:
            self.close()
            raise
        self._last_use = now
        return answer

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None
        self._received = b""

    def _connect(self) -> None:
        plain = socket.create_connection(self._address, timeout=SILENCE_SECONDS)
        self._socket = plain
        self._process = os.getpid()
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls:
            self._socket = self._tls.wrap_socket(plain, server_hostname=self._address[0])

    def _is_usable(self, now: float) -> bool:
        if self._process != os.getpid():  # after a fork: the parent would read this process's answers
            return False
        return now - self._last_use <= MAY_BE_CLOSED_AFTER or not self._is_closed()

    def _is_closed(self) -> bool:
        """Nothing may come between two answers, so whatever is there to read is the end."""
        if not hasattr(select, "poll"):  # Windows
            return bool(select.select([self._socket], [], [], 0)[0])
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def _answer(self) -> Tuple[int, bytes]:
        received = self._more()
        while (end := received.find(b"\r\n\r\n")) < 0:
            if len(received) > MOST_HEAD_BYTES:
                raise BrokenAnswer("the head of the answer is too long")
            received += self._more()
        head = received[:end].lower()
        self._received = received[end + 4 :]
        status = STATUS.match(head)
        if not status:
            raise BrokenAnswer("the answer is not HTTP/1.1")
        length = CONTENT_LENGTH.search(head)
        if length and b"\r\ntransfer-encoding:" not in head:
            body = self._take(int(length[1]))
        elif CHUNKED.search(head):
            body = self._chunks()
        else:
            raise BrokenAnswer("the answer has no length")
        if self._received:
            raise BrokenAnswer("more than one answer came")
        if status[1] == b"0" or CLOSE.search(head):
            self.close()
        return int(status[2]), body

    def _take(self, length: int) -> bytes:
        """So many bytes."""
        if length > MOST_BODY_BYTES:
            raise BrokenAnswer(f"the answer has {length} bytes; at most {MOST_BODY_BYTES} are read")
        have = len(self._received)
        if have < length:
            pieces = [self._received]
            while have < length:
                pieces.append(self._more())
                have += len(pieces[-1])
            self._received = b"".join(pieces)
        taken, self._received = self._received[:length], self._received[length:]
        return taken

    def _line(self) -> bytes:
        while (end := self._received.find(b"\r\n")) < 0:
            if len(self._received) > MOST_HEAD_BYTES:
                raise BrokenAnswer("a line of the answer is too long")
            self._received += self._more()
        line, self._received = self._received[:end], self._received[end + 2 :]
        return line

    def _chunks(self) -> bytes:
        pieces, have = [], 0
        while size := self._chunk_size():
            have += size
            if have > MOST_BODY_BYTES:
                raise BrokenAnswer(f"the answer has more than {MOST_BODY_BYTES} bytes")
            pieces.append(self._take(size))
            if self._line():
                raise BrokenAnswer("a chunk of the answer has no end")
        while self._line():
            pass  # trailers
        return b"".join(pieces)

    def _chunk_size(self) -> int:
        digits = self._line().partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", digits):
            raise BrokenAnswer("a chunk of the answer has no size")
        return int(digits, 16)

    def _more(self) -> bytes:
        if time.monotonic() > self._deadline:
            raise socket.timeout(f"no whole answer within {ANSWER_SECONDS:g} s")
        received: bytes = self._socket.recv(65536)
        if not received:
            raise ConnectionResetError("the server closed the connection")
        return received
