// BatchWriteItem: puts and deletes up to 25 items of several tables. UnprocessedItems has those that a
// fault has hit (core/batch_faults.h); if that is all of them, the call fails.
//
// DynamoDB guarantees only that each single write is atomic. A batch is one command of the writer, so
// we write all of it or nothing; but a batch of more than kRoundBytes is several commands, so that
// other writes need not wait for the whole batch.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/limits.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/batch_faults.h"
#include "services/dynamodb/core/capacity.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/item_keys.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/items/item_requests.h"
#include "services/dynamodb/items/item_writes.h"
#include "store/store.h"

namespace ddblog::dynamodb {
namespace {

class BatchWriteItem {
 public:
  BatchWriteItem(rpc::RequestReader& request, Context& context);

  // What is written, and what that cost.
  struct Progress {
    bool is_checked = false;
    std::vector<std::vector<bool>> is_undone = {};  // the writes of each table
    std::size_t table = 0;
    std::size_t write = 0;  // of that table
    std::vector<std::pair<std::string, ConsumedCapacity>> consumed = {};
    std::string answer = {};  // empty: there is more to write
  };
  // Writes the next items, of about kRoundBytes with their index entries.
  void writeRound(Transaction& transaction, Progress& progress) const;

 private:
  struct TableWrites {
    std::string table_name;
    std::vector<ItemWrite> writes;
    std::vector<json::object> requests;  // for those, as they were sent; empty: no fault happens
  };
  using Tables = std::vector<std::shared_ptr<const Table>>;

  void leaveUndone(const Tables& tables, Progress& progress) const;
  std::string answer(const Tables& tables, const Progress& progress) const;

  Context& context_;
  CapacityReport capacity_ = CapacityReport::kNone;
  bool metrics_ = false;
  std::vector<TableWrites> tables_;
};

// A batch that writes more is several commands ("ours").
constexpr std::size_t kRoundBytes = 4u << 20;

// One request of the batch, as its fields give it.
struct WriteRequest {
  explicit WriteRequest(rpc::ObjectReader& fields) {
    if (auto remove = fields.object("DeleteRequest", false, java::kDeleteRequest))
      key = deferItem(*remove, "Key", MessageStyle::kLegacy);
    if (auto put = fields.object("PutRequest", false, java::kPutRequest))
      item = deferItem(*put, "Item", MessageStyle::kLegacy);
  }

  ItemWrite take() {
    if (item.has_value() == key.has_value()) {
      throw validationError(
          "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
          "datatypes");
    }
    ItemWrite write = item ? ItemWrite::put(item->take()) : ItemWrite::remove(key->take());
    write.conflicts = false;
    return write;
  }

  std::optional<DeferredItem> key;
  std::optional<DeferredItem> item;
};

// At most 25 requests for all tables together. (The requests for one table were counted when they
// were read.)
void checkCounts(rpc::ObjectReader& fields, const std::vector<std::vector<WriteRequest>>& requests) {
  if (!fields.has("RequestItems")) return;
  if (requests.empty()) throw validationError("The requestItems parameter is required for BatchWriteItem");
  std::size_t count = 0;
  std::size_t most = 0;
  bool any_empty = false;
  for (const auto& of_table : requests) {
    count += of_table.size();
    most = std::max(most, of_table.size());
    any_empty = any_empty || of_table.empty();
  }
  if (any_empty || most > limits::kBatchWriteRequests || count <= limits::kBatchWriteRequests) return;
  fields.refuse(
      "RequestItems", json::serialize(*fields.jsonObject("RequestItems")),
      "Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have "
      "length greater than or equal to 1]");
}

// In a batch the message for a wrong key in a whole item is the one for a Key.
void checkWrite(const Table& table, const ItemWrite& write) {
  if (write.kind == ItemWrite::Kind::kDelete) return checkKey(table, write.item);
  if (!hasKey(table, write.item)) throw keyMismatch();
  checkItem(table, write.item);
}

void checkWrites(const Table& table, const std::vector<ItemWrite>& writes) {
  std::set<std::string> keys;
  for (const ItemWrite& write : writes) {
    checkWrite(table, write);
    if (!keys.insert(itemKey(table, write.item)).second) {
      throw validationError("Provided list of item keys contains duplicates");
    }
  }
}

BatchWriteItem::BatchWriteItem(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const rpc::ListRule of_table{.min = 1, .max = limits::kBatchWriteRequests};
  auto given = fields.objectListMap("RequestItems", {.required = true, .element = java::kWriteRequest}, of_table);
  std::vector<std::vector<WriteRequest>> requests;
  if (given) {
    for (auto& [name, list] : *given) {
      auto& of_table = requests.emplace_back();
      for (rpc::ObjectReader& one : list) of_table.emplace_back(one);
    }
  }
  checkCounts(fields, requests);
  capacity_ = readCapacityReport(fields);
  metrics_ = readMetricsWanted(fields);
  request.finish();
  if (!areTableNames(*fields.jsonObject("RequestItems"))) refuseTableNames(fields);
  request.finish();

  for (std::size_t i = 0; i < requests.size(); ++i) {
    TableWrites table{(*given)[i].first, {}, {}};
    for (WriteRequest& one : requests[i]) table.writes.push_back(one.take());
    if (context.faults) {
      for (const rpc::ObjectReader& one : (*given)[i].second) table.requests.push_back(one.copy());
    }
    tables_.push_back(std::move(table));
  }
}

// Lets faults hit writes that are valid. Throws if they hit all.
void BatchWriteItem::leaveUndone(const Tables& tables, Progress& progress) const {
  bool is_all_undone = true;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    std::vector<bool>& is_undone = progress.is_undone.emplace_back();
    for (const ItemWrite& write : tables_[i].writes) {
      is_undone.push_back(context_.faults && isLeftUndone(context_, "BatchWriteItem", tables_[i].table_name,
                                                          encodeKeyAttributes(*tables[i], write.item)));
      is_all_undone = is_all_undone && is_undone.back();
    }
  }
  if (is_all_undone) throw throughputExceeded();
}

void BatchWriteItem::writeRound(Transaction& transaction, Progress& progress) const {
  Tables tables;
  for (const TableWrites& writes : tables_) tables.push_back(context_.catalog.get(transaction, writes.table_name));
  if (!progress.is_checked) {
    for (std::size_t i = 0; i < tables_.size(); ++i) checkWrites(*tables[i], tables_[i].writes);
    for (const TableWrites& writes : tables_) progress.consumed.emplace_back(writes.table_name, ConsumedCapacity());
    progress.is_checked = true;
    leaveUndone(tables, progress);
  }
  std::size_t bytes = 0;
  for (; progress.table < tables_.size(); ++progress.table, progress.write = 0) {
    const Table& table = *tables[progress.table];
    const std::vector<ItemWrite>& writes = tables_[progress.table].writes;
    for (; progress.write < writes.size(); ++progress.write) {
      if (bytes >= kRoundBytes) return;
      if (progress.is_undone[progress.table][progress.write]) continue;
      const ItemWrite& write = writes[progress.write];
      progress.consumed[progress.table].second.add(applyWrite(transaction, context_, table, write).capacity);
      bytes += write.encoded.size() * (1 + table.indexes.size());
    }
  }
  progress.answer = answer(tables, progress);
}

std::string BatchWriteItem::answer(const Tables& tables, const Progress& progress) const {
  std::string body;
  JsonWriter json(body);
  json::object undone;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    json::array requests;
    for (std::size_t j = 0; j < tables_[i].requests.size(); ++j) {
      if (progress.is_undone[i][j]) requests.push_back(tables_[i].requests[j]);
    }
    if (!requests.empty()) undone[tables_[i].table_name] = std::move(requests);
  }
  json.beginObject().key("UnprocessedItems").raw(json::serialize(undone));
  if (metrics_) {
    json.key("ItemCollectionMetrics").beginObject();
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (!hasItemCollections(*tables[i])) continue;
      std::vector<const Item*> items;
      for (std::size_t j = 0; j < tables_[i].writes.size(); ++j) {
        if (!progress.is_undone[i][j]) items.push_back(&tables_[i].writes[j].item);
      }
      json.key(tables_[i].table_name);
      writeItemCollections(json, *tables[i], items);
    }
    json.endObject();
  }
  writeConsumedCapacity(json, progress.consumed, capacity_);
  json.endObject();
  return body;
}

// A batch while it is written, round by round.
class Rounds : public std::enable_shared_from_this<Rounds> {
 public:
  Rounds(Context& context, std::shared_ptr<const BatchWriteItem> batch, std::string cause, rpc::Callback respond)
      : context_(context), batch_(std::move(batch)), cause_(std::move(cause)), respond_(std::move(respond)) {}

  void next() {
    context_.store.write(
        [self = shared_from_this()](Transaction& transaction) {
          if (!self->cause_.empty()) transaction.setCause(self->cause_);
          self->batch_->writeRound(transaction, self->progress_);
        },
        [self = shared_from_this()](const std::exception_ptr& error) { self->finish(error); });
  }

 private:
  void finish(const std::exception_ptr& error) {
    if (!error && progress_.answer.empty()) {
      ++rounds_;
      // Not from here: the writer must not wait for room in its own queue.
      return context_.preparations.postNext([self = shared_from_this()] { self->next(); });
    }
    respond_(error ? rpc::Outcome(error) : rpc::Outcome::ofBody(std::move(progress_.answer)));
    // Freeing large items takes long too.
    if (rounds_ > 0) context_.preparations.postNext([batch = std::move(batch_)] {});
  }

  Context& context_;
  std::shared_ptr<const BatchWriteItem> batch_;
  const std::string cause_;
  const rpc::Callback respond_;
  BatchWriteItem::Progress progress_;
  int rounds_ = 0;
};

}  // namespace

void addBatchWriteItem(rpc::JsonApi& service, Context& context) {
  const auto in_one_command = [&context](Transaction& transaction, const rpc::Request& request) {
    rpc::RequestReader reader(request);
    const BatchWriteItem batch(reader, context);
    BatchWriteItem::Progress progress;
    while (progress.answer.empty()) batch.writeRound(transaction, progress);
    return progress.answer;
  };
  const auto in_rounds = [&context](const rpc::Request& request, rpc::Callback respond) {
    std::shared_ptr<const BatchWriteItem> batch;
    try {
      rpc::RequestReader reader(request);
      batch = std::make_shared<const BatchWriteItem>(reader, context);
    } catch (...) {
      respond(std::current_exception());
      return;
    }
    std::make_shared<Rounds>(context, std::move(batch), request.cause, std::move(respond))->next();
  };
  service.add("BatchWriteItem", in_rounds, in_one_command);
}

}  // namespace ddblog::dynamodb
