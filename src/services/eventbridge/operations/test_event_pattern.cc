#include "services/eventbridge/operations/test_event_pattern.h"

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

TestEventPattern::TestEventPattern(rpc::RequestReader& request, Context&) {
  const std::string pattern = request.fields().string("EventPattern", patternRule(true)).value_or("");
  const std::string event = request.fields().string("Event", {.required = true}).value_or("");
  request.finish();
  const Pattern compiled = Pattern::compile(pattern);
  const auto refuse = [] { throw validationError("Parameter Event is not valid."); };
  if (!isJsonObject(event)) refuse();
  const JsonText text(event);
  for (const char* name : {"id", "account", "source", "time", "region", "detail-type"}) {
    if (!text.root().find(name)) refuse();
  }
  matches_ = compiled.matches(EventFields(text.root()));
}

std::string TestEventPattern::run(const Reader&) const {
  std::string out;
  JsonWriter(out).beginObject().key("Result").value(matches_).endObject();
  return out;
}

}  // namespace ddblog::eventbridge
