/* SPDX-License-Identifier: MIT
 *
 * Children: QProcess. It reads what they write as it comes, without a limit, and tells by
 * `finished` that the child has ended and that its pipes are closed: there is no signal for one of
 * them, so all losses are told then. */
#include "child.h"

/* ---- its pipes */

child_pipe::child_pipe(struct child *of, int which)
    : loop_transport(of->loop), owner(of), number(which)
{
}

void child_pipe::lose_pipe(loop_status why)
{
    const struct loop_protocol &p = owner->protocol;
    if (!piped || lost)
        return;
    lost = true;
    if (p.pipe_connection_lost != nullptr)
        p.pipe_connection_lost(p.user, number, why);
}

/* Qt writes what is buffered before it closes the child's stdin. */
void child_pipe::close()
{
    closed = true;
    if (owner->process.isNull())
        return;
    if (number == 0)
        owner->process->closeWriteChannel();
    else
        owner->process->closeReadChannel(number == 1 ? QProcess::StandardOutput
                                                     : QProcess::StandardError);
}

loop_status child_pipe::write(const char *data, size_t length)
{
    if (number != 0)
        return LOOP_TYPE;
    if (is_closing() || !owner->is_running())
        return LOOP_OK;
    return owner->process->write(data, static_cast<qint64>(length)) < 0
               ? status_of(owner->process->error())
               : LOOP_OK;
}

loop_status child_pipe::write_eof()
{
    if (number != 0)
        return LOOP_TYPE;
    if (!is_closing())
        close();
    return LOOP_OK;
}

size_t child_pipe::unsent() const
{
    return number != 0 || owner->process.isNull()
               ? 0
               : static_cast<size_t>(owner->process->bytesToWrite());
}

/* ---- what becomes of it */

/* A QProcess that is deleted kills its child, as this does, and complains. */
void kill_children(struct loop *loop)
{
    for (QProcess *process : loop->objects->findChildren<QProcess *>()) {
        process->disconnect();
        if (process->state() == QProcess::NotRunning)
            continue;
        process->kill();
        process->waitForFinished(-1);
    }
}

child::child(struct loop *of) : loop_transport(of), process(new QProcess(of->objects))
{
    QProcess *p = process;
    QObject::connect(p, &QProcess::readyReadStandardOutput, p, [this] { read(1); });
    QObject::connect(p, &QProcess::readyReadStandardError, p, [this] { read(2); });
    QObject::connect(p, QOverload<int, QProcess::ExitStatus>::of(&QProcess::finished), p,
                     [this] { finished(); });
    QObject::connect(p, &QProcess::errorOccurred, p, [this](QProcess::ProcessError error) {
        if (made && error == QProcess::WriteError)
            pipes[0].lose_pipe(status_of(error));
    });
}

child::~child()
{
    QProcess *p = process;
    if (p == nullptr)
        return;
    p->disconnect();
    if (!is_running()) {
        p->deleteLater();
        return;
    }
    QObject::connect(p, &QProcess::stateChanged, p, [p](QProcess::ProcessState state) {
        if (state == QProcess::NotRunning)
            p->deleteLater();
    });
    p->kill();
}

/* Qt may say that there is output before it says that the child has started. */
void child::read(int number)
{
    if (!made || lost || !pipes[number].piped)
        return;
    QByteArray data =
        number == 1 ? process->readAllStandardOutput() : process->readAllStandardError();
    if (data.isEmpty() || protocol.pipe_data_received == nullptr)
        return;
    protocol.pipe_data_received(protocol.user, number, data.constData(),
                                static_cast<size_t>(data.size()));
}

void child::finished()
{
    if (!made)
        return;
    for (child_pipe &pipe : pipes)
        pipe.lose_pipe(LOOP_OK);
    if (protocol.process_exited != nullptr)
        protocol.process_exited(protocol.user);
    lose(LOOP_OK);
}

/* As in asyncio: a child that still runs is killed. */
void child::close()
{
    closing = true;
    for (child_pipe &pipe : pipes)
        if (pipe.piped)
            pipe.close();
    if (is_running())
        process->kill();
}

/* ---- while it lives */

int64_t qt_transport_get_pid(struct loop_transport *transport)
{
    auto c = dynamic_cast<child *>(transport);
    return c == nullptr || c->process.isNull() ? -1 : c->process->processId();
}

/* The exit code of a child that crashed is its signal, on Unix. */
loop_status qt_transport_get_returncode(struct loop_transport *transport, int *code)
{
    auto c = dynamic_cast<child *>(transport);
    if (c == nullptr)
        return LOOP_TYPE;
    if (c->process.isNull() || c->is_running())
        return LOOP_AGAIN;
    int exit_code = c->process->exitCode();
    *code = c->process->exitStatus() == QProcess::CrashExit ? -exit_code : exit_code;
    return LOOP_OK;
}

struct loop_transport *qt_transport_get_pipe_transport(struct loop_transport *transport,
                                                       int child_fd)
{
    auto c = dynamic_cast<child *>(transport);
    if (c == nullptr || child_fd < 0 || child_fd > 2 || !c->pipes[child_fd].piped)
        return nullptr;
    return &c->pipes[child_fd];
}

loop_status qt_transport_terminate(struct loop_transport *transport)
{
    auto c = dynamic_cast<child *>(transport);
    if (c == nullptr)
        return LOOP_TYPE;
    if (!c->is_running())
        return LOOP_SRCH;
    c->process->terminate();
    return LOOP_OK;
}

loop_status qt_transport_kill(struct loop_transport *transport)
{
    auto c = dynamic_cast<child *>(transport);
    if (c == nullptr)
        return LOOP_TYPE;
    if (!c->is_running())
        return LOOP_SRCH;
    c->process->kill();
    return LOOP_OK;
}
