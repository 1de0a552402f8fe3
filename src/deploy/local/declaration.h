// Makes an App real: calls the services with the requests that the App consists of. Done at each start, so what is
// there already becomes what is declared, and what the last template declared and this one does not is taken back
// (rules and their targets, global indexes; tables and buses hold data and stay).
//
// Thread safety: none; used once, before the server listens.
#pragma once

#include "deploy/local/operation_calls.h"
#include "store/store.h"
#include "template/app.h"

namespace ddblog::deploy {

// Throws DeclarationError.
void declareTables(const templates::App& app, const rpc::JsonService& dynamodb, Store& store);
void declareBus(const templates::App& app, const rpc::JsonService& eventbridge, Store& store);

}  // namespace ddblog::deploy
