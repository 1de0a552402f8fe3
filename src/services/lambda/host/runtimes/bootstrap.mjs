// The Node.js runtime: asks the Lambda Runtime API for invocations, calls the function's handler, gives answers back.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
//
// It behaves as AWS's runtime interface client does (github.com/aws/aws-lambda-nodejs-runtime-interface-client).
//
// It speaks HTTP over one plain socket (the Runtime API is our own server), because node:http costs several times what a
// small handler does. An answer and the question for the next invocation go out together.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';

const env = process.env;
const API = '/2018-06-01/runtime';
const LONGEST_TRAILER = 10_000; // characters of an error's JSON: the server takes trailers of 64 KB
const WITHOUT_CALLBACKS = /nodejs(2[4-9]|[3-9]\d)/.test(env.AWS_EXECUTION_ENV); // runtimes from nodejs24.x on

// --- The Runtime API ---

class RuntimeApi {
  #socket;
  #address = env.AWS_LAMBDA_RUNTIME_API;
  #received = []; // the parts of a response that is not complete
  #missing = 0; // at least so many bytes of it are to come
  #waiting = []; // one resolve for each request sent, in order
  #lastPost = null; // the response to the last POST
  #next = null; // the response to the question for the next invocation, if it is asked

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
  endChunks(trailers) {
    this.#socket.write(`0\r\n${trailers}\r\n`, 'latin1');
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

// --- Errors ---

const errorType = (failure) =>
  `Lambda-Runtime-Function-Error-Type: ${String(failure.errorType).replace(/[^\x21-\x7e]/g, '')}\r\n`;

// What follows an answer that fails after it has begun.
function errorTrailers(failure) {
  let text = JSON.stringify(failure);
  if (text.length > LONGEST_TRAILER) {
    text = JSON.stringify({ ...failure, errorMessage: String(failure.errorMessage).slice(0, LONGEST_TRAILER), trace: [] });
  }
  return `${errorType(failure)}Lambda-Runtime-Function-Error-Body: ${Buffer.from(text).toString('base64')}\r\n`;
}

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function describe(error) {
  try {
    const isError =
      types.isNativeError(error) ||
      ['name', 'message', 'stack'].every((member) => error?.[member] && typeof error[member] === 'string');
    if (isError) return { errorType: error.name, errorMessage: error.message, trace: error.stack.split('\n') };
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    };
  }
}

function print(title, failure) {
  console.error(title, failure.trace?.length ? failure.trace.join('\n') : `${failure.errorType}: ${failure.errorMessage}`);
}

// --- The handler ---

// "dir/index.handler" is export `handler` of dir/index.js; "index.users.get" is `get` of its export `users`.
async function loadHandler(taskRoot, handler) {
  const base = path.basename(handler);
  const dot = base.indexOf('.');
  if (handler.includes('..') || dot <= 0 || dot === base.length - 1) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `Bad handler: '${handler}'`);
  }
  const modulePath = path.resolve(taskRoot, path.dirname(handler), base.slice(0, dot));
  let found = await loadModule(modulePath, handler);
  for (const name of base.slice(dot + 1).split('.')) found = found?.[name];
  if (found === undefined) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (typeof found !== 'function') throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (isStreaming(found) && found[STREAMING] !== 'response') {
    throw new RuntimeError('Runtime.MalformedStreamingHandler', 'Only response streaming is supported.');
  }
  if (WITHOUT_CALLBACKS && found.length >= 3 && !isStreaming(found)) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to ' +
        'modify this function to use a supported handler signature to use Node.js 24 or later. For more information see ' +
        'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return found;
}

async function loadModule(modulePath, handler) {
  const file = ['', '.js', '.mjs', '.cjs'].map((end) => modulePath + end).find((name) => existsSync(name) && /\.[cm]?js$/.test(name));
  try {
    if (!file) return createRequire(pathToFileURL(modulePath + '.js'))(modulePath); // a directory, or node_modules' way
    if (isEsModule(file)) return await import(pathToFileURL(file).href);
    return createRequire(pathToFileURL(file))(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw Object.assign(new RuntimeError('Runtime.UserCodeSyntaxError', `SyntaxError: ${error.message}`), { stack: error.stack });
    }
    if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', `Error: ${error.message}`);
    }
    throw error;
  }
}

function isEsModule(file) {
  if (!file.endsWith('.js')) return file.endsWith('.mjs');
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    const manifest = path.join(directory, 'package.json');
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
    if (directory === path.dirname(directory) || path.basename(directory) === 'node_modules') return false;
  }
}

// --- Streamed answers ---

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const WAITING_BYTES = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const isStreaming = (handler) => Boolean(handler[STREAMING]);

// What a streaming handler writes to. `send(contentType, bytes, done)` sends what it has written.
class ResponseStream extends Writable {
  #send;
  #begun = false;
  #contentType = 'application/octet-stream';

  constructor(send, options) {
    super(options);
    this.#send = send;
  }

  write(chunk, encoding, callback) {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) chunk = JSON.stringify(chunk);
    if (!this.#begun) {
      this.#begun = true;
      this._onBeforeFirstWrite?.((first) => super.write(first));
    }
    return super.write(chunk, encoding, callback);
  }
  end(chunk, encoding, callback) {
    if (typeof chunk === 'function') return super.end(chunk);
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
    return super.end(typeof encoding === 'function' ? encoding : callback);
  }
  setContentType(contentType) {
    if (this.#begun) throw new RuntimeError('Runtime.InvalidStreamingOperation', 'Cannot set content-type, too late.');
    this.#contentType = String(contentType).replace(/[^\x20-\x7e]/g, '');
  }
  _write(chunk, encoding, done) {
    this.#send(this.#contentType, chunk, done);
  }
  _final(done) {
    this.#send(this.#contentType, Buffer.alloc(0), done);
  }
}

globalThis.awslambda = {
  streamifyResponse: (handler, options) =>
    Object.assign(handler, { [STREAMING]: 'response', [WAITING_BYTES]: parseInt(options?.highWaterMark) || undefined }),
  HttpResponseStream: {
    from(stream, prelude) {
      stream.setContentType('application/vnd.awslambda.http-integration-response');
      const text = JSON.stringify(prelude);
      stream._onBeforeFirstWrite = (write) => {
        write(text);
        write(new Uint8Array(8));
      };
      return stream;
    },
  },
};

// --- One invocation ---

let emptyLoop = null; // what to do when the event loop has nothing left

// What is the same in the context of every invocation.
const FUNCTION_CONTEXT = {
  ...(WITHOUT_CALLBACKS ? {} : { callbackWaitsForEmptyEventLoop: true }),
  functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
  functionName: env.AWS_LAMBDA_FUNCTION_NAME,
  memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
};

function makeContext(headers) {
  const deadline = Number(headers.get('lambda-runtime-deadline-ms'));
  const json = (text) => (text ? JSON.parse(text) : undefined);
  return {
    ...FUNCTION_CONTEXT,
    clientContext: json(headers.get('lambda-runtime-client-context')),
    identity: json(headers.get('lambda-runtime-cognito-identity')),
    invokedFunctionArn: headers.get('lambda-runtime-invoked-function-arn'),
    awsRequestId: headers.get('lambda-runtime-aws-request-id'),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function toJson(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    const message = 'Unable to stringify response body';
    throw WITHOUT_CALLBACKS ? new RuntimeError('Runtime.JSONStringifyError', message) : new Error(message);
  }
}

const neverSettled = () =>
  new RuntimeError(
    'Runtime.NodeJsExit',
    'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that ' +
      'was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes',
  );
const isPromise = (value) => typeof value?.then === 'function';
const isFailure = (error) => error !== undefined && error !== null;

// Calls the handler. It ends with the first of these:
// - context.succeed, fail and done, callback(error), and a promise that is settled: at once, however busy the event loop is;
// - callback(null, result): when the event loop is empty, or at once without callbackWaitsForEmptyEventLoop;
// - an empty event loop: an async function will never answer, which is an error; for another the answer is null.
// `end` is { answer, fail }, of which one is called once. `answer` throws if its result cannot be JSON. Its second argument
// says that the handler is done: nothing of it runs when the next invocation comes.
function invoke(handler, body, headers, end) {
  let finished = false;
  const done = (error, result, isDone = false) => {
    if (finished) return;
    if (isFailure(error)) end.fail(error);
    else end.answer(toJson(result), isDone);
    finished = true;
  };
  const fail = (error) => done(isFailure(error) ? error : 'handled');
  const succeed = (result) => done(null, result);
  const settled = (result) => done(null, result, true);
  const callback = (error, result) => {
    if (finished) return;
    if (isFailure(error) || !context.callbackWaitsForEmptyEventLoop) return done(error, result);
    finished = true;
    emptyLoop = () => setImmediate(() => end.answer(toJson(result)));
  };
  emptyLoop = () => {
    finished = true;
    if (handler.constructor?.name === 'AsyncFunction') end.fail(neverSettled());
    else end.answer('null');
  };
  let context = { callbackWaitsForEmptyEventLoop: true };
  try {
    context = Object.assign(makeContext(headers), { succeed, fail, done });
    const returned = handler(JSON.parse(body), context, callback);
    if (isPromise(returned)) returned.then(settled, fail).catch(fail);
  } catch (error) {
    callback(error);
  }
}

// From nodejs24.x on what counts is what the handler returns, or what its promise becomes.
async function invokeWithoutCallbacks(handler, body, headers, end) {
  emptyLoop = () => end.fail(neverSettled());
  try {
    const result = await handler(JSON.parse(body), makeContext(headers));
    end.answer(toJson(result), true);
  } catch (error) {
    end.fail(error);
  }
}

async function invokeStreaming(handler, body, headers, end) {
  const stream = new ResponseStream(end.send, { highWaterMark: handler[WAITING_BYTES] });
  const streamed = new Promise((resolve, reject) => stream.once('finish', resolve).once('error', reject));
  emptyLoop = () => end.fail('Response stream is not finished.');
  try {
    const returned = handler(JSON.parse(body), stream, makeContext(headers));
    if (!isPromise(returned)) return end.fail('Streaming does not support non-async handlers.');
    streamed.catch(() => {}); // it is awaited below, perhaps later than it fails
    if ((await returned) !== undefined) console.warn('Streaming handlers ignore return values.');
    await streamed;
    end.complete();
  } catch (error) {
    end.fail(error);
  }
}

// --- The loop ---

const api = new RuntimeApi();
let started = false; // the handler is loaded
let current = null; // the invocation that runs: its id, and whether its answer has begun to be sent

function reportError(invocation, failure) {
  if (invocation.streams) api.endChunks(errorTrailers(failure));
  else api.postError(`/invocation/${invocation.id}/error`, failure);
}

// An error that nobody caught ends the process. The caller of the invocation that runs gets it. The server logs errors of
// the start.
async function die(title, failure, status) {
  if (started) print(title, failure);
  if (!started) await api.postError('/init/error', failure);
  else if (current) {
    const failed = current;
    current = null; // nothing may follow what is sent now
    reportError(failed, failure);
  }
  await api.delivered();
  process.exit(status);
}

process.on('uncaughtException', (error) => die('Uncaught Exception', describe(error), 129));
process.on('unhandledRejection', (reason) => {
  const failure = { ...describe(reason), errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason) };
  die('Unhandled Promise Rejection', failure, 128);
});
process.on('beforeExit', () => {
  const ending = emptyLoop;
  emptyLoop = null;
  if (ending) ending();
});

// Node.js writes to pipes without blocking, and process.exit loses what a full one has not taken yet.
for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);

// Not at the top level: an await there that an empty event loop leaves open would end the process with a warning.
async function main() {
  await api.connect();
  let handler;
  try {
    handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
  } catch (error) {
    return die('', describe(error), 1);
  }
  started = true;
  for (;;) {
    const next = api.next();
    api.hold();
    const invocation = await next;
    if (invocation.status !== 200) process.exit(1);
    await run(handler, invocation);
  }
}

// Until the invocation's outcome is sent.
function run(handler, { headers, body }) {
  const invocation = (current = { id: headers.get('lambda-runtime-aws-request-id'), streams: false });
  const traceId = headers.get('lambda-runtime-trace-id');
  if (traceId) env._X_AMZN_TRACE_ID = traceId;
  else delete env._X_AMZN_TRACE_ID;
  api.release();
  return new Promise((resolve) => {
    const ended = () => {
      current = null;
      emptyLoop = null;
      resolve();
    };
    const end = {
      answer(payload, isDone = false) {
        if (current !== invocation) return;
        api.answer(invocation.id, payload, isDone);
        ended();
      },
      // A part of a streamed answer, which may be empty.
      send(contentType, bytes, done) {
        if (current !== invocation) return done();
        if (!invocation.streams) {
          invocation.streams = true;
          api.beginChunks(
            `/invocation/${invocation.id}/response`,
            `Lambda-Runtime-Function-Response-Mode: streaming\r\nContent-Type: ${contentType}\r\n` +
              'Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n',
          );
        }
        if (bytes.length > 0) api.writeChunk(bytes, done);
        else done();
      },
      complete() {
        if (current !== invocation) return;
        api.endChunks('');
        ended();
      },
      fail(error) {
        if (current !== invocation) return;
        const failure = describe(error);
        print('Invoke Error', failure);
        reportError(invocation, failure);
        ended();
      },
    };
    const call = isStreaming(handler) ? invokeStreaming : WITHOUT_CALLBACKS ? invokeWithoutCallbacks : invoke;
    call(handler, body, headers, end);
  });
}

main();
