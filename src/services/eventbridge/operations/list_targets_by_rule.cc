// ListTargetsByRule: the targets of a rule, as they were put.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class ListTargetsByRule {
 public:
  ListTargetsByRule(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string bus_;
  std::string rule_;
  ListRequest page_;
};

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

}  // namespace

void addListTargetsByRule(rpc::JsonApi& api, Context& context) {
  rpc::addRead<ListTargetsByRule>(api, "ListTargetsByRule", context);
}

}  // namespace ddblog::eventbridge
