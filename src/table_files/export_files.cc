#include "table_files/export_files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "base/base64.h"
#include "base/files.h"
#include "base/json_writer.h"

namespace ddblog::table_files {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kDataFileBytes = 128u << 20;  // of lines per data file
constexpr std::string_view kFolder = "AWSDynamoDB";

// "01693685827463-2d8752fd": the time in milliseconds (14 digits) and a random part.
std::string newExportId(Timestamp now, Ids& ids) {
  char text[40];
  std::snprintf(text, sizeof text, "%014lld-%08x", static_cast<long long>(now.time_since_epoch().count()),
                static_cast<unsigned>(ids.number()));
  return text;
}

std::string newFileName(Ids& ids) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  std::string name;
  for (std::uint64_t bits = 0; name.size() < 26; bits >>= 5) {
    if (name.size() % 12 == 0) bits = ids.number();
    name += kLetters[bits & 31];
  }
  return name;
}

std::string md5Of(std::string_view bytes) {
  Md5 md5;
  md5.add(bytes);
  return std::string(bytesOf(md5.finish()));
}

// S3's ETag of an upload in one part: the MD5 of the parts' MD5s.
std::string etagOf(const std::string& md5) { return toHex(md5Of(md5)) + "-1"; }

}  // namespace

ExportWriter::ExportWriter(const fs::path& directory, ExportedTable table, Clock& clock, Ids& ids)
    : table_(std::move(table)),
      clock_(clock),
      ids_(ids),
      started_(clock.now()),
      export_id_(newExportId(started_, ids)),
      root_(directory / kFolder / export_id_) {
  try {
    fs::create_directories(root_ / "data");
    writeFile(root_ / "_started", {});
    openDataFile();
  } catch (...) {
    removeUnfinished();
    throw;
  }
}

ExportWriter::~ExportWriter() {
  if (!finished_) removeUnfinished();
}

void ExportWriter::removeUnfinished() {
  file_.reset();
  std::error_code ignored;
  fs::remove_all(root_, ignored);
  fs::remove(root_.parent_path(), ignored);  // if it is empty
}

void ExportWriter::openDataFile() {
  file_ = std::make_unique<DataFile>();
  const std::string name = newFileName(ids_) + ".json.gz";
  file_->key = std::string(kFolder) + "/" + export_id_ + "/data/" + name;
  file_->path = root_ / "data" / name;
  file_->out.open(file_->path, std::ios::binary | std::ios::trunc);
}

void ExportWriter::write(std::string_view deflated) {
  file_->md5.add(deflated);
  file_->out.write(deflated.data(), static_cast<std::streamsize>(deflated.size()));
  if (!file_->out) throw std::runtime_error("cannot write " + file_->path.string() + ": " + std::strerror(errno));
}

void ExportWriter::add(std::string_view lines, std::uint64_t items) {
  if (file_->bytes >= kDataFileBytes) {
    closeDataFile();
    openDataFile();
  }
  std::string deflated;
  file_->gzip.add(lines, deflated);
  write(deflated);
  file_->bytes += lines.size();
  file_->items += items;
  items_ += items;
}

void ExportWriter::closeDataFile() {
  std::string deflated;
  file_->gzip.finish(deflated);
  write(deflated);
  file_->out.flush();
  write({});  // throws if the flush failed
  file_->out.close();
  syncFile(file_->path);
  const std::string md5(bytesOf(file_->md5.finish()));
  JsonWriter(manifest_)
      .beginObject()
      .key("itemCount")
      .value(file_->items)
      .key("md5Checksum")
      .value(toBase64(md5))
      .key("etag")
      .value(etagOf(md5))
      .key("dataFileS3Key")
      .value(file_->key)
      .endObject();
  manifest_ += '\n';
  file_.reset();
}

void ExportWriter::writeManifest(const std::string& name, const std::string& content) {
  writeFile(root_ / (name + ".md5"), toBase64(md5Of(content)));
  writeFile(root_ / (name + ".json"), content);
}

std::string ExportWriter::summary() const {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("version").value("2020-06-30");
  json.key("exportArn").value(table_.arn + "/export/" + export_id_);
  json.key("startTime").value(toIso8601(started_, true)).key("endTime").value(toIso8601(clock_.now(), true));
  json.key("tableArn").value(table_.arn).key("tableId").value(table_.id);
  json.key("exportTime").value(table_.export_time);
  json.key("s3Bucket").null().key("s3Prefix").null().key("s3SseAlgorithm").null().key("s3SseKmsKeyId").null();
  json.key("manifestFilesS3Key").value(std::string(kFolder) + "/" + export_id_ + "/manifest-files.json");
  json.key("billedSizeBytes").value(table_.bytes).key("itemCount").value(items_);
  json.key("outputFormat").value("DYNAMODB_JSON").key("exportType").value("FULL_EXPORT").endObject();
  return text;
}

void ExportWriter::finish() {
  closeDataFile();
  syncDirectory(root_ / "data");
  writeManifest("manifest-files", manifest_);
  writeManifest("manifest-summary", summary());
  syncDirectory(root_);
  finished_ = true;
}

}  // namespace ddblog::table_files
