// Sends no welcome to people without an address: it fails, and its destination gets the event.
module.exports.handler = async ({ detail }) => {
  if (!detail.payload.email) throw new Error(`no address for ${detail.payload.name}`);
};
