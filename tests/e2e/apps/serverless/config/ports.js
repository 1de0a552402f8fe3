module.exports.ports = () => ({
  dynamodb: Number(process.env.DYNAMODB_PORT || 8000),
  events: Number(process.env.EVENTS_PORT || 4010),
});
