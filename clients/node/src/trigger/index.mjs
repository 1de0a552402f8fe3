import trigger from "./index.js";

export const { createTrigger, handler } = trigger;
