import { defineConfig } from "vitest/config";

export default defineConfig({ test: { setupFiles: ["dynamodb-log/vitest-dynamodb-lite"] } });
