// An ES module with top-level await.
const ready = await Promise.resolve("ready");

export const handler = async (event, context) => {
  console.error("module on standard error");
  return { style: "module", ready, event, arn: context.invokedFunctionArn, environment: process.env };
};
