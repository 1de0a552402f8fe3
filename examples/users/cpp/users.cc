// The users application: builds the read model `users#<id>` from the events of the log "users".
//
//   signup             {name, email}   name, email
//   addPhoneNumber     {phoneNumber}   phoneNumber, not verified yet
//   verifyPhoneNumber  {phoneNumber}   verifiedPhoneNumber, if it still is the user's number
//   addLocation        {long, lat}     location, with every digit
//
// Two functions in one program; the template's `Handler` chooses: `users` gets the events of the
// bus, `onFailure` gets the records of the events that `users` could not handle in all its attempts.
#include <ddblog/items.h>
#include <ddblog/lambda_runtime.h>
#include <ddblog/projector.h>

#include <iostream>

using ddblog::Event;
using ddblog::Payload;
using ddblog::quoteJson;
using ddblog::ReadModel;

// Keeps the record of an event that could not be handled where it can be looked at: as a line of the
// function's log, and as the item pk = sk = `failure#<requestId>`.
void keepFailure(ddblog::Transport& transport, const std::string& table, std::string_view record) {
  std::cerr << "[FAILURE] " << record << std::endl;
  const Payload failure(record);
  const Payload context = failure.at("requestContext");
  const std::string key = quoteJson("failure#" + context.string("requestId"));
  ddblog::putItem(transport, table,
                  "{\"pk\":" + key + ",\"sk\":" + key + R"(,"type":"failure","condition":)" +
                      quoteJson(context.string("condition")) + ",\"timestamp\":" +
                      quoteJson(failure.string("timestamp")) + ",\"record\":" + quoteJson(record) + "}");
}

int main() {
  const auto transport = ddblog::connect();
  const auto tables = ddblog::tablesOfEnvironment();
  ddblog::Projector users(
      transport, {.log_table = tables.log, .read_model_table = tables.read_models, .log = "users", .type = "user"});
  users.on("signup", [](const Event& event, ReadModel& user) {
    const Payload payload(event.payload);
    user.setString("name", payload.string("name"));
    user.setString("email", payload.string("email"));
  });
  users.on("addPhoneNumber", [](const Event& event, ReadModel& user) {
    user.setString("phoneNumber", Payload(event.payload).string("phoneNumber"));
    user.setBool("verifiedPhoneNumber", false);
  });
  users.on("verifyPhoneNumber", [](const Event& event, ReadModel& user) {
    const std::string verified = Payload(event.payload).string("phoneNumber");
    if (user.string("phoneNumber") == verified) user.setBool("verifiedPhoneNumber", true);
  });
  users.on("addLocation", [](const Event& event, ReadModel& user) {
    const Payload payload(event.payload);
    user.setJson("location", "{\"long\":" + payload.number("long") + ",\"lat\":" + payload.number("lat") + "}");
  });
  return ddblog::runHandlers({
      {"users", ddblog::withoutResult([&](std::string_view event) { users.handle(event); })},
      {"onFailure",
       ddblog::withoutResult([&](std::string_view record) { keepFailure(*transport, tables.read_models, record); })},
  });
}
