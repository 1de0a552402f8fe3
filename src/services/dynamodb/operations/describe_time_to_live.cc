#include "services/dynamodb/operations/describe_time_to_live.h"

#include "base/json_writer.h"
#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {

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

}  // namespace ddblog::dynamodb
