// The trigger: the function between the log table's stream and the bus.

import type { Environment, Transport } from "./transport.js";

export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/** Publishes a batch of the table's stream. Rejects with InvalidArgument if it is anything else. */
export function handler(batch: unknown): Promise<BatchResponse>;

/**
 * A handler of your own. `env`: EVENT_BUS_NAME and MAX_ENTRY_BYTES are read from it. Default of
 * `report`: console.error.
 */
export function createTrigger(options?: {
  transport?: Transport;
  env?: { [name: string]: string | undefined };
  environment?: Partial<Environment>;
  report?(line: string): void;
}): (batch: unknown) => Promise<BatchResponse>;
