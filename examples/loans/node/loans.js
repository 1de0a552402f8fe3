// A library that lends books. Each book is a stream of the log "books": lent {member, until}, returned.
import { EventLog, Projector, now } from "dynamodb-log";

const loanDays = 28;
const day = 24 * 3600 * 1000; // ms

export class NotPossible extends Error {}

/** What a book's events say. */
const book = {
  initial: { member: null, until: null },
  evolve: (state, { type, payload }) =>
    type === "lent" ? { member: payload.member, until: payload.until } : { member: null, until: null },
};

/** The desk: commands and questions. `clock`: says what time it is. */
export class Desk {
  #log;
  #clock;

  constructor(log, clock = now) {
    this.#log = log;
    this.#clock = clock;
  }

  async lend(id, member) {
    const until = new Date((await this.#clock()).getTime() + loanDays * day).toISOString();
    const decide = (state) => {
      if (state.member) throw new NotPossible(`${state.member} has the book ${id}.`);
      return { type: "lent", payload: { member, until } };
    };
    return (await this.#log.decide("books", id, { ...book, decide })).state;
  }

  async takeBack(id) {
    const decide = (state) => {
      if (!state.member) throw new NotPossible(`Nobody has the book ${id}.`);
      return { type: "returned", payload: {} };
    };
    await this.#log.decide("books", id, { ...book, decide });
  }

  async isOverdue(id) {
    const [last] = (await this.#log.readPage("books", id, { direction: "backward", limit: 1 })).events;
    return last?.type === "lent" && new Date(last.payload.until) < (await this.#clock());
  }
}

let books; // one for all invocations of a process

/** The function that builds the read model `books#<id>`: who has it, and how often it was lent. */
export async function handler(event) {
  books ??= new Projector({
    eventLog: new EventLog(),
    log: "books",
    type: "book",
    apply: {
      lent: ({ payload }, read) => {
        if (!payload.member) throw new Error("nobody has borrowed it");
        read.member = payload.member;
        read.loans = (read.loans ?? 0) + 1;
      },
      returned: (_, read) => {
        read.member = null;
      },
    },
  });
  await books.handle(event);
}
