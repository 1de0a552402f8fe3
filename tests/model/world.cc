#include "model/world.h"

#include <utility>

namespace ddblog::model {

namespace {

constexpr int kConnections = 4;
constexpr int kStepsBetweenAudits = 500;

}  // namespace

World::World(Conductor& conductor, int port, std::uint64_t seed, int number)
    : conductor_(conductor),
      seed_(seed),
      number_(number),
      rng_(seed),
      generator_(rng_),
      restarts_(conductor.restarts()) {
  for (int i = 0; i < kConnections; ++i) connections_.push_back(std::make_unique<Connection>(port));
}

void World::run() {
  afterClockMove();
  for (int i = 0; i < 3; ++i) createTable();
  while (conductor_.goesOn()) {
    if (conductor_.pauseForClock([this] { drainAll(); })) afterClockMove();
    step();
    if (std::exchange(needs_audit_, false) || step_ % kStepsBetweenAudits == 0) audit();
  }
  audit();
}

// Every step has its own random numbers, so that what one step came to does not change what the next ones ask for.
void World::step() {
  ++step_;
  rng_ = Rng((seed_ * 1'000'003 + static_cast<std::uint64_t>(number_)) * 1'000'003 + step_);
  const int choice = rng_.below(2000);
  if (tables_.empty() || (choice < 20 && tables_.size() < 4)) return createTable();
  if (choice < 23) return deleteTable();
  if (choice < 32) return changeIndexes();
  if (choice < 37) return switchStream();
  if (choice < 38) return switchTimeToLive();
  if (choice < 50) return describe(*anyTable());
  if (choice < 53) return listTables();
  if (choice < 90) return refusals();
  if (choice < 130) return race();
  if (choice < 450) return query();
  if (choice < 520) return scan();
  burst();
}

void World::burst() {
  Taken taken;
  std::vector<Call> calls;
  for (int i = rng_.between(1, kConnections); i > 0; --i) {
    if (auto call = itemCall(taken)) calls.push_back(std::move(*call));
  }
  if (!calls.empty()) perform(std::move(calls));
}

std::optional<World::Call> World::itemCall(Taken& taken) {
  const int choice = rng_.below(100);
  if (choice < 12) return getItem(taken);
  if (choice < 17) return batchGet(taken);
  if (choice < 22) return transactGet(taken);
  if (choice < 29) return batchWrite(taken);
  if (choice < 38) return transactWrite(taken);
  if (choice < 39) return repeatTransaction();
  if (choice < 45) return executeStatement(taken);
  if (choice < 47) return executeTransaction(taken);
  const Write::Kind kind = choice < 70 ? Write::Kind::kPut : choice < 90 ? Write::Kind::kUpdate : Write::Kind::kDelete;
  const WritePlan write = planWrite(kind, taken, true);
  if (!write) return std::nullopt;
  return writeCall(write);
}

void World::audit() {
  for (const auto& table : tables_) {
    scanWhole(*table, nullptr);
    for (const Index& index : table->indexes) scanWhole(*table, &index);
    describe(*table);
  }
  drainAll();
}

void World::afterClockMove() {
  const int window = conductor_.window();
  generator_.times_to_live.clear();
  for (int i = 1; i <= 5; ++i) generator_.times_to_live.push_back(conductor_.timeIn(window + i));
  for (const auto& table : tables_) expireDue(*table);
}

}  // namespace ddblog::model
