// TestEventPattern: whether a pattern matches an event; no bus is involved. The event needs id,
// account, source, time, region and detail-type. Errors: constraints, the pattern, the event.
#include <stdexcept>
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class TestEventPattern {
 public:
  TestEventPattern(rpc::RequestReader& request, Context& context);
  std::string run(const Reader&) const;

 private:
  bool matches_ = false;
};

TestEventPattern::TestEventPattern(rpc::RequestReader& request, Context&) {
  const std::string pattern = request.fields().string("EventPattern", patternRule(true)).value_or("");
  const std::string event = request.fields().string("Event", {.required = true}).value_or("");
  request.finish();
  const event_patterns::Pattern compiled = event_patterns::Pattern::compile(pattern);
  const auto refuse = [] { throw validationError("Parameter Event is not valid."); };
  if (!isJsonObject(event)) refuse();
  const event_patterns::JsonText text(event);
  for (const char* name : {"id", "account", "source", "time", "region", "detail-type"}) {
    if (!text.root().find(name)) refuse();
  }
  try {
    matches_ = compiled.matches(event_patterns::EventFields(text.root()));
  } catch (const std::invalid_argument&) {
    refuse();
  }
}

std::string TestEventPattern::run(const Reader&) const {
  std::string out;
  JsonWriter(out).beginObject().key("Result").value(matches_).endObject();
  return out;
}

}  // namespace

void addTestEventPattern(rpc::JsonApi& api, Context& context) {
  rpc::addRead<TestEventPattern>(api, "TestEventPattern", context);
}

}  // namespace ddblog::eventbridge
