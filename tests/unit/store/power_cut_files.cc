#include "unit/store/power_cut_files.h"

#include <fstream>
#include <stdexcept>
#include <utility>

namespace ddblog {

namespace fs = std::filesystem;

class PowerCutFiles::File : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> file, PowerCutFiles& files, std::shared_ptr<Node> node)
      : rocksdb::FSWritableFileOwnerWrapper(std::move(file)), files_(files), node_(std::move(node)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    std::lock_guard lock(files_.mutex_);
    const auto status = FSWritableFileOwnerWrapper::Append(data, options, debug);
    if (status.ok()) node_->appended += data.size();
    return status;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&, rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return noteSync(FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return noteSync(FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

 private:
  rocksdb::IOStatus noteSync(rocksdb::IOStatus status) {
    std::lock_guard lock(files_.mutex_);
    if (status.ok()) {
      node_->synced = node_->appended;
      node_->length_when_synced = fs::file_size(node_->content);
    }
    return status;
  }

  PowerCutFiles& files_;
  const std::shared_ptr<Node> node_;
};

class PowerCutFiles::Directory : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(std::unique_ptr<rocksdb::FSDirectory> directory, PowerCutFiles& files, std::string path)
      : FSDirectoryWrapper(std::move(directory)), files_(files), path_(std::move(path)) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    return noteSync(FSDirectoryWrapper::Fsync(options, debug));
  }
  rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug,
                                        const rocksdb::DirFsyncOptions& why) override {
    return noteSync(FSDirectoryWrapper::FsyncWithDirOptions(options, debug, why));
  }

 private:
  rocksdb::IOStatus noteSync(rocksdb::IOStatus status) {
    std::lock_guard lock(files_.mutex_);
    if (!status.ok()) return status;
    std::erase_if(files_.unsynced_, [this](const auto& unsynced) {
      if (unsynced.first != path_) return false;
      unsynced.second(files_.synced_);
      return true;
    });
    return status;
  }

  PowerCutFiles& files_;
  const std::string path_;
};

PowerCutFiles::PowerCutFiles(fs::path root, fs::path scratch)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), root_(std::move(root)), scratch_(std::move(scratch)) {}

void PowerCutFiles::note(const std::string& path, Change change) {
  change(now_);
  unsynced_.emplace_back(fs::path(path).parent_path().string(), std::move(change));
}

rocksdb::IOStatus PowerCutFiles::NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                 rocksdb::IODebugContext* debug) {
  std::lock_guard lock(mutex_);
  const auto status = FileSystemWrapper::NewWritableFile(path, options, file, debug);
  if (!status.ok()) return status;
  auto node = std::make_shared<Node>();
  node->content = scratch_ / std::to_string(++last_node_);
  fs::create_hard_link(path, node->content);
  note(path, [path, node](Entries& entries) { entries[path] = node; });
  *file = std::make_unique<File>(std::move(*file), *this, std::move(node));
  return status;
}

rocksdb::IOStatus PowerCutFiles::NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                              std::unique_ptr<rocksdb::FSDirectory>* directory,
                                              rocksdb::IODebugContext* debug) {
  const auto status = FileSystemWrapper::NewDirectory(path, options, directory, debug);
  if (status.ok()) *directory = std::make_unique<Directory>(std::move(*directory), *this, path);
  return status;
}

rocksdb::IOStatus PowerCutFiles::CreateDir(const std::string& path, const rocksdb::IOOptions& options,
                                           rocksdb::IODebugContext* debug) {
  std::lock_guard lock(mutex_);
  const auto status = FileSystemWrapper::CreateDir(path, options, debug);
  if (status.ok()) note(path, [path](Entries& entries) { entries[path] = nullptr; });
  return status;
}

rocksdb::IOStatus PowerCutFiles::CreateDirIfMissing(const std::string& path, const rocksdb::IOOptions& options,
                                                    rocksdb::IODebugContext* debug) {
  return fs::exists(path) ? rocksdb::IOStatus::OK() : CreateDir(path, options, debug);
}

rocksdb::IOStatus PowerCutFiles::RenameFile(const std::string& from, const std::string& to,
                                            const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) {
  std::lock_guard lock(mutex_);
  const auto status = FileSystemWrapper::RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  note(to, [from, to](Entries& entries) {
    const auto renamed = entries.extract(from);
    if (renamed) entries[to] = renamed.mapped();
  });
  return status;
}

rocksdb::IOStatus PowerCutFiles::DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                                            rocksdb::IODebugContext* debug) {
  std::lock_guard lock(mutex_);
  const auto status = FileSystemWrapper::DeleteFile(path, options, debug);
  if (status.ok()) note(path, [path](Entries& entries) { entries.erase(path); });
  return status;
}

void PowerCutFiles::copyAsAfterPowerCut(const fs::path& target, std::mt19937& random) const {
  std::lock_guard lock(mutex_);
  Entries entries = synced_;
  const std::size_t kept = random() % (unsynced_.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) unsynced_[i].second(entries);
  for (const auto& [path, node] : entries) {
    const fs::path place = target / fs::path(path).lexically_relative(root_);
    if (node) continue;
    fs::create_directories(place);
  }
  for (const auto& [path, node] : entries) {
    const fs::path place = target / fs::path(path).lexically_relative(root_);
    if (node && fs::exists(place.parent_path())) copy(*node, place, random);
  }
}

void PowerCutFiles::copy(const Node& node, const fs::path& target, std::mt19937& random) {
  const std::uint64_t unsynced = node.appended - node.synced;
  const std::uint64_t kept = node.synced + (random() % 2 ? random() % (unsynced + 1) : 0);
  std::string content(kept, '\0');
  std::ifstream in(node.content, std::ios::binary);
  if (!in.read(content.data(), static_cast<std::streamsize>(kept))) throw std::runtime_error("a file is cut off");
  if (node.length_when_synced > kept) content.resize(node.length_when_synced);
  std::ofstream(target, std::ios::binary) << content;
}

}  // namespace ddblog
