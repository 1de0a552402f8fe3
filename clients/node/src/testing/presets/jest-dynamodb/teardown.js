// Ends what setup.js has started.
"use strict";

module.exports = () => globalThis.dynamodbLogCloud?.stop();
