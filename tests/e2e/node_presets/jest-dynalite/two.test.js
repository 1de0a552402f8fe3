const { count, put } = require("./keystore.js");

test("another file of tests has a server of its own", async () => {
  await put("c", "other");
  expect(await count()).toBe(2);
});
