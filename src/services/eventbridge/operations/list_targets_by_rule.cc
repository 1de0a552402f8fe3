#include "services/eventbridge/operations/list_targets_by_rule.h"

#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {

ListTargetsByRule::ListTargetsByRule(rpc::RequestReader& request, Context& context) : context_(context) {
  rule_ = request.fields().string("Rule", ruleNameRule()).value_or("");
  bus_ = readBusName(request.fields(), context);
  page_ = readPage(request.fields(), {}, {});
  request.finish();
}

std::string ListTargetsByRule::run(const Reader& reader) const {
  context_.catalog.rule(reader, bus_, rule_);
  const Page<Target> page = context_.catalog.targets(reader, bus_, rule_, page_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Targets").beginArray();
  for (const Target& target : page.entries) json.raw(json::serialize(target));
  json.endArray();
  writeNextToken(json, page.next_token);
  json.endObject();
  return out;
}

}  // namespace ddblog::eventbridge
