/* SPDX-License-Identifier: MIT
 *
 * How a child begins. QProcess redirects to pipes, to files by their name and to another QProcess,
 * but not to a descriptor, and starts no session; a shell is a program as any other. */
#include "child.h"

namespace
{

struct starting final : connecting {
    starting(const request &what, std::unique_ptr<child> with)
        : connecting(what, nullptr), process(with->process)
    {
        transport = std::move(with);
        /* This one comes from the loop alone, and what follows it is not to come before. */
        QObject::connect(process, &QProcess::started, this, [this] {
            if (!over)
                made();
        });
        QObject::connect(process, &QProcess::errorOccurred, this,
                         [this](QProcess::ProcessError error) { fail_later(status_of(error)); });
    }

    QProcess *process;

    void start() override
    {
        process->start();
    }
};

} // namespace

/* Qt arranges stdout and stderr together, by one of five modes. */
static loop_status arrange_output(child *c, const struct loop_subprocess_options *options)
{
    QProcess *process = c->process;
    uint32_t out = options->std[1].how, err = options->std[2].how;

    if (err == LOOP_STDIO_STDOUT && out == LOOP_STDIO_INHERIT)
        return LOOP_NOT_IMPLEMENTED;
    if (err == LOOP_STDIO_STDOUT)
        process->setProcessChannelMode(QProcess::MergedChannels);
    else if (out == LOOP_STDIO_INHERIT && err == LOOP_STDIO_INHERIT)
        process->setProcessChannelMode(QProcess::ForwardedChannels);
    else if (out == LOOP_STDIO_INHERIT)
        process->setProcessChannelMode(QProcess::ForwardedOutputChannel);
    else if (err == LOOP_STDIO_INHERIT)
        process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    if (out == LOOP_STDIO_NULL)
        process->setStandardOutputFile(QProcess::nullDevice());
    if (err == LOOP_STDIO_NULL)
        process->setStandardErrorFile(QProcess::nullDevice());
    return LOOP_OK;
}

static loop_status arrange(child *c, const struct loop_subprocess_options *options)
{
    for (int i = 0; i < 3; i++) {
        uint32_t how = options->std[i].how;
        if (how > LOOP_STDIO_FD || (how == LOOP_STDIO_STDOUT && i != 2))
            return LOOP_VALUE;
        if (how == LOOP_STDIO_FD)
            return LOOP_NOT_IMPLEMENTED;
        c->pipes[i].piped = how == LOOP_STDIO_PIPE;
    }
    if (options->std[0].how == LOOP_STDIO_INHERIT)
        c->process->setInputChannelMode(QProcess::ForwardedInputChannel);
    else if (options->std[0].how == LOOP_STDIO_NULL)
        c->process->setStandardInputFile(QProcess::nullDevice());
    return arrange_output(c, options);
}

static QStringList strings_of(const char *const *strings)
{
    QStringList list;
    for (; *strings != nullptr; strings++)
        list << QString::fromUtf8(*strings);
    return list;
}

static loop_status start(const request &what, const struct loop_subprocess_options *options,
                         QStringList argv, struct loop_handle **handle)
{
    if (options->flags & LOOP_START_NEW_SESSION)
        return LOOP_NOT_IMPLEMENTED;
    auto c = std::make_unique<child>(what.loop);
    loop_status status = arrange(c.get(), options);
    if (status != LOOP_OK)
        return status;
    c->process->setProgram(argv.takeFirst());
    c->process->setArguments(argv);
    if (options->cwd != nullptr)
        c->process->setWorkingDirectory(QString::fromUtf8(options->cwd));
    if (options->env != nullptr)
        c->process->setEnvironment(strings_of(options->env));
    return (new starting(what, std::move(c)))->begin(handle);
}

loop_status qt_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                               loop_protocol_factory factory, void *factory_arg,
                               loop_connected done, void *arg, struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (options->argv == nullptr || options->argv[0] == nullptr)
        return LOOP_VALUE;
    return start({loop, factory, factory_arg, done, arg}, options, strings_of(options->argv),
                 handle);
}

loop_status qt_subprocess_shell(struct loop *loop, const struct loop_subprocess_options *options,
                                loop_protocol_factory factory, void *factory_arg,
                                loop_connected done, void *arg, struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (options->command == nullptr)
        return LOOP_VALUE;
    const char *const argv[] = {"/bin/sh", "-c", options->command, nullptr};
    return start({loop, factory, factory_arg, done, arg}, options, strings_of(argv), handle);
}
