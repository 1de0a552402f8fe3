#include "table_files/import_records.h"

#include <algorithm>
#include <memory>
#include <set>

#include "base/api_error.h"
#include "base/json_elements.h"
#include "base/json_fields.h"
#include "base/text.h"
#include "item/plain_json.h"
#include "item/wire_json.h"
#include "table_files/csv_rows.h"
#include "table_files/foreign_format.h"
#include "table_files/text_pieces.h"

namespace ddblog::table_files {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestRecord = 16u << 20;  // two images of an item, with every character escaped

// What reads the pieces of a text.
class RecordParser {
 public:
  virtual ~RecordParser() = default;
  virtual void add(std::string_view text) = 0;
  virtual void finish() = 0;
};

// Passes a record of a line on. `make` may throw std::invalid_argument or ApiError.
using TakeAt = std::function<void(std::uint64_t line, const std::function<ImportRecord()>& make)>;

const json::object* memberObject(const json::object& object, std::string_view name) {
  const json::value* found = memberOf(object, name);
  if (!found || found->is_null()) return nullptr;
  if (!found->is_object()) throw std::invalid_argument(std::string(name) + " must be an object");
  return &found->get_object();
}

ImportRecord recordOfLine(const std::string& line) {
  json::value parsed = parseJson(line);
  if (!parsed.is_object()) throw std::invalid_argument("it is not a JSON object");
  const json::object& object = parsed.get_object();
  if (const json::object* item = memberObject(object, "Item")) return {true, *item};
  const json::object* keys = memberObject(object, "Keys");
  if (!keys) throw std::invalid_argument("it has neither \"Item\" nor \"Keys\"");
  if (const json::object* image = memberObject(object, "NewImage")) return {true, *image};
  return {false, *keys};
}

class LineParser : public RecordParser {
 public:
  explicit LineParser(TakeAt take) : take_(std::move(take)) {}

  void add(std::string_view text) override {
    text_ += text;
    std::size_t begin = 0;
    for (std::size_t end; (end = text_.find('\n', std::max(begin, searched_))) != std::string::npos; begin = end + 1) {
      takeLine(text_.substr(begin, end - begin));
    }
    text_.erase(0, begin);
    searched_ = text_.size();
    if (text_.size() > kLongestRecord) {
      take_(number_ + 1, []() -> ImportRecord { throw std::invalid_argument("it is too long for an item"); });
    }
  }
  void finish() override {
    if (!text_.empty()) takeLine(text_);
  }

 private:
  void takeLine(const std::string& line) {
    ++number_;
    if (line.find_first_not_of(" \t\r") == std::string::npos) return;
    take_(number_, [&line] { return recordOfLine(line); });
  }

  const TakeAt take_;
  std::string text_;          // not consumed yet
  std::size_t searched_ = 0;  // its beginning that contains no newline
  std::uint64_t number_ = 0;
};

// The objects of arrays: items, or requests of batch-write-item.
class ElementParser : public RecordParser {
 public:
  ElementParser(std::string table, TakeAt take)
      : table_(std::move(table)),
        take_(std::move(take)),
        elements_([this](const JsonElements::Element& element) { takeElement(element); }, kLongestRecord) {}

  void add(std::string_view text) override { elements_.add(text); }
  void finish() override {
    elements_.finish();
    if (has_taken_ || other_tables_.empty()) return;
    if (other_tables_.contains("")) throw std::invalid_argument("its requests name no table");
    throw std::invalid_argument("it has records of the table " + joined(other_tables_) + " only");
  }

 private:
  void takeElement(const JsonElements::Element& element) {
    take_(element.line, [&] { return recordOf(element); });
  }

  ImportRecord recordOf(const JsonElements::Element& element) {
    const json::value parsed = parseJson(element.text);
    const json::object& object = parsed.as_object();
    for (const char* request : {"PutRequest", "DeleteRequest"}) {
      const json::object* of_request = object.size() == 1 ? objectOf(object, request) : nullptr;
      if (of_request) return recordOfRequest(element, *of_request);
    }
    has_taken_ = true;
    const json::object* item = object.size() == 1 ? objectOf(object, "Item") : nullptr;
    if (item && isDynamoDbJson(*item)) return {true, *item};
    if (isDynamoDbJson(object)) return {true, object};
    return {true, itemToJson(itemOfPlainJson(element.text))};
  }

  ImportRecord recordOfRequest(const JsonElements::Element& element, const json::object& request) {
    if (element.member != table_) {
      other_tables_.insert(element.member);
      return {true, {}};
    }
    has_taken_ = true;
    if (const json::object* item = memberObject(request, "Item")) return {true, *item};
    if (const json::object* key = memberObject(request, "Key")) return {false, *key};
    throw std::invalid_argument("a request has neither \"Item\" nor \"Key\"");
  }

  const std::string table_;
  const TakeAt take_;
  JsonElements elements_;
  std::set<std::string> other_tables_;
  bool has_taken_ = false;
};

class CsvParser : public RecordParser {
 public:
  CsvParser(std::string_view beginning, const ImportKeys& keys, TakeAt take)
      : keys_(keys),
        take_(std::move(take)),
        rows_(separatorOf(beginning), kLongestRecord,
              [this](const CsvRows::Row& row, std::uint64_t line) { takeRow(row, line); }) {}

  void add(std::string_view text) override { rows_.add(text); }
  void finish() override { rows_.finish(); }

 private:
  void takeRow(const CsvRows::Row& row, std::uint64_t line) {
    if (header_.empty()) {
      header_ = row;
      take_(line, [this]() -> ImportRecord {
        std::set<std::string> names;
        for (const std::string& name : header_) {
          if (name.empty()) throw std::invalid_argument("the header has a field without a name");
          if (!names.insert(name).second) throw std::invalid_argument("the header has the field " + name + " twice");
        }
        return {};
      });
      return;
    }
    take_(line, [&] { return recordOf(row); });
  }

  ImportRecord recordOf(const CsvRows::Row& row) const {
    if (row.size() != header_.size()) {
      throw std::invalid_argument("it has " + std::to_string(row.size()) + " fields; the header has " +
                                  std::to_string(header_.size()));
    }
    ImportRecord record;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].empty()) record.item[header_[i]] = json::object{{keys_.keyType(header_[i]), row[i]}};
    }
    return record;
  }

  const ImportKeys& keys_;
  const TakeAt take_;
  CsvRows rows_;
  CsvRows::Row header_;
};

std::unique_ptr<RecordParser> parserFor(std::string_view beginning, const std::string& table, const ImportKeys& keys,
                                        TakeAt take) {
  switch (formatOf(beginning)) {
    case TextFormat::kLines:
      return std::make_unique<LineParser>(std::move(take));
    case TextFormat::kElements:
      return std::make_unique<ElementParser>(table, std::move(take));
    case TextFormat::kCsv:
      return std::make_unique<CsvParser>(beginning, keys, std::move(take));
    case TextFormat::kForeign:
      break;
  }
  return nullptr;
}

}  // namespace

void checkRecord(const ImportRecord& record, const ImportKeys& keys) {
  const Item item = readItem(record.item);
  record.is_put ? keys.checkItem(item) : keys.checkKey(item);
}

std::string readRecords(const fs::path& file, const std::string& table, const ImportKeys& keys,
                        const std::function<void(ImportRecord)>& take) {
  const auto takeAt = [&](std::uint64_t line, const std::function<ImportRecord()>& make) {
    const auto fail = [&](const std::string& what) {
      throw ImportUnusable(file.string() + " line " + std::to_string(line) + ": " + what);
    };
    try {
      ImportRecord record = make();
      if (!record.item.empty()) take(std::move(record));
    } catch (const std::invalid_argument& e) {
      fail(e.what());
    } catch (const ApiError& e) {
      fail(e.message());
    }
  };
  std::unique_ptr<RecordParser> parser;
  const auto parse = [&](const std::function<void()>& step) {
    try {
      step();
    } catch (const std::invalid_argument& e) {
      const std::string what = e.what();
      throw ImportUnusable(file.string() + (what.starts_with("line ") ? " " : ": ") + what);
    }
  };
  std::string md5 = readText(file, [&](std::string_view text, bool is_first) {
    if (is_first) {
      parser = parserFor(text, table, keys, takeAt);
      if (!parser) throw ImportUnusable(file.string() + ": " + foreignFormat(text) + std::string(kTakenFormats));
    }
    parse([&] { parser->add(text); });
  });
  if (parser) parse([&] { parser->finish(); });
  return md5;
}

}  // namespace ddblog::table_files
