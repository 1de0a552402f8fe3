// Makes an App real: calls the services with the requests that the App consists of. Done at each start, so everything
// here leaves alone what is there already and takes back what the last template declared and this one does not (rules
// and their targets; tables and buses hold data and stay).
//
// Thread safety: none; used once, before the server listens.
#pragma once

#include <stdexcept>

#include "api/service.h"
#include "app/app.h"
#include "store/store.h"

namespace ddblog::app {

// What a template declares cannot be: one line that names the resource.
class DeclarationError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws DeclarationError.
void declareTables(const App& app, const api::JsonService& dynamodb);
void declareBus(const App& app, const api::JsonService& eventbridge, Store& store);

}  // namespace ddblog::app
