#include "cli/table_import.h"

#include <algorithm>
#include <functional>

#include "aws/json_response.h"
#include "base/json_writer.h"
#include "base/limits.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kBatchBytes = 8u << 20;  // half of DynamoDB's limit for a request
constexpr int kAttempts = 12;                  // of unprocessed items: about a minute
constexpr std::chrono::milliseconds kDelay{50};
constexpr std::chrono::milliseconds kDelayMost{10'000};

std::string requestOf(const std::string& table, const std::string& requests) {
  std::string text;
  JsonWriter(text)
      .beginObject()
      .key("RequestItems")
      .beginObject()
      .key(table)
      .raw("[" + requests + "]")
      .endObject()
      .endObject();
  return text;
}

// Sets `requests` to the unprocessed requests of a response, separated by commas, and returns their
// number.
std::size_t unprocessed(const std::string& response, std::string& requests) {
  requests.clear();
  std::size_t count = 0;
  const json::object object = aws::parseResponse(response);
  const json::value* tables = object.if_contains("UnprocessedItems");
  if (!tables || !tables->is_object()) return 0;
  for (const auto& table : tables->get_object()) {
    for (const json::value& request : table.value().as_array()) {
      if (count++ > 0) requests += ',';
      requests += json::serialize(request);
    }
  }
  return count;
}

}  // namespace

TableImport::TableImport(std::shared_ptr<Transport> transport, std::shared_ptr<Environment> environment,
                         std::string table, table_files::ImportKeys keys)
    : transport_(std::move(transport)),
      environment_(std::move(environment)),
      table_(std::move(table)),
      keys_(std::move(keys)),
      writers_(kWriters) {
  for (Writer& writer : writers_) writer.thread = std::thread([this, &writer] { run(writer); });
}

TableImport::~TableImport() { endWriters(true); }

void TableImport::add(const table_files::ImportRecord& record) {
  const std::string identity = keys_.identityOf(record.item);
  Writer& writer = writers_[std::hash<std::string>()(identity) % writers_.size()];
  std::string request = record.is_put ? R"({"PutRequest":{"Item":)" : R"({"DeleteRequest":{"Key":)";
  request += json::serialize(record.item) + "}}";
  const bool is_full = writer.filling.count == limits::kBatchWriteRequests ||
                       writer.filling.requests.size() + request.size() > kBatchBytes;
  if (is_full || writer.filling.identities.contains(identity)) handOver(writer);
  if (writer.filling.count++ > 0) writer.filling.requests += ',';
  writer.filling.requests += request;
  writer.filling.identities.insert(identity);
}

void TableImport::handOver(Writer& writer) {
  if (writer.filling.count == 0) return;
  MutexLock lock(mutex_);
  while (!failed_ && writer.waiting.size() >= kWaiting) changed_.wait(lock);
  if (failed_) std::rethrow_exception(failed_);
  writer.waiting.push_back(std::exchange(writer.filling, {}));
  changed_.notifyAll();
}

void TableImport::run(Writer& writer) {
  for (;;) {
    Batch batch;
    {
      MutexLock lock(mutex_);
      while (!failed_ && !closing_ && writer.waiting.empty()) changed_.wait(lock);
      if (failed_ || writer.waiting.empty()) return;
      batch = std::move(writer.waiting.front());
      writer.waiting.pop_front();
    }
    changed_.notifyAll();
    try {
      send(batch);
    } catch (...) {
      MutexLock lock(mutex_);
      if (!failed_) failed_ = std::current_exception();
    }
    changed_.notifyAll();
  }
}

void TableImport::send(const Batch& batch) {
  std::string requests = batch.requests;
  std::size_t left = batch.count;
  std::chrono::milliseconds delay = kDelay;
  for (int attempt = 1;; ++attempt) {
    const std::string response = transport_->call(Api::kDynamoDb, "BatchWriteItem", requestOf(table_, requests));
    const std::size_t rest = unprocessed(response, requests);
    written_ += left - std::min(rest, left);
    if (rest == 0) return;
    if (attempt == kAttempts)
      throw std::runtime_error("The table is throttled: items are still unprocessed after all attempts.");
    left = rest;
    environment_->pause(environment_->jitter(delay));
    delay = std::min(delay * 2, kDelayMost);
  }
}

void TableImport::finish() {
  for (Writer& writer : writers_) handOver(writer);
  endWriters(false);
  MutexLock lock(mutex_);
  if (failed_) std::rethrow_exception(failed_);
}

void TableImport::endWriters(bool gives_up) {
  {
    MutexLock lock(mutex_);
    closing_ = true;
    if (gives_up) {
      for (Writer& writer : writers_) writer.waiting.clear();
    }
  }
  changed_.notifyAll();
  for (Writer& writer : writers_) {
    if (writer.thread.joinable()) writer.thread.join();
  }
}

}  // namespace ddblog::cli
