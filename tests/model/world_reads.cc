// GetItem, BatchGetItem, Query and Scan.
#include <algorithm>

#include "model/world.h"

namespace ddblog::model {

namespace {

// From here on a page may end at its megabyte: the model does not do DynamoDB's arithmetic.
constexpr std::size_t kCertainlyOnePage = 500'000;

std::size_t roughSize(const Item& item) {
  std::size_t size = 0;
  for (const auto& [name, value] : item)
    size += value.text.size() + 200 * (1 + value.elements.size() + value.members.size());
  return size;
}

std::strong_ordering compareRanges(const std::vector<KeyPart>& range, const Item& one, const Item& other) {
  for (const KeyPart& part : range) {
    const auto order = compareScalars(one.at(part.name), other.at(part.name));
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

std::vector<KeyPart> rangeOf(const Table& table, const Index* index) {
  if (index) return index->range;
  return table.range ? std::vector<KeyPart>{*table.range} : std::vector<KeyPart>();
}

std::vector<KeyPart> hashOf(const Table& table, const Index* index) {
  return index ? index->hash : std::vector<KeyPart>{table.hash};
}

std::string pathsText(const std::vector<Path>& paths, Placeholders& placeholders) {
  std::string text;
  for (const Path& path : paths) text += (text.empty() ? "" : ", ") + placeholders.path(path);
  return text;
}

int intOf(const json::value& body, const char* name) { return static_cast<int>(body.at(name).as_int64()); }

}  // namespace

std::string World::nameOfTable(const Table& table) {
  return rng_.chance(5) ? "arn:aws:dynamodb:us-east-1:000000000000:table/" + table.name : table.name;
}

// Attributes and parts of them that the index shows, each attribute once; always the keys.
std::vector<Path> World::projection(const Table& table, const Index* index) {
  std::vector<Path> paths;
  for (const KeyPart& part : table.pageKey(index)) paths.push_back({part.name, {}});
  for (int i = rng_.below(4); i > 0; --i) {
    Path path{generator_.attribute(), {}};
    const auto is_same = [&](const Path& other) { return other.attribute == path.attribute; };
    if (!table.shows(index, path.attribute) || std::any_of(paths.begin(), paths.end(), is_same)) continue;
    if (path.attribute == "m" && rng_.chance(50)) path.steps.push_back({"p", 0});
    if (path.attribute == "l" && rng_.chance(50)) path.steps.push_back({"", rng_.below(3)});
    paths.push_back(path);
  }
  return paths;
}

std::optional<World::Call> World::getItem(Taken& taken) {
  const Table* table = anyTable();
  const Item key = generator_.key(*table);
  if (!taken.emplace(table, table->idOf(key)).second) return std::nullopt;
  const Item* item = table->get(table->idOf(key));
  std::optional<Item> expected = item ? std::optional<Item>(*item) : std::nullopt;

  Placeholders placeholders(rng_);
  std::string body = "{\"TableName\":\"" + nameOfTable(*table) + "\",\"Key\":" + toJson(key, rng_.below(9));
  if (rng_.chance(50)) body += ",\"ConsistentRead\":true";
  if (rng_.chance(25)) {
    const std::vector<Path> paths = projection(*table, nullptr);
    body += ",\"ProjectionExpression\":";
    appendText(body, pathsText(paths, placeholders));
    placeholders.append(body);
    if (item) expected = project(paths, *item);
  }
  Call call{"GetItem", body + "}", {}, {}};
  call.check = [expected](const Answer& answer) {
    expectOk(answer);
    expectItem(expected, memberOf(answer.body, "Item"), "the item");
  };
  return call;
}

std::optional<World::Call> World::batchGet(Taken& taken) {
  std::map<const Table*, std::string> keys;
  std::map<std::string, std::map<std::string, Item>> expected;  // by table, by the item's id
  std::map<std::string, const Table*> tables;
  for (int i = rng_.between(1, rng_.chance(10) ? 60 : 8); i > 0; --i) {
    const Table* table = anyTable();
    const Item key = generator_.key(*table);
    const std::string id = table->idOf(key);
    if (!taken.emplace(table, id).second) continue;
    keys[table] += (keys[table].empty() ? "" : ",") + toJson(key, rng_.below(9));
    tables[table->name] = table;
    if (const Item* item = table->get(id)) expected[table->name].emplace(id, *item);
  }
  std::string body;
  for (const auto& [table, text] : keys) {
    body += ",\"" + table->name + "\":{\"Keys\":[" + text + "]" + (rng_.chance(30) ? ",\"ConsistentRead\":true" : "");
    if (rng_.chance(30)) {
      Placeholders placeholders(rng_);
      const std::vector<Path> paths = projection(*table, nullptr);
      body += ",\"ProjectionExpression\":";
      appendText(body, pathsText(paths, placeholders));
      placeholders.append(body);
      for (auto& [id, item] : expected[table->name]) item = project(paths, item);
    }
    body += "}";
  }
  if (body.empty()) return std::nullopt;
  Call call{"BatchGetItem", "{\"RequestItems\":{" + body.substr(1) + "}}", {}, {}};
  call.check = [expected, tables](const Answer& answer) {
    expectOk(answer);
    expect(answer.body.at("UnprocessedKeys").as_object().empty(), "keys were left unprocessed");
    for (const auto& [name, table] : tables) {
      const json::array& items = answer.body.at("Responses").at(name).as_array();
      const auto found = expected.find(name);
      const std::size_t count = found == expected.end() ? 0 : found->second.size();
      expect(items.size() == count, "of " + name + " there are to be " + std::to_string(count));
      for (const json::value& one : items) {
        const auto item = found->second.find(table->idOf(readItem(one)));
        expect(item != found->second.end(), "an item that was not asked for: " + json::serialize(one));
        expectItem(item->second, &one, "an item");
      }
    }
  };
  return call;
}

// --- Query and Scan ---

void World::chooseParameters(Reading& reading, bool is_query) {
  const Table& table = *reading.table;
  if (rng_.chance(50)) reading.limit = rng_.chance(70) ? rng_.between(1, 5) : rng_.between(1, 50);
  reading.is_count = rng_.chance(10);
  reading.is_whole = reading.index && !reading.index->is_global && rng_.chance(20) && !reading.is_count;
  if (!reading.is_count && !reading.is_whole && rng_.chance(25)) reading.projection = projection(table, reading.index);
  if (!rng_.chance(30)) return;
  reading.filter = generator_.filter([&](const std::string& attribute) {
    const Index* shown_by = reading.is_whole ? nullptr : reading.index;
    const auto is_it = [&](const KeyPart& part) { return part.name == attribute; };
    const auto hash = hashOf(table, reading.index), range = rangeOf(table, reading.index);
    const bool is_key = std::any_of(hash.begin(), hash.end(), is_it) || std::any_of(range.begin(), range.end(), is_it);
    return table.shows(shown_by, attribute) && !(is_query && is_key);
  });
}

// The members of a request that Query and Scan share.
std::string World::writeReading(const Reading& reading, Placeholders& placeholders) {
  std::string body = "\"TableName\":\"" + nameOfTable(*reading.table) + "\"";
  if (reading.index) body += ",\"IndexName\":\"" + reading.index->name + "\"";
  if (reading.limit) body += ",\"Limit\":" + std::to_string(*reading.limit);
  if (reading.is_count) body += ",\"Select\":\"COUNT\"";
  if (reading.is_whole) body += ",\"Select\":\"ALL_ATTRIBUTES\"";
  if (!(reading.index && reading.index->is_global) && rng_.chance(40)) body += ",\"ConsistentRead\":true";
  if (reading.filter) {
    body += ",\"FilterExpression\":";
    appendText(body, model::write(*reading.filter, placeholders));
  }
  if (!reading.projection.empty()) {
    body += ",\"ProjectionExpression\":";
    appendText(body, pathsText(reading.projection, placeholders));
  }
  return body;
}

// All pages. `candidates`: what is read, if the model knows how much that is (not for one segment of several).
World::Pages World::readPages(const std::string& operation, const std::string& request, const Reading& reading,
                              const std::vector<Item>* candidates) {
  Pages pages;
  std::string start;
  std::size_t bytes = 0;
  if (candidates) {
    for (const Item& item : *candidates) bytes += roughSize(item);
  }
  const bool is_exact = candidates && bytes < kCertainlyOnePage;
  for (;;) {
    const Answer answer = ask(operation, "{" + request + start + "}");
    expectOk(answer);
    const int count = intOf(answer.body, "Count"), scanned = intOf(answer.body, "ScannedCount");
    const json::value* last_key = memberOf(answer.body, "LastEvaluatedKey");
    const json::value* items = memberOf(answer.body, "Items");
    expect((items == nullptr) == reading.is_count, "Items are there, or not, against what Select says");
    expect(!items || items->as_array().size() == static_cast<std::size_t>(count), "Count is not the number of Items");
    expect(count <= scanned && (!reading.limit || scanned <= *reading.limit), "more was read than Limit says");
    if (is_exact) {
      const int left = static_cast<int>(candidates->size()) - pages.scanned;
      const int expected = reading.limit ? std::min(*reading.limit, left) : left;
      expect(scanned == expected, "ScannedCount is to be " + std::to_string(expected));
      expect((last_key != nullptr) == (reading.limit == scanned), "LastEvaluatedKey is there, or not, against Limit");
    }
    expect(candidates == nullptr || pages.scanned + scanned <= static_cast<int>(candidates->size()),
           "too much was read");
    pages.count += count;
    pages.scanned += scanned;
    if (items) {
      for (const json::value& item : items->as_array()) pages.items.push_back(readItem(item));
    }
    if (!last_key) break;
    const std::vector<KeyPart> key = reading.table->pageKey(reading.index);
    const Item last = readItem(*last_key);
    expect(last.size() == key.size() &&
               std::all_of(key.begin(), key.end(), [&](const KeyPart& part) { return last.contains(part.name); }),
           "LastEvaluatedKey has other attributes than the keys");
    start = ",\"ExclusiveStartKey\":" + toJson(last, rng_.below(9));
  }
  if (candidates) {
    expect(pages.scanned == static_cast<int>(candidates->size()),
           "all pages together read " + std::to_string(pages.scanned) + " of " + std::to_string(candidates->size()));
  }
  return pages;
}

std::vector<Item> World::expectedItems(const Reading& reading, const std::vector<Item>& candidates) const {
  const Index* index = reading.is_whole ? nullptr : reading.index;
  std::vector<Item> expected;
  for (const Item& candidate : candidates) {
    const Item shown = reading.table->shown(index, candidate);
    if (reading.filter && !holds(*reading.filter, shown)) continue;
    expected.push_back(reading.projection.empty() ? shown : project(reading.projection, shown));
  }
  return expected;
}

// The same items, in any order.
void World::expectSame(const Reading& reading, std::vector<Item> expected, std::vector<Item> found,
                       const std::string& what) {
  const auto by_id = [&](std::vector<Item>& items) {
    std::map<std::string, Item> sorted;
    for (Item& item : items) {
      const std::string id = reading.table->idOf(item);
      expect(sorted.emplace(id, std::move(item)).second, what + " gives an item twice: " + id);
    }
    return sorted;
  };
  const auto expected_by_id = by_id(expected), found_by_id = by_id(found);
  for (const auto& [id, item] : expected_by_id) {
    const auto one = found_by_id.find(id);
    expect(one != found_by_id.end(), what + " lacks " + toJson(item));
    expect(one->second == item, what + " gives " + toJson(one->second) + " instead of " + toJson(item));
  }
  for (const auto& [id, item] : found_by_id)
    expect(expected_by_id.contains(id), what + " gives too much: " + toJson(item));
}

// A condition on the range key, or nothing; leaves of the candidates those that it leaves.
std::string World::rangeCondition(const std::vector<KeyPart>& range, std::vector<Item>& candidates,
                                  Placeholders& placeholders) {
  std::string text;
  const std::size_t parts =
      range.empty() || rng_.chance(40) ? 0 : 1 + static_cast<std::size_t>(rng_.below(static_cast<int>(range.size())));
  for (std::size_t i = 0; i < parts; ++i) {
    const std::string& name = range[i].name;
    const auto some = [&] {
      Value value =
          candidates.empty() || rng_.chance(20) ? generator_.scalar(range[i].type) : rng_.pick(candidates).at(name);
      if (value.type != Type::kNumber && value.text.empty()) value.text = "a";
      return value;
    };
    Condition condition;
    condition.path.attribute = name;
    condition.kind = Condition::Kind::kCompare;
    condition.values = {some()};
    if (i + 1 == parts) {
      static const std::vector<Comparator> kComparators = {Comparator::kEqual, Comparator::kLess,
                                                           Comparator::kLessOrEqual, Comparator::kGreater,
                                                           Comparator::kGreaterOrEqual};
      condition.comparator = rng_.pick(kComparators);
      const int choice = rng_.below(3);
      if (choice == 0) {
        condition.kind = Condition::Kind::kBetween;
        condition.values.push_back(some());
        if (compareScalars(condition.values[0], condition.values[1]) > 0)
          std::swap(condition.values[0], condition.values[1]);
      } else if (choice == 1 && range[i].type == Type::kBinary) {
        condition.kind = Condition::Kind::kBeginsWith;
        condition.values[0].text.resize(1);
      } else if (choice == 1 && range[i].type == Type::kString &&
                 static_cast<unsigned char>(condition.values[0].text[0]) < 0x80) {
        condition.kind = Condition::Kind::kBeginsWith;
        condition.values[0].text.resize(1);
      }
    }
    text += " AND " + model::write(condition, placeholders);
    std::erase_if(candidates, [&](const Item& item) { return !holds(condition, item); });
  }
  return text;
}

void World::query() {
  Reading reading;
  reading.table = anyTable();
  const Table& table = *reading.table;
  if (!table.indexes.empty() && rng_.chance(50)) reading.index = &rng_.pick(table.indexes);
  reading.is_forward = rng_.chance(60);
  chooseParameters(reading, true);

  // The partition of some item, or one that may be empty.
  Item of = generator_.item(table, generator_.key(table));
  if (!table.items.empty() && rng_.chance(80)) {
    of = std::next(table.items.begin(), rng_.below(static_cast<int>(table.items.size())))->second;
  }
  std::vector<Item> candidates;
  for (const auto& [id, item] : table.items) {
    if (!reading.index || Table::fits(*reading.index, item)) candidates.push_back(item);
  }
  Placeholders placeholders(rng_);
  std::string condition;
  for (const KeyPart& part : hashOf(table, reading.index)) {
    Value value = of.contains(part.name) ? of.at(part.name) : generator_.scalar(part.type);
    if (value.type != part.type) value = generator_.scalar(part.type);
    if (value.type != Type::kNumber && value.text.empty()) value.text = "a";
    std::erase_if(candidates, [&](const Item& item) { return !(item.at(part.name) == value); });
    condition +=
        (condition.empty() ? "" : " AND ") + placeholders.path({part.name, {}}) + " = " + placeholders.value(value);
  }
  const std::vector<KeyPart> range = rangeOf(table, reading.index);
  condition += rangeCondition(range, candidates, placeholders);
  std::sort(candidates.begin(), candidates.end(),
            [&](const Item& one, const Item& other) { return compareRanges(range, one, other) < 0; });
  if (!reading.is_forward) std::reverse(candidates.begin(), candidates.end());

  std::string request = writeReading(reading, placeholders) + ",\"KeyConditionExpression\":";
  appendText(request, condition);
  if (!reading.is_forward || rng_.chance(20)) {
    request += std::string(",\"ScanIndexForward\":") + (reading.is_forward ? "true" : "false");
  }
  placeholders.append(request);
  const Pages pages = readPages("Query", request, reading, &candidates);
  const std::vector<Item> expected = expectedItems(reading, candidates);
  expect(pages.count == static_cast<int>(expected.size()),
         "Query counts " + std::to_string(pages.count) + " instead of " + std::to_string(expected.size()));
  if (reading.is_count) return;
  if (!reading.index) return expect(pages.items == expected, "Query gives other items, or in another order");
  expectSame(reading, expected, pages.items, "Query");
  // Entries of an index with the same key come in any order.
  for (std::size_t i = 1; i < pages.items.size(); ++i) {
    const auto order = compareRanges(range, pages.items[i - 1], pages.items[i]);
    expect(reading.is_forward ? order <= 0 : order >= 0, "Query is not in order");
  }
}

void World::scan() {
  Reading reading;
  reading.table = anyTable();
  const Table& table = *reading.table;
  if (!table.indexes.empty() && rng_.chance(40)) reading.index = &rng_.pick(table.indexes);
  chooseParameters(reading, false);
  std::vector<Item> candidates;
  for (const auto& [id, item] : table.items) {
    if (!reading.index || Table::fits(*reading.index, item)) candidates.push_back(item);
  }
  Placeholders placeholders(rng_);
  std::string request = writeReading(reading, placeholders);
  placeholders.append(request);

  Pages all;
  const int segments = rng_.chance(30) ? rng_.between(2, 6) : 1;
  for (int i = 0; i < segments; ++i) {
    const std::string segment =
        segments == 1 ? "" : ",\"Segment\":" + std::to_string(i) + ",\"TotalSegments\":" + std::to_string(segments);
    Pages pages = readPages("Scan", request + segment, reading, segments == 1 ? &candidates : nullptr);
    all.count += pages.count;
    all.scanned += pages.scanned;
    std::move(pages.items.begin(), pages.items.end(), std::back_inserter(all.items));
  }
  const std::vector<Item> expected = expectedItems(reading, candidates);
  expect(all.scanned == static_cast<int>(candidates.size()) && all.count == static_cast<int>(expected.size()),
         "Scan counts " + std::to_string(all.count) + " of " + std::to_string(all.scanned) + " instead of " +
             std::to_string(expected.size()) + " of " + std::to_string(candidates.size()));
  if (!reading.is_count) expectSame(reading, expected, all.items, "Scan");
}

void World::scanWhole(const Table& table, const Index* index) {
  Reading reading;
  reading.table = &table;
  reading.index = index;
  std::vector<Item> candidates;
  for (const auto& [id, item] : table.items) {
    if (!index || Table::fits(*index, item)) candidates.push_back(item);
  }
  const std::string request =
      "\"TableName\":\"" + table.name + "\"" + (index ? ",\"IndexName\":\"" + index->name + "\"" : "");
  const Pages pages = readPages("Scan", request, reading, &candidates);
  expectSame(reading, expectedItems(reading, candidates), pages.items,
             "the audit of " + table.name + (index ? "'s index " + index->name : ""));
}

}  // namespace ddblog::model
