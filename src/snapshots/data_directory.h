// The offline cloud's data directory: its files, how it is removed, and how a snapshot replaces its
// contents, completely or not at all.
//
//   in-use.lock      locked by the process that uses the directory (store/directory_lock.h)
//   store/           RocksDB's files
//   archive.sqlite   the archive, with -wal and -shm beside it; `offline --recover` keeps a damaged one as
//                    archive.sqlite.damaged
//   loading/         a snapshot being loaded: its own store/ and archive.sqlite (staged_state.h)
//   loaded/          the same once complete. The rename from loading/ commits it; then its files
//                    replace the old ones, one after another
//
// If a load is interrupted (kill -9, a full disk), the directory holds either the old state or the
// new one. finishInterruptedLoad, which every start of the offline cloud calls, removes loading/ and
// completes loaded/.
//
// A directory is removed only if it contains nothing else. Directories with other files, and those
// that never were a data directory, are rejected.
//
// Thread safety: none; the directory's lock keeps other processes away.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "snapshots/snapshot_file.h"
#include "store/file_names.h"

namespace ddblog::snapshots {

// With kLockName and kStoreName of store/file_names.h:
inline constexpr std::string_view kArchiveName = "archive.sqlite";
inline constexpr std::string_view kLoadingName = "loading";
inline constexpr std::string_view kLoadedName = "loaded";

// Whether the offline cloud creates a file with this name in its data directory.
bool isOfDataDirectory(std::string_view name);

// Throws std::invalid_argument if `directory` does not exist, never was a data directory, or
// contains something that the offline cloud did not create (which the message names).
void checkDataDirectory(const std::filesystem::path& directory);

// Removes it with its contents. Throws what checkDataDirectory throws, StoreInUse, and
// std::filesystem::filesystem_error.
void removeDataDirectory(const std::filesystem::path& directory);
// Whether it has an archive, or a damaged one that `offline --recover` has put aside.
bool holdsArchive(const std::filesystem::path& directory);
// The same, but its archives are moved beside it before: to "<directory>-archive.sqlite", or
// "-archive-2.sqlite" and so on if that is there; a damaged one has ".damaged" at its end. Returns their
// new paths; empty: there was none.
std::vector<std::filesystem::path> removeDataButArchives(const std::filesystem::path& directory);

// Completes or discards an interrupted load. Does nothing, and takes no lock, if there was none.
// Throws StoreInUse and what the file system throws.
void finishInterruptedLoad(const std::filesystem::path& directory);

// Whether the directory contains a state, or a committed one that is not in its place yet. A new or
// missing directory does not.
bool holdsState(const std::filesystem::path& directory);

// Throws StoreDamaged if the directory holds an archive but no store: opening would make an empty one.
void checkStoreIsThere(const std::filesystem::path& directory);

// Renames a damaged archive, with SQLite's files beside it. Returns its new path.
std::filesystem::path putArchiveAside(const std::filesystem::path& directory);

// Replaces the state, if any, of a directory that is not in use. Throws SnapshotUnusable,
// StoreInUse, and what the store, the archive and the file system throw (disk full); then nothing
// was changed.
void loadSnapshot(SnapshotReader& snapshot, const std::filesystem::path& directory, const Advance& advance);

}  // namespace ddblog::snapshots
