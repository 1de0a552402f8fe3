#include "services/eventbridge/operations/test_event_pattern.h"

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

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
  matches_ = compiled.matches(event_patterns::EventFields(text.root()));
}

std::string TestEventPattern::run(const Reader&) const {
  std::string out;
  JsonWriter(out).beginObject().key("Result").value(matches_).endObject();
  return out;
}

}  // namespace ddblog::eventbridge
