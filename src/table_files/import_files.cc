#include "table_files/import_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "base/api_error.h"
#include "base/base64.h"
#include "base/digests.h"
#include "base/files.h"
#include "base/gzip.h"
#include "base/json_fields.h"
#include "item/wire_json.h"
#include "table_files/foreign_format.h"

namespace ddblog::table_files {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolder = "AWSDynamoDB";
constexpr std::string_view kSummary = "manifest-summary.json";
constexpr std::string_view kFiles = "manifest-files.json";
constexpr std::size_t kPieceBytes = 16u << 10;   // read at a time; decompressed it is at most a thousand times as long
constexpr std::size_t kLongestLine = 16u << 20;  // two images of an item, with every character escaped
constexpr std::size_t kManifestBytes = 256u << 20;  // about a million data files

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kTaken =
    ". Import takes DynamoDB's JSON as an export to S3 has it, gzip or not: a line {\"Item\": {…}} for each item.";

using TakeLine = std::function<void(const std::string& line, std::uint64_t number)>;

// Reads a file's lines, decompressing gzip, and returns the MD5 of its bytes in base64.
class LineReader {
 public:
  explicit LineReader(const fs::path& file) : file_(file), in_(file, std::ios::binary) {
    if (!in_) fail(std::strerror(errno));
  }

  std::string readAll(const TakeLine& take) {
    std::string piece(kPieceBytes, '\0');
    for (bool is_first = true;; is_first = false) {
      in_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      const std::string_view bytes(piece.data(), static_cast<std::size_t>(in_.gcount()));
      if (bytes.empty()) break;
      if (is_first) is_gzip_ = bytes.starts_with("\x1f\x8b");
      md5_.add(bytes);
      if (!is_gzip_) {
        text_ += bytes;
      } else if (!gzip_.add(bytes, text_)) {
        fail("its gzip data is damaged");
      }
      if (!is_begun_ && !text_.empty()) begin();
      takeLines(take);
    }
    if (in_.bad()) fail("it cannot be read");
    if (in_.gcount() == 0 && !is_gzip_ && !is_begun_) fail("it is empty" + std::string(kTaken));
    if (is_gzip_ && !gzip_.isComplete()) fail("it is cut off");
    if (!text_.empty()) take(text_, ++number_);
    return toBase64(bytesOf(md5_.finish()));
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw ImportUnusable(file_.string() + ": " + what); }

  void begin() {
    is_begun_ = true;
    if (text_.starts_with(kByteOrderMark)) text_.erase(0, kByteOrderMark.size());
    std::string what = foreignFormat(text_);
    if (what.empty()) return;
    if (file_.extension() == ".gz" && !is_gzip_)
      what = "its name ends in .gz, but it is not compressed with gzip; " + what;
    fail(what + std::string(kTaken));
  }

  void takeLines(const TakeLine& take) {
    std::size_t begin = 0;
    for (std::size_t end; (end = text_.find('\n', std::max(begin, searched_))) != std::string::npos; begin = end + 1) {
      take(text_.substr(begin, end - begin), ++number_);
    }
    text_.erase(0, begin);
    searched_ = text_.size();
    if (text_.size() > kLongestLine) fail("line " + std::to_string(number_ + 1) + " is too long for an item");
  }

  const fs::path file_;
  std::ifstream in_;
  bool is_gzip_ = false;
  bool is_begun_ = false;  // the beginning of the text was looked at
  GzipDecoder gzip_;
  Md5 md5_;
  std::string text_;          // not consumed yet
  std::size_t searched_ = 0;  // its beginning that contains no newline
  std::uint64_t number_ = 0;
};

const json::object* member(const json::object& object, std::string_view name) {
  const json::value* found = memberOf(object, name);
  if (!found || found->is_null()) return nullptr;
  if (!found->is_object()) throw std::invalid_argument(std::string(name) + " must be an object");
  return &found->get_object();
}

// Throws std::invalid_argument.
ImportRecord recordOf(const std::string& line) {
  json::value parsed = parseJson(line);
  if (!parsed.is_object()) throw std::invalid_argument("it is not a JSON object");
  const json::object& object = parsed.get_object();
  if (const json::object* item = member(object, "Item")) return {true, *item};
  const json::object* keys = member(object, "Keys");
  if (!keys) throw std::invalid_argument("it has neither \"Item\" nor \"Keys\"");
  if (const json::object* image = member(object, "NewImage")) return {true, *image};
  return {false, *keys};
}

bool isBlank(const std::string& line) { return line.find_first_not_of(" \t\r") == std::string::npos; }

// Checks a record as DynamoDB would. Throws ApiError.
void checkRecord(const ImportRecord& record, const ImportKeys& keys) {
  const Item item = readItem(record.item);
  record.is_put ? keys.checkItem(item) : keys.checkKey(item);
}

// Reads a file's records and returns its MD5. Errors that `take` throws get the file's name and the
// line number.
std::string readRecords(const fs::path& file, const std::function<void(ImportRecord)>& take) {
  return LineReader(file).readAll([&](const std::string& line, std::uint64_t number) {
    if (isBlank(line)) return;
    try {
      take(recordOf(line));
    } catch (const std::invalid_argument& e) {
      throw ImportUnusable(file.string() + " line " + std::to_string(number) + ": " + e.what());
    } catch (const ApiError& e) {
      throw ImportUnusable(file.string() + " line " + std::to_string(number) + ": " + e.message());
    }
  });
}

// The exports that a directory contains directly.
std::vector<fs::path> exportsIn(const fs::path& directory) {
  std::vector<fs::path> found;
  if (!fs::is_directory(directory)) return found;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    if (fs::exists(entry.path() / kSummary)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// The export at or in `path`; empty if there is none.
fs::path findExport(const fs::path& path) {
  if (fs::exists(path / kSummary)) return path;
  for (const fs::path& place : {path / kFolder, path}) {
    const std::vector<fs::path> found = exportsIn(place);
    if (found.size() > 1) {
      throw ImportUnusable(place.string() + " contains " + std::to_string(found.size()) +
                           " exports; name one of them, such as " + found.back().string());
    }
    if (found.size() == 1) return found.front();
  }
  return {};
}

bool isDataFile(const fs::path& file) {
  const std::string name = file.filename().string();
  return fs::is_regular_file(file) && !name.starts_with("manifest-") &&
         (name.ends_with(".json.gz") || name.ends_with(".json"));
}

json::object parseManifest(const std::string& text, const fs::path& file) {
  try {
    return parseJson(text).as_object();
  } catch (const std::exception& e) {
    throw ImportUnusable(file.string() + " is not a manifest: " + e.what());
  }
}

}  // namespace

ImportFiles::ImportFiles(const fs::path& path) {
  if (!fs::exists(path)) throw ImportUnusable("There is no file or directory " + path.string() + ".");
  if (!fs::is_directory(path)) {
    files_.push_back({path, std::nullopt, {}});
    return;
  }
  if (const fs::path found = findExport(path); !found.empty()) {
    readManifest(found);
    return;
  }
  if (fs::exists(path / "_started")) {
    throw ImportUnusable("The export in " + path.string() + " is not complete: it has no " + std::string(kSummary) +
                         ".");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    if (isDataFile(entry.path())) files_.push_back({entry.path(), std::nullopt, {}});
  }
  std::sort(files_.begin(), files_.end(), [](const auto& left, const auto& right) { return left.path < right.path; });
  if (files_.empty()) {
    throw ImportUnusable(path.string() + " contains neither a DynamoDB export nor data files (*.json.gz, *.json).");
  }
}

void ImportFiles::readManifest(const fs::path& export_directory) {
  const fs::path summary_file = export_directory / kSummary;
  const json::object summary = parseManifest(readFile(summary_file, 1u << 20), summary_file);
  const std::string format = textOf(summary, "outputFormat");
  if (!format.empty() && format != "DYNAMODB_JSON") {
    throw ImportUnusable("The export in " + export_directory.string() + " is in the format " + format +
                         "; only DYNAMODB_JSON can be read.");
  }
  const fs::path list = export_directory / kFiles;
  const std::string text = readFile(list, kManifestBytes);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (!isBlank(line)) addDataFile(parseManifest(line, list), export_directory);
    begin = end + 1;
  }
}

// The key is the file's path in the bucket: "prefix/AWSDynamoDB/<export id>/data/<name>", or for an
// incremental export "prefix/AWSDynamoDB/data/<name>". A copied file is expected at the same
// relative path, or beside the manifest.
void ImportFiles::addDataFile(const json::object& line, const fs::path& export_directory) {
  const std::string key = textOf(line, "dataFileS3Key");
  if (key.empty())
    throw ImportUnusable((export_directory / kFiles).string() + " is not a manifest: a line names no file");
  DataFile file;
  const std::string name = fs::path(key).filename().string();
  const fs::path outer = export_directory.parent_path();
  for (const fs::path& place : {export_directory / "data" / name, outer / "data" / name, export_directory / name}) {
    file.path = place;
    if (fs::exists(place)) break;
  }
  if (!fs::exists(file.path)) throw ImportUnusable("The export lacks its file " + key + ".");
  file.md5 = textOf(line, "md5Checksum");
  if (const json::value* items = line.if_contains("itemCount"); items && items->is_int64()) {
    file.items = static_cast<std::uint64_t>(items->get_int64());
  }
  files_.push_back(std::move(file));
}

std::uint64_t ImportFiles::check(const ImportKeys& keys) const {
  std::uint64_t total = 0;
  for (const DataFile& file : files_) {
    std::uint64_t items = 0;
    const std::string md5 = readRecords(file.path, [&](const ImportRecord& record) {
      checkRecord(record, keys);
      ++items;
    });
    if (!file.md5.empty() && md5 != file.md5) {
      throw ImportUnusable(file.path.string() + " is damaged: its MD5 is not the one in the manifest.");
    }
    if (file.items && *file.items != items) {
      throw ImportUnusable(file.path.string() + " has " + std::to_string(items) + " items; the manifest says " +
                           std::to_string(*file.items) + ".");
    }
    total += items;
  }
  return total;
}

void ImportFiles::read(const std::function<void(ImportRecord)>& take) const {
  for (const DataFile& file : files_) readRecords(file.path, take);
}

}  // namespace ddblog::table_files
