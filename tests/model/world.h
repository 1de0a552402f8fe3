// Tables of its own, the model of them, and connections over which both are kept the same: random operations are sent
// to the server, carried out on the model, and what is answered must be what the model says.
//
// A step sends up to four operations at once, over as many connections, that do not touch the same items, so that the
// model can say exactly what each answers. When the server is killed some of them have no answer: they may have been
// carried out or not (a transaction whole or not at all). The world then looks which (settles them), and holds
// everything that was acknowledged against what is there (audits).
//
// Thread safety: none; a world lives on one thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "model/conductor.h"
#include "model/generator.h"
#include "model/table.h"
#include "model/wire.h"

namespace ddblog::model {

// The server and the model differ.
struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class World {
 public:
  World(Conductor& conductor, int port, std::uint64_t seed, int number);
  void run();
  // The last requests and answers: what to read when something is wrong.
  std::string history() const;

 private:
  // One operation to send.
  struct Call {
    std::string operation;
    std::string body;
    std::function<void(const Answer&)> check;  // holds the answer against the model, then brings the model up to date
    std::function<void()> settle;              // there was no answer: looks whether it was carried out; may be empty
  };
  using Answers = std::vector<std::optional<Answer>>;
  using Taken = std::set<std::pair<const Table*, std::string>>;  // items that an operation of this step touches

  // A write of one item and what must come of it.
  struct Write {
    enum class Kind { kPut, kUpdate, kDelete, kCheck };
    enum class Result { kDone, kConditionFailed, kRefused };
    Kind kind = Kind::kPut;
    Table* table = nullptr;
    std::string id;
    Item key;
    Item item;  // kPut
    std::optional<Condition> condition;
    std::optional<Update> update;  // kUpdate; none: makes sure that the item is there
    std::optional<std::string> legacy_update;
    std::optional<LegacyCondition> legacy_condition;

    Result result = Result::kDone;
    bool may_be_refused = false;  // AWS does not say
    std::optional<Item> before;
    std::optional<Item> after;
  };
  using WritePlan = std::shared_ptr<Write>;

  // A Query or Scan.
  struct Reading {
    const Table* table = nullptr;
    const Index* index = nullptr;
    std::optional<int> limit;
    std::optional<Condition> filter;
    std::vector<Path> projection;  // empty: none
    bool is_forward = true;
    bool is_count = false;
    bool is_whole = false;  // ALL_ATTRIBUTES, fetched from the table
  };
  struct Pages {
    std::vector<Item> items;
    int count = 0;
    int scanned = 0;
  };

  // --- steps (world.cc) ---
  void step();
  void burst();
  std::optional<Call> itemCall(Taken& taken);
  void audit();
  void afterClockMove();

  // --- calls (world_calls.cc) ---
  void perform(std::vector<Call> calls);
  Answers exchange(const std::vector<Call>& calls);
  Answer ask(const std::string& operation, const std::string& body);  // of what changes nothing: again after a crash
  Answer askStreams(const std::string& operation, const std::string& body);
  Answer askService(const std::string& target, const std::string& body);
  void remember(const std::string& operation, const std::string& body, const std::optional<Answer>& answer);
  void serverWasKilled();

  // --- writes (world_writes.cc) ---
  WritePlan planWrite(Write::Kind kind, Taken& taken, bool can_be_legacy);
  void foresee(Write& write);
  void makeLegacy(Write& write);
  Call writeCall(WritePlan write);
  std::optional<Call> batchWrite(Taken& taken);
  void checkWrite(const Write& write, const Answer& answer, const std::string& return_values, bool returns_item);
  void settleWrites(const std::vector<WritePlan>& writes, bool is_atomic);
  std::optional<Item> readItemOf(const Table& table, const Item& key);

  // --- transactions (world_transactions.cc) ---
  std::optional<Call> transactWrite(Taken& taken);
  std::optional<Call> transactGet(Taken& taken);
  void checkTransaction(const std::vector<WritePlan>& writes, const std::vector<bool>& returns_item,
                        const Answer& answer);
  std::optional<Call> repeatTransaction();
  void race();
  void raceOfCounts(Table& table, const Item& key);
  void raceOfPuts(Table& table, const Item& key);

  // --- PartiQL (world_partiql.cc) ---
  struct StatementPlan {
    WritePlan write;
    std::string body;  // {"Statement":…, "Parameters":…}
  };
  std::optional<StatementPlan> planStatement(Taken& taken);
  std::optional<Call> executeStatement(Taken& taken);
  std::optional<Call> selectStatement(Taken& taken);
  std::optional<Call> executeTransaction(Taken& taken);

  // --- reads (world_reads.cc) ---
  std::optional<Call> getItem(Taken& taken);
  std::optional<Call> batchGet(Taken& taken);
  void query();
  void scan();
  void scanWhole(const Table& table, const Index* index);
  std::vector<Path> projection(const Table& table, const Index* index);
  void chooseParameters(Reading& reading, bool is_query);
  std::string writeReading(const Reading& reading, Placeholders& placeholders);
  Pages readPages(const std::string& operation, const std::string& request, const Reading& reading,
                  const std::vector<Item>* candidates);
  std::vector<Item> expectedItems(const Reading& reading, const std::vector<Item>& candidates) const;
  void expectSame(const Reading& reading, std::vector<Item> expected, std::vector<Item> found, const std::string& what);
  std::string rangeCondition(const std::vector<KeyPart>& range, std::vector<Item>& candidates,
                             Placeholders& placeholders);
  std::string nameOfTable(const Table& table);

  // --- tables (world_tables.cc) ---
  Table* anyTable();
  void createTable();
  void deleteTable();
  void changeIndexes();
  void switchStream();
  void switchTimeToLive();
  void describe(const Table& table);
  void listTables();
  void refusals();
  void expireDue(Table& table);
  std::optional<json::object> describedTable(const std::string& name);

  // --- streams (world_streams.cc) ---
  void drainAll();
  void drain(Stream& stream);
  void readShard(Stream& stream, const std::string& id);
  void checkRecord(Stream& stream, const json::object& record);
  std::string freshIterator(const Stream& stream, const std::string& id, bool from_horizon);

  Conductor& conductor_;
  const std::uint64_t seed_;
  const int number_;
  Rng rng_;
  Generator generator_;
  std::vector<std::unique_ptr<Connection>> connections_;
  int restarts_;
  bool needs_audit_ = false;
  std::uint64_t step_ = 0;

  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<Stream> retired_;  // of tables that are gone, and streams that were turned off
  int names_ = 0;

  // A transaction that was carried out under a token, to be sent once more.
  struct Token {
    std::string token;
    std::string body;
    int window = 0;
  };
  std::optional<Token> token_;

  struct Remembered {
    std::string operation, body, answer;
  };
  std::deque<Remembered> history_;
};

// Throw Mismatch.
void expect(bool holds, const std::string& what);
void expectOk(const Answer& answer);
void expectRefused(const Answer& answer, const std::string& type);
void expectItem(const std::optional<Item>& expected, const json::value* found, const std::string& what);
// A member of an object; nullptr: it is not there.
const json::value* memberOf(const json::value& object, const char* name);
std::string textOf(const json::value& object, const char* name);  // empty: it is not there

}  // namespace ddblog::model
