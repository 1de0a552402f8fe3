// For Node's own test runner: import { useCloud } from "dynamodb-log/testing/node-test".
import { after, before, beforeEach } from "node:test";
import testing from "./index.js";

export const useCloud = (options) => testing.useCloudWith({ afterAll: after, beforeAll: before, beforeEach }, options);
