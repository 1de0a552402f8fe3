// dynamodb-log/testing/jest, …/vitest and …/node-test.

import type { AnyEvent, Logs } from "./events.js";
import type { LocalCloud, UseCloudOptions } from "./testing.js";

/**
 * The cloud of a test file: started before its first test, reset before each, stopped after the
 * last.
 */
export function useCloud<L extends Logs = { [log: string]: AnyEvent }>(options?: UseCloudOptions): LocalCloud<L>;
