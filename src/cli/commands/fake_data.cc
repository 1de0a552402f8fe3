// dynamodb-log fake-data: appends the events of made-up users, many at once.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <iterator>

#include "aws/json_response.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/fake_users.h"
#include "cli/output/event_output.h"
#include "cli/query/output_format.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/progress.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log fake-data --users 1000
  dynamodb-log fake-data --users 10 --stage test --region eu-north-1
  dynamodb-log fake-data --users 1000 --rate 20      20 events a second, until Ctrl-C
  dynamodb-log fake-data --users 3 -o jsonl          prints the events

Each user has four events: signup, addPhoneNumber, verifyPhoneNumber, addLocation. Users get random ids, so existing
data does not change.)";

constexpr int kAttempts = 10;
constexpr std::chrono::milliseconds kDelay{50};

struct Flags {
  ConnectionFlags connection;
  std::uint64_t users = 0;
  int rate = 0;        // events a second; 0: as fast as it goes
  std::string output;  // empty: how many there were
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

// Lets `rate` events through a second.
class Pace {
 public:
  Pace(int rate, Environment& environment) : rate_(rate), environment_(environment) {}

  // Waits until it is time for more, after `count` events since the beginning; ends early once `interrupt` happened.
  void await(std::uint64_t count, const Interrupt& interrupt) const {
    if (rate_ == 0) return;
    const auto due = begin_ + std::chrono::milliseconds(count * 1000 / static_cast<std::uint64_t>(rate_));
    for (auto now = Steady::now(); now < due && !interrupt.happened(); now = Steady::now()) {
      environment_.pause(std::min(kLook, std::chrono::ceil<std::chrono::milliseconds>(due - now)));
    }
  }

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kLook{100};  // how soon Ctrl-C is noticed

  const int rate_;
  Environment& environment_;
  const Steady::time_point begin_ = Steady::now();
};

int fakeData(const Flags& flags) {
  const auto environment = systemEnvironment();
  confirmStage(flags.connection, "fake-data");
  BatchWriter writer(connectAs(flags.connection), logTableName(flags.connection.stage), *environment);
  FakeUsers users(Ids().number());
  EventOutput output(flags.output.empty() ? "jsonl" : flags.output);
  std::uint64_t events = 0, done = 0;
  {
    const Interrupt interrupt;
    Progress progress(flags.users, "users");
    const Pace pace(flags.rate, *environment);
    // With a rate, users come one by one.
    const std::size_t most_events = flags.rate > 0 ? 1 : limits::kBatchWriteRequests;
    while (done < flags.users && !interrupt.happened()) {
      std::vector<Event> batch;
      const std::uint64_t before = done;
      do {
        std::ranges::move(users.next(environment->timestamp()), std::back_inserter(batch));
        ++done;
      } while (done < flags.users && batch.size() + 4 <= most_events);
      writer.write(batch);
      events += batch.size();
      if (!flags.output.empty() && !std::ranges::all_of(batch, [&](const Event& event) { return output.add(event); })) {
        break;  // nobody reads any more
      }
      if (flags.rate > 0) std::cout.flush();
      progress.advance(done - before);
      pace.await(events, interrupt);
    }
  }
  if (!flags.output.empty()) {
    output.finish();
    return kOk;
  }
  std::cout << events << " events of " << done << " users appended to " << logTableName(flags.connection.stage)
            << std::endl;
  return kOk;
}

}  // namespace

void addFakeData(Command& program) {
  Command command = program.subcommand("fake-data", "Append events of made-up users");
  auto flags = std::make_shared<Flags>();
  command.number("--users N", flags->users, "How many users", {1, 1'000'000}, Need::kRequired);
  command.number("--rate N", flags->rate, "At most N events a second (default: as fast as possible)", {1, 100'000});
  addOutputOption(command, flags->output, "how many there were");
  flags->output.clear();  // whatever is configured: there may be a million events
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return fakeData(*flags); });
}

}  // namespace ddblog::cli
