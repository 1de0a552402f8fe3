#include "aws/json_response.h"

#include <stdexcept>

#include "base/json_in_one_piece.h"

namespace ddblog::aws {

json::object parseResponse(const std::string& response) {
  try {
    json::value tree = parseJsonInOnePiece(response);
    if (tree.is_object()) return std::move(tree.get_object());
  } catch (const std::invalid_argument&) {
  }
  throw std::runtime_error("The service's response is not a JSON object: " + response.substr(0, 200));
}

}  // namespace ddblog::aws
