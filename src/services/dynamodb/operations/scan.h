// Scan: all items of a table or an index, or one segment of them, in no particular order of partitions.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/items/page_parameters.h"
#include "store/store.h"

namespace ddblog::dynamodb {

class Scan {
 public:
  Scan(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  void checkSegments() const;
  StoredRange rangeToRead(const Table& table, const Index* index) const;

  Context& context_;
  PageParameters page_;
  std::optional<std::int64_t> segment_;
  std::optional<std::int64_t> total_segments_;
};

}  // namespace ddblog::dynamodb
