// Evaluates the JavaScript files of a serverless.yml, one after another. src/template/serverless/script.h describes the protocol.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { StringDecoder } = require('node:string_decoder');
const { pathToFileURL } = require('node:url');

const SOCKET = 3;

const send = (message) => {
  const bytes = Buffer.from(JSON.stringify(message) + '\n');
  for (let sent = 0; sent < bytes.length; ) sent += fs.writeSync(SOCKET, bytes, sent);
};

let received = '';
const decoder = new StringDecoder('utf8'); // a character may be split between two reads
const receive = () => {
  const bytes = Buffer.alloc(65536);
  while (!received.includes('\n')) {
    const count = fs.readSync(SOCKET, bytes);
    if (count === 0) process.exit(0);
    received += decoder.write(bytes.subarray(0, count));
  }
  const end = received.indexOf('\n');
  const message = JSON.parse(received.slice(0, end));
  received = received.slice(end + 1);
  return message;
};

// The answer comes while this waits: node does nothing else meanwhile.
const resolveVariable = async (variable) => {
  send({ resolve: variable });
  const answer = receive();
  if (answer.error) throw new Error(answer.error);
  return answer.value;
};

const load = async (file) => {
  let module;
  try {
    module = require(file);
  } catch (error) {
    if (error.code !== 'ERR_REQUIRE_ESM') throw error;
    module = await import(pathToFileURL(path.resolve(file)));
  }
  const isEsModule = module?.[Symbol.toStringTag] === 'Module';
  return isEsModule && 'default' in module ? module.default : module;
};

const evaluate = async ({ file, expression, address, options }) => {
  if (!file) return Boolean((0, eval)(expression));
  const context = {
    options,
    env: process.env,
    resolveVariable,
    resolveConfigurationProperty: (keys) => resolveVariable(`self:${keys.join('.')}`),
  };
  const call = async (value) => (typeof value === 'function' ? value(context) : value);
  let value = await call(await load(file));
  for (const key of address ? address.split('.') : []) {
    if (value === undefined || value === null) return null;
    value = await call(value[key]);
  }
  return value ?? null;
};

const runAll = async () => {
  for (;;) {
    const task = receive();
    process.chdir(task.directory);
    Object.assign(process.env, task.environment);
    try {
      send({ result: await evaluate(task) });
    } catch (error) {
      send({ error: String((error && error.message) || error).split('\n')[0] || 'it failed' });
    }
  }
};

runAll();
