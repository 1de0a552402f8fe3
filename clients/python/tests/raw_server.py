"""A server that answers with any bytes, or breaks off, or says nothing."""

import contextlib
import socket
import ssl
import threading


class RawServer:
    """Each request takes the next of the answers, the last one again and again: bytes, or a function
    of the connection. `requests`: the heads that came. `connections`: how many there were."""

    def __init__(self, *answers, tls=None):
        self._answers = list(answers)
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._open, self._threads = [], []
        self.requests, self.connections = [], 0
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self):
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._open.append(connection)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), contextlib.closing(connection):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            while self._request(connection.makefile("rb")):
                with self._lock:
                    answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                if callable(answer):
                    answer(connection)
                    return
                connection.sendall(answer)

    def _request(self, file):
        head = []
        while line := file.readline().rstrip():
            head.append(line.decode())
        if head:
            length = next(int(line.split(":")[1]) for line in head if line.startswith("content-length:"))
            self.requests.append((head, file.read(length)))
        return bool(head)


def answer(body, status=200, head=""):
    body = body.encode() if isinstance(body, str) else body
    return b"HTTP/1.1 %d OK\r\n%scontent-length: %d\r\n\r\n%s" % (status, head.encode(), len(body), body)


def cut(connection):
    """Breaks the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def cut_after(start):
    def call(connection):
        connection.sendall(start)

    return call


def silence(connection):
    """Says nothing until the client gives up."""
    connection.recv(1)


def self_signed(folder, run):
    """The server's side of TLS, and the file with its certificate."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
        "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate
