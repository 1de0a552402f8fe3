// dynamodb-log query TABLE: looks at the items of a table, by key or all of them.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <stdexcept>

#include "base/text.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/query/output_format.h"
#include "cli/query/table_reader.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/questions.h"
#include "cli/terminal/screen.h"
#include "cli/terminal/shell_words.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log query local-dynamodb-logs --pk 'users#42#stream' --sk '>= 3'
  dynamodb-log query core --stage dev --filter "contains(name, 'Ada') and version > 2" --limit 10
  dynamodb-log query local-core -o json | jq '.[].email'
  dynamodb-log query                                asks for the table and the keys, on a terminal

--sk: 'V', '< V', '<= V', '> V', '>= V', 'begins_with V', 'between A B'.
--filter: DynamoDB's filter expression, with the values in it: type = 'signup' and payload.age > 17.
Without --pk it reads the whole table, which costs as much in AWS.)";

constexpr std::uint64_t kUsualLimit = 100;

struct Flags {
  ConnectionFlags connection;
  std::string table;
  ItemQuestion question;
  std::uint64_t limit = kUsualLimit;
  std::string output;  // empty: a table on a terminal, elsewhere jsonl
};

std::vector<std::string> firstColumns(const TableInfo& table, const Keys& keys) {
  std::vector<std::string> columns;
  for (const Keys& of : {keys, table.keys}) {
    for (const auto& key : {std::optional(of.partition), of.sort}) {
      if (key && std::ranges::find(columns, key->name) == columns.end()) columns.push_back(key->name);
    }
  }
  return columns;
}

int print(const TableReader& reader, const TableInfo& table, const Flags& flags) {
  const ItemRequest request = requestFor(table, flags.question);
  ItemOutput output(std::cout, outputFormat(flags.output), firstColumns(table, keysFor(table, flags.question)),
                    screenOf(STDOUT_FILENO).width);
  const bool has_more = reader.read(request, flags.limit, [&](const json::object& item) {
    output.add(item);
    return std::cout.good();  // the reader may have closed the pipe
  });
  const std::vector<std::string> left_out = output.finish();
  if (!left_out.empty()) {
    std::cerr << "Not shown:";
    for (const std::string& name : left_out) std::cerr << (name == left_out.front() ? " " : ", ") << name;
    std::cerr << " (-o json shows all)\n";
  }
  if (has_more && std::cout.good()) {
    std::cerr << "These are the first " << withThousands(output.count())
              << " items. There may be more: --limit N, or --limit 0 for all.\n";
  } else if (output.count() == 0) {
    std::cerr << "There are no such items.\n";
  }
  return kOk;
}

// The words for it, as one would type them.
std::vector<std::string> wordsFor(const Flags& flags) {
  std::vector<std::string> words = {"query", flags.table};
  const auto add = [&words](const char* option, const std::string& value, const std::string& usual) {
    if (value != usual) words.insert(words.end(), {option, value});
  };
  add("--index", flags.question.index, "");
  add("--pk", flags.question.partition.value_or(""), "");
  add("--sk", flags.question.sort_condition.value_or(""), "");
  add("--stage", flags.connection.stage, "local");
  add("--endpoint-url", flags.connection.endpoint_url, "");
  add("--region", flags.connection.region, "");
  add("--profile", flags.connection.profile, "");
  return words;
}

// Asks for what is missing; false: the person has had enough.
bool askFor(const TableReader& reader, Flags& flags) {
  const std::vector<std::string> names = reader.tableNames();
  if (names.empty()) throw std::runtime_error("There are no tables.");
  Questions questions;
  const auto table_name = questions.ask("Table (Tab lists them)", {.complete = [&](const auto&) { return names; },
                                                                   .preset = names.size() == 1 ? names.front() : ""});
  if (!table_name || table_name->empty()) return false;
  const TableInfo table = reader.find(*table_name);
  flags.table = table.name;
  if (!table.indexes.empty()) {
    std::vector<std::string> indexes;
    for (const auto& [name, keys] : table.indexes) indexes.push_back(name);
    const auto index =
        questions.ask("Index (empty: the table itself)", {.complete = [&](const auto&) { return indexes; }});
    if (!index) return false;
    flags.question.index = *index;
  }
  const Keys& keys = keysFor(table, flags.question);
  const auto partition =
      questions.ask(printable(keys.partition.name) + " (empty: all items)", {.complete = [&](const auto& begun) {
                      try {
                        return reader.somePartitions(table, keys, flags.question.index, begun);
                      } catch (const std::exception&) {  // there are no suggestions then
                        return std::vector<std::string>();
                      }
                    }});
  if (!partition) return false;
  if (!partition->empty()) flags.question.partition = *partition;
  if (!partition->empty() && keys.sort) {
    const auto sort =
        questions.ask(printable(keys.sort->name) + " (a value, '>= V', 'begins_with V', 'between A B'; empty: all)");
    if (!sort) return false;
    if (!sort->empty()) flags.question.sort_condition = *sort;
  }
  std::cout << "$ dynamodb-log " << shellWords(wordsFor(flags)) << std::endl;
  return true;
}

int query(Flags flags) {
  const TableReader reader(connectAs(flags.connection), flags.connection.stage);
  if (flags.table.empty()) {
    if (!isTerminal(STDIN_FILENO) || !isTerminal(STDOUT_FILENO)) {
      throw std::invalid_argument("the table is missing: dynamodb-log query TABLE");
    }
    if (!askFor(reader, flags)) return kFailure;
  }
  return print(reader, reader.find(flags.table), flags);
}

}  // namespace

void addQuery(Command& program) {
  Command command = program.subcommand("query", "Look at the items of a table");
  auto flags = std::make_shared<Flags>();
  command.optionalArgument("TABLE", flags->table, "The table, with or without the stage's prefix: core is local-core");
  command.option("--pk VALUE", flags->question.partition, "The partition key's value (default: all items)");
  command.option("--sk CONDITION", flags->question.sort_condition, "Which sort keys: '3', '>= 3', 'begins_with x' …");
  command.option("--filter EXPRESSION", flags->question.filter, "Only items of which this is true");
  command.option("--index NAME", flags->question.index, "Read this index; --pk and --sk are its keys then");
  command.number("--limit N", flags->limit, "Print at most so many items; 0: all");
  command.flag("--reverse", flags->question.reverse, "The largest sort key first");
  addOutputOption(command, flags->output, "table on a terminal, elsewhere jsonl");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return query(*flags); });
}

}  // namespace ddblog::cli
