// Time for tests of what waits and polls. It passes only while no call is under way and nothing else
// can run: then it jumps to when the next sleeper wakes. So a slow machine changes nothing.
const turns = 3; // of the event loop, in which whatever can run does run
const mostJumps = 20_000;

const turn = () => new Promise((resolve) => setImmediate(resolve));

export class SimulatedTime {
  #now = Date.parse("2026-01-01T00:00:00Z");
  #sleepers = new Set();
  #calls = 0;

  constructor(transport) {
    this.transport = this.wrap(transport);
    this.random = () => 0.5;
    this.now = () => this.#now;
    this.steady = () => this.#now;
    this.sleep = this.sleep.bind(this);
  }

  /** A transport whose calls time waits for. */
  wrap(transport) {
    return {
      call: async (...call) => {
        this.#calls += 1;
        try {
          return await transport.call(...call);
        } finally {
          this.#calls -= 1;
        }
      },
    };
  }

  sleep(milliseconds, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = { at: this.#now + milliseconds };
      sleeper.wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener("abort", sleeper.wake);
        resolve();
      };
      signal?.addEventListener("abort", sleeper.wake);
      this.#sleepers.add(sleeper);
    });
  }

  /** Lets time jump, whoever sleeps. */
  pass(milliseconds) {
    this.#now += milliseconds;
  }

  /** Lets a second pass, in which everything that is under way comes to its end. */
  async rest() {
    const end = this.#now + 1000;
    await this.until(() => this.#now >= end);
  }

  /** Lets time pass until check() is true; at most so many jumps. */
  async until(check) {
    for (let jump = 0; jump < mostJumps; jump++) {
      if (await check()) return;
      for (let i = 0; i < turns;) {
        await turn();
        if (this.#calls === 0) i += 1;
      }
      const [next] = [...this.#sleepers].sort((a, b) => a.at - b.at);
      if (!next) continue;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    throw new Error(`It did not happen in ${mostJumps} jumps of time: ${check}`);
  }
}
