export * from "./trigger.js";
