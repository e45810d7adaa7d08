/*
 * Records what a process does to the files below a folder: preloaded, it stands before the C library's calls.
 *
 *     RECORDER_ROOT=<folder> RECORDER_LOG=<file> LD_PRELOAD=recorder.so <program>
 *
 * Each call is carried out and noted under one lock, so that the log has them in the order in which they took effect.
 * Syncs are noted and not carried out: what one would have made durable is read from the log. A record is a header of
 * 40 bytes, the path or paths, and the bytes written; recording.ts reads it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, RMDIR };

struct header {
  uint8_t op;
  uint8_t synchronous; /* the write was durable when it returned */
  uint16_t path_bytes, other_path_bytes, unused;
  uint64_t inode;
  int64_t offset; /* or length, of a truncation */
  uint64_t bytes;
  uint64_t process;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static const char *root;
static size_t root_bytes;
static dev_t device;

__attribute__((constructor)) static void begin(void) {
  struct stat found;
  const char *log = getenv("RECORDER_LOG");
  root = getenv("RECORDER_ROOT");
  if (!root || !log || stat(root, &found) != 0) {
    root = NULL;
    return;
  }
  root_bytes = strlen(root);
  device = found.st_dev;
  log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* The part of a path behind the folder; NULL for a path elsewhere. */
static const char *inside(const char *path) {
  if (!root || log_fd < 0 || !path || strncmp(path, root, root_bytes) != 0 || path[root_bytes] != '/') return NULL;
  return path + root_bytes + 1;
}

static int is_watched(int fd, struct stat *found) {
  if (!root || log_fd < 0 || fd == log_fd) return 0;
  int before = errno;
  int ok = fstat(fd, found) == 0 && found->st_dev == device && (S_ISREG(found->st_mode) || S_ISDIR(found->st_mode));
  errno = before;
  return ok;
}

static void note(struct header header, const char *path, const char *other, const struct iovec *data, int count) {
  int before = errno;
  struct iovec all[IOV_MAX];
  int used = 0;
  size_t missing = header.bytes;
  header.path_bytes = path ? strlen(path) : 0;
  header.other_path_bytes = other ? strlen(other) : 0;
  header.process = getpid();
  all[used++] = (struct iovec){&header, sizeof header};
  if (path) all[used++] = (struct iovec){(void *)path, header.path_bytes};
  if (other) all[used++] = (struct iovec){(void *)other, header.other_path_bytes};
  for (int i = 0; i < count && missing > 0; i++) {
    size_t taken = data[i].iov_len < missing ? data[i].iov_len : missing;
    if (used == IOV_MAX) abort();
    all[used++] = (struct iovec){data[i].iov_base, taken};
    missing -= taken;
  }
  size_t total = sizeof header + header.path_bytes + header.other_path_bytes + header.bytes;
  if (syscall(SYS_writev, log_fd, all, used) != (long)total) abort();
  errno = before;
}

static int opened(int folder, const char *path, int flags, mode_t mode) {
  const char *name = inside(path);
  if (!name || !(flags & (O_CREAT | O_TRUNC))) return syscall(SYS_openat, folder, path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat found;
  int existed = lstat(path, &found) == 0;
  int fd = syscall(SYS_openat, folder, path, flags, mode);
  if (fd >= 0 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode)) {
    struct header header = {.op = existed ? TRUNCATE : CREATE, .inode = found.st_ino};
    if (!existed || (flags & O_TRUNC)) note(header, name, NULL, NULL, 0);
  }
  pthread_mutex_unlock(&lock);
  return fd;
}

#define MODE(flags, mode)                    \
  mode_t mode = 0;                           \
  if ((flags) & (O_CREAT | O_TMPFILE)) {     \
    va_list rest;                            \
    va_start(rest, flags);                   \
    mode = va_arg(rest, int);                \
    va_end(rest);                            \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, mode)
  return opened(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags, mode)
  return opened(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
  MODE(flags, mode)
  return opened(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
  MODE(flags, mode)
  return opened(folder, path, flags, mode);
}

/* offset: -1 for the file's own position */
static ssize_t written(int fd, const struct iovec *data, int count, off_t offset) {
  struct stat found;
  int watched = is_watched(fd, &found) && S_ISREG(found.st_mode);
  if (watched) pthread_mutex_lock(&lock);
  int flags = watched ? fcntl(fd, F_GETFL) : 0;
  off_t at = offset;
  if (watched && offset < 0) at = flags & O_APPEND ? found.st_size : lseek(fd, 0, SEEK_CUR);
  ssize_t done = offset < 0 ? syscall(SYS_writev, fd, data, count) : syscall(SYS_pwritev, fd, data, count, (long)offset, 0L);
  if (watched) {
    struct header header = {.op = WRITE, .synchronous = (flags & O_DSYNC) != 0, .inode = found.st_ino};
    header.offset = at;
    header.bytes = done;
    if (done > 0) note(header, NULL, NULL, data, count);
    pthread_mutex_unlock(&lock);
  }
  return done;
}

ssize_t write(int fd, const void *data, size_t bytes) {
  return written(fd, &(struct iovec){(void *)data, bytes}, 1, -1);
}
ssize_t writev(int fd, const struct iovec *data, int count) { return written(fd, data, count, -1); }
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset) {
  return written(fd, &(struct iovec){(void *)data, bytes}, 1, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t offset) { return pwrite(fd, data, bytes, offset); }
ssize_t pwritev(int fd, const struct iovec *data, int count, off_t offset) { return written(fd, data, count, offset); }
ssize_t pwritev64(int fd, const struct iovec *data, int count, off64_t offset) { return pwritev(fd, data, count, offset); }

static int synced(int fd, long call) {
  struct stat found;
  if (!is_watched(fd, &found)) return syscall(call, fd);
  pthread_mutex_lock(&lock);
  note((struct header){.op = SYNC, .inode = found.st_ino}, NULL, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  return 0;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int ftruncate(int fd, off_t length) {
  struct stat found;
  int watched = is_watched(fd, &found);
  if (watched) pthread_mutex_lock(&lock);
  int failed = syscall(SYS_ftruncate, fd, length);
  if (watched) {
    if (!failed) note((struct header){.op = TRUNCATE, .inode = found.st_ino, .offset = length}, NULL, NULL, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return failed;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int rename(const char *from, const char *to) {
  const char *name = inside(from), *other = inside(to);
  if (name && other) pthread_mutex_lock(&lock);
  int failed = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (name && other) {
    if (!failed) note((struct header){.op = RENAME}, name, other, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return failed;
}

static int removed(const char *path, int flags, int op) {
  const char *name = inside(path);
  if (name) pthread_mutex_lock(&lock);
  int failed = syscall(SYS_unlinkat, AT_FDCWD, path, flags);
  if (name) {
    if (!failed) note((struct header){.op = op}, name, NULL, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return failed;
}
int unlink(const char *path) { return removed(path, 0, UNLINK); }
int rmdir(const char *path) { return removed(path, AT_REMOVEDIR, RMDIR); }

int mkdir(const char *path, mode_t mode) {
  const char *name = inside(path);
  if (name) pthread_mutex_lock(&lock);
  int failed = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (name) {
    struct stat found;
    if (!failed && stat(path, &found) == 0) note((struct header){.op = MKDIR, .inode = found.st_ino}, name, NULL, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return failed;
}
