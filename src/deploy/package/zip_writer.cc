#include "deploy/package/zip_writer.h"

#include <minizip/zip.h>

#include <cstring>
#include <utility>

#include "deploy/package/file_content.h"
#include "deploy/package/package_error.h"

namespace ddblog::deploy {

namespace {

constexpr unsigned long kFirstTime = (1u << 21) | (1u << 16);  // DOS: year 1980, month 1, day 1
constexpr unsigned long kMadeByUnix = (3u << 8) | 20;
constexpr unsigned long kNamesAreUtf8 = 1u << 11;

// The archive's bytes, as minizip writes a file.
struct Memory {
  std::string bytes;
  std::size_t place = 0;
};

Memory& memoryOf(voidpf stream) { return *static_cast<Memory*>(stream); }

voidpf openMemory(voidpf opaque, const void*, int) { return opaque; }

uLong readMemory(voidpf, voidpf, void*, uLong) { return 0; }

uLong writeMemory(voidpf, voidpf stream, const void* bytes, uLong size) {
  Memory& memory = memoryOf(stream);
  if (memory.bytes.size() < memory.place + size) memory.bytes.resize(memory.place + size);
  std::memcpy(memory.bytes.data() + memory.place, bytes, size);
  memory.place += size;
  return size;
}

ZPOS64_T tellMemory(voidpf, voidpf stream) { return memoryOf(stream).place; }

long seekMemory(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  Memory& memory = memoryOf(stream);
  if (origin == ZLIB_FILEFUNC_SEEK_CUR) offset += memory.place;
  if (origin == ZLIB_FILEFUNC_SEEK_END) offset += memory.bytes.size();
  if (offset > memory.bytes.size()) return -1;
  memory.place = offset;
  return 0;
}

int closeMemory(voidpf, voidpf) { return 0; }
int errorOfMemory(voidpf, voidpf) { return 0; }

class ZipWriter {
 public:
  ZipWriter() {
    zlib_filefunc64_def functions{openMemory, readMemory,  writeMemory,   tellMemory,
                                  seekMemory, closeMemory, errorOfMemory, &memory_};
    zip_ = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
    check(zip_ ? ZIP_OK : ZIP_ERRNO);
  }
  ~ZipWriter() {
    if (zip_) zipClose(zip_, nullptr);
  }
  ZipWriter(const ZipWriter&) = delete;

  void add(const std::string& path, bool is_executable, std::string_view content) {
    zip_fileinfo info{};
    info.dosDate = kFirstTime;
    info.external_fa = (is_executable ? 0100755u : 0100644u) << 16;
    check(zipOpenNewFileInZip4_64(zip_, path.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED,
                                  Z_DEFAULT_COMPRESSION, 0, -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0,
                                  kMadeByUnix, kNamesAreUtf8, 0));
    check(zipWriteInFileInZip(zip_, content.data(), static_cast<unsigned>(content.size())));
    check(zipCloseFileInZip(zip_));
  }

  std::string finish() {
    check(zipClose(std::exchange(zip_, nullptr), nullptr));
    return std::move(memory_.bytes);
  }

 private:
  static void check(int result) {
    if (result != ZIP_OK) throw PackageError("cannot write a zip archive");
  }

  Memory memory_;
  zipFile zip_ = nullptr;
};

}  // namespace

std::string zipOf(const std::vector<PackedFile>& files, const std::string& key) {
  ZipWriter zip;
  ContentKey packed;
  for (const PackedFile& file : files) {
    const std::string content = contentOf(file);
    packed.add(file, content);
    zip.add(file.path, file.is_executable, content);
  }
  if (packed.finish() != key) throw PackageError("files have changed while they were packed: deploy again");
  return zip.finish();
}

std::string zipOfText(const std::string& path, std::string_view content) {
  ZipWriter zip;
  zip.add(path, false, content);
  return zip.finish();
}

}  // namespace ddblog::deploy
