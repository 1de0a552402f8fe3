// An ES module by its package.json, in a folder of its own, its handler inside an object.
export const handlers = { main: async (event) => ({ style: "type-module", event }) };
