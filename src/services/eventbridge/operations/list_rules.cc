// ListRules: the rules of a bus, in the order of their names.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/bus/context.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class ListRules {
 public:
  ListRules(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string bus_;
  ListRequest page_;
};

ListRules::ListRules(rpc::RequestReader& request, Context& context) : context_(context) {
  bus_ = readBusName(request.fields(), context);
  page_ = readPage(request.fields(), "NamePrefix", ruleNameRule());
  request.finish();
}

std::string ListRules::run(const Reader& reader) const {
  context_.catalog.bus(reader, bus_);
  const Page<Rule> page = context_.catalog.rules(reader, bus_, page_);
  return listAnswer("Rules", page, [this](JsonWriter& json, const Rule& rule) { writeRule(json, rule, context_); });
}

}  // namespace

void addListRules(rpc::JsonApi& api, Context& context) { rpc::addRead<ListRules>(api, "ListRules", context); }

}  // namespace ddblog::eventbridge
