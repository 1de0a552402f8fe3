// Pages of a list that is short enough to be made whole for each page: Marker and MaxItems of a
// request, and NextMarker of the answer, which is the number of the next element.
//
//   const Page page(request);
//   request.finish();
//   return page.write("Aliases", aliases, [&](JsonWriter& json, const Alias& alias) { … });
//
// Thread safety: a value.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "services/lambda/functions/errors.h"

namespace ddblog::lambda {

class Page {
 public:
  static constexpr std::int64_t kMost = 50;  // elements, whatever the request says

  explicit Page(rpc::RequestReader& request) {
    marker_ = request.query("Marker").value_or("0");
    const auto most = request.queryInteger("MaxItems", {.min = 1, .max = 10'000});
    limit_ = static_cast<std::size_t>(std::min(most.value_or(kMost), kMost));
  }

  // The answer's body. `write` writes one element.
  template <class Element, class Write>
  std::string write(const char* member, const std::vector<Element>& elements, Write write) const {
    std::size_t at = 0;
    const auto [end, error] = std::from_chars(marker_.data(), marker_.data() + marker_.size(), at);
    if (error != std::errc() || end != marker_.data() + marker_.size()) {
      throw invalidParameterValue("Invalid value for NextToken parameter: " + marker_);
    }
    std::string body;
    JsonWriter json(body);
    json.beginObject().key(member).beginArray();
    const std::size_t until = std::min(elements.size(), at + limit_);
    for (; at < until; ++at) write(json, elements[at]);
    json.endArray();
    if (at < elements.size()) json.key("NextMarker").value(std::to_string(at));
    json.endObject();
    return body;
  }

 private:
  std::string marker_;
  std::size_t limit_ = 0;
};

}  // namespace ddblog::lambda
