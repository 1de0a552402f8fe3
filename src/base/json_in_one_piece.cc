#include "base/json_in_one_piece.h"

#include <boost/json/monotonic_resource.hpp>

namespace ddblog {

namespace {

constexpr std::size_t kTreePerText = 2;  // a tree is about twice as large as its text

}  // namespace

json::value parseJsonInOnePiece(std::string_view text) {
  return parseJson(text, json::make_shared_resource<json::monotonic_resource>(text.size() * kTreePerText));
}

}  // namespace ddblog
