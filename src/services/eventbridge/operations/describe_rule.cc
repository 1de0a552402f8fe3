// DescribeRule: one rule.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class DescribeRule {
 public:
  DescribeRule(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string bus_;
  std::string name_;
};

DescribeRule::DescribeRule(rpc::RequestReader& request, Context& context) : context_(context) {
  name_ = request.fields().string("Name", ruleNameRule()).value_or("");
  bus_ = readBusName(request.fields(), context);
  request.finish();
}

std::string DescribeRule::run(const Reader& reader) const {
  const Rule rule = context_.catalog.rule(reader, bus_, name_);
  std::string out;
  JsonWriter json(out);
  json.beginObject();
  writeRule(json, rule, context_);
  json.key("CreatedBy").value(context_.account_id).endObject();
  return out;
}

}  // namespace

void addDescribeRule(rpc::JsonApi& api, Context& context) { rpc::addRead<DescribeRule>(api, "DescribeRule", context); }

}  // namespace ddblog::eventbridge
