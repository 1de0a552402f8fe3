// The offline cloud's data directory: what is in it, removing it, and replacing all of
// that by a snapshot, whole or not at all.
//
//   in-use.lock      the process that has it open (store/directory_lock.h)
//   store/           RocksDB's files
//   archive.sqlite   the archive (with -wal and -shm beside it)
//   loading/         a snapshot that is being loaded: a store/ and an archive.sqlite of its own (new_state.h)
//   loaded/          the same, when it is whole: the one rename that makes it the state. What is in it then takes the
//                    places of the old files, one after another
//
// So whenever a load is interrupted (kill -9, a full disk) the directory holds the old state or the new one:
// settleDataDirectory, which every start of the offline cloud calls, removes loading/, and finishes with loaded/.
//
// It is removed only when there is nothing else in it: a directory that holds other files, or that never was a data
// directory, is refused.
//
// Thread safety: none; the directory's lock keeps other processes away.
#pragma once

#include <filesystem>
#include <string_view>

#include "snapshots/snapshot_file.h"
#include "store/file_names.h"

namespace ddblog::snapshots {

// With kLockName and kStoreName of store/file_names.h:
inline constexpr std::string_view kArchiveName = "archive.sqlite";
inline constexpr std::string_view kLoadingName = "loading";
inline constexpr std::string_view kLoadedName = "loaded";

// Whether the offline cloud itself puts a file of this name into its data directory.
bool isOfDataDirectory(std::string_view name);

// Throws std::invalid_argument when `directory` is not there, was never a data directory, or holds something that the
// offline cloud did not put there (named).
void checkDataDirectory(const std::filesystem::path& directory);

// Removes it with all that is in it. Throws what checkDataDirectory does, StoreInUse, and
// std::filesystem::filesystem_error.
void removeDataDirectory(const std::filesystem::path& directory);

// Finishes or forgets an interrupted load. Does nothing, and takes no lock, when there was none. Throws StoreInUse and
// what the file system throws.
void settleDataDirectory(const std::filesystem::path& directory);

// Whether the directory holds a state, or a loaded one that still has to take its place; a new or missing one does not.
bool holdsState(const std::filesystem::path& directory);

// Replaces the state, if there is any, of a directory that nobody has open by the snapshot's. Throws SnapshotUnusable,
// StoreInUse, and what the store, the archive and the file system throw (disk full): then nothing was changed.
void loadSnapshot(SnapshotReader& snapshot, const std::filesystem::path& directory, const Advance& advance);

}  // namespace ddblog::snapshots
