// DescribeEndpoints: the address for clients that discover endpoints. Like AWS, returns the one
// regional address, valid for a day.
#include <string>

#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {
namespace {

class DescribeEndpoints {
 public:
  DescribeEndpoints(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  std::string region_;
};

DescribeEndpoints::DescribeEndpoints(rpc::RequestReader&, Context& context) : region_(context.region) {}

std::string DescribeEndpoints::run(const Reader&) const {
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Endpoints").beginArray().beginObject();
  json.key("Address").value("dynamodb." + region_ + ".amazonaws.com").key("CachePeriodInMinutes").value(1440);
  json.endObject().endArray().endObject();
  return out;
}

}  // namespace

void addDescribeEndpoints(rpc::JsonApi& service, Context& context) {
  rpc::addRead<DescribeEndpoints>(service, "DescribeEndpoints", context);
}

}  // namespace ddblog::dynamodb
