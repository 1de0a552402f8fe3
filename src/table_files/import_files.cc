#include "table_files/import_files.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/files.h"
#include "base/json_fields.h"

namespace ddblog::table_files {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolder = "AWSDynamoDB";
constexpr std::string_view kSummary = "manifest-summary.json";
constexpr std::string_view kFiles = "manifest-files.json";
constexpr std::array<std::string_view, 4> kDataFileEnds = {".json.gz", ".json", ".csv.gz", ".csv"};
constexpr std::size_t kManifestBytes = 256u << 20;  // about a million data files

bool isBlank(const std::string& line) { return line.find_first_not_of(" \t\r") == std::string::npos; }

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
         std::ranges::any_of(kDataFileEnds, [&name](std::string_view end) { return name.ends_with(end); });
}

json::object parseManifest(const std::string& text, const fs::path& file) {
  try {
    return parseJson(text).as_object();
  } catch (const std::exception& e) {
    throw ImportUnusable(file.string() + " is not a manifest: " + e.what());
  }
}

}  // namespace

ImportFiles::ImportFiles(const fs::path& path, std::string table) : table_(std::move(table)) {
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
    throw ImportUnusable(path.string() +
                         " contains neither a DynamoDB export nor data files (*.json.gz, *.json, *.csv.gz, *.csv).");
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
    const std::string md5 = readRecords(file.path, table_, keys, [&](const ImportRecord& record) {
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

void ImportFiles::read(const ImportKeys& keys, const std::function<void(ImportRecord)>& take) const {
  for (const DataFile& file : files_) readRecords(file.path, table_, keys, take);
}

}  // namespace ddblog::table_files
