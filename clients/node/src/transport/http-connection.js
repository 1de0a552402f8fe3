// HTTP/1.1 requests over kept-alive connections, with TLS for https URLs.
//
// node:http would cost several times what a call of DynamoDB costs otherwise
// (docs/adr/0042-light-transport.md), so this reads the socket itself: an answer with a length, or in
// chunks.
//
// Limits: 64 KB of a head, 64 MB of a body (DynamoDB's answers hold 16 MB at most, which JSON and base64
// make longer), 10 s without a byte, 60 s for an answer. At most 32 connections; further requests wait.
"use strict";

const net = require("node:net");

const silence = 10_000; // ms
const longestAnswer = 60_000; // ms
const mostHead = 64 * 1024; // bytes
const mostBody = 64 * 1024 * 1024; // bytes
const mostConnections = 32;
const readSize = 64 * 1024;

/** {status, length, closes}: of the head of an answer. `length` is Infinity for chunks. */
function readHead(text) {
  const status = /^HTTP\/1\.([01]) ([2-5]\d\d)(?: |\r\n|$)/.exec(text);
  if (!status) throw new Error("the answer is not HTTP/1.1");
  const length = /\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*(?:\r\n|$)/i.exec(text);
  const encoding = /\r\ntransfer-encoding:[ \t]*([^\r]*)/i.exec(text);
  if (encoding ? !/^chunked[ \t]*$/i.test(encoding[1]) : !length) throw new Error("the answer has no length");
  const closes = status[1] === "0" || /\r\nconnection:[^\r]*\bclose\b/i.test(text);
  return { status: Number(status[2]), length: encoding ? Infinity : Number(length[1]), closes };
}

/** The body of a chunked answer; null if it is not complete. */
function joinChunks(bytes) {
  const chunks = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\r\n", at);
    if (end < 0) return null;
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(bytes.toString("latin1", at, end));
    if (!size) throw new Error("a chunk of the answer has no size");
    const length = parseInt(size[1], 16);
    at = end + 2;
    if (length === 0) break;
    if (bytes.length < at + length + 2) return null;
    if (bytes.toString("latin1", at + length, at + length + 2) !== "\r\n") throw new Error("a chunk has no end");
    chunks.push(bytes.subarray(at, at + length));
    at += length + 2;
  }
  // What follows are trailers, each a line, and an empty line.
  const rest = bytes.toString("latin1", at);
  return rest === "\r\n" || rest.endsWith("\r\n\r\n") ? Buffer.concat(chunks) : null;
}

/** One connection, which sends one request at a time. It lets the program end while it is idle. */
class Connection {
  #url;
  #onFree;
  #socket = null;
  #pending = null; // {resolve, reject} of the request that was sent
  #deadline = 0;
  #head = null; // of the answer that comes
  #pieces = []; // of the head, or else of the body
  #size = 0; // of the pieces

  /** `onFree`: called when the next request can be sent. */
  constructor(url, onFree) {
    this.#url = url;
    this.#onFree = onFree;
  }

  /**
   * Sends a request whose head lacks only its length. Resolves to {status, body}; rejects if the
   * connection breaks, and the next request begins with a new one.
   */
  request(head, body) {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#deadline = performance.now() + longestAnswer;
      this.#socket ??= this.#connect();
      this.#socket.ref();
      this.#socket.write(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  }

  close(error = new Error("the connection was closed")) {
    this.#socket?.removeAllListeners("close").destroy();
    this.#socket = null;
    const pending = this.#reset();
    if (!pending) return;
    pending.reject(error);
    this.#onFree(this);
  }

  #connect() {
    const { protocol, hostname, port } = this.#url;
    const secure = protocol === "https:";
    const host = hostname.replace(/^\[|\]$/g, ""); // an IPv6 address
    const options = { host, port: Number(port) || (secure ? 443 : 80), noDelay: true };
    // Without TLS one buffer can take all that is read, which is faster than a new one for each read.
    const onread = {
      buffer: Buffer.allocUnsafe(readSize),
      callback: (size, buffer) => this.#receive(buffer.subarray(0, size)),
    };
    const socket = secure
      ? require("node:tls")
          .connect({ ...options, servername: net.isIP(host) ? "" : host, ALPNProtocols: ["http/1.1"] })
          .on("data", (bytes) => this.#receive(bytes))
      : net.connect({ ...options, onread });
    socket.setTimeout(silence, () => this.#pending && this.close(new Error("no answer in time")));
    socket.on("error", (error) => this.close(error));
    socket.on("close", () => this.close(new Error("the server closed the connection")));
    return socket;
  }

  /** `bytes` are overwritten by the next read. Returns true: go on reading. */
  #receive(bytes) {
    try {
      if (!this.#pending) throw new Error("more than one answer came");
      if (performance.now() > this.#deadline) throw new Error("no whole answer in time");
      this.#read(bytes);
    } catch (error) {
      this.close(error);
    }
    return true;
  }

  #read(bytes) {
    if (!this.#head) {
      const received = this.#pieces.length > 0 ? Buffer.concat([...this.#pieces, bytes]) : bytes;
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) {
        if (received.length > mostHead) throw new Error("the head of the answer is too long");
        this.#pieces = [Buffer.from(received)];
        return;
      }
      this.#head = readHead(received.toString("latin1", 0, end));
      this.#pieces = [];
      bytes = received.subarray(end + 4);
    }
    const { length } = this.#head;
    this.#size += bytes.length;
    if (this.#size > mostBody || (length < Infinity && length > mostBody)) throw new Error("the answer is too long");
    if (this.#size > length) throw new Error("more than one answer came");
    if (this.#size < length && length < Infinity) {
      this.#pieces.push(Buffer.from(bytes));
      return;
    }
    const whole = this.#pieces.length > 0 ? Buffer.concat([...this.#pieces, bytes]) : bytes;
    const body = length < Infinity ? whole : joinChunks(whole);
    if (body) this.#finish(body.toString());
    else this.#pieces = [Buffer.from(whole)];
  }

  #finish(body) {
    const { status, closes } = this.#head;
    const { resolve } = this.#reset();
    if (closes) this.close();
    else this.#socket.unref();
    resolve({ status, body });
    this.#onFree(this);
  }

  #reset() {
    const pending = this.#pending;
    this.#pending = null;
    this.#head = null;
    this.#pieces = [];
    this.#size = 0;
    return pending;
  }
}

/** The connections to one server. */
class Connections {
  #url;
  #all = [];
  #idle = [];
  #waiting = []; // functions that get a connection

  constructor(url) {
    this.#url = url;
  }

  /** As Connection's. */
  request(head, body) {
    const connection = this.#idle.pop() ?? (this.#all.length < mostConnections ? this.#add() : null);
    if (connection) return connection.request(head, body);
    return new Promise((resolve, reject) => {
      this.#waiting.push((free) => free.request(head, body).then(resolve, reject));
    });
  }

  /** Closes idle connections. */
  close() {
    for (const connection of this.#idle) connection.close();
  }

  #add() {
    const connection = new Connection(this.#url, (free) => {
      const next = this.#waiting.shift();
      if (next) next(free);
      else this.#idle.push(free);
    });
    this.#all.push(connection);
    return connection;
  }
}

module.exports = { Connections };
