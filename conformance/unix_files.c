/* SPDX-License-Identifier: MIT
 *
 * The files of Unix sockets: who makes them, who removes them, and whose are left alone. */
#include "unix.h"

static void stale_replaced(struct check *c)
{
    struct loop_address at = unix_path(c, "s");
    loop_fd peer;

    unix_leave_stale(c, &at, false);
    EXPECT_STATUS(c, "connecting to what was left behind", unix_try(c, &at), LOOP_CONNREFUSED);
    unix_accepted(c, unix_serve(c, &at, NULL), &at, &peer);
}

static void live_replaced(struct check *c)
{
    struct loop_address at = unix_path(c, "s");
    loop_fd elder = unix_listen(c, &at), peer;
    int64_t serial = unix_serial(&at);
    struct listener *l = unix_serve(c, &at, NULL);

    EXPECT(c, unix_serial(&at) != serial, "the file is still the one of the elder server");
    unix_accepted(c, l, &at, &peer);
    EXPECT(c, !peer_can_accept(c, elder), "the elder server was connected to");
}

static void existing_file(struct check *c)
{
    struct loop_address at = unix_path(c, "file");

    unix_make_file(c, &at, "precious");
    EXPECT_STATUS(c, "serving at the path of a file", unix_serve_at(c, &at), LOOP_ADDRINUSE);
    EXPECT_KIND(c, &at, UNIX_FILE);
    EXPECT(c, unix_file_is(c, &at, "precious"), "the file's contents were changed");
    RUN_IDLE(c, MILLISECONDS(20));
}

static void existing_directory(struct check *c)
{
    struct loop_address at = unix_path(c, "directory");

    unix_make_directory(c, &at);
    EXPECT_STATUS(c, "serving at the path of a directory", unix_serve_at(c, &at), LOOP_ADDRINUSE);
    EXPECT_KIND(c, &at, UNIX_DIRECTORY);
    RUN_IDLE(c, MILLISECONDS(20));
}

static void missing_directory(struct check *c)
{
    struct loop_address at = unix_path(c, "missing/s");

    EXPECT_STATUS(c, "serving in a missing directory", unix_serve_at(c, &at), LOOP_NOENT);
    EXPECT_INT(c, "files made", unix_entries(c), 0);
}

static void longest_path(struct check *c)
{
    struct loop_address at = unix_path_of(c, unix_path_room() - 1);
    struct listener *l = unix_serve(c, &at, NULL);

    EXPECT_KIND(c, &at, UNIX_SOCKET);
    unix_connect(c, &at);
    RUN_UNTIL(c, listener_made, l, "connection_made of the accepted end");
}

/* What fits is a beginning of it, and would be another's path. */
static void too_long_path(struct check *c)
{
    struct loop_address at = unix_path_of(c, unix_path_room() + 1);
    struct loop_address shorter = unix_path_of(c, unix_path_room() - 1);

    EXPECT(c, unix_serve_at(c, &at) != LOOP_OK, "a path that is too long is served");
    EXPECT_INT(c, "files made for a path that is too long", unix_entries(c), 0);
    loop_fd listener = unix_listen(c, &shorter);
    EXPECT(c, unix_connect_to(c, &at) != LOOP_OK, "a path that is too long is connected to");
    EXPECT(c, !peer_can_accept(c, listener), "somebody else was connected to");
}

static void one_byte_too_long(struct check *c)
{
    struct loop_address at = unix_path_of(c, unix_path_room());

    EXPECT(c, unix_serve_at(c, &at) != LOOP_OK, "a path without room for its NUL is served");
    EXPECT_INT(c, "files made for a path that is too long", unix_entries(c), 0);
    EXPECT(c, unix_connect_to(c, &at) != LOOP_OK,
           "a path without room for its NUL is connected to");
}

/* "a" for the OS, and another name for whoever asked. */
static struct loop_address with_nul(struct check *c)
{
    struct loop_address at = unix_path(c, "aXb");
    char *path = (char *)at.path;

    path[at.path_length - 2] = '\0';
    return at;
}

static void nul_not_served(struct check *c)
{
    struct loop_address at = with_nul(c);

    EXPECT(c, unix_serve_at(c, &at) != LOOP_OK, "a path with a NUL within is served");
    EXPECT_INT(c, "files made for a path with a NUL within", unix_entries(c), 0);
}

static void nul_not_connected(struct check *c)
{
    struct loop_address other = unix_path(c, "a"), at = with_nul(c);
    loop_fd listener = unix_listen(c, &other);

    EXPECT(c, unix_connect_to(c, &at) != LOOP_OK, "a path with a NUL within is connected to");
    EXPECT(c, !peer_can_accept(c, listener), "the path before the NUL was connected to");
}

static void nobody_there(struct check *c)
{
    struct loop_address at = unix_path(c, "nobody");

    EXPECT_STATUS(c, "connecting to a missing path", unix_connect_to(c, &at), LOOP_NOENT);
    EXPECT_INT(c, "files made", unix_entries(c), 0);
    RUN_IDLE(c, MILLISECONDS(20));
}

static void stale_refuses(struct check *c)
{
    struct loop_address at = unix_path(c, "stale");

    unix_leave_stale(c, &at, false);
    EXPECT_STATUS(c, "connecting to a stale socket", unix_connect_to(c, &at), LOOP_CONNREFUSED);
    EXPECT_KIND(c, &at, UNIX_SOCKET);
    RUN_IDLE(c, MILLISECONDS(20));
}

static void file_refuses(struct check *c)
{
    struct loop_address at = unix_path(c, "file");

    unix_make_file(c, &at, "precious");
    EXPECT_STATUS(c, "connecting to a regular file", unix_connect_to(c, &at), LOOP_CONNREFUSED);
    EXPECT(c, unix_file_is(c, &at, "precious"), "the file's contents were changed");
}

static void file_stays(struct check *c)
{
    struct loop_address at = unix_path(c, "s");
    struct listener *l = unix_serve(c, &at, NULL);

    c->ops->server_close(l->server);
    RUN_ITERATIONS(c, 3);
    EXPECT_KIND(c, &at, UNIX_SOCKET);
}

static void file_goes(struct check *c)
{
    struct loop_address at = unix_path(c, "s");
    struct listener *l = unix_serve(c, &at, NULL);

    c->ops->server_close(l->server);
    RUN_ITERATIONS(c, 3);
    EXPECT_KIND(c, &at, UNIX_NOTHING);
}

static void foreign_file_stays(struct check *c)
{
    struct loop_address at = unix_path(c, "s"), aside = unix_path(c, "aside");
    struct listener *l = unix_serve(c, &at, NULL);

    /* The foreign socket exists before the old one goes, so that no serial number is used twice. */
    loop_fd foreign = unix_listen(c, &aside);
    unix_replace(c, &aside, &at);
    int64_t serial = unix_serial(&at);
    c->ops->server_close(l->server);
    RUN_ITERATIONS(c, 3);
    EXPECT_KIND(c, &at, UNIX_SOCKET);
    EXPECT_INT(c, "serial number of the foreign file", unix_serial(&at), serial);
    EXPECT_STATUS(c, "connecting to the foreign server", unix_try(c, &at), LOOP_OK);
    scene_close(c, foreign);
}

static const struct check_definition definitions[] = {
    {.id = "unix.stale-replaced",
     .run = stale_replaced,
     .rules = {"unix.stale-replaced"},
     .needs = {"create_unix_server"}},
    {.id = "unix.live-replaced",
     .run = live_replaced,
     .rules = {"unix.live-replaced"},
     .needs = {"create_unix_server"}},
    {.id = "unix.existing-file",
     .run = existing_file,
     .rules = {"unix.existing-file"},
     .needs = {"create_unix_server", "call_later"}},
    {.id = "unix.existing-directory",
     .run = existing_directory,
     .rules = {"unix.existing-directory"},
     .needs = {"create_unix_server", "call_later"}},
    {.id = "unix.missing-directory",
     .run = missing_directory,
     .rules = {"unix.missing-directory"},
     .needs = {"create_unix_server"}},
    {.id = "unix.longest-path",
     .run = longest_path,
     .rules = {"unix.longest-path"},
     .needs = {"create_unix_server", "create_unix_connection"}},
    {.id = "unix.too-long-path",
     .run = too_long_path,
     .rules = {"unix.too-long-path"},
     .needs = {"create_unix_server", "create_unix_connection"}},
    {.id = "unix.one-byte-too-long",
     .run = one_byte_too_long,
     .rules = {"unix.one-byte-too-long"},
     .needs = {"create_unix_server", "create_unix_connection"}},
    {.id = "unix.nul-not-served",
     .run = nul_not_served,
     .rules = {"unix.nul-not-served"},
     .needs = {"create_unix_server"}},
    {.id = "unix.nul-not-connected",
     .run = nul_not_connected,
     .rules = {"unix.nul-not-connected"},
     .needs = {"create_unix_connection"}},
    {.id = "unix.nobody-there",
     .run = nobody_there,
     .rules = {"unix.nobody-there"},
     .needs = {"create_unix_connection", "call_later"}},
    {.id = "unix.stale-refuses",
     .run = stale_refuses,
     .rules = {"unix.stale-refuses"},
     .needs = {"create_unix_connection", "call_later"}},
    {.id = "unix.file-refuses",
     .run = file_refuses,
     .rules = {"unix.file-refuses"},
     .needs = {"create_unix_connection"}},
    {.id = "unix.file-stays",
     .run = file_stays,
     .rules = {"unix.file-stays"},
     .needs = {"create_unix_server", "server_close"}},
    {.id = "unix.file-goes",
     .run = file_goes,
     .rules = {"unix.file-goes"},
     .needs = {"create_unix_server", "server_close"}},
    {.id = "unix.foreign-file-stays",
     .run = foreign_file_stays,
     .rules = {"unix.foreign-file-stays"},
     .needs = {"create_unix_server", "server_close"}},
};

CHECK_AREA_PART(unix, files, definitions);
