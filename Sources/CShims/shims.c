#define _GNU_SOURCE
#include "CShims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

int brinell_pipe(int fds[2]) { return pipe2(fds, O_CLOEXEC); }

int brinell_open_in_root(int root, const char *path, int flags, int no_symlinks) {
  struct open_how how;
  memset(&how, 0, sizeof how);
  how.flags = (uint64_t)(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  if (no_symlinks) how.resolve |= RESOLVE_NO_SYMLINKS;
  return (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof how);
}

int brinell_open_directory(const char *path) {
  return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

ssize_t brinell_list_attributes(const char *path, char *names, size_t size) {
  return llistxattr(path, names, size);
}

ssize_t brinell_get_attribute(const char *path, const char *name, void *value, size_t size) {
  return lgetxattr(path, name, value, size);
}
