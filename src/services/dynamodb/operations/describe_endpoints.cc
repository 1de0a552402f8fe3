#include "services/dynamodb/operations/describe_endpoints.h"

#include "base/json_writer.h"

namespace ddblog::dynamodb {

DescribeEndpoints::DescribeEndpoints(rpc::RequestReader&, Context& context) : region_(context.region) {}

std::string DescribeEndpoints::run(const Reader&) const {
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Endpoints").beginArray().beginObject();
  json.key("Address").value("dynamodb." + region_ + ".amazonaws.com").key("CachePeriodInMinutes").value(1440);
  json.endObject().endArray().endObject();
  return out;
}

}  // namespace ddblog::dynamodb
