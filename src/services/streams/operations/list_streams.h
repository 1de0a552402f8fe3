// ListStreams: the streams of all tables or of one, those that are off included while their records are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::streams {

class ListStreams {
 public:
  ListStreams(rpc::RequestReader& request, dynamodb::Context& context);
  std::string run(const Reader& reader) const;

 private:
  dynamodb::Context& context_;
  std::optional<std::string> table_name_;
  std::size_t limit_;
  std::string after_;
};

}  // namespace ddblog::streams
