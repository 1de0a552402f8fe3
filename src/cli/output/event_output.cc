#include "cli/output/event_output.h"

#include <unistd.h>

#include <iostream>

#include "base/json.h"
#include "cli/query/output_format.h"
#include "cli/terminal/printable.h"
#include "cli/terminal/screen.h"

namespace ddblog::cli {
namespace {

// In the order of toJson(). The version comes as "sk", a number.
json::object asItem(const Event& event) {
  json::object stored = parseJson(toItem(event)).as_object();
  json::object item{{"log", {{"S", event.log}}}, {"id", {{"S", event.id}}}, {"version", stored.at("sk")}};
  for (const char* name : {"type", "payload", "eventId", "createdAt", "metadata"}) {
    if (const json::value* value = stored.if_contains(name)) item[name] = *value;
  }
  return item;
}

}  // namespace

EventOutput::EventOutput(const std::string& format)
    : is_lines_(format == "jsonl"),
      output_(std::cout, outputFormat(format), {"version", "type", "createdAt", "payload"},
              screenOf(STDOUT_FILENO).width) {}

bool EventOutput::add(const Event& event) {
  last_version_ = event.version;
  if (is_lines_) {
    std::cout << printableJson(toJson(event)) << '\n';
  } else {
    output_.add(asItem(event));
  }
  return std::cout.good();  // the reader may have closed the pipe
}

void EventOutput::finish() {
  if (!is_lines_) output_.finish();
  std::cout.flush();
}

}  // namespace ddblog::cli
