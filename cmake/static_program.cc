// Part of every statically linked program, and run before its main().
//
// glibc looks host names up with the modules that /etc/nsswitch.conf names. It loads them from the machine: shared
// libraries of another glibc, which can crash a static program. So this names lookups that are part of the program.
#include <initializer_list>

extern "C" int __nss_configure_lookup(const char* database, const char* services);

namespace {

[[gnu::constructor]] void useNoNameServiceModules() {
  __nss_configure_lookup("hosts", "files dns");
  for (const char* database : {"services", "protocols", "passwd", "group"}) __nss_configure_lookup(database, "files");
}

}  // namespace
