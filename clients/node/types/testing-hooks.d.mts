export * from "./testing-hooks.js";
