// The offline cloud as a child of the test: started, ready, stopped.
"use strict";

const { spawn } = require("node:child_process");
const { existsSync, mkdtempSync, readFileSync, rmSync } = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { ConfigurationError } = require("../errors.js");

const readyTimeout = 30_000; // ms; a busy machine
const stopTimeout = 20_000;
const lookEvery = 5;
const mostOutput = 200; // lines that are kept

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function argumentsOf({ template, inMemory = true, data, stage, port = 0, args = [] }, readyFile) {
  const list = ["offline", "--port", String(port), "--ready-file", readyFile, "--parent-pid", String(process.pid)];
  if (template) list.push("--template", template);
  if (data) list.push("--data", data);
  else if (inMemory) list.push("--in-memory");
  if (stage) list.push("--stage", stage);
  return [...list, ...args];
}

class Program {
  #child;
  #ended; // resolves to how it ended
  #isEnded = false;
  #output = [];
  #folder;

  /**
   * Starts the program. Rejects with ConfigurationError if it is not there, and with its output if
   * it ends.
   */
  static async start(options) {
    const program = new Program(options);
    try {
      program.ready = await program.#untilReady();
      return program;
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  constructor(options) {
    this.#folder = mkdtempSync(path.join(os.tmpdir(), "dynamodb-log-"));
    const file = options.program ?? process.env.DYNAMODB_LOG ?? "dynamodb-log";
    this.#child = spawn(file, argumentsOf(options, this.#readyFile()), {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => this.#keep(text));
      stream.unref?.();
    }
    this.#child.unref(); // a test that forgets stop() ends nevertheless, and then so does the cloud
    this.#ended = new Promise((resolve) => {
      this.#child.on("error", (error) => resolve({ error }));
      this.#child.on("exit", (status, signal) => resolve({ status, signal }));
    });
    this.#ended.then(() => (this.#isEnded = true));
  }

  /** The last lines that the cloud and its functions have printed. */
  output() {
    return this.#output.join("\n");
  }

  /** Stops the cloud, and waits for its end. */
  async stop() {
    if (!this.#isEnded) {
      this.#child.kill("SIGTERM");
      const slow = setTimeout(() => this.#child.kill("SIGKILL"), stopTimeout);
      await this.#ended;
      clearTimeout(slow);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #readyFile() {
    return path.join(this.#folder, "ready.json");
  }

  #keep(text) {
    this.#output.push(...text.split("\n").filter(Boolean));
    this.#output.splice(0, this.#output.length - mostOutput);
  }

  async #untilReady() {
    const file = this.#child.spawnfile;
    for (let waited = 0; waited < readyTimeout; waited += lookEvery) {
      if (existsSync(this.#readyFile())) return JSON.parse(readFileSync(this.#readyFile(), "utf8"));
      if (this.#isEnded) {
        const { error, status, signal } = await this.#ended;
        if (error?.code === "ENOENT") {
          throw new ConfigurationError(`There is no program ${file}: put it on the PATH, or name it in DYNAMODB_LOG.`);
        }
        throw new Error(`${file} ended with ${error?.message ?? signal ?? `status ${status}`}:\n${this.output()}`);
      }
      await pause(lookEvery);
    }
    throw new Error(`${file} was not ready within ${readyTimeout} ms:\n${this.output()}`);
  }
}

module.exports = { Program };
