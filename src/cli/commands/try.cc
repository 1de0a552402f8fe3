// dynamodb-log try: follows one event through the whole chain and shows each step. It uses only the
// services' APIs, like any client.
#include <chrono>
#include <iostream>

#include "base/json.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/terminal/exit_status.h"
#include "ddblog/errors.h"
#include "ddblog/event_log.h"
#include "ddblog/names.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log try
  dynamodb-log try --endpoint-url http://localhost:9000

The offline cloud must be running with the users example, as `./dev run` starts it.)";

constexpr std::chrono::milliseconds kPollDelay{5};

struct Flags {
  ConnectionFlags connection;
  int seconds = 30;
};

class Attempt {
 public:
  explicit Attempt(const Flags& flags)
      : flags_(flags),
        transport_(connectAs(flags.connection)),
        environment_(systemEnvironment()),
        log_table_(logTableName(flags.connection.stage)),
        deadline_(std::chrono::steady_clock::now() + std::chrono::seconds(flags.seconds)) {}

  void run() {
    waitForTable();
    const auto iterators = latestIterators();
    const std::string id = environment_->uuid();
    append(id);
    showChangeRecord(streamKey("users", id), iterators);
    showRules(id);
    showReadModel(id);
  }

 private:
  json::object call(Api api, const char* operation, const json::object& request) {
    return parseJson(transport_->call(api, operation, json::serialize(request))).as_object();
  }

  bool timeLeft(const char* what) const {
    if (std::chrono::steady_clock::now() < deadline_) return true;
    throw std::runtime_error(std::string(what) + " within " + std::to_string(flags_.seconds) +
                             " s. Is the offline cloud running a template with handlers for the log 'users'?");
  }

  // The cloud may still be starting.
  void waitForTable() {
    for (;;) {
      try {
        call(Api::kDynamoDb, "DescribeTable", {{"TableName", log_table_}});
        return;
      } catch (const NotReachable&) {
        if (std::chrono::steady_clock::now() > deadline_) throw;
      }
      environment_->pause(kPollDelay);
    }
  }

  std::vector<std::string> latestIterators() {
    const json::object table =
        call(Api::kDynamoDb, "DescribeTable", {{"TableName", log_table_}}).at("Table").as_object();
    const json::value* arn = table.if_contains("LatestStreamArn");
    if (!arn) throw std::runtime_error("The table " + log_table_ + " has no stream.");
    const json::object stream = call(Api::kDynamoDbStreams, "DescribeStream", {{"StreamArn", *arn}});
    std::vector<std::string> iterators;
    for (const json::value& shard : stream.at("StreamDescription").at("Shards").as_array()) {
      const json::object response =
          call(Api::kDynamoDbStreams, "GetShardIterator",
               {{"StreamArn", *arn}, {"ShardId", shard.at("ShardId")}, {"ShardIteratorType", "LATEST"}});
      iterators.emplace_back(response.at("ShardIterator").as_string());
    }
    return iterators;
  }

  void append(const std::string& id) {
    EventLog log(transport_, log_table_);
    const NewEvent signup{"signup", R"({"name":"Ada Lovelace","email":"ada@localhost"})"};
    const std::uint64_t version = log.append("users", id, signup, Expected::none()).version;
    appended_ = std::chrono::steady_clock::now();
    std::cout << "1. appended       signup, version " << version << " of the stream " << streamKey("users", id)
              << std::endl;
  }

  void showChangeRecord(const std::string& key, std::vector<std::string> iterators) {
    while (timeLeft("The event did not appear in the table's stream")) {
      for (std::string& iterator : iterators) {
        if (iterator.empty()) continue;
        const json::object response = call(Api::kDynamoDbStreams, "GetRecords", {{"ShardIterator", iterator}});
        for (const json::value& record : response.at("Records").as_array()) {
          const json::object& change = record.at("dynamodb").as_object();
          if (std::string_view(change.at("Keys").at("pk").at("S").as_string()) != key) continue;
          std::cout << "2. change record  " << record.at("eventName").as_string().c_str() << ", sequence number "
                    << change.at("SequenceNumber").as_string().c_str() << " of the table's stream" << std::endl;
          return;
        }
        const json::value* next = response.if_contains("NextShardIterator");
        iterator = next && next->is_string() ? std::string(next->get_string()) : std::string();
      }
      environment_->pause(kPollDelay);
    }
  }

  // Asks the bus which rules match the event as the trigger puts it.
  void showRules(const std::string& id) {
    const json::object event{{"id", id},
                             {"account", "000000000000"},
                             {"source", names::kSource},
                             {"time", environment_->timestamp()},
                             {"region", "us-east-1"},
                             {"resources", json::array{}},
                             {"detail-type", names::kDetailType},
                             {"detail",
                              {{"log", "users"},
                               {"type", "signup"},
                               {"key", {{"pk", streamKey("users", id)}, {"sk", 1}}},
                               {"payload", {{"id", id}}}}}};
    const json::object rules = call(Api::kEventBridge, "ListRules", {{"EventBusName", names::kBus}});
    for (const json::value& rule : rules.at("Rules").as_array()) {
      const json::value* pattern = rule.as_object().if_contains("EventPattern");
      if (!pattern) continue;
      const json::object test =
          call(Api::kEventBridge, "TestEventPattern", {{"EventPattern", *pattern}, {"Event", json::serialize(event)}});
      if (!test.at("Result").as_bool()) continue;
      const json::object targets =
          call(Api::kEventBridge, "ListTargetsByRule", {{"Rule", rule.at("Name")}, {"EventBusName", names::kBus}});
      for (const json::value& target : targets.at("Targets").as_array()) {
        std::cout << "3. bus            " << names::kBus << ": rule " << rule.at("Name").as_string().c_str()
                  << " invokes " << target.at("Arn").as_string().c_str() << std::endl;
      }
    }
  }

  void showReadModel(const std::string& id) {
    const json::object key{{"pk", {{"S", "users#" + id}}}, {"sk", {{"S", "users#" + id}}}};
    const json::object request{
        {"TableName", readModelTableName(flags_.connection.stage)}, {"Key", key}, {"ConsistentRead", true}};
    while (timeLeft("The read model did not appear")) {
      const json::object response = call(Api::kDynamoDb, "GetItem", request);
      if (const json::value* item = response.if_contains("Item")) {
        const auto taken =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - appended_);
        std::cout << "4. read model     at version " << item->at("version").at("N").as_string().c_str() << ", "
                  << taken.count() << " ms after the append (the first event also starts the function processes):\n   "
                  << json::serialize(*item) << std::endl;
        return;
      }
      environment_->pause(kPollDelay);
    }
  }

  const Flags& flags_;
  std::shared_ptr<Transport> transport_;
  std::shared_ptr<Environment> environment_;
  const std::string log_table_;
  const std::chrono::steady_clock::time_point deadline_;
  std::chrono::steady_clock::time_point appended_;
};

}  // namespace

void addTry(Command& program) {
  Command command = program.subcommand("try", "Take one event through the whole chain and show each step");
  auto flags = std::make_shared<Flags>();
  addConnectionFlags(command, flags->connection);
  command.number("--timeout SECONDS", flags->seconds, "How long to wait at most", {1, 3600});
  command.examples(kExamples);
  command.runs([flags] {
    confirmStage(flags->connection, "try");
    Attempt(*flags).run();
    return static_cast<int>(kOk);
  });
}

}  // namespace ddblog::cli
