// Part of every statically linked program, and run before its main().
//
// glibc looks host names up with modules that /etc/nsswitch.conf names, and loads those from the machine: shared
// libraries of another glibc, which can crash a static program. Of the lookups that a program without modules can do
// itself, this names the ones to use; /etc/nsswitch.conf is then not read.
extern "C" int __nss_configure_lookup(const char* database, const char* services);

namespace {

[[gnu::constructor]] void useNoNameServiceModules() {
  __nss_configure_lookup("hosts", "files dns");
  for (const char* database : {"services", "protocols", "passwd", "group"}) __nss_configure_lookup(database, "files");
}

}  // namespace
