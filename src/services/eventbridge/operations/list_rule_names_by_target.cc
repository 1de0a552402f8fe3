// ListRuleNamesByTarget: the rules of a bus that have a target with this ARN.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class ListRuleNamesByTarget {
 public:
  ListRuleNamesByTarget(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string bus_;
  std::string target_arn_;
  ListRequest page_;
};

ListRuleNamesByTarget::ListRuleNamesByTarget(rpc::RequestReader& request, Context& context) : context_(context) {
  target_arn_ = request.fields().string("TargetArn", arnRule(true)).value_or("");
  bus_ = readBusName(request.fields(), context);
  page_ = readPage(request.fields(), {}, {});
  request.finish();
}

std::string ListRuleNamesByTarget::run(const Reader& reader) const {
  context_.catalog.bus(reader, bus_);
  const Page<std::string> page = context_.catalog.rulesOfTarget(reader, bus_, target_arn_, page_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("RuleNames").beginArray();
  for (const std::string& name : page.entries) json.value(name);
  json.endArray();
  writeNextToken(json, page.next_token);
  json.endObject();
  return out;
}

}  // namespace

void addListRuleNamesByTarget(rpc::JsonApi& api, Context& context) {
  rpc::addRead<ListRuleNamesByTarget>(api, "ListRuleNamesByTarget", context);
}

}  // namespace ddblog::eventbridge
