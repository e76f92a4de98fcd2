/* SPDX-License-Identifier: MIT
 *
 * A child and its pipes. */
#ifndef LOOPCHECK_ADAPTER_QT_CHILD_H
#define LOOPCHECK_ADAPTER_QT_CHILD_H

#include "adapter.h"

struct child;

struct child_pipe final : loop_transport {
    child_pipe(struct child *of, int which);

    struct child *owner;
    const int number; /* 0, 1 or 2 */
    bool piped = false;
    bool closed = false; /* by close, abort or write_eof */

    void lose_pipe(loop_status why);
    void close() override;
    loop_status write(const char *data, size_t length) override;
    loop_status write_eof() override;
    size_t unsent() const override;

    void abort() override
    {
        close();
    }
    bool is_closing() const override
    {
        return closed || lost;
    }
    bool can_write_eof() const override
    {
        return number == 0;
    }
};

struct child final : loop_transport {
    explicit child(struct loop *of);
    ~child() override;

    QPointer<QProcess> process;
    child_pipe pipes[3] = {{this, 0}, {this, 1}, {this, 2}};
    bool closing = false;

    void read(int number);
    void finished();
    void close() override;

    bool is_running() const
    {
        return !process.isNull() && process->state() != QProcess::NotRunning;
    }
    void look() override
    {
        read(1);
        read(2);
    }
    void abort() override
    {
        close();
    }
    bool is_closing() const override
    {
        return closing || lost;
    }
};

#endif
