const { count, get, put } = require("./keystore.js");

test("a value is stored", async () => {
  await put("b", "hello");
  expect(await get("b")).toBe("hello");
});

test("each test begins with the fixtures", async () => {
  expect([await count(), await get("a"), await get("b")]).toEqual([1, "fixture", undefined]);
});

test("with basePort, each worker has a port of its own", () => {
  const { BASE_PORT, JEST_WORKER_ID, MOCK_DYNAMODB_PORT } = process.env;
  if (BASE_PORT) expect(Number(MOCK_DYNAMODB_PORT)).toBe(Number(BASE_PORT) + Number(JEST_WORKER_ID));
  else expect(MOCK_DYNAMODB_PORT).toMatch(/^\d+$/);
});
