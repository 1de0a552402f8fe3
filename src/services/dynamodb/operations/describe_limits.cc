// DescribeLimits: the throughput quotas of an account and of a table. We throttle nothing; the
// figures are AWS's defaults.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
#include <string>

#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {
namespace {

class DescribeLimits {
 public:
  DescribeLimits(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;
};

DescribeLimits::DescribeLimits(rpc::RequestReader&, Context&) {}

std::string DescribeLimits::run(const Reader&) const {
  constexpr int kAccount = 80'000;
  constexpr int kTable = 40'000;
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("AccountMaxReadCapacityUnits").value(kAccount);
  json.key("AccountMaxWriteCapacityUnits").value(kAccount).key("TableMaxReadCapacityUnits").value(kTable);
  json.key("TableMaxWriteCapacityUnits").value(kTable).endObject();
  return out;
}

}  // namespace

void addDescribeLimits(rpc::JsonApi& service, Context& context) {
  rpc::addRead<DescribeLimits>(service, "DescribeLimits", context);
}

}  // namespace ddblog::dynamodb
