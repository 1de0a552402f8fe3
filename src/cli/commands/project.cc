// dynamodb-log project status|rebuild: the read models of the log's streams.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "aws/limits.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/bus_event.h"
#include "cli/bus_rules.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/function_client.h"
#include "cli/projections/handlers.h"
#include "cli/projections/rebuild.h"
#include "cli/projections/survey.h"
#include "cli/query/item_output.h"
#include "cli/query/output_format.h"
#include "cli/terminal/confirm.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/interrupt.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/screen.h"
#include "ddblog/errors.h"
#include "ddblog/event.h"
#include "ddblog/event_log.h"
#include "ddblog/names.h"
#include "ddblog/projector.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log project status                              which read models there are, and how far behind
  dynamodb-log project status users --fail-behind -o json
  dynamodb-log project rebuild users                       each read model anew, in its place
  dynamodb-log project rebuild users --generation v2 --switch
  dynamodb-log project rebuild users --stage dev --function users-dev-Users --yes

A read model is what a Projector of the library writes. `rebuild` gives the last event of each stream to the function
that builds the read models, which then projects the stream. With --generation it builds new ones beside those that
serve: the function must project that generation, too. Without it, each read model that has no generation is removed
and rebuilt, one after another; other items that the function writes stay. docs/event-log.md says more. Exit status 1:
not all streams are rebuilt, or something is behind (status --fail-behind).)";

constexpr std::size_t kSamples = 20;  // ours: streams whose last events tell which rules there are

struct Flags {
  ConnectionFlags connection;
  std::string log;
  // status
  std::string output;
  int worst = 5;
  bool fail_behind = false;
  // rebuild
  std::string generation;
  std::string function;
  std::string bus{names::kBus};
  int concurrency = 4;
  bool switches = false;
  bool keep_going = false;
  bool yes = false;
};

// --- status ---

json::object numberOf(std::uint64_t number) { return {{"N", std::to_string(number)}}; }

json::object rowOf(const Projection& one, bool with_worst) {
  json::object row{{"log", {{"S", one.log}}},
                   {"type", {{"S", one.type}}},
                   {"generation", {{"S", one.generation}}},
                   {"current", {{"BOOL", one.is_current}}},
                   {"streams", numberOf(one.streams)},
                   {"behind", numberOf(one.behind)},
                   {"missing", numberOf(one.missing)},
                   {"eventsBehind", numberOf(one.events_behind)},
                   {"ahead", numberOf(one.ahead)}};
  if (!with_worst) return row;
  json::array worst;
  for (const Lag& lag : one.worst) {
    json::object members{{"id", {{"S", lag.id}}}, {"version", numberOf(lag.version)}, {"end", numberOf(lag.end)}};
    worst.push_back(json::object{{"M", std::move(members)}});
  }
  row["worst"] = json::object{{"L", std::move(worst)}};
  return row;
}

// "users 42 (user): at version 1 of 3"
std::string lineOf(const Projection& one, const Lag& lag) {
  std::string line = one.log + " " + lag.id + " (" + one.type;
  if (!one.generation.empty()) line += ", " + one.generation;
  line += "): ";
  if (lag.version == 0) return line + "no read model of " + std::to_string(lag.end) + " events";
  line += "at version " + std::to_string(lag.version);
  return line + (lag.version > lag.end ? ", but the log ends at " : " of ") + std::to_string(lag.end);
}

int status(const Flags& flags) {
  const std::string& stage = flags.connection.stage;
  const std::string table = readModelTableName(stage);
  const std::vector<Projection> projections =
      surveyProjections(connectAs(flags.connection), {.log_table = logTableName(stage),
                                                      .read_model_table = table,
                                                      .log = flags.log,
                                                      .worst = static_cast<std::size_t>(flags.worst)});
  const ItemOutput::Format format = outputFormat(flags.output);
  const bool is_table = format == ItemOutput::Format::kTable;
  ItemOutput output(std::cout, format,
                    {"log", "type", "generation", "current", "streams", "behind", "missing", "eventsBehind", "ahead"},
                    screenOf(STDOUT_FILENO).width);
  for (const Projection& one : projections) output.add(rowOf(one, !is_table));
  output.finish();
  for (const Projection& one : projections) {
    for (const Lag& lag : is_table ? one.worst : std::vector<Lag>()) {
      std::cout << "  " << printable(lineOf(one, lag)) << '\n';
    }
  }
  std::cout.flush();
  if (projections.empty()) {
    std::cerr << "The table " << table << " has no read models" << (flags.log.empty() ? "" : " of the log " + flags.log)
              << ".\n";
  }
  const auto lags = [](const Projection& one) { return one.behind + one.ahead > 0; };
  return flags.fail_behind && std::ranges::any_of(projections, lags) ? kFailure : kOk;
}

// --- rebuild ---

// Empty: there is no such bus, and the function is named.
std::string busArnFor(Transport& transport, const Flags& flags) {
  try {
    return busArn(transport, flags.bus);
  } catch (const ServiceError&) {
    if (flags.function.empty()) throw;
    return {};
  }
}

// Some last events of the log's streams, as they are on the bus.
std::vector<std::string> sampleEvents(const std::shared_ptr<Transport>& transport, const Flags& flags,
                                      const std::string& bus_arn) {
  EventLog log(transport, logTableName(flags.connection.stage));
  const auto environment = systemEnvironment();
  std::vector<std::string> events;
  log.streams(flags.log, [&](const StreamState& stream) {
    const EventPage page = log.readPage(stream.log, stream.id, {.limit = 1, .backwards = true});
    for (const Event& event : page.events) {
      events.push_back(busEventOf(event, {environment->uuid(), environment->timestamp(), bus_arn}));
    }
    return events.size() < kSamples;
  });
  if (events.empty()) throw std::invalid_argument("The log " + flags.log + " has no streams");
  return events;
}

// The function that builds the read models.
std::string functionFor(const std::shared_ptr<Transport>& transport, const Flags& flags, const std::string& bus_arn) {
  const std::vector<std::string> events = sampleEvents(transport, flags, bus_arn);
  if (!flags.function.empty()) return flags.function;
  const std::vector<std::string> functions = functionsThatGet(*transport, flags.bus, events);
  if (functions.size() == 1) return functions.front();
  if (functions.empty()) {
    throw std::invalid_argument(
        "no rule of the bus " + flags.bus + " gives the events of " + flags.log +
        " to a function as they are. Name the function that builds the read models (--function NAME). If a queue is "
        "between them, replay the events to its rule (dynamodb-log replay --target bus --rule RULE); if a program "
        "builds them, it calls rebuild() of its Projector");
  }
  std::vector<std::string> names;
  for (const std::string& arn : functions) names.push_back(functionInArn(arn));
  throw std::invalid_argument("several functions get the events of " + flags.log + ": " + joined(names) +
                              ". Name the one that builds the read models: --function " + names.front());
}

bool agrees(const Flags& flags, const std::string& function) {
  if (!flags.generation.empty() || flags.yes) return true;
  return confirm("Remove each read model " + flags.log + "#… of " + readModelTableName(flags.connection.stage) +
                     ", one after another, and let the function " + functionInArn(function) + " make it new?",
                 "project rebuild");
}

RebuildResult rebuildAll(const std::shared_ptr<Transport>& transport, const Flags& flags, const std::string& function,
                         const std::string& bus_arn, bool& is_interrupted) {
  const FunctionClient client(flags.connection, limits::kClientAttempts);
  const std::string name = functionInArn(function);
  const Rebuild rebuild(
      transport,
      {.log_table = logTableName(flags.connection.stage),
       .read_model_table = readModelTableName(flags.connection.stage),
       .log = flags.log,
       .generation = flags.generation,
       .bus_arn = bus_arn,
       .in_place = flags.generation.empty(),
       .keeps_going = flags.keep_going,
       .threads = static_cast<std::size_t>(flags.concurrency)},
      [&](const std::string& event) {
        const FunctionResult result = client.invoke(function, event);
        if (!result.has_failed) return;
        const std::string error = result.error();
        throw std::runtime_error("the function " + name + " failed" + (error.empty() ? "" : ": " + error));
      });
  const Interrupt interrupt;
  std::optional<Progress> progress;
  RebuildResult result = rebuild.run({.is_interrupted = [&] { return interrupt.happened(); },
                                      .has_total = [&](std::uint64_t total) { progress.emplace(total, "streams"); },
                                      .is_done = [&] { progress->advance(1); }});
  is_interrupted = interrupt.happened();
  return result;
}

// What is said besides the errors, if not all streams are rebuilt.
std::string adviceOn(const Flags& flags, const RebuildResult& result, bool is_interrupted) {
  std::string text = withThousands(result.rebuilt + result.unchanged) + " of " + withThousands(result.streams) +
                     " streams of " + flags.log + " are rebuilt.";
  if (result.missing > 0) {
    text += " " + withThousands(result.missing) + (result.missing == 1 ? " read model" : " read models") +
            " may be missing: run it again.";
  }
  if (is_interrupted) return text + " Interrupted: run it again for the others.";
  if (result.missing == 0) text += " The others are as far as they were.";
  if (!flags.generation.empty()) text += " Does the function project the generation " + flags.generation + "?";
  return text;
}

void makeCurrent(const std::shared_ptr<Transport>& transport, const Flags& flags, const RebuildResult& result) {
  if (result.types.size() != 1) {
    throw std::runtime_error(
        "The read models have no type, or several: make the generation current with "
        "makeCurrent() of its Projector.");
  }
  const std::string& stage = flags.connection.stage;
  Projector(transport, {.log_table = logTableName(stage),
                        .read_model_table = readModelTableName(stage),
                        .log = flags.log,
                        .type = *result.types.begin(),
                        .generation = flags.generation})
      .makeCurrent();
  std::cout << "The generation " << printable(flags.generation) << " is current." << std::endl;
}

int rebuild(const Flags& flags) {
  if (flags.switches && flags.generation.empty()) throw std::invalid_argument("--switch goes with --generation");
  confirmStage(flags.connection, "project rebuild");
  const auto transport = connectAs(flags.connection);
  const std::string bus_arn = busArnFor(*transport, flags);
  const std::string function = functionFor(transport, flags, bus_arn);
  if (!agrees(flags, function)) {
    std::cout << "Nothing was changed." << std::endl;
    return kFailure;
  }
  bool is_interrupted = false;
  const RebuildResult result = rebuildAll(transport, flags, function, bus_arn, is_interrupted);
  for (const std::string& error : result.errors) std::cerr << printable(error) << '\n';
  if (result.is_unreachable) throw NotReachable(adviceOn(flags, result, is_interrupted));
  if (!result.isComplete()) throw std::runtime_error(adviceOn(flags, result, is_interrupted));
  std::cout << withThousands(result.rebuilt) << (result.rebuilt == 1 ? " read model of " : " read models of ")
            << printable(flags.log) << " rebuilt";
  if (result.unchanged > 0) std::cout << ", " << withThousands(result.unchanged) << " were up to date";
  std::cout << std::endl;
  if (flags.switches) makeCurrent(transport, flags, result);
  return kOk;
}

}  // namespace

void addProject(Command& program) {
  Command command = program.subcommand("project", "Show how far read models are behind the log, or rebuild them");
  command.examples(kExamples);
  auto flags = std::make_shared<Flags>();

  Command status_command = command.subcommand("status", "List the read models, and how far behind the log they are");
  status_command.optionalArgument("LOG", flags->log, "Only read models of this log: users");
  status_command.number("--worst N", flags->worst, "How many streams to name of each projection that is behind",
                        {0, 1000});
  status_command.flag("--fail-behind", flags->fail_behind, "Exit status 1 if a read model is behind");
  addOutputOption(status_command, flags->output, "table on a terminal, jsonl elsewhere");
  addConnectionFlags(status_command, flags->connection);
  status_command.examples(kExamples);
  status_command.runs([flags] { return status(*flags); });

  Command rebuild_command =
      command.subcommand("rebuild", "Rebuild the read models of a log, through the function that builds them");
  rebuild_command.argument("LOG", flags->log, "The log: users");
  rebuild_command.option("--generation NAME", flags->generation,
                         "Build read models of this generation, beside those that serve");
  rebuild_command.flag("--switch", flags->switches, "When all are built, make the generation the current one");
  rebuild_command.option("--function NAME", flags->function,
                         "The function that builds the read models (default: the one that gets the log's events)");
  rebuild_command.option("--event-bus NAME", flags->bus, "The bus whose rules say which function that is");
  rebuild_command.number("--concurrency N", flags->concurrency, "How many streams at a time", {1, 100});
  rebuild_command.flag("--keep-going", flags->keep_going, "Go on after a stream that failed");
  rebuild_command.flag("--yes,-y", flags->yes, "Do not ask before read models are removed");
  addConnectionFlags(rebuild_command, flags->connection);
  rebuild_command.examples(kExamples);
  rebuild_command.runs([flags] { return rebuild(*flags); });
}

}  // namespace ddblog::cli
