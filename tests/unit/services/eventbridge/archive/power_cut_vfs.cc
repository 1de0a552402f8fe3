#include "unit/services/eventbridge/archive/power_cut_vfs.h"

#include <algorithm>
#include <fstream>

namespace ddblog::eventbridge {

// SQLite asks for the memory: the real file stands behind this one.
struct PowerCutVfs::File {
  sqlite3_file base;
  PowerCutVfs* vfs;
  Content* content;  // nullptr: a temporary file

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }

  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset);
  static int truncate(sqlite3_file* file, sqlite3_int64 size);
  static int sync(sqlite3_file* file, int flags);
  static const sqlite3_io_methods kMethods;
};

int PowerCutVfs::File::write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  File& self = of(file);
  std::lock_guard lock(self.vfs->mutex_);
  const int result = self.real()->pMethods->xWrite(self.real(), bytes, count, offset);
  if (result != SQLITE_OK || !self.content) return result;
  std::string& now = self.content->now;
  now.resize(std::max(now.size(), static_cast<std::size_t>(offset) + static_cast<std::size_t>(count)));
  std::copy_n(static_cast<const char*>(bytes), count, now.begin() + offset);
  return result;
}

int PowerCutVfs::File::truncate(sqlite3_file* file, sqlite3_int64 size) {
  File& self = of(file);
  std::lock_guard lock(self.vfs->mutex_);
  const int result = self.real()->pMethods->xTruncate(self.real(), size);
  if (result == SQLITE_OK && self.content) self.content->now.resize(static_cast<std::size_t>(size));
  return result;
}

int PowerCutVfs::File::sync(sqlite3_file* file, int flags) {
  File& self = of(file);
  const int result = self.real()->pMethods->xSync(self.real(), flags);
  std::lock_guard lock(self.vfs->mutex_);
  if (result == SQLITE_OK && self.content) self.content->synced = self.content->now;
  return result;
}

// Version 2: without memory-mapped reads, so that all reads and writes pass by here.
const sqlite3_io_methods PowerCutVfs::File::kMethods = {
    .iVersion = 2,
    .xClose = [](sqlite3_file* file) { return File::of(file).real()->pMethods->xClose(File::of(file).real()); },
    .xRead =
        [](sqlite3_file* file, void* bytes, int count, sqlite3_int64 offset) {
          return File::of(file).real()->pMethods->xRead(File::of(file).real(), bytes, count, offset);
        },
    .xWrite = File::write,
    .xTruncate = File::truncate,
    .xSync = File::sync,
    .xFileSize =
        [](sqlite3_file* file, sqlite3_int64* size) {
          return File::of(file).real()->pMethods->xFileSize(File::of(file).real(), size);
        },
    .xLock = [](sqlite3_file* file,
                int level) { return File::of(file).real()->pMethods->xLock(File::of(file).real(), level); },
    .xUnlock = [](sqlite3_file* file,
                  int level) { return File::of(file).real()->pMethods->xUnlock(File::of(file).real(), level); },
    .xCheckReservedLock =
        [](sqlite3_file* file, int* reserved) {
          return File::of(file).real()->pMethods->xCheckReservedLock(File::of(file).real(), reserved);
        },
    .xFileControl =
        [](sqlite3_file* file, int operation, void* argument) {
          return File::of(file).real()->pMethods->xFileControl(File::of(file).real(), operation, argument);
        },
    .xSectorSize =
        [](sqlite3_file* file) { return File::of(file).real()->pMethods->xSectorSize(File::of(file).real()); },
    .xDeviceCharacteristics =
        [](sqlite3_file* file) {
          return File::of(file).real()->pMethods->xDeviceCharacteristics(File::of(file).real());
        },
    .xShmMap =
        [](sqlite3_file* file, int page, int page_size, int extend, void volatile** memory) {
          return File::of(file).real()->pMethods->xShmMap(File::of(file).real(), page, page_size, extend, memory);
        },
    .xShmLock =
        [](sqlite3_file* file, int offset, int count, int flags) {
          return File::of(file).real()->pMethods->xShmLock(File::of(file).real(), offset, count, flags);
        },
    .xShmBarrier = [](sqlite3_file* file) { File::of(file).real()->pMethods->xShmBarrier(File::of(file).real()); },
    .xShmUnmap = [](sqlite3_file* file,
                    int remove) { return File::of(file).real()->pMethods->xShmUnmap(File::of(file).real(), remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

PowerCutVfs::PowerCutVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  vfs_.zName = "power-cut";
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  // The others of the real one know its data.
  vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    return of(vfs).real_->xAccess(of(vfs).real_, path, flags, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
    return of(vfs).real_->xFullPathname(of(vfs).real_, path, size, out);
  };
  sqlite3_vfs_register(&vfs_, 1);
}

PowerCutVfs::~PowerCutVfs() {
  sqlite3_vfs_unregister(&vfs_);
  sqlite3_vfs_register(real_, 1);
}

int PowerCutVfs::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  PowerCutVfs& self = of(vfs);
  File& opened = File::of(file);
  opened.base.pMethods = nullptr;
  const int result = self.real_->xOpen(self.real_, path, opened.real(), flags, out_flags);
  if (result != SQLITE_OK) return result;
  std::lock_guard lock(self.mutex_);
  opened.base.pMethods = &File::kMethods;
  opened.vfs = &self;
  opened.content = path ? &self.files_[path] : nullptr;
  return result;
}

int PowerCutVfs::remove(sqlite3_vfs* vfs, const char* path, int sync_directory) {
  PowerCutVfs& self = of(vfs);
  std::lock_guard lock(self.mutex_);
  self.files_[path] = {};
  return self.real_->xDelete(self.real_, path, sync_directory);
}

void PowerCutVfs::copyAsAfterPowerCut(const std::filesystem::path& from, const std::filesystem::path& target,
                                      std::mt19937& random) const {
  std::lock_guard lock(mutex_);
  for (const auto& [name, content] : files_) {
    const std::filesystem::path path = name;
    if (path.parent_path() != from) continue;
    std::ofstream out(target / path.filename(), std::ios::binary);
    out << (random() % 4 == 0 ? content.now : content.synced);
  }
}

}  // namespace ddblog::eventbridge
