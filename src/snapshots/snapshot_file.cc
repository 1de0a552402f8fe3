#include "snapshots/snapshot_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/digests.h"
#include "base/files.h"
#include "base/gzip.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "snapshots/fields.h"

namespace ddblog::snapshots {
namespace {

constexpr std::string_view kMagic = "dynamodb-log snapshot ";
constexpr std::string_view kVersion = "1";
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kHeaderBytes = 5;  // without the digest

std::string firstLine() { return std::string(kMagic) + std::string(kVersion) + "\n"; }

std::string digestOf(const std::string& chain, std::string_view header, std::string_view content) {
  std::string bytes;
  bytes.reserve(chain.size() + header.size() + content.size());
  bytes.append(chain).append(header).append(content);
  return sha256(bytes);
}

std::uint64_t countOf(const json::object& object, std::string_view name) {
  const json::value& count = object.at(json::string_view(name.data(), name.size()));
  if (!count.is_int64() || count.get_int64() < 0) throw std::invalid_argument(std::string(name) + " is not a count");
  return static_cast<std::uint64_t>(count.get_int64());
}

}  // namespace

std::string SnapshotInfo::toJson() const {
  std::string text;
  JsonWriter(text)
      .beginObject()
      .key("savedAt")
      .value(saved_at)
      .key("tables")
      .value(tables)
      .key("items")
      .value(items)
      .key("events")
      .value(events)
      .endObject();
  return text;
}

SnapshotInfo SnapshotInfo::fromJson(std::string_view text) {
  try {
    const json::value value = parseJson(text);
    const json::object& object = value.as_object();
    SnapshotInfo info{std::string(object.at("savedAt").as_string()), countOf(object, "tables"),
                      countOf(object, "items"), countOf(object, "events")};
    // It is printed: a foreign file must not send control characters to the terminal.
    if (info.saved_at.find_first_not_of("0123456789-:.TZ") != std::string::npos) {
      throw std::invalid_argument("\"savedAt\" is not a time");
    }
    return info;
  } catch (const std::exception& e) {
    throw std::invalid_argument(e.what());
  }
}

SnapshotWriter::SnapshotWriter(const std::filesystem::path& file, const SnapshotInfo& info)
    : file_(file), partial_{file.string() + ".partial"}, chain_(sha256(firstLine())) {
  if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file)) {
    throw std::runtime_error("cannot write " + file.string() + ": it exists and is not a regular file");
  }
  partial_.descriptor = ::open(partial_.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (partial_.descriptor < 0) fail(errno);
  write(firstLine());
  add(BlockKind::kInfo, gzip(info.toJson()));
}

SnapshotWriter::Partial::~Partial() {
  if (descriptor < 0) return;
  ::close(descriptor);
  ::unlink(path.c_str());
}

void SnapshotWriter::fail(int error) {
  throw std::runtime_error("cannot write " + file_.string() + ": " + std::strerror(error));
}

void SnapshotWriter::write(std::string_view bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(partial_.descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void SnapshotWriter::add(BlockKind kind, std::string_view content) {
  std::string header(1, static_cast<char>(kind));
  appendLength(header, content.size());
  chain_ = digestOf(chain_, header, content);
  write(header);
  write(chain_);
  write(content);
}

void SnapshotWriter::finish() {
  add(BlockKind::kEnd, {});
  if (::fsync(partial_.descriptor) != 0) fail(errno);
  if (::rename(partial_.path.c_str(), file_.c_str()) != 0) fail(errno);
  ::close(partial_.descriptor);
  partial_.descriptor = -1;
  syncDirectory(file_.has_parent_path() ? file_.parent_path() : ".");
}

SnapshotReader::SnapshotReader(const std::filesystem::path& file, std::string name)
    : name_(std::move(name)), in_(file, std::ios::binary) {
  if (!in_ || std::filesystem::is_directory(file)) {
    throw SnapshotUnusable("There is no file " + name_ + ", or it cannot be read.");
  }
  readHead();
}

void SnapshotReader::reportDamage(const std::string& what) const {
  throw SnapshotUnusable("The snapshot " + name_ + " is damaged (" + what + "). Nothing was changed.");
}

std::string SnapshotReader::read(std::size_t count) {
  std::string bytes(count, '\0');
  in_.read(bytes.data(), static_cast<std::streamsize>(count));
  if (static_cast<std::size_t>(in_.gcount()) != count) reportDamage("it is cut off");
  bytes_ += count;
  return bytes;
}

void SnapshotReader::readHead() {
  std::string line(kMagic.size(), '\0');
  in_.read(line.data(), static_cast<std::streamsize>(line.size()));
  if (line != kMagic) throw SnapshotUnusable(name_ + " is not a snapshot of dynamodb-log. Nothing was changed.");
  bytes_ = line.size();
  std::string version;
  for (std::string next = read(1); next != "\n"; next = read(1)) {
    if (version.size() > 10) reportDamage("its first line");
    version += next;
  }
  if (version != kVersion) {
    throw SnapshotUnusable("The snapshot " + name_ + " has format " + version + ", but this version reads format " +
                           std::string(kVersion) + ". Use the version that saved it. Nothing was changed.");
  }
  chain_ = sha256(firstLine());
  std::string content;
  if (readBlock(content) != BlockKind::kInfo) reportDamage("its information is missing");
  try {
    info_ = SnapshotInfo::fromJson(content);
  } catch (const std::invalid_argument& e) {
    reportDamage(std::string("its information: ") + e.what());
  }
}

BlockKind SnapshotReader::readBlock(std::string& content) {
  const std::string header = read(kHeaderBytes);
  const std::string digest = read(kDigestBytes);
  const std::size_t length = readLength(std::string_view(header).substr(1));
  if (length > kLargestBlockBytes) reportDamage("a block's length");
  const std::string zipped = read(length);
  if (digestOf(chain_, header, zipped) != digest) reportDamage("a block has a wrong checksum");
  chain_ = digest;
  const auto kind = static_cast<BlockKind>(header[0]);
  content.clear();
  if (kind == BlockKind::kEnd) return kind;
  if (gunzip(zipped, kLargestBlockBytes, content)) reportDamage("a block cannot be decompressed");
  return kind;
}

bool SnapshotReader::next(BlockKind& kind, std::string& content) {
  kind = readBlock(content);
  if (kind == BlockKind::kStore || kind == BlockKind::kArchive || kind == BlockKind::kKept) return true;
  if (kind != BlockKind::kEnd) reportDamage("a block of an unknown kind");
  if (in_.peek() != std::ifstream::traits_type::eof()) reportDamage("something follows its end");
  return false;
}

}  // namespace ddblog::snapshots
