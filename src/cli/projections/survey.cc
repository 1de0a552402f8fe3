#include "cli/projections/survey.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/json.h"
#include "cli/projections/read_model_item.h"
#include "cli/query/table_reader.h"
#include "clients/cpp/src/event_item.h"
#include "ddblog/event_log.h"

namespace ddblog::cli {
namespace {

constexpr std::string_view kPointerKey = "projection#";
constexpr std::string_view kPointer = "generation";
constexpr int kMostLookUps = 1000;  // ours: events that came while the tables were read

std::uint64_t weightOf(const Lag& lag) {
  return lag.version > lag.end ? std::numeric_limits<std::uint64_t>::max() : lag.end - lag.version;
}

bool isWorse(const Lag& one, const Lag& other) {
  return std::make_pair(weightOf(other), std::string_view(one.id)) <
         std::make_pair(weightOf(one), std::string_view(other.id));
}

class Survey {
 public:
  Survey(const std::shared_ptr<Transport>& transport, const SurveyOptions& options)
      : transport_(transport), options_(options), log_(transport, options.log_table) {}

  std::vector<Projection> run() {
    readStreams();
    TableReader(transport_, {}).read(scan(), 0, [this](const json::object& item) {
      take(item);
      return true;
    });
    std::vector<Projection> projections;
    for (auto& [name, found] : found_) {
      addMissing(found);
      shorten(found.projection.worst);
      projections.push_back(std::move(found.projection));
    }
    return projections;
  }

 private:
  struct Found {
    Projection projection;
    std::vector<bool> has_model;  // by the stream's number
  };

  void readStreams() {
    log_.streams(options_.log, [this](const StreamState& stream) {
      numbers_.emplace(stream.log + "#" + stream.id, ends_.size());
      ends_.push_back(stream.version);
      ++streams_[stream.log];
      return true;
    });
  }

  ItemRequest scan() const {
    return {"Scan",
            {{"TableName", options_.read_model_table},
             {"ConsistentRead", true},
             {"ProjectionExpression", "#pk, #sk, #type, #id, #version, #current"},
             {"FilterExpression", "attribute_exists(#version) OR #sk = :pointer"},
             {"ExpressionAttributeNames",
              {{"#pk", "pk"},
               {"#sk", "sk"},
               {"#type", "type"},
               {"#id", "id"},
               {"#version", "version"},
               {"#current", "current"}}},
             {"ExpressionAttributeValues", {{":pointer", {{"S", kPointer}}}}}}};
  }

  void take(const json::object& item) {
    const std::string pk = optionalText(item, "pk");
    const std::string sk = optionalText(item, "sk");
    if (sk == kPointer && pk.starts_with(kPointerKey)) {
      current_[pk.substr(kPointerKey.size())] = optionalText(item, "current");
      return;
    }
    const std::string id = optionalText(item, "id");
    const std::string type = optionalText(item, "type");
    const auto version = readModelVersion(item);
    if (pk != sk || id.empty() || type.empty() || !version) return;
    const auto name = readModelName(pk, id, [this](const std::string& log) { return streams_.contains(log); });
    if (!name || (!options_.log.empty() && name->log != options_.log)) return;
    compare(foundOf(*name, type), id, *version);
  }

  Found& foundOf(const ReadModelName& name, const std::string& type) {
    Found& found = found_[{name.log, type, name.generation}];
    Projection& projection = found.projection;
    if (!projection.log.empty()) return found;
    projection.log = name.log;
    projection.type = type;
    projection.generation = name.generation;
    found.has_model.resize(ends_.size());
    const auto streams = streams_.find(name.log);
    if (streams != streams_.end()) projection.streams = streams->second;
    return found;
  }

  void compare(Found& found, const std::string& id, std::uint64_t version) {
    Projection& projection = found.projection;
    const auto number = numbers_.find(projection.log + "#" + id);
    std::uint64_t end = 0;
    if (number != numbers_.end()) {
      end = ends_[number->second];
      found.has_model[number->second] = true;
    }
    if (version > end && look_ups_++ < kMostLookUps) end = std::max(end, log_.version(projection.log, id));
    if (version == end) return;
    if (version > end) {
      ++projection.ahead;
    } else {
      ++projection.behind;
      projection.events_behind += end - version;
    }
    note(projection, {id, version, end});
  }

  void addMissing(Found& found) {
    Projection& projection = found.projection;
    const auto current = current_.find(projection.log + "#" + projection.type);
    projection.is_current = projection.generation == (current == current_.end() ? std::string() : current->second);
    const std::string begin = projection.log + "#";
    for (const auto& [key, number] : numbers_) {
      if (found.has_model[number] || !key.starts_with(begin)) continue;
      ++projection.behind;
      ++projection.missing;
      projection.events_behind += ends_[number];
      note(projection, {key.substr(begin.size()), 0, ends_[number]});
    }
  }

  void note(Projection& projection, Lag lag) const {
    projection.worst.push_back(std::move(lag));
    if (projection.worst.size() > 2 * options_.worst + 100) shorten(projection.worst);
  }

  void shorten(std::vector<Lag>& worst) const {
    const auto end = worst.begin() + static_cast<std::ptrdiff_t>(std::min(worst.size(), options_.worst));
    std::ranges::partial_sort(worst, end, isWorse);
    worst.erase(end, worst.end());
  }

  const std::shared_ptr<Transport> transport_;
  const SurveyOptions options_;
  EventLog log_;
  std::unordered_map<std::string, std::size_t> numbers_;  // of the streams, by "<log>#<id>"
  std::vector<std::uint64_t> ends_;                       // of the streams
  std::map<std::string, std::uint64_t> streams_;          // how many each log has
  std::map<std::string, std::string> current_;            // generations, by "<log>#<type>"
  std::map<std::tuple<std::string, std::string, std::string>, Found> found_;
  int look_ups_ = 0;
};

}  // namespace

std::vector<Projection> surveyProjections(const std::shared_ptr<Transport>& transport, const SurveyOptions& options) {
  return Survey(transport, options).run();
}

}  // namespace ddblog::cli
