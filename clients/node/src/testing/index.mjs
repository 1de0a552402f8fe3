import testing from "./index.js";

export const { HandlersFailed, LocalCloud, NotSettled, start, useCloudWith } = testing;
