#include "services/dynamodb/operations/describe_limits.h"

#include "base/json_writer.h"

namespace ddblog::dynamodb {

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

}  // namespace ddblog::dynamodb
