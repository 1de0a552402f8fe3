// Calling the services' operations from inside, as if the calls had come over the wire.
//
// Thread safety: as the services' own.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json_fields.h"
#include "rpc/service.h"

namespace ddblog::deploy {

// What a template declares cannot be: one line that names the resource.
class DeclarationError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws ApiError.
json::object call(const rpc::JsonService& service, const std::string& operation, const json::object& body);

// The same; a refusal becomes a DeclarationError that names the resource (`what`). A refusal of the type `fine` is
// none: false.
bool declare(const rpc::JsonService& service, const std::string& operation, const json::object& body,
             std::string_view what, std::string_view fine = {});

}  // namespace ddblog::deploy
