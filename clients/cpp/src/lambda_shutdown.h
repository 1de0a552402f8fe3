// Waits for the SIGTERM that comes before a function's process is ended (onShutdown() in
// ddblog/lambda_runtime.h).
//
// Thread safety: one thread calls it, before others are started.
#pragma once

#include <string>

namespace ddblog {

// Does nothing unless onShutdown() was called. `runtime_api`: the address of the Runtime API, where it
// registers an extension without events, because Lambda sends SIGTERM only to functions that have
// one; empty: there are no extensions.
void awaitShutdown(const std::string& runtime_api);

// For a program that ends because the Runtime API is gone: runs the callback, unless it has run, and
// waits until it has ended.
void finishShutdown();

}  // namespace ddblog
