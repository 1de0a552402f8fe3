// DescribeTimeToLive: whether a table's time to live is on, and by which attribute. Throws
// ResourceNotFoundException.
#include <string>

#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {
namespace {

class DescribeTimeToLive {
 public:
  DescribeTimeToLive(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

DescribeTimeToLive::DescribeTimeToLive(rpc::RequestReader& request, Context& context)
    : context_(context), name_(readTableName(request.fields(), context)) {
  request.finish();
}

std::string DescribeTimeToLive::run(const Reader& reader) const {
  const auto table = describedTable(reader, context_, name_);
  const bool is_on = !table->ttl_attribute.empty();
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("TimeToLiveDescription").beginObject();
  json.key("TimeToLiveStatus").value(is_on ? "ENABLED" : "DISABLED");
  if (is_on) json.key("AttributeName").value(table->ttl_attribute);
  json.endObject().endObject();
  return out;
}

}  // namespace

void addDescribeTimeToLive(rpc::JsonApi& service, Context& context) {
  rpc::addRead<DescribeTimeToLive>(service, "DescribeTimeToLive", context);
}

}  // namespace ddblog::dynamodb
