// For Vitest: import { useCloud } from "dynamodb-log/testing/vitest".
import { afterAll, beforeAll, beforeEach } from "vitest";
import testing from "./index.js";

export const useCloud = (options) => testing.useCloudWith({ afterAll, beforeAll, beforeEach }, options);
