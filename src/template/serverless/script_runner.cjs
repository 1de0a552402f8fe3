// Evaluates the JavaScript files of a serverless.yml, one after another. src/template/serverless/script.h describes the protocol.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { StringDecoder } = require('node:string_decoder');
const { fileURLToPath, pathToFileURL } = require('node:url');

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

const compileWith = (esbuild) => {
  for (const [end, loader] of [['.ts', 'ts'], ['.mts', 'ts'], ['.cts', 'ts'], ['.tsx', 'tsx']]) {
    require.extensions[end] = (module, file) => {
      const source = fs.readFileSync(file, 'utf8');
      module._compile(esbuild.transformSync(source, { loader, format: 'cjs', sourcefile: file }).code, file);
    };
  }
};

const compileWithTypeScript = (typescript) => {
  const compilerOptions = { module: typescript.ModuleKind.CommonJS, target: typescript.ScriptTarget.ES2022,
    esModuleInterop: true };
  for (const end of ['.ts', '.mts', '.cts', '.tsx']) {
    require.extensions[end] = (module, file) => {
      const source = fs.readFileSync(file, 'utf8');
      module._compile(typescript.transpileModule(source, { compilerOptions, fileName: file }).outputText, file);
    };
  }
};

// Node 22.6 to 22.17 removes types only if an option says so: then the file is for a process that has the option.
const STRIP_TYPES = '--experimental-strip-types';
const leaveTo = (option) => {
  send({ option });
  process.exit(0);
};

// What a module that is not there gives: each member of it is such a value too. As a text it is a variable without a
// value; as a list or a map it is empty. A function of it returns the service that it gets, as one does that adds to it.
const standIn = (module, members) => {
  const address = members.join('.');
  const text = `\${module(${module})${address && ':'}${address}}`;
  const member = (target, name) => {
    if (name === 'then') return undefined;
    if (name === '__esModule') return true;
    if (name === 'toJSON' || name === 'toString' || name === Symbol.toPrimitive) return () => text;
    if (name === Symbol.iterator) return function* () {};
    if (typeof name === 'symbol') return undefined;
    return standIn(module, name === 'default' ? members : [...members, name]);
  };
  const inherited = new Proxy(Object.create(null), { get: member }); // compilers copy a module with its prototype
  return new Proxy(function () {}, {
    get: member,
    apply: (target, self, given) => given.find((one) => one?.service) ?? standIn(module, members),
    construct: () => standIn(module, members),
    getPrototypeOf: () => inherited,
    ownKeys: () => ['prototype'],
  });
};

// Whether a file of the service asks for a module, and not one of its packages, which may do without.
const isOfService = (module) => Boolean(module?.filename) && !module.filename.includes('/node_modules/');

let missingModules = new Set();
let modulesStandIn = false;
const loadModule = Module._load;
Module._load = function (name, parent, ...rest) {
  try {
    return loadModule.call(this, name, parent, ...rest);
  } catch (error) {
    const isItself = error.code === 'MODULE_NOT_FOUND' && String(error.message).includes(`'${name}'`);
    if (!modulesStandIn || !isItself || !isOfService(parent)) throw error;
    missingModules.add(name);
    return standIn(name, []);
  }
};

// Node links ES modules by the names that they import, before anything runs. So a module that is not there becomes
// one that exports these names. The two functions run in node's thread for hooks.
globalThis[Symbol.for('missing module')] = (name) => {
  if (!modulesStandIn) throw new Error(`Cannot find module '${name}'`);
  missingModules.add(name);
  return standIn(name, []);
};

const importedFrom = (name, source) => {
  const names = new Set();
  for (const [, clause, , from] of source.matchAll(/\b(?:import|export)\b([^;'"]*?)\bfrom\s*(['"])(.*?)\2/g)) {
    if (from !== name) continue;
    for (const one of clause.match(/{([^}]*)}/)?.[1].split(',') ?? []) {
      names.add(one.trim().replace(/^type\s+/, '').split(/\s+as\s+/)[0]);
    }
    const whole = clause.match(/\*\s*as\s+([\w$]+)/)?.[1];
    for (const [, owner, member] of whole ? source.matchAll(/([\w$]+)\s*\.\s*([\w$]+)/g) : []) {
      if (owner === whole) names.add(member);
    }
  }
  names.delete('default');
  return [...names].filter((one) => /^[A-Za-z_$][\w$]*$/.test(one));
};

const resolve = async (name, context, next) => {
  try {
    return await next(name, context);
  } catch (error) {
    const file = context.parentURL ?? '';
    const isItself = error.code === 'ERR_MODULE_NOT_FOUND' && file.startsWith('file:');
    if (!isItself || file.includes('/node_modules/')) throw error;
    const names = importedFrom(name, fs.readFileSync(fileURLToPath(file), 'utf8'));
    const members = names.map((one) => `const _${one} = module.${one}; export { _${one} as ${one} };`);
    const source = `const module = globalThis[Symbol.for('missing module')](${JSON.stringify(name)});
      export default module; ${members.join(' ')}`;
    return { url: `data:text/javascript,${encodeURIComponent(source)}`, format: 'module', shortCircuit: true };
  }
};

let resolvesMissing = false;
const resolveMissing = () => {
  if (resolvesMissing || !Module.register) return;
  resolvesMissing = true;
  const hooks = `import fs from 'node:fs'; import { fileURLToPath } from 'node:url';
    const importedFrom = ${importedFrom}; export const resolve = ${resolve};`;
  Module.register(`data:text/javascript,${encodeURIComponent(hooks)}`);
};

const isMissing = (error) => error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';

// TypeScript is read by what the service has installed, as the framework does, or else by node itself.
let readsTypeScript = false;
let compilesTypeScript = false;
const readTypeScript = (directory) => {
  if (readsTypeScript) return;
  const ofService = Module.createRequire(path.join(directory, 'serverless.ts'));
  const readers = [
    ['tsx/cjs', () => {}],
    ['ts-node/register/transpile-only', () => {}],
    ['esbuild', compileWith],
    ['typescript', compileWithTypeScript],
  ];
  for (const [name, use] of readers) {
    try {
      use(ofService(name));
      readsTypeScript = compilesTypeScript = true;
      return;
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  readsTypeScript = Boolean(process.features.typescript) || process.execArgv.includes(STRIP_TYPES);
  if (!readsTypeScript && process.allowedNodeEnvironmentFlags.has(STRIP_TYPES)) leaveTo(STRIP_TYPES);
  if (!readsTypeScript) {
    throw new Error('TypeScript needs a compiler: run `npm install --save-dev tsx` (or ts-node, or esbuild), ' +
      'or use node 22.6 or later');
  }
};

const isTypeScript = (file) => /\.[mc]?ts$/.test(file);

const isEsModule = (file) => /^\s*(?:import|export)\b/m.test(fs.readFileSync(file, 'utf8'));
const importFile = (file) => import(pathToFileURL(path.resolve(file)));

const load = async (file, directory, standsIn) => {
  modulesStandIn = false; // a compiler must be there
  if (isTypeScript(file)) readTypeScript(directory);
  modulesStandIn = standsIn;
  const isLinked = standsIn && !(isTypeScript(file) && compilesTypeScript) && isEsModule(file);
  if (isLinked) resolveMissing();
  let module;
  try {
    module = isLinked ? await importFile(file) : require(file);
  } catch (error) {
    if (error.code !== 'ERR_REQUIRE_ESM') throw error;
    module = await importFile(file);
  }
  const hasDefault = module?.[Symbol.toStringTag] === 'Module' || (isTypeScript(file) && module?.__esModule);
  return hasDefault && 'default' in module ? module.default : module;
};

const evaluate = async ({ file, expression, address, options, directory, modulesStandIn: standsIn }) => {
  if (!file) return Boolean((0, eval)(expression));
  const context = {
    options,
    env: process.env,
    resolveVariable,
    resolveConfigurationProperty: (keys) => resolveVariable(`self:${keys.join('.')}`),
  };
  const call = async (value) => (typeof value === 'function' ? value(context) : value);
  let value = await call(await load(file, directory, standsIn));
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
    missingModules = new Set();
    try {
      const result = await evaluate(task);
      send({ result, missing: [...missingModules] });
    } catch (error) {
      const [first, second = ''] = String((error && error.message) || error).split('\n');
      send({ error: (first.endsWith(':') ? `${first} ${second}` : first) || 'it failed' });
    }
  }
};

runAll();
