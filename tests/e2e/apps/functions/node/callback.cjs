// CommonJS, callbacks: the answer comes from outside the handler's own stack.
exports.handler = (event, context, callback) => {
  setTimeout(() => callback(event.fail ? new RangeError(event.fail) : null, { style: "callback", event }), 1);
};
