// Making a declared table real, and one that is there already what is declared: by the operations that a client would
// use, so that items stay, indexes are filled and streams follow.
//
// What a table that is there can become: its global indexes (a new or changed one is made anew; one that an earlier
// template declared and this one does not is deleted; one that somebody made by hand stays), the view of its stream
// (the stream is turned off and a new one on), its attribute for TTL. What it cannot: its key, and its local indexes;
// that is refused in one line.
//
// Thread safety: none; used once, before the server listens.
#pragma once

#include "deploy/local/operation_calls.h"
#include "store/store.h"
#include "template/app.h"

namespace ddblog::deploy {

// Throws DeclarationError.
void declareTable(const templates::App::Table& table, const rpc::JsonService& dynamodb, Store& store);

}  // namespace ddblog::deploy
