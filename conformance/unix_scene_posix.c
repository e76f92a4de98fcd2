/* SPDX-License-Identifier: MIT
 *
 * Unix sockets and their files, by plain calls of the OS. */
#include "unix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MUST(c, condition, what) EXPECT(c, condition, "%s: %s", (what), strerror(errno))
#define ROOM                     sizeof((struct sockaddr_un *)NULL)->sun_path

static void clear(void *path)
{
    if (unlink(path) != 0 && errno != ENOENT)
        rmdir(path);
}

static struct loop_address named(struct check *c, char *path)
{
    check_at_end(c, clear, path);
    return (struct loop_address){.size = sizeof(struct loop_address),
                                 .family = LOOP_ADDRESS_UNIX,
                                 .path = path,
                                 .path_length = strlen(path)};
}

size_t unix_path_room(void)
{
    return ROOM;
}

struct loop_address unix_path(struct check *c, const char *name)
{
    size_t length = strlen(c->directory) + 1 + strlen(name);
    char *path = check_alloc(c, length + 1);

    if (length >= ROOM)
        check_skip(c, "the path of the check's directory is too long for a socket in it");
    snprintf(path, length + 1, "%s/%s", c->directory, name);
    return named(c, path);
}

struct loop_address unix_path_of(struct check *c, size_t length)
{
    size_t start = strlen(c->directory) + 1;
    char *path = check_alloc(c, length + 1);

    if (start >= length)
        check_skip(c, "the path of the check's directory is too long for a socket in it");
    snprintf(path, length + 1, "%s/", c->directory);
    memset(path + start, 'n', length - start);
    return named(c, path);
}

struct loop_address unix_abstract(struct check *c, const void *end, size_t length)
{
    char *name = check_alloc(c, ROOM);
    int start = snprintf(name + 1, ROOM - 1, "loopcheck-%ld-%lx", (long)getpid(),
                         (unsigned long)check_random(c)) +
                1;

    EXPECT(c, (size_t)start + length <= ROOM, "the abstract name is too long");
    memcpy(name + start, end, length);
    return (struct loop_address){.size = sizeof(struct loop_address),
                                 .family = LOOP_ADDRESS_UNIX,
                                 .path = name,
                                 .path_length = (size_t)start + length};
}

int unix_kind(const struct loop_address *path)
{
    struct stat status;

    if (lstat(path->path, &status) != 0)
        return UNIX_NOTHING;
    return S_ISSOCK(status.st_mode)  ? UNIX_SOCKET
           : S_ISREG(status.st_mode) ? UNIX_FILE
           : S_ISDIR(status.st_mode) ? UNIX_DIRECTORY
                                     : UNIX_OTHER;
}

int64_t unix_serial(const struct loop_address *path)
{
    struct stat status;

    return lstat(path->path, &status) == 0 ? (int64_t)status.st_ino : -1;
}

void unix_remove(struct check *c, const struct loop_address *path)
{
    MUST(c, unlink(path->path) == 0, "unlink");
}

void unix_replace(struct check *c, const struct loop_address *from, const struct loop_address *onto)
{
    MUST(c, rename(from->path, onto->path) == 0, "rename");
}

void unix_make_directory(struct check *c, const struct loop_address *path)
{
    MUST(c, mkdir(path->path, 0700) == 0, "mkdir");
}

void unix_make_file(struct check *c, const struct loop_address *path, const char *contents)
{
    int fd = open(path->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    MUST(c, fd >= 0, path->path);
    MUST(c, write(fd, contents, strlen(contents)) == (ssize_t)strlen(contents), "write");
    close(fd);
}

bool unix_file_is(struct check *c, const struct loop_address *path, const char *contents)
{
    char found[256];
    int fd = open(path->path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    MUST(c, fd >= 0, path->path);
    length = read(fd, found, sizeof found);
    close(fd);
    return length == (ssize_t)strlen(contents) && memcmp(found, contents, (size_t)length) == 0;
}

static int count_entries(const char *path)
{
    DIR *directory = opendir(path);
    int count = 0;

    if (directory == NULL)
        return -1;
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

int unix_entries(struct check *c)
{
    int count = count_entries(c->directory) - 2; /* itself and its parent */

    EXPECT(c, count >= 0, "the check's directory cannot be read");
    return count;
}

int unix_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* ---- sockets */

static int open_socket(bool datagrams)
{
    int fd = socket(AF_UNIX, datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);

    if (fd >= 0) {
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    return fd;
}

static socklen_t to_native(const struct loop_address *address, struct sockaddr_un *native)
{
    size_t length = address->path_length + (address->path[0] != '\0');

    *native = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(native->sun_path, address->path, address->path_length);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

loop_fd unix_socket(struct check *c, bool datagrams)
{
    int fd = open_socket(datagrams);
    loop_fd kept;

    MUST(c, fd >= 0, "socket");
    kept = scene_dup(c, fd);
    close(fd);
    return kept;
}

loop_fd unix_bound(struct check *c, const struct loop_address *address, bool datagrams)
{
    struct sockaddr_un native;
    socklen_t length = to_native(address, &native);
    loop_fd fd = unix_socket(c, datagrams);

    MUST(c, bind((int)fd, (struct sockaddr *)&native, length) == 0, "bind");
    return fd;
}

void unix_leave_stale(struct check *c, const struct loop_address *address, bool datagrams)
{
    scene_close(c, unix_bound(c, address, datagrams));
}

loop_fd unix_listen(struct check *c, const struct loop_address *address)
{
    loop_fd fd = unix_bound(c, address, false);

    MUST(c, listen((int)fd, 128) == 0, "listen");
    return fd;
}

static int connected(int fd, const struct loop_address *address)
{
    struct sockaddr_un native;
    socklen_t length = to_native(address, &native);

    return connect(fd, (struct sockaddr *)&native, length) == 0 ? 0 : errno;
}

loop_fd unix_peer(struct check *c, const struct loop_address *address)
{
    loop_fd fd = unix_socket(c, false);

    errno = connected((int)fd, address);
    MUST(c, errno == 0, "connect");
    return fd;
}

loop_status unix_try(struct check *c, const struct loop_address *address)
{
    int fd = open_socket(false);
    int error;

    MUST(c, fd >= 0, "socket");
    error = connected(fd, address);
    close(fd);
    return error == 0              ? LOOP_OK
           : error == ECONNREFUSED ? LOOP_CONNREFUSED
           : error == ENOENT       ? LOOP_NOENT
                                   : LOOP_FAILED;
}
