#include "services/dynamodb/partiql/partiql_reads.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/api_error.h"
#include "expression/key_condition.h"
#include "expression/scalar_order.h"
#include "services/dynamodb/core/key_checks.h"
#include "services/dynamodb/core/refusals.h"
#include "services/dynamodb/partiql/partiql_key_conditions.h"

namespace ddblog::dynamodb {
namespace {

using partiql::SelectStatement;

std::vector<KeyAttributeName> namesOf(const std::vector<KeyAttribute>& attributes) {
  std::vector<KeyAttributeName> names;
  for (const KeyAttribute& attribute : attributes) names.push_back({attribute.name, attribute.type});
  return names;
}

// A range of one partition.
struct PartitionRange {
  std::vector<AttributeValue> partition;
  StoredRange range;
};

bool overlap(const StoredRange& one, const StoredRange& other) {
  return std::max(one.begin, other.begin) < std::min(one.end, other.end);
}

// Of two ranges that overlap.
StoredRange unionOf(const StoredRange& one, const StoredRange& other) {
  return {std::min(one.begin, other.begin), std::max(one.end, other.end)};
}

void narrow(StoredRange& range, StoredRange other) {
  range.begin = std::max(range.begin, std::move(other.begin));
  range.end = std::min(range.end, std::move(other.end));
}

class Planner {
 public:
  Planner(const Table& table, const SelectStatement& select, bool consistent)
      : table_(table), select_(select), consistent_(consistent) {}

  ReadPlan plan() {
    findIndex();
    const KeyConditions conditions(table_, plan_.index);
    if (select_.where) conditions.checkTypes(*select_.where);
    const std::vector<WhereBranch> branches = branchesOfClause(conditions);
    if (queries(conditions, branches)) {
      checkFilterIsProjected(branches);
      checkOrder();
      for (PartitionRange& one : inOrder()) plan_.ranges.push_back(std::move(one.range));
      checkPathsOfClause();
      return std::move(plan_);
    }
    checkOrder();
    checkPathsOfClause();
    plan_.filters = select_.where.has_value();
    plan_.ranges.push_back(wholeRange(table_, plan_.index));
    return std::move(plan_);
  }

 private:
  const KeySchema& schema() const { return plan_.index ? plan_.index->key : table_.key; }

  void findIndex() {
    if (select_.source.index.empty()) return;
    plan_.index = table_.findIndex(select_.source.index);
    if (!plan_.index) throw validationError("The table does not have the specified index");
    if (!plan_.index->global) return;
    if (consistent_) {
      throw validationError("Strongly consistent read is not supported on Global Secondary Indexes");
    }
    if (!select_.projection) return;
    const std::string missing = notProjected(attributesOf(*select_.projection));
    if (missing.empty()) return;
    throw invalidParameters("Global secondary index " + plan_.index->name + " does not project [" + missing + "]");
  }

  std::string notProjected(const std::vector<std::string>& attributes) const {
    std::string missing;
    for (const std::string& name : attributes) {
      if (!projects(table_, *plan_.index, name)) missing += (missing.empty() ? "" : ", ") + name;
    }
    return missing;
  }

  std::vector<WhereBranch> branchesOfClause(const KeyConditions& conditions) const {
    if (!select_.where) return {};
    try {
      return conditions.branches(*select_.where);
    } catch (const TooManyBranches&) {
      if (conditions.pinsPartition(*select_.where)) rejectTooMany();
      return {};
    }
  }

  [[noreturn]] static void rejectTooMany() {
    throw validationError("Too many decomposed read operations for a given query.");
  }

  // Whether queries can read the clause. If so, `reads_` holds them.
  bool queries(const KeyConditions& conditions, const std::vector<WhereBranch>& branches) {
    if (branches.empty()) return false;
    for (const WhereBranch& branch : branches) {
      auto partition = conditions.partitionOf(branch);
      if (!partition) {
        reads_.clear();
        return false;
      }
      reads_.push_back({*std::move(partition), {}});
    }
    std::vector<bool> may_overlap;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      reads_[i].range = rangeOf(branches[i], reads_[i].partition);
      may_overlap.push_back(negatesRange(branches[i]));
      for (std::size_t j = 0; j < i; ++j) {
        if (!overlap(reads_[i].range, reads_[j].range)) continue;
        if (!may_overlap[i] && !may_overlap[j]) {
          throw validationError("Overlapping conditions with range keys are not supported in where clause");
        }
        reads_[i].range = unionOf(reads_[i].range, std::exchange(reads_[j].range, {}));
        may_overlap[i] = true;
        plan_.filters = true;
      }
    }
    return true;
  }

  // Whether a condition of the branch on the range key is none that a key can take: negated, or with
  // <>. AWS lets the range of such a branch overlap others, and returns each item once.
  bool negatesRange(const WhereBranch& branch) const {
    return std::any_of(branch.others.begin(), branch.others.end(), [this](const Condition* other) {
      const std::vector<std::string> names = attributesOf(*other);
      return std::any_of(schema().range.begin(), schema().range.end(), [&](const KeyAttribute& attribute) {
        return std::find(names.begin(), names.end(), attribute.name) != names.end();
      });
    });
  }

  // The range that the key conditions of a branch leave. Notes in the plan whether the branch needs
  // a filter besides.
  StoredRange rangeOf(const WhereBranch& branch, const std::vector<AttributeValue>& partition) {
    const auto hash = namesOf(schema().hash);
    const auto range = namesOf(schema().range);
    std::vector<KeyComparison> prefix;
    for (std::size_t i = 0; i < hash.size(); ++i) {
      prefix.push_back({hash[i].name, KeyOperator::kEqual, {partition[i]}});
    }
    const auto with = [&](const KeyComparison& last) {
      std::vector<KeyComparison> comparisons = prefix;
      comparisons.push_back(last);
      return queryRange(table_, plan_.index, resolveKeyCondition(comparisons, hash, range));
    };
    StoredRange left = queryRange(table_, plan_.index, resolveKeyCondition(prefix, hash, range));
    std::size_t used = 0;
    bool whole_key = true;
    for (const KeyAttributeName& attribute : range) {
      const KeyComparison* equal = nullptr;
      for (const KeyComparison& key : branch.keys) {
        if (key.attribute != attribute.name) continue;
        narrow(left, with(key));
        ++used;
        if (key.key_operator == KeyOperator::kEqual) equal = &key;
      }
      whole_key = equal;
      if (!equal) break;
      prefix.push_back(*equal);
    }
    for (const KeyComparison& key : branch.keys) {
      if (std::any_of(hash.begin(), hash.end(), [&](const auto& name) { return name.name == key.attribute; })) ++used;
    }
    plan_.filters = plan_.filters || !branch.others.empty() || used < branch.keys.size();
    plan_.one_item = !plan_.index && reads_.size() == 1 && whole_key;
    return left;
  }

  // A queried index must project all filter attributes of at least one branch. The error names
  // those missing for the branch with the greatest partition.
  void checkFilterIsProjected(const std::vector<WhereBranch>& branches) const {
    if (!plan_.index) return;
    std::string missing;
    const PartitionRange* greatest = nullptr;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      std::set<std::string> names;
      for (const Condition* other : branches[i].others) {
        for (std::string& name : attributesOf(*other)) names.insert(std::move(name));
      }
      const std::string of_branch = notProjected({names.begin(), names.end()});
      if (of_branch.empty()) return;
      if (greatest && before(reads_[i], *greatest)) continue;
      greatest = &reads_[i];
      missing = of_branch;
    }
    throw invalidParameters("Secondary index " + plan_.index->name +
                            " does not project one or more filter attributes: [" + missing + "]");
  }

  void checkPathsOfClause() const {
    if (select_.where) checkPaths(table_, *select_.where);
    if (select_.projection) checkPaths(table_, *select_.projection);
  }

  // --- ORDER BY ---

  const partiql::OrderTerm* termFor(const std::vector<KeyAttribute>& attributes) const {
    for (const partiql::OrderTerm& term : select_.order_by) {
      for (const KeyAttribute& attribute : attributes) {
        if (term.attribute == attribute.name) return &term;
      }
    }
    return nullptr;
  }

  bool severalPartitions() const {
    return std::any_of(reads_.begin(), reads_.end(),
                       [&](const PartitionRange& read) { return read.partition != reads_.front().partition; });
  }

  void checkOrder() const {
    if (select_.order_by.empty()) return;
    if (!select_.where) {
      throw validationError("Must have WHERE clause in the statement when using ORDER BY clause.");
    }
    for (const partiql::OrderTerm& term : select_.order_by) {
      const auto is_it = [&](const KeyAttribute& attribute) { return attribute.name == term.attribute; };
      if (std::any_of(schema().hash.begin(), schema().hash.end(), is_it)) continue;
      if (std::any_of(schema().range.begin(), schema().range.end(), is_it)) continue;
      throw validationError("Attribute " + term.attribute + " in ORDER BY clause must be part of the primary key");
    }
    if (reads_.empty()) {
      throw validationError(
          "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
    }
    if (severalPartitions() && !termFor(schema().hash)) {
      throw validationError(
          "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.");
    }
  }

  // Without ORDER BY, reads follow the store's order. An ORDER BY that does not name the sort key
  // reads it backward, as observed in AWS.
  std::vector<PartitionRange> inOrder() {
    const partiql::OrderTerm* by_hash = termFor(schema().hash);
    const partiql::OrderTerm* by_range = termFor(schema().range);
    const bool backward = !select_.order_by.empty() && (!by_range || by_range->descending) && !schema().range.empty();
    if (backward) plan_.direction = Direction::kBackward;
    std::erase_if(reads_, [](const PartitionRange& read) { return read.range.begin >= read.range.end; });
    std::sort(reads_.begin(), reads_.end(), [&](const PartitionRange& one, const PartitionRange& other) {
      if (by_hash && one.partition != other.partition) {
        return by_hash->descending ? before(other, one) : before(one, other);
      }
      return backward ? one.range.begin > other.range.begin : one.range.begin < other.range.begin;
    });
    return std::move(reads_);
  }

  static bool before(const PartitionRange& one, const PartitionRange& other) {
    for (std::size_t i = 0; i < one.partition.size(); ++i) {
      const auto order = compareScalars(one.partition[i], other.partition[i]);
      if (order != 0) return order < 0;
    }
    return false;
  }

  const Table& table_;
  const SelectStatement& select_;
  const bool consistent_;
  ReadPlan plan_;
  std::vector<PartitionRange> reads_;
};

}  // namespace

ReadPlan planRead(const Table& table, const SelectStatement& select, bool consistent) {
  return Planner(table, select, consistent).plan();
}

}  // namespace ddblog::dynamodb
