// MappingReader's progress: its checkpoints, and what it discards.
#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

#include "services/lambda/invocations/function_recipient.h"
#include "services/lambda/invocations/invocation_record.h"
#include "services/lambda/mappings/mapping_reader.h"

namespace ddblog::lambda {

void MappingReader::trace(const Batch& batch, const Part& part) const {
  if (!dependencies_.traces) return;
  const std::string uuid = checkpoints_.uuid();
  rpc::Span span{.kind = rpc::Span::Kind::kBatch,
                 .id = last_request_id_,
                 .subject = settings_.function_name,
                 .source = arn_,
                 .detail = batch.shard_id,
                 .process = uuid,
                 .at = dependencies_.clock.now(),
                 .number = static_cast<int>(part.attempts.count()) + 1,
                 .size = part.end - part.begin};
  std::vector<rpc::Span::Record> records;
  for (std::size_t i = part.begin; i < std::min(part.end, part.begin + rpc::Span::kMostRecords); ++i) {
    records.push_back({batch.records[i].position, batch.records[i].order_key});
  }
  span.records = records;
  dependencies_.traces->add(span);
}

void MappingReader::trace(Transaction& transaction, std::string_view id, std::string_view recipient_arn,
                          std::string_view detail) const {
  if (!dependencies_.traces) return;
  dependencies_.traces->addAfterCommit(transaction, {.kind = rpc::Span::Kind::kOutcome,
                                                     .id = id,
                                                     .parent = last_request_id_,
                                                     .subject = recipient_arn,
                                                     .detail = detail,
                                                     .at = dependencies_.clock.now(),
                                                     .has_failed = !detail.empty()});
}

Duration MappingReader::recordAge() const {
  return settings_.maximum_record_age ? std::min<Duration>(*settings_.maximum_record_age, source_.retention())
                                      : source_.retention();
}

// The index of the first record of the part that is not too old, by the mapping's setting or the
// source's retention.
std::size_t MappingReader::tooOld(const Batch& batch, const Part& part) const {
  const RunningTime oldest = dependencies_.clock.runningTime() - recordAge();
  std::size_t index = part.begin;
  while (index < part.end && batch.records[index].added_at < oldest) ++index;
  return index;
}

void MappingReader::discard(const Batch& batch, const Part& part, std::string_view condition, bool function_error) {
  const auto records = std::span(batch.records).subspan(part.begin, part.end - part.begin);
  dependencies_.log("lambda: " + name() + ": " + std::to_string(records.size()) + " records discarded, from " +
                    records.front().position + " on: " + std::string(condition));
  if (settings_.on_failure.empty()) return discardWith(nullptr, failureOf(batch, part, condition), batch, part.end);
  const std::string arn = dependencies_.functions.arnOf(settings_.function_name);
  const DiscardedBatch discarded{last_request_id_,
                                 arn,
                                 std::string(condition),
                                 static_cast<int>(part.attempts.count()),
                                 function_error,
                                 batch.shard_id,
                                 arn_,
                                 source_.batchInfoMember(),
                                 dependencies_.clock.now()};
  const rpc::Message message{settings_.on_failure, toJson(discarded, records),
                             resultEnvelope(settings_.on_failure, arn, false)};
  discardWith(&message, failureOf(batch, part, condition), batch, part.end);
}

rpc::Failure MappingReader::newFailure(std::string payload, std::string_view condition,
                                       const rpc::AttemptHistory& attempts) const {
  const std::string arn = dependencies_.functions.arnOf(settings_.function_name);
  rpc::Failure failure;
  failure.kind = rpc::Failure::Kind::kBatch;
  failure.source_arn = arn.substr(0, arn.find(":function:")) + ":event-source-mapping:" + checkpoints_.uuid();
  failure.message = {arn, std::move(payload)};
  failure.condition = condition;
  failure.request_id = last_request_id_;
  failure.attempts = attempts;
  return failure;
}

rpc::Failure MappingReader::failureOf(const Batch& batch, const Part& part, std::string_view condition) const {
  rpc::Failure failure =
      newFailure(batchPayload(std::span(batch.records).subspan(part.begin, part.end - part.begin), arn_), condition,
                 part.attempts);
  if (settings_.reports_item_failures) {
    failure.message.attributes.emplace(kFunctionResponseTypes, kReportBatchItemFailures);
  }
  failure.error = part.error;
  failure.log = part.log;
  return failure;
}

// The position after the batch's records before index `done_to`.
Checkpoint MappingReader::positionAfter(const Batch& batch, std::size_t done_to) const {
  assert(done_to > 0 && done_to <= batch.records.size());
  Checkpoint position = positions_.at(batch.shard_id);
  const std::string& reached = done_to == batch.records.size() ? batch.read_to : batch.records[done_to - 1].position;
  assert(!position.finished && position.after < reached);
  position.after = reached;
  return position;
}

// Records that the batch's records before index `done_to` are done.
void MappingReader::checkpoint(const Batch& batch, std::size_t done_to) {
  if (batch.is_ahead) return;
  const Checkpoint position = positions_[batch.shard_id] = positionAfter(batch, done_to);
  dependencies_.store.writeSoon(
      [this, arn = arn_, shard_id = batch.shard_id, position](Transaction& transaction) {
        checkpoints_.put(transaction, arn, shard_id, lane_, position);
      },
      [this](std::exception_ptr failed) {
        if (failed) dependencies_.log("lambda: " + name() + ": a checkpoint could not be recorded");
      });
}

// The same, and tells of what was discarded. If the store fails, it throws, and the reader is where it
// was: a later checkpoint would pass over records that nobody was told of.
void MappingReader::discardWith(const rpc::Message* message, rpc::Failure failure, const Batch& batch,
                                std::size_t done_to) {
  const Checkpoint position = positionAfter(batch, done_to);
  std::string problem;
  dependencies_.store.writeAndWait([&](Transaction& transaction) {
    if (!batch.is_ahead) checkpoints_.put(transaction, arn_, batch.shard_id, lane_, position);
    trace(transaction, {}, {}, failure.condition);
    if (message) {
      const std::string id = dependencies_.traces ? dependencies_.traces->newId() : std::string();
      {
        const rpc::CauseScope scope(transaction, id);
        problem = deliverResult(dependencies_.recipients, transaction, *message);
      }
      trace(transaction, id, message->recipient_arn, problem);
      if (problem.empty()) failure.destinations = {message->recipient_arn};
    }
    dependencies_.failures.record(transaction, failure);
  });
  if (!batch.is_ahead) positions_[batch.shard_id] = position;
  if (!problem.empty())
    dependencies_.log("lambda: " + name() + ": the record of what was discarded is lost: " + problem);
}

}  // namespace ddblog::lambda
