/* SPDX-License-Identifier: MIT
 *
 * Operations under way: a resolver, and the socket that is connected. Cancelling is the resolver's
 * cancel() and the socket's close(). */
#include "adapter.h"

namespace
{

struct operation_handle : loop_handle {
    explicit operation_handle(std::shared_ptr<operation> of) : under_way(std::move(of))
    {
    }
    void cancel() override
    {
        under_way->shut();
    }
    std::shared_ptr<operation> under_way;
};

} // namespace

owner::owner(struct loop *of) : loop(of)
{
    loop->owners.insert(this);
}

owner::~owner()
{
    loop->owners.erase(this);
}

operation::operation(struct loop *of, std::function<void(const error_code &)> if_failed)
    : owner(of), failed(std::move(if_failed)), resolver(of->context), socket(of->context)
{
}

void operation::shut()
{
    error_code ignored;
    resolver.cancel();
    socket.close(ignored);
}

void operation::fail(const error_code &error)
{
    asio::post(loop->context, [self = shared_from_this(), error] { self->failed(error); });
}

loop_status resolve(const std::shared_ptr<operation> &op, const struct loop_address &address,
                    bool passive, std::function<void(const endpoints &)> then)
{
    using asio::ip::tcp;
    tcp::endpoint numeric;
    loop_status status = address_of(address, passive, &numeric);
    if (status == LOOP_OK)
        then({numeric});
    if (status != LOOP_NAME_NOT_RESOLVED)
        return status;
    auto resolved = [op, then](const error_code &error, const tcp::resolver::results_type &found) {
        if (error)
            op->failed(error);
        else
            then({found.begin(), found.end()});
    };
    std::string port = std::to_string(address.port);
    auto flags = tcp::resolver::numeric_service;
    if (address.family == LOOP_ADDRESS_INET)
        op->resolver.async_resolve(tcp::v4(), address.host, port, flags, resolved);
    else if (address.family == LOOP_ADDRESS_INET6)
        op->resolver.async_resolve(tcp::v6(), address.host, port, flags, resolved);
    else
        op->resolver.async_resolve(address.host, port, flags, resolved);
    return LOOP_OK;
}

loop_status give(const std::shared_ptr<operation> &op, struct loop_handle **handle)
{
    if (handle != nullptr)
        *handle = new operation_handle(op);
    return LOOP_OK;
}

void made(const std::shared_ptr<loop_transport> &transport, loop_protocol_factory factory,
          void *factory_arg, loop_connected done, void *arg)
{
    loop_status status = transport_begin(transport, factory, factory_arg);
    done(arg, status, status == LOOP_OK ? transport.get() : nullptr);
}

void post_made(const std::shared_ptr<loop_transport> &transport, loop_protocol_factory factory,
               void *factory_arg, loop_connected done, void *arg)
{
    asio::post(transport->loop->context, [=] { made(transport, factory, factory_arg, done, arg); });
}
