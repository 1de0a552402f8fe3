// The users application: builds the read model `users#<id>` from the events of the log "users".
//
//   signup             {name, email}   name, email
//   addPhoneNumber     {phoneNumber}   phoneNumber, not verified yet
//   verifyPhoneNumber  {phoneNumber}   verifiedPhoneNumber, if it still is the user's number
//   addLocation        {long, lat}     location, with every digit
//
// Two functions in one program; the template's `Handler` chooses: `users` gets the events of the
// bus, `onFailure` gets the records of the events that `users` could not handle in all its
// attempts.
//
// Environment: LOG_TABLE and CORE_TABLE, or STAGE (default "local") from which their names are
// made.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "ddblog/event.h"
#include "ddblog/lambda_runtime.h"
#include "ddblog/payload.h"
#include "ddblog/projector.h"
#include "ddblog/transport.h"

namespace {

using ddblog::Event;
using ddblog::Payload;
using ddblog::ReadModel;

std::string environment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

struct Tables {
  std::string stage = environment("STAGE", "local");
  std::string log = environment("LOG_TABLE", ddblog::logTableName(stage));
  std::string core = environment("CORE_TABLE", ddblog::readModelTableName(stage));
};

void signup(const Event& event, ReadModel& user) {
  const Payload payload(event.payload);
  user.setString("name", payload.string("name"));
  user.setString("email", payload.string("email"));
}

void addPhoneNumber(const Event& event, ReadModel& user) {
  user.setString("phoneNumber", Payload(event.payload).string("phoneNumber"));
  user.setBool("verifiedPhoneNumber", false);
}

void verifyPhoneNumber(const Event& event, ReadModel& user) {
  const std::string verified = Payload(event.payload).string("phoneNumber");
  if (user.string("phoneNumber") == verified) user.setBool("verifiedPhoneNumber", true);
}

void addLocation(const Event& event, ReadModel& user) {
  const Payload payload(event.payload);
  user.setJson("location", "{\"long\":" + payload.number("long") + ",\"lat\":" + payload.number("lat") + "}");
}

std::shared_ptr<ddblog::Projector> makeProjector(const std::shared_ptr<ddblog::Transport>& transport,
                                                 const Tables& tables) {
  auto users = std::make_shared<ddblog::Projector>(
      transport, ddblog::ProjectorOptions{
                     .log_table = tables.log, .read_model_table = tables.core, .log = "users", .type = "user"});
  users->on("signup", signup);
  users->on("addPhoneNumber", addPhoneNumber);
  users->on("verifyPhoneNumber", verifyPhoneNumber);
  users->on("addLocation", addLocation);
  return users;
}

// Keeps the record of an event that could not be handled where it can be looked at: as a line of
// the function's log, and as the item pk = sk = `failure#<requestId>`.
std::string keepFailure(ddblog::Transport& transport, const Tables& tables, std::string_view record) {
  std::cerr << "[FAILURE] " << record << std::endl;
  const Payload failure(record);
  const Payload context = failure.at("requestContext");
  const auto attribute = [](const std::string& text) { return "{\"S\":" + ddblog::quoteJson(text) + "}"; };
  const std::string key = attribute("failure#" + context.string("requestId"));
  transport.call(ddblog::Api::kDynamoDb, "PutItem",
                 "{\"TableName\":" + ddblog::quoteJson(tables.core) + ",\"Item\":{\"pk\":" + key + ",\"sk\":" + key +
                     ",\"type\":" + attribute("failure") + ",\"condition\":" + attribute(context.string("condition")) +
                     ",\"timestamp\":" + attribute(failure.string("timestamp")) +
                     ",\"record\":" + attribute(std::string(record)) + "}}");
  return "null";
}

}  // namespace

int main() {
  const Tables tables;
  const auto transport = ddblog::connect();
  const auto users = makeProjector(transport, tables);
  return ddblog::runHandlers({
      {"users",
       [&](std::string_view event, const ddblog::InvocationContext&) {
         users->handle(event);
         return std::string("null");
       }},
      {"onFailure", [&](std::string_view record,
                        const ddblog::InvocationContext&) { return keepFailure(*transport, tables, record); }},
  });
}
