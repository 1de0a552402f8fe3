// CommonJS, promises.
exports.handler = async (event, context) => {
  console.log("common sees", event.word);
  return { style: "common", event, name: context.functionName, remaining: context.getRemainingTimeInMillis() > 0 };
};

exports.throws = async () => {
  throw new TypeError("this always fails");
};
