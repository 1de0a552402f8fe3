// dynamodb-log fake-data: appends the events of made-up users, many at once.
#include <algorithm>
#include <iostream>

#include "aws/json_response.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/fake_users.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/progress.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log fake-data --users 1000
  dynamodb-log fake-data --users 10 --stage test --region eu-north-1

Each user has four events: signup, addPhoneNumber, verifyPhoneNumber, addLocation. Users get random ids, so existing
data does not change.)";

constexpr int kAttempts = 10;
constexpr std::chrono::milliseconds kDelay{50};

struct Flags {
  ConnectionFlags connection;
  std::uint64_t users = 0;
  std::string output = "text";
};

// Puts up to 25 events and retries what the service leaves unprocessed. Ids are new, so no
// condition is needed.
class BatchWriter {
 public:
  BatchWriter(std::shared_ptr<Transport> transport, std::string table, Environment& environment)
      : transport_(std::move(transport)), table_(std::move(table)), environment_(environment) {}

  void write(const std::vector<Event>& events) {
    std::string requests;
    JsonWriter json(requests);
    json.beginObject().key(table_).beginArray();
    for (const Event& event : events) {
      json.beginObject().key("PutRequest").beginObject().key("Item").raw(toItem(event));
      json.endObject().endObject();
    }
    json.endArray().endObject();
    for (int attempt = 1; attempt <= kAttempts; ++attempt) {
      requests = put(requests);
      if (requests.empty()) return;
      environment_.pause(kDelay * attempt + environment_.jitter(kDelay));
    }
    throw std::runtime_error("The table " + table_ + " is throttled: events are still unprocessed after " +
                             std::to_string(kAttempts) + " attempts. Try fewer users.");
  }

 private:
  // Returns the unprocessed requests; empty if there are none.
  std::string put(const std::string& requests) {
    const json::object response =
        aws::parseResponse(transport_->call(Api::kDynamoDb, "BatchWriteItem", "{\"RequestItems\":" + requests + "}"));
    const json::value* left = response.if_contains("UnprocessedItems");
    if (!left || !left->is_object() || left->get_object().empty()) return {};
    return json::serialize(*left);
  }

  std::shared_ptr<Transport> transport_;
  std::string table_;
  Environment& environment_;
};

int fakeData(const Flags& flags) {
  const auto environment = systemEnvironment();
  BatchWriter writer(connectAs(flags.connection), logTableName(flags.connection.stage), *environment);
  FakeUsers users(Ids().number());
  std::uint64_t count = 0;
  {
    Progress progress(flags.users, "users");
    for (std::uint64_t left = flags.users; left > 0;) {
      std::vector<Event> batch;
      std::uint64_t in_batch = 0;
      while (left > 0 && batch.size() + 4 <= limits::kBatchWriteRequests) {
        std::ranges::move(users.next(environment->timestamp()), std::back_inserter(batch));
        ++in_batch;
        --left;
      }
      writer.write(batch);
      count += batch.size();
      progress.advance(in_batch);
    }
  }
  const std::string table = logTableName(flags.connection.stage);
  if (flags.output == "json") {
    std::cout << json::serialize(json::object{{"table", table}, {"users", flags.users}, {"events", count}})
              << std::endl;
  } else {
    std::cout << count << " events of " << flags.users << " users appended to " << printable(table) << std::endl;
  }
  return kOk;
}

}  // namespace

void addFakeData(Command& program) {
  Command command = program.subcommand("fake-data", "Append events of made-up users");
  auto flags = std::make_shared<Flags>();
  command.number("--users N", flags->users, "How many users", {1, 1'000'000}, Need::kRequired);
  command.choice("--output,-o text|json", flags->output, {"text", "json"}, "How to print the result");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return fakeData(*flags); });
}

}  // namespace ddblog::cli
