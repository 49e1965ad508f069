#ifndef BRINELL_CSHIMS_H
#define BRINELL_CSHIMS_H

#include <stdint.h>
#include <sys/types.h>

// What Swift cannot import on Linux: variadic system calls and calls that need a
// feature macro. Every function returns -1 and sets errno on failure.

/// pipe2(2) with O_CLOEXEC.
int brinell_pipe(int fds[2]);

/// openat2(2) with RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS: absolute symbolic links and ".."
/// are taken relative to `root`, so that no path leads out of it. `no_symlinks` adds
/// RESOLVE_NO_SYMLINKS. `path` is relative to `root`.
int brinell_open_in_root(int root, const char *path, int flags, int no_symlinks);

/// open(2) with O_PATH | O_DIRECTORY: a directory to start from, without the right to read it.
int brinell_open_directory(const char *path);

/// llistxattr(2) and lgetxattr(2).
ssize_t brinell_list_attributes(const char *path, char *names, size_t size);
ssize_t brinell_get_attribute(const char *path, const char *name, void *value, size_t size);

#endif
