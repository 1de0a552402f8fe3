#include "clients/cpp/src/answer.h"

#include <stdexcept>

namespace ddblog {

json::object parseAnswer(const std::string& answer) {
  try {
    json::value tree = parseJson(answer);
    if (tree.is_object()) return std::move(tree.get_object());
  } catch (const std::invalid_argument&) {
  }
  throw std::runtime_error("The service answered something that is not a JSON object: " + answer.substr(0, 200));
}

}  // namespace ddblog
