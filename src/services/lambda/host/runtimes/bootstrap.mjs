// The Node.js runtime: asks the Lambda Runtime API for invocations, calls the function's handler, gives answers back.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
//
// It speaks HTTP over one plain socket (the Runtime API is our own server), because node:http costs several times what a
// small handler does. An answer and the question for the next invocation go out together.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const env = process.env;
const API = '/2018-06-01/runtime';

// --- The Runtime API ---

class RuntimeApi {
  #socket;
  #address = env.AWS_LAMBDA_RUNTIME_API;
  #received = Buffer.alloc(0);
  #waiting = []; // one resolve for each request sent, in order

  async connect() {
    const colon = this.#address.lastIndexOf(':');
    this.#socket = net.connect({ host: this.#address.slice(0, colon), port: Number(this.#address.slice(colon + 1)) });
    this.#socket.setNoDelay(true);
    await new Promise((resolve, reject) => this.#socket.once('connect', resolve).once('error', reject));
    this.#socket.on('data', (bytes) => this.#receive(bytes));
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

  request(method, operation, body = '', headers = '') {
    const length = Buffer.byteLength(body);
    const head =
      `${method} ${API}${operation} HTTP/1.1\r\nHost: ${this.#address}\r\n${headers}` +
      (method === 'GET' ? '\r\n' : `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`);
    this.#socket.write(head + body);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  postError(operation, failure) {
    return this.request('POST', operation, JSON.stringify(failure), `Lambda-Runtime-Function-Error-Type: ${
      String(failure.errorType).replace(/[^\x21-\x7e]/g, '')}\r\n`);
  }

  #receive(bytes) {
    this.#received = this.#received.length ? Buffer.concat([this.#received, bytes]) : bytes;
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [statusLine, ...lines] = this.#received.toString('latin1', 0, end).split('\r\n');
      const headers = {};
      for (const line of lines) {
        const colon = line.indexOf(':');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      const bodyEnd = end + 4 + Number(headers['content-length'] ?? 0);
      if (this.#received.length < bodyEnd) return;
      const body = this.#received.toString('utf8', end + 4, bodyEnd);
      this.#received = this.#received.subarray(bodyEnd);
      this.#waiting.shift()?.({ status: Number(statusLine.split(' ')[1]), headers, body });
    }
  }
}

// --- Errors ---

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function describe(error) {
  const isError = error && typeof error === 'object' && typeof error.message === 'string' && 'name' in error;
  if (isError) {
    return { errorType: String(error.name), errorMessage: error.message, trace: String(error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
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

// --- One invocation ---

let emptyLoop = null; // what to do when the event loop has nothing left

function makeContext(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const json = (text) => (text ? JSON.parse(text) : undefined);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    clientContext: json(headers['lambda-runtime-client-context']),
    identity: json(headers['lambda-runtime-cognito-identity']),
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

// Calls the handler in whichever way it is written: a promise counts when it is settled; without one the callback counts,
// by default only once the event loop is empty.
function invoke(handler, event, context) {
  return new Promise((resolve, reject) => {
    let outcome = () => resolve(null);
    let called = false;
    const callback = (error, result) => {
      if (called) return;
      called = true;
      outcome = error !== undefined && error !== null ? () => reject(error) : () => resolve(result);
      if (!context.callbackWaitsForEmptyEventLoop) setImmediate(outcome);
    };
    context.done = callback;
    context.succeed = (result) => callback(null, result);
    context.fail = (error) => callback(error ?? 'handled');
    emptyLoop = () => outcome();
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
  });
}

function toJson(result) {
  const text = JSON.stringify(result === undefined ? null : result);
  return text === undefined ? 'null' : text;
}

// --- The loop ---

const api = new RuntimeApi();
let current = null; // the request id of the invocation that runs

// An error that nobody caught ends the process, after it was reported. Errors of the start are logged by the server.
async function die(failure, status) {
  if (current) console.error('Uncaught error:', failure.trace.length ? failure.trace.join('\n') : failure.errorMessage);
  api.hold();
  await api.postError(current ? `/invocation/${current}/error` : '/init/error', failure);
  process.exit(status);
}

process.on('uncaughtException', (error) => die(describe(error), 129));
process.on('unhandledRejection', (reason) => {
  die({ ...describe(reason), errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason) }, 128);
});
process.on('beforeExit', () => {
  const ending = emptyLoop;
  emptyLoop = null;
  if (ending) ending();
});

// Not at the top level: an await there that an empty event loop leaves open would end the process with a warning.
async function main() {
  await api.connect();
  let handler;
  try {
    handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
  } catch (error) {
    await die(describe(error), 1);
  }
  for (let next = api.request('GET', '/invocation/next'); ; next = api.request('GET', '/invocation/next')) {
    api.hold();
    const invocation = await next;
    if (invocation.status !== 200) process.exit(1);
    await run(handler, invocation);
  }
}

async function run(handler, { headers, body }) {
  const id = (current = headers['lambda-runtime-aws-request-id']);
  if (headers['lambda-runtime-trace-id']) env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  api.release();
  try {
    const result = await invoke(handler, JSON.parse(body), makeContext(headers));
    api.request('POST', `/invocation/${id}/response`, toJson(result));
  } catch (error) {
    const failure = describe(error);
    console.error('Invoke error:', failure.trace.length ? failure.trace.join('\n') : `${failure.errorType}: ${failure.errorMessage}`);
    api.postError(`/invocation/${id}/error`, failure);
  }
  current = null;
  emptyLoop = null;
}

main();
