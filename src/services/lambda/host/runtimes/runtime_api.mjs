// The Lambda Runtime API, for bootstrap.mjs. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//
// It speaks HTTP over one plain socket (the Runtime API is our own server), because node:http costs several times what a
// small handler does. An answer and the question for the next invocation go out together.

import net from 'node:net';

const API = '/2018-06-01/runtime';
// The server takes trailers of 64 KB.
const LONGEST_TYPE = 1000; // characters
const LONGEST_BODY = 48 << 10; // bytes of base64

export class RuntimeApi {
  #socket;
  #address; // "127.0.0.1:9001"
  #received = []; // the parts of a response that is not complete
  #missing = 0; // at least so many bytes of it are to come
  #waiting = []; // one resolve for each request sent, in order
  #lastPost = null; // the response to the last POST
  #next = null; // the response to the question for the next invocation, if it is asked

  constructor(address) {
    this.#address = address;
  }

  async connect() {
    const colon = this.#address.lastIndexOf(':');
    this.#socket = net.connect({
      host: this.#address.slice(0, colon),
      port: Number(this.#address.slice(colon + 1)),
      // One buffer for all that is read: a new one each time costs more than the rest of a read.
      onread: { buffer: Buffer.allocUnsafeSlow(65536), callback: (size, buffer) => this.#receive(buffer.subarray(0, size)) },
    });
    this.#socket.setNoDelay(true);
    await new Promise((resolve, reject) => this.#socket.once('connect', resolve).once('error', reject));
    this.#socket.on('error', () => process.exit(1)); // the server is gone
    this.#socket.on('close', () => process.exit(1));
  }

  // While a handler runs the socket must not keep the event loop alive: an empty one ends a callback's invocation.
  hold() {
    this.#socket.ref();
  }
  release() {
    this.#socket.unref();
  }

  // The response to the question for the next invocation, which is asked unless an answer took it along.
  next() {
    const next = this.#next ?? this.#get('/invocation/next');
    this.#next = null;
    return next;
  }

  // Sends an invocation's answer, and with it, if the handler is done, the question for the next one.
  answer(id, payload, isDone) {
    const operation = `/invocation/${id}/response`;
    if (!isDone) return this.#post(operation, payload);
    this.#socket.write(this.#postHead(operation, payload) + payload + this.#getHead('/invocation/next'));
    this.#lastPost = this.#response();
    this.#next = this.#response();
  }

  // A POST whose body is sent as it is made: writeChunk, then endChunks.
  beginChunks(operation, headers) {
    const head = `POST ${API}${operation} HTTP/1.1\r\nHost: ${this.#address}\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`;
    this.#socket.write(head, 'latin1');
    this.#lastPost = this.#response();
  }
  // `done` is called when there is room for more: what waits for the server holds the handler up.
  writeChunk(bytes, done) {
    this.#socket.cork();
    this.#socket.write(`${bytes.length.toString(16)}\r\n`, 'latin1');
    this.#socket.write(bytes);
    const hasRoom = this.#socket.write('\r\n', 'latin1');
    this.#socket.uncork();
    if (hasRoom) done();
    else this.#socket.once('drain', done);
  }
  endChunks(trailers = '') {
    this.#socket.write(`0\r\n${trailers}\r\n`, 'latin1');
  }
  // The same for a body that fails after it has begun.
  failChunks(failure) {
    this.endChunks(`${errorType(failure)}Lambda-Runtime-Function-Error-Body: ${errorBody(failure)}\r\n`);
  }

  // Until the server has everything that was sent.
  delivered() {
    this.hold();
    return this.#lastPost;
  }

  postError(operation, failure) {
    return this.#post(operation, JSON.stringify(failure), errorType(failure));
  }

  #get(operation) {
    this.#socket.write(this.#getHead(operation));
    return this.#response();
  }

  #post(operation, body, headers = '') {
    this.#socket.cork();
    this.#socket.write(this.#postHead(operation, body, headers));
    if (body.length > 0) this.#socket.write(body);
    this.#socket.uncork();
    return (this.#lastPost = this.#response());
  }

  #getHead(operation) {
    return `GET ${API}${operation} HTTP/1.1\r\nHost: ${this.#address}\r\n\r\n`;
  }

  #postHead(operation, body, headers = '') {
    return (
      `POST ${API}${operation} HTTP/1.1\r\nHost: ${this.#address}\r\n${headers}` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`
    );
  }

  #response() {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  // `bytes` are overwritten by the next read.
  #receive(bytes) {
    if (this.#missing > bytes.length) {
      this.#received.push(Buffer.from(bytes));
      this.#missing -= bytes.length;
      return true;
    }
    let rest = this.#received.length > 0 ? Buffer.concat([...this.#received, bytes]) : bytes;
    this.#missing = 0;
    for (let end; (end = rest.indexOf('\r\n\r\n')) >= 0; ) {
      const head = new Head(rest.toString('latin1', 0, end));
      const bodyEnd = end + 4 + Number(head.get('content-length') ?? 0);
      if (rest.length < bodyEnd) {
        this.#missing = bodyEnd - rest.length;
        break;
      }
      const body = rest.toString('utf8', end + 4, bodyEnd);
      rest = rest.subarray(bodyEnd);
      this.#waiting.shift()?.({ status: head.status, headers: head, body });
    }
    this.#received = rest.length > 0 ? [Buffer.from(rest)] : [];
    return true; // go on reading
  }
}

// The first lines of a response.
class Head {
  static #patterns = new Map(); // by a header's name
  #text;

  constructor(text) {
    this.#text = text;
  }
  get status() {
    return Number(this.#text.slice(9, 12));
  }
  get(name) {
    let pattern = Head.#patterns.get(name);
    if (!pattern) Head.#patterns.set(name, (pattern = new RegExp(`\r\n${name}:[ \t]*([^\r]*)`, 'i')));
    return pattern.exec(this.#text)?.[1];
  }
}

const cut = (text, length) => String(text).slice(0, length);

const errorType = (failure) =>
  `Lambda-Runtime-Function-Error-Type: ${cut(failure.errorType, LONGEST_TYPE).replace(/[^\x21-\x7e]/g, '')}\r\n`;

// The error's JSON in base64. What is too long loses its trace first, then the end of its message.
function errorBody(failure) {
  const encode = (error) => Buffer.from(JSON.stringify(error)).toString('base64');
  const shorter = { ...failure, errorType: cut(failure.errorType, LONGEST_TYPE) };
  let body = encode(shorter);
  for (let length = LONGEST_BODY; body.length > LONGEST_BODY; length /= 2) {
    shorter.trace = [];
    shorter.errorMessage = cut(failure.errorMessage, length);
    body = encode(shorter);
  }
  return body;
}
