// Runs in every process of a nodejs* function before the bootstrap (node --require), and in its
// workers. It makes two things as functions expect them:
//
// - Clients of the SDK for JavaScript v2 ("aws-sdk"), which knows no AWS_ENDPOINT_URL, call this
//   cloud. An endpoint in the function's code goes first. The SDK is not loaded unless the function
//   loads it.
// - Modules below /opt are found in the function's layers, which are not at /opt. DYNAMODB_LOG_LAYERS
//   has a JSON array of [directory, folder], the layer that goes first first. The folder is "" or, if
//   the directory is not built, the part of the layer that it stands for: "nodejs".
'use strict';
const { existsSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');

// --- The SDK v2 ---

// The services of this cloud, by their AWS.Service.serviceIdentifier.
const SERVICES = new Set([
  'cloudwatchevents',
  'dynamodb',
  'dynamodbstreams',
  'eventbridge',
  'lambda',
  'scheduler',
  'sqs',
]);

// A client calls validateService when it has merged all settings, before it chooses AWS's endpoint.
function redirect(sdk) {
  const validate = sdk.Service.prototype.validateService;
  sdk.Service.prototype.validateService = function validateService() {
    const url = process.env.AWS_ENDPOINT_URL;
    if (url && !this.config.endpoint && SERVICES.has(this.serviceIdentifier)) this.config.endpoint = url;
    return validate.call(this);
  };
}

// The SDK's modules load each other in circles, and Node.js warns of members that are not there yet.
function isSdk(loaded) {
  if (typeof loaded !== 'object' || loaded === null || !Object.hasOwn(loaded, 'Service')) return false;
  return typeof loaded.Service?.prototype?.validateService === 'function';
}

// All ways into the SDK ("aws-sdk", "aws-sdk/clients/sqs", import) load its lib/core.js with require.
const redirected = new WeakSet();
const load = Module._load;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request.endsWith('/core') && isSdk(loaded) && !redirected.has(loaded)) {
    redirected.add(loaded);
    redirect(loaded);
  }
  return loaded;
};

// --- Layers ---

const layers = JSON.parse(process.env.DYNAMODB_LOG_LAYERS || '[]');

// What a layer has for "/opt/nodejs/utils"; undefined: nothing. `endings`: those that the name may lack.
function findInLayers(name, endings) {
  const inside = path.posix.relative('/opt', name);
  for (const [directory, folder] of layers) {
    const isInFolder = folder !== '' && inside.startsWith(folder + '/');
    const found = path.join(directory, isInFolder ? inside.slice(folder.length + 1) : inside);
    if (endings.some((ending) => existsSync(found + ending))) return found;
  }
  return undefined;
}

function resolveImport(specifier, context, next) {
  if (context.conditions?.includes('require')) return next(specifier, context); // require has its own way, below
  const name = specifier.startsWith('file:///opt/') ? fileURLToPath(specifier) : specifier;
  const found = name.startsWith('/opt/') ? findInLayers(name, ['']) : undefined;
  return next(found ? pathToFileURL(found).href : specifier, context);
}

function useLayers() {
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    const found = request.startsWith('/opt/') ? findInLayers(request, ['', '.js', '.json', '.node']) : undefined;
    return resolve.call(this, found ?? request, ...rest);
  };
  if (Module.registerHooks) {
    Module.registerHooks({ resolve: resolveImport });
  } else if (Module.register) {
    // The hooks run in a thread of their own, which takes the function from this file.
    const own = JSON.stringify(pathToFileURL(__filename).href);
    const hooks = `import preload from ${own}; export const resolve = preload.resolveImport;`;
    Module.register('data:text/javascript,' + encodeURIComponent(hooks));
  }
}

module.exports = { resolveImport };
const isPreloaded = module.parent?.id === 'internal/preload'; // not imported by the hooks' thread
if (isPreloaded && layers.length > 0) useLayers();
